"""Correcting one's own words while nobody has answered them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import wall_clock
from portal.errors import Refused
from portal.middleware import Request
from portal.permissions import Permission
from suggestions.actions.versions import can_be_edited, edit_suggestion, editable_until
from suggestions.forms.versions import EditForm
from suggestions.views.places import ground_of_map
from suggestions.views.suggestions import own_case


@login_not_required
@never_cache
def edit(request: Request, reference: str) -> HttpResponse:
    suggestion, actor = own_case(request, reference, Permission.WITHDRAW_OWN)
    at = wall_clock.now()
    form = EditForm(request.POST or None, suggestion=suggestion)
    if request.method == "POST" and form.is_valid():
        try:
            edit_suggestion(suggestion=suggestion, by=actor, at=at, **form.corrections())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your correction is there. What it said before can still be read; no deadline has moved."))
            return redirect(suggestion)
    elif not can_be_edited(suggestion, at=at):
        messages.error(request, _("This can no longer be changed: the time for it is over, or somebody has answered."))
        return redirect(suggestion)
    context = {"suggestion": suggestion, "form": form, "until": editable_until(suggestion), "map": ground_of_map()}
    return render(request, "suggestions/edit.html", context)
