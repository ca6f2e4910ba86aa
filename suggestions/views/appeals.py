"""The author's appeal against a hiding."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request
from suggestions.actions.moderation import appeal_hiding
from suggestions.forms.moderation import AppealForm
from suggestions.permissions import is_author_of
from suggestions.views.suggestions import case_for


@login_not_required
@never_cache
def appeal(request: Request, reference: str, hiding: UUID) -> HttpResponse:
    suggestion, actor = case_for(request, reference)
    hidden = get_object_or_404(suggestion.hidings.with_item().select_related("criterion"), uuid=hiding)
    if not is_author_of(actor, hidden.item):
        raise PermissionDenied(_("Only who wrote it may appeal."))
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            appeal_hiding(hiding=hidden, by=actor, text=form.cleaned_data["text"], at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your appeal is in. Somebody else than who hid it decides; the clock for that runs now."))
            return redirect(suggestion)
    return render(request, "suggestions/moderation/appeal.html", {"suggestion": suggestion, "hiding": hidden, "form": form})
