"""What is held about oneself, who looked at it, and a copy to take home."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.data_register import Whose, register
from portal.middleware import Request
from portal.models import Actor, AnswerBy, ContactView
from portal.own_data import Section, as_json, as_zip, own_data
from suggestions.actions.suggestions import REACHED_BY
from suggestions.models import Suggestion
from suggestions.permissions import is_author
from suggestions.views.suggestions import case_for

VIEWS_SHOWN = 100


@never_cache
@require_safe
def my_data(request: Request) -> HttpResponse:
    person_id = _myself(request)
    return render(
        request,
        "suggestions/own_data/mine.html",
        {
            "sections": own_data(Whose(person_id=person_id)),
            "views": ContactView.objects.of_person(person_id).select_related("by__membership__organisation").newest_first()[:VIEWS_SHOWN],
            "left_with": Suggestion.objects.filter(contact=person_id, author__kind=Actor.Kind.NOBODY).newest_first()[:VIEWS_SHOWN],
        },
    )


@never_cache
@require_safe
def my_data_as_json(request: Request) -> HttpResponse:
    return json_of(own_data(Whose(person_id=_myself(request))), at=wall_clock.now())


@never_cache
@require_safe
def my_data_as_csv(request: Request) -> HttpResponse:
    return zip_of(own_data(Whose(person_id=_myself(request))))


@login_not_required
@never_cache
@require_safe
def case_data(request: Request, reference: str) -> HttpResponse:
    suggestion = receipt_held(request, reference)
    views = ContactView.objects.filter(person=suggestion.contact_id or 0, case=suggestion.reference)
    return render(
        request,
        "suggestions/own_data/case.html",
        {
            "suggestion": suggestion,
            "sections": sections_of(suggestion),
            "views": views.select_related("by__membership__organisation").newest_first()[:VIEWS_SHOWN],
        },
    )


@login_not_required
@never_cache
@require_safe
def case_data_as_json(request: Request, reference: str) -> HttpResponse:
    suggestion = receipt_held(request, reference)
    return json_of(sections_of(suggestion), at=wall_clock.now())


@login_not_required
@never_cache
@require_safe
def case_data_as_csv(request: Request, reference: str) -> HttpResponse:
    suggestion = receipt_held(request, reference)
    return zip_of(sections_of(suggestion))


def sections_of(suggestion: Suggestion) -> list[Section]:
    """What the holder of its receipt may see: the case, and the one way that was left for the answer; an account is not theirs."""
    sections = own_data(Whose(references=(suggestion.reference,)))
    way = REACHED_BY.get(AnswerBy(suggestion.answer_by))
    if way and suggestion.contact and (left := getattr(suggestion.contact, way)):
        table = register().tables["portal.Person"]
        sections.insert(0, Section("portal.Person", table.what, {way: table.held[way]}, [{way: left}]))
    return sections


def receipt_held(request: Request, reference: str) -> Suggestion:
    """The case for whoever showed its receipt in this session; anybody else who may read it meets a 403."""
    suggestion, actor = case_for(request, reference)
    if actor.kind != Actor.Kind.RECEIPT or not is_author(actor, suggestion):
        raise PermissionDenied(_("Show the receipt first: the reference and its four words."))
    return suggestion


def json_of(sections: list[Section], *, at: datetime) -> HttpResponse:
    return HttpResponse(
        as_json(sections, at=at),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


def zip_of(sections: list[Section]) -> HttpResponse:
    return HttpResponse(
        as_zip(sections), content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="my-data.zip"'}
    )


def _myself(request: Request) -> int:
    """Whoever is signed in for themselves; a role looks at nothing here."""
    if request.actor.kind != Actor.Kind.PERSON or request.actor.person_id is None:
        raise PermissionDenied(_("You act in a role. Choose to act for yourself to see your own data."))
    return request.actor.person_id
