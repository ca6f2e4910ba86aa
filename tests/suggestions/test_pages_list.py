from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from portal.models import Role, Visibility
from suggestions.actions.decisions import decide
from suggestions.actions.responses import ask_citizen, publish_response
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Decision, Response, Suggestion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_category,
    a_contact,
    a_contract,
    a_member,
    a_service,
    a_suggestion,
    an_agent,
    an_operator,
    the_author,
)

pytestmark = pytest.mark.django_db
LIST = "/suggestions/"


def page(client, **asked):
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return response.content.decode()


def titles(client, **asked):
    return [suggestion.title for suggestion in client.get(LIST, asked).context["suggestions"]]


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_list_shows_who_owes_what_by_when(client):
    a_suggestion(title="The brakes squeal")

    shown = page(client)

    assert "The brakes squeal" in shown
    assert "The Operator must acknowledge" in shown
    assert "Tue 3 Mar, 12:00" in shown
    assert "tomorrow" in shown


@time_machine.travel(MONDAY_NOON + 3 * DAY, tick=False)
def test_late_rows_say_so_in_words_even_before_a_sweep_noticed(client):
    a_suggestion()

    shown = page(client)

    assert "2 days late" in shown
    assert "1 is late" in shown


def test_list_says_why_it_is_empty_and_what_to_do(client):
    shown = page(client)

    assert "Nobody has said anything yet" in shown
    assert reverse("suggestions:write") in shown


def test_filters_that_leave_nothing_can_be_cleared(client):
    a_suggestion()

    shown = page(client, status="confirmed", q="xyzzy")

    assert "No suggestion fits all these filters" in shown
    assert 'href="?status=confirmed"' in shown  # the list without the words
    assert 'href="?q=xyzzy"' in shown


def test_each_filter_narrows_the_list(client):
    contract = a_contract(a_service("waste"), an_operator("sweepers"))
    brakes = a_suggestion(title="Brakes", category=a_category())
    a_suggestion(title="Bins", service=contract.service, kind="idea")
    decide(suggestion=brakes, by=an_agent(), outcome=Decision.Outcome.ACCEPTED, reasons="Yes.", at=MONDAY_NOON + HOUR)

    found = {
        name: titles(client, **{name: value})
        for name, value in {
            "service": "waste",
            "kind": "idea",
            "status": "answered",
            "category": "brakes",
            "owed": "solve",
            "q": "brak",
        }.items()
    }

    assert found == {
        "service": ["Bins"],
        "kind": ["Bins"],
        "status": ["Brakes"],
        "category": ["Brakes"],
        "owed": ["Brakes"],
        "q": ["Brakes"],
    }


@time_machine.travel(MONDAY_NOON + 2 * HOUR, tick=False)
def test_late_filter_leaves_out_clocks_that_stand(client):
    late = a_suggestion(title="Late", at=MONDAY_NOON - 20 * DAY)
    standing = a_suggestion(title="Standing", at=MONDAY_NOON, **a_contact())
    publish_response(suggestion=late, by=an_agent(), kind=Response.Kind.UPDATE, text="Soon.", at=MONDAY_NOON)
    ask_citizen(suggestion=standing, by=an_agent(), text="Which one?", at=MONDAY_NOON + HOUR)

    assert titles(client, late="true") == ["Late"]


def test_counts_tell_what_each_choice_would_leave(client):
    a_suggestion(kind="idea")
    a_suggestion()
    withdraw_suggestion(suggestion=(gone := a_suggestion()), by=the_author(gone), reason="Found it.", at=MONDAY_NOON + HOUR)

    shown = page(client, kind="problem")

    assert "Problem (2)" in shown
    assert "Idea (1)" in shown  # the choice beside the one that is set
    assert "Withdrawn (1)" in shown


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_due_order_puts_what_is_due_first_on_top_and_what_is_not_owed_last(client):
    withdraw_suggestion(suggestion=(gone := a_suggestion(title="Gone")), by=the_author(gone), reason="Found it.", at=MONDAY_NOON)
    a_suggestion(title="Second", at=MONDAY_NOON + HOUR)
    a_suggestion(title="First", at=MONDAY_NOON)

    assert titles(client, order="due") == ["First", "Second", "Gone"]


@pytest.mark.parametrize("order", ["newest", "due"])
@time_machine.travel(MONDAY_NOON + 60 * DAY, tick=False)
def test_pages_by_key_show_every_suggestion_once(client, order):
    for number in range(23):
        suggestion = a_suggestion(title=f"Number {number}", at=MONDAY_NOON + timedelta(hours=number // 3))
        if number % 7 == 0:
            withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="No.", at=MONDAY_NOON + DAY)
    seen, address = [], f"?order={order}"

    while address:
        context = client.get(LIST + address).context
        seen += [suggestion.pk for suggestion in context["suggestions"]]
        address = context["next_address"]

    assert len(seen) == 23
    assert set(seen) == set(Suggestion.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"after": "-1.2"},
        {"after": "9" * 40},
        {"after": "999999999999999999.1"},
        {"after": "1.2.3.4", "order": "due"},
        {"after": "²³.1"},
        {"after": "-.1.1", "order": "due"},
        {"q": "a\0b"},
        {"service": "\0"},
        {"status": "no such status", "late": "perhaps"},
        {"order": "'; DROP TABLE"},
        {"q": "x" * 20_000},
    ],
)
def test_odd_addresses_still_show_a_list(client, asked):
    a_suggestion()

    assert client.get(LIST, asked).status_code == 200


def test_filter_that_is_not_known_is_left_out_and_said(client):
    a_suggestion()

    shown = page(client, status="eaten")

    assert "We do not know what was asked under “Status”" in shown
    assert "The brakes squeal" in shown


def test_what_only_city_and_operator_may_read_is_not_listed(client):
    a_suggestion(title="Between us", visibility=Visibility.CITY_AND_OPERATOR)
    a_suggestion(title="For all")

    assert titles(client) == ["For all"]
    client.force_login(a_member(Role.AUDITOR).membership.person)
    assert titles(client) == ["For all"]


def test_list_takes_as_many_queries_for_three_rows_as_for_one(client, django_assert_num_queries):
    a_suggestion()
    client.get(LIST)

    with django_assert_num_queries(5):
        client.get(LIST, {"kind": "problem", "service": "bikes"})
    a_suggestion()
    a_suggestion()
    with django_assert_num_queries(5):
        client.get(LIST, {"kind": "problem", "service": "bikes"})
