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
from suggestions.actions.verdicts import give_verdict
from suggestions.forms.verdicts import VerdictForm
from suggestions.models import Verdict
from suggestions.views.suggestions import own_case


@login_not_required
def verdict(request: Request, reference: str, delivery: UUID) -> HttpResponse:
    suggestion, actor = own_case(request, reference, Permission.JUDGE_OWN)
    delivered = get_object_or_404(suggestion.deliveries.select_related("organisation"), uuid=delivery)
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        value = Verdict.Value(form.cleaned_data["value"])
        try:
            give_verdict(delivery=delivered, by=actor, value=value, note=form.cleaned_data["note"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. What you said is part of the public record now."))
            return redirect(suggestion)
    return render(request, "suggestions/verdict.html", {"suggestion": suggestion, "delivery": delivered, "form": form})
