"""Having oneself erased, and the receipt of it."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.data_register import OnErasure, register
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Actor, Erasure, Membership
from portal.references import read_reference
from suggestions.actions.personal_requests import erase_own, erase_own_case
from suggestions.forms.personal_data import EraseForm
from suggestions.views.own_data import receipt_held


@never_cache
def erase(request: Request) -> HttpResponse:
    """Everything about the person who is signed in, after they showed once more who they are."""
    if request.actor.kind != Actor.Kind.PERSON:
        raise PermissionDenied(_("Sign in as yourself, not in a role, to erase your data."))
    if _signed_in_long_ago(request):
        return _sign_in_again(request)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erasure = erase_own(by=request.actor, words_too=form.words_too, at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _gone(request, erasure)
    person = request.actor.person
    works_here = person is not None and (person.is_staff or Membership.objects.current().filter(person=person).exists())
    return render(request, "suggestions/own_data/erase.html", {"form": form, "works_here": works_here}, status=422 if form.errors else 200)


@login_not_required
@never_cache
def erase_case(request: Request, reference: str) -> HttpResponse:
    """What one case says about whoever holds its receipt."""
    suggestion = receipt_held(request, reference)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        holder = Actor.objects.receipt(suggestion.reference)
        try:
            erasure = erase_own_case(suggestion=suggestion, by=holder, words_too=form.words_too, at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _gone(request, erasure)
    return render(request, "suggestions/own_data/erase.html", {"form": form, "suggestion": suggestion}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def erasure_receipt(request: Request, reference: str) -> HttpResponse:
    """What went and what stays, in counts; nothing on it says whose it was, so whoever has the reference may read it."""
    printed = read_reference(reference)
    if printed is None:
        raise Http404
    erasure = get_object_or_404(Erasure, reference=printed)
    tables = register().tables
    staying: dict[str, list[str]] = {}  # what, by why
    for label in erasure.stays:
        for held in tables[label].held.values() if label in tables else ():
            if held.because and (held.on_erasure == OnErasure.STAYS or not erasure.words_too):
                whats = staying.setdefault(str(held.because), [])
                whats.extend({str(held.what)} - set(whats))
    removed = [(tables[label].what if label in tables else label, count) for label, count in sorted(erasure.removed.items())]
    return render(request, "suggestions/own_data/erased.html", {"erasure": erasure, "removed": removed, "staying": staying.items()})


def _gone(request: Request, erasure: Erasure) -> HttpResponse:
    """Nothing of the visit stays on this screen either."""
    request.session.flush()
    response = redirect("suggestions:erasure_receipt", erasure.reference)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _signed_in_long_ago(request: Request) -> bool:
    if not get_adapter().is_reauthentication_required(app="portal"):
        return False
    return not get_reauthentication_flows(request.user) or not did_recently_reauthenticate(request)


def _sign_in_again(request: Request) -> HttpResponse:
    """By password or second factor where there is one; who has only the mail code signs in once more."""
    if get_reauthentication_flows(request.user):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    logout(request, show_message=False)
    messages.info(request, _("This visit is some time old. Sign in once more, then you can go on."))
    return redirect(f"{reverse('portal:sign_in')}?{urlencode({'next': request.path})}")
