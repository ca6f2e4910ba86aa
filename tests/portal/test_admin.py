"""The administration: reference data is edited there, what actions own is only shown, and nobody else gets in."""

import json

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from portal.models import Act, Assurance, CalendarVersion, Event, Membership, Person, Role, ServiceLevel
from suggestions.models import Obligation, Suggestion
from tests.factories import (
    a_browser,
    a_calendar,
    a_city_manager,
    a_clause,
    a_contract,
    a_person,
    a_suggestion,
    an_agent,
    an_operator,
    show_second_factor,
)

pytestmark = pytest.mark.django_db
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in REGISTERED if model._meta.app_label in {"portal", "suggestions", "reports"}]
EDITED = {
    "Area",
    "Asset",
    "CalendarVersion",
    "Category",
    "Contract",
    "Criterion",
    "Membership",
    "Organisation",
    "Person",
    "Service",
    "ServiceLevel",
    "WorkingCalendar",
}


def a_superuser() -> Client:
    return a_browser_of(Person.objects.create_superuser("root@example.org", "x"))


def a_browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    show_second_factor(client, person)
    return client


def a_superuser_who_manages_the_city() -> Client:
    actor = a_city_manager()
    Person.objects.filter(pk=actor.membership.person_id).update(is_staff=True, is_superuser=True)
    return a_browser(actor)


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def publish(client: Client, row: object):
    return client.post(page(type(row), "changelist"), {"action": "publish", "_selected_action": [row.pk]}, follow=True).content.decode()


def test_every_list_opens_for_a_superuser_and_every_form_where_the_data_is_edited():
    a_suggestion()
    client = a_superuser()

    lists = {model.__name__: client.get(page(model, "changelist")).status_code for model in OURS}
    forms = {model.__name__: client.get(page(model, "add")).status_code for model in OURS}

    assert set(lists.values()) == {200}
    assert {name for name, status in forms.items() if status == 200} == EDITED
    assert {status for name, status in forms.items() if name not in EDITED} == {403}


def test_every_row_opens_for_a_superuser():
    a_suggestion()
    client = a_superuser()

    found = {model.__name__: client.get(page(model, "change", row.pk)).status_code for model in OURS if (row := model.objects.first())}

    assert set(found.values()) == {200}
    assert {"Suggestion", "Obligation", "Event", "ServiceLevel", "CalendarVersion"} <= set(found)


def test_nobody_else_opens_the_administration():
    doors = [reverse("admin:index"), page(Suggestion, "changelist"), page(ServiceLevel, "add")]

    nobody = [Client().get(door, follow=True).redirect_chain[-1][0] for door in doors]
    others = [a_browser(actor).get(door, follow=True).status_code for actor in (an_agent(), a_city_manager()) for door in doors]

    assert all(address.startswith(reverse("portal:sign_in")) for address in nobody)
    assert set(others) == {403}


def test_what_actions_own_is_shown_and_never_changed():
    suggestion = a_suggestion()
    client = a_superuser()

    for model, row in ((Suggestion, suggestion), (Obligation, suggestion.obligations.first()), (Event, Event.objects.first())):
        changed = client.post(page(model, "change", row.pk), {"title": "Mine now"}).status_code
        removed = client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code
        assert (changed, removed) == (403, 403)


def test_draft_of_a_clause_is_published_and_then_stands_still():
    draft = a_clause(Act.HEAR, a_contract(), support_threshold=300, threshold_assurance=Assurance.EMAIL, published=False)
    client = a_superuser_who_manages_the_city()

    said = publish(client, draft)
    draft.refresh_from_db()

    assert "is published" in said
    assert draft.published_at
    assert client.post(page(ServiceLevel, "change", draft.pk), {"clause": "other"}).status_code == 403


def test_clause_that_says_what_another_says_is_refused_with_a_message():
    contract = a_contract()
    draft = a_clause(Act.ANSWER, contract, published=False)

    said = publish(a_superuser_who_manages_the_city(), draft)

    draft.refresh_from_db()
    assert "Another clause already says this" in said
    assert draft.published_at is None


def test_draft_of_a_calendar_is_published_once_it_has_opening_hours():
    version = CalendarVersion.objects.create(
        calendar=a_calendar(), number=7, time_zone="Europe/Brussels", covers_from="2026-01-01", covers_until="2027-01-01"
    )
    client = a_superuser_who_manages_the_city()

    too_early = publish(client, version)
    version.opening_hours.create(weekday=0, opens=540, closes=1020)
    client.post(page(CalendarVersion, "changelist"), {"action": "write_out_holidays", "_selected_action": [version.pk]})
    said = publish(client, version)
    again = publish(client, version)

    version.refresh_from_db()
    assert "has no opening hours yet" in too_early
    assert "is published" in said
    assert "is already published" in again
    assert version.published_at
    assert version.closures.filter(day="2026-12-25").exists()


def test_superuser_whose_role_manages_no_contracts_publishes_nothing():
    draft = a_clause(Act.HEAR, a_contract(), support_threshold=300, threshold_assurance=Assurance.EMAIL, published=False)

    publish(a_superuser(), draft)

    draft.refresh_from_db()
    assert draft.published_at is None


def test_membership_takes_its_kind_from_the_organisation_and_refuses_a_role_that_does_not_fit():
    client, person = a_superuser(), a_person()
    answers = {"person": person.pk, "organisation": an_operator().pk, "from_at_0": "2026-03-02", "from_at_1": "12:00"}

    wrong = client.post(page(Membership, "add"), answers | {"role": Role.CITY_CLERK})
    right = client.post(page(Membership, "add"), answers | {"role": Role.OPERATOR_AGENT})

    assert "An organisation of this kind has no such role." in wrong.content.decode()
    assert right.status_code == 302
    assert Membership.objects.get(person=person).organisation_kind == "operator"


def test_text_without_the_leading_language_is_refused():
    client = a_superuser()
    answers = {"code": "waste", "visibility": "public", "description": "{}"}
    service = next(model for model in OURS if model.__name__ == "Service")

    wrong = client.post(page(service, "add"), answers | {"name": json.dumps({"nl": "Afval"})})
    right = client.post(page(service, "add"), answers | {"name": json.dumps({"nl": "Afval", "en": "Waste"})})

    assert "The text in the leading language (en) is missing." in wrong.content.decode()
    assert right.status_code == 302


def test_list_of_people_shows_no_address():
    client = a_superuser()
    person = a_person(name="Ann Citizen", phone="0470 12 34 56")

    listed = client.get(page(Person, "changelist")).content.decode()
    opened = client.get(page(Person, "change", person.pk)).content.decode()

    assert person.email not in listed
    assert "Ann Citizen" not in listed
    assert "0470 12 34 56" not in opened
