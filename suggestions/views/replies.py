from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request
from portal.permissions import Permission
from suggestions.actions.responses import reply_to_question
from suggestions.forms.replies import ReplyForm
from suggestions.models import Response
from suggestions.views.suggestions import own_case


@login_not_required
def reply(request: Request, reference: str, question: UUID) -> HttpResponse:
    suggestion, actor = own_case(request, reference, Permission.WITHDRAW_OWN)
    asked = get_object_or_404(suggestion.responses.select_related("organisation"), uuid=question, kind=Response.Kind.QUESTION)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reply_to_question(question=asked, by=actor, text=form.cleaned_data["text"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your reply is published. A clock that stood for it runs again."))
            return redirect(suggestion)
    return render(request, "suggestions/reply.html", {"suggestion": suggestion, "question": asked, "form": form})
