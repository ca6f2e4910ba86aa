"""The one question after a decision: did this answer you?"""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request
from portal.permissions import Permission
from suggestions.actions.satisfactions import answer_satisfaction
from suggestions.forms.satisfactions import SatisfactionForm
from suggestions.models import Satisfaction
from suggestions.views.suggestions import own_case


@login_not_required
@never_cache
def satisfaction(request: Request, reference: str, response: UUID) -> HttpResponse:
    """A link in a mail leads here; only the button on the page answers."""
    suggestion, actor = own_case(request, reference, Permission.JUDGE_OWN)
    decision = get_object_or_404(
        suggestion.decisions.in_effect().select_related("response__organisation", "criterion"), response__uuid=response
    )
    form = SatisfactionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        value = Satisfaction.Value(form.cleaned_data["value"])
        try:
            answer_satisfaction(decision=decision, by=actor, value=value, note=form.cleaned_data["note"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. The city and the operator read it; no clock stops for it."))
            return redirect(suggestion)
    context = {
        "suggestion": suggestion,
        "decision": decision,
        "form": form,
        "given": decision.satisfactions.first(),
    }
    return render(request, "suggestions/satisfaction.html", context, status=422 if form.errors else 200)
