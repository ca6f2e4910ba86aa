"""What people ask about their own data at the desk, by phone or by letter: taken in, and carried out in time."""

from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import wall_clock
from portal.actions.people import view_contact
from portal.city_days import city_day, start_of_day
from portal.data_register import Whose
from portal.errors import Refused
from portal.middleware import Request
from portal.models import Erasure, Person
from portal.own_data import Section, own_data
from portal.permissions import Permission, require
from suggestions.actions.personal_requests import erase_for, finish_request, receipts_left_with, receive_request
from suggestions.forms.personal_data import PersonalRequestForm, WordsForm
from suggestions.models import Channel, PersonalRequest, Suggestion
from suggestions.views.own_data import json_of, zip_of

ON_A_PAGE = 200


@never_cache
@require_safe
def request_list(request: Request) -> HttpResponse:
    require(request.actor, Permission.ERASE)
    requests = PersonalRequest.objects.select_related("obligation", "erasure")
    return render(
        request,
        "suggestions/personal_requests/list.html",
        {
            "open": requests.open().order_by(F("obligation__due_at").asc(nulls_last=True), "received_at", "id")[:ON_A_PAGE],
            "done": requests.exclude(done_at=None).order_by("-done_at", "-id")[:ON_A_PAGE],
        },
    )


@never_cache
def new_request(request: Request) -> HttpResponse:
    require(request.actor, Permission.ERASE)
    now = wall_clock.now()
    form = PersonalRequestForm(
        request.POST if request.method == "POST" else None, today=city_day(now), initial={"received_on": city_day(now)}
    )
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        person = Person.objects.filter(email=answers["email"].strip().lower(), erased_at=None).first() if answers["email"] else None
        case = Suggestion.objects.filter(reference=answers["reference"]).values_list("reference", flat=True).first()
        try:
            asked = receive_request(
                kind=PersonalRequest.Kind(answers["kind"]),
                by=request.actor,
                channel=Channel(answers["channel"]),
                identity=Erasure.Identity(answers["identity"]),
                received_at=now if answers["received_on"] == city_day(now) else start_of_day(answers["received_on"]),
                at=now,
                person=person,
                case="" if person else case or "",
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The request is on record, and its clock runs."))
            return redirect("suggestions:personal_request", asked.reference)
    return render(request, "suggestions/personal_requests/new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
def one_request(request: Request, reference: str) -> HttpResponse:
    return _page(request, _asked(request, reference), WordsForm())


@never_cache
@require_POST
def carry_out_erasure(request: Request, reference: str) -> HttpResponse:
    asked = _asked(request, reference)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            erasure = erase_for(asked=asked, by=request.actor, words_too=form.words_too, at=wall_clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("suggestions:erasure_receipt", erasure.reference)
    return _page(request, asked, form)


@never_cache
@require_POST
def mark_done(request: Request, reference: str) -> HttpResponse:
    asked = _asked(request, reference)
    try:
        finish_request(asked=asked, by=request.actor, at=wall_clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done, and on record."))
    return redirect("suggestions:personal_request", asked.reference)


@never_cache
@require_POST
def copy_as_json(request: Request, reference: str) -> HttpResponse:
    return _copy(request, reference, lambda sections: json_of(sections, at=wall_clock.now()))


@never_cache
@require_POST
def copy_as_csv(request: Request, reference: str) -> HttpResponse:
    return _copy(request, reference, zip_of)


def _copy(request: Request, reference: str, written: Callable[[list[Section]], HttpResponse]) -> HttpResponse:
    """A copy to hand over; that a clerk had it in hands is a look at contact data like any other."""
    asked = _asked(request, reference)
    if asked.person:
        with suppress(Refused):  # nothing that says who it is: the copy holds no contact data
            reason = _("To give you the copy of your data that you asked for.")
            view_contact(person=asked.person, by=request.actor, reason=reason, at=wall_clock.now())
    references = tuple(receipts_left_with(asked.person)) if asked.person else ((asked.case,) if asked.case else ())
    return written(own_data(Whose(person_id=asked.person_id, references=references)))


def _asked(request: Request, reference: str) -> PersonalRequest:
    require(request.actor, Permission.ERASE)
    return get_object_or_404(PersonalRequest.objects.select_related("person", "erasure", "obligation__owner"), reference=reference)


def _page(request: Request, asked: PersonalRequest, form: WordsForm) -> HttpResponse:
    is_known = asked.person_id is not None or bool(asked.case)
    return render(
        request,
        "suggestions/personal_requests/one.html",
        {"asked": asked, "form": form, "is_known": is_known, "obligation": getattr(asked, "obligation", None)},
        status=422 if form.errors else 200,
    )
