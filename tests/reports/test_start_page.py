from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import Visibility
from reports.actions.indicators import compute_night
from suggestions.actions.commitments import deliver
from suggestions.actions.decisions import decide
from suggestions.actions.obligations import breach_overdue
from suggestions.models import Decision
from tests.factories import DAY, HOUR, MONDAY_NOON, a_suggestion, an_agent, the_city
from tests.reports.rows import RECEIVED_AT, a_case, a_decision, a_delivery, a_duty, a_promise

pytestmark = pytest.mark.django_db
IN_APRIL = datetime(2026, 4, 10, 9, tzinfo=UTC)
START = "/"


def page(client, address=START, at=IN_APRIL, **headers):
    with time_machine.travel(at, tick=False):
        response = client.get(address, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def a_march():
    """Eleven suggestions decided in March; ten promises, four of them kept; ten clocks, seven met."""
    for number in range(10):
        case = a_case()
        promise = a_promise(case, date(2026, 3, 20))
        if number < 4:
            a_delivery(case, RECEIVED_AT + 10 * DAY, commitment=promise)
        a_duty(case, RECEIVED_AT + 5 * DAY, **({"met_at": RECEIVED_AT + DAY} if number < 7 else {}))
    a_decision(a_case(), RECEIVED_AT + DAY, Decision.Outcome.DECLINED)


def test_start_page_says_in_sentences_what_was_answered_what_is_late_and_what_was_kept(client):
    late = a_suggestion(at=MONDAY_NOON)
    a_march()
    breach_overdue(at=IN_APRIL, suggestion=late)
    compute_night(at=IN_APRIL)

    html = page(client)

    assert "In March 2026" in html
    assert '<strong class="figure">11</strong> suggestions were answered' in html
    assert '<strong class="figure">4</strong> of 10 promises were kept' in html
    assert f'href="{reverse("suggestions:list")}?late=true"><strong class="figure">1</strong> suggestion is late now' in html


def test_number_of_late_ones_is_that_of_the_list_behind_it(client):
    late, hidden = a_suggestion(at=MONDAY_NOON), a_suggestion(at=MONDAY_NOON, visibility=Visibility.CITY_AND_OPERATOR)
    breach_overdue(at=IN_APRIL)

    html = page(client)
    listed = page(client, reverse("suggestions:list") + "?late=true")

    assert '<strong class="figure">1</strong> suggestion is late now' in html
    assert late.reference in listed
    assert hidden.reference not in listed


def test_empty_city_says_so_and_still_works(client):
    the_city()

    html = page(client)

    assert "Nothing is late now." in html
    assert "Nothing falls due at the moment." in html
    assert "No promise has come to its day yet." in html
    assert "Nothing has been computed for April 2026 yet." in html


def test_owed_next_lists_what_is_still_in_time_soonest_first_and_nothing_hidden(client):
    later, sooner = a_suggestion(at=IN_APRIL - HOUR, title="Later"), a_suggestion(at=IN_APRIL - 2 * HOUR, title="Sooner")
    a_suggestion(at=IN_APRIL, title="Secret", visibility=Visibility.CITY_AND_OPERATOR)
    a_suggestion(at=MONDAY_NOON, title="Overdue bench")
    breach_overdue(at=IN_APRIL)

    html = page(client)

    assert html.index(sooner.title) < html.index(later.title)
    assert "Overdue bench" not in html
    assert "Secret" not in html


def test_kept_and_broken_promises_stand_side_by_side(client):
    agent = an_agent()
    for title, kept in (("Kept", True), ("Broken", False)):
        suggestion = a_suggestion(at=MONDAY_NOON)
        decide(
            suggestion=suggestion,
            by=agent,
            outcome=Decision.Outcome.ACCEPTED,
            reasons="Yes.",
            promise=f"{title} bench",
            promised_on=date(2026, 3, 10),
            at=MONDAY_NOON,
        )
        if kept:
            deliver(suggestion=suggestion, by=agent, evidence="It stands.", at=MONDAY_NOON + DAY)

    everything, broken = page(client, reverse("reports:promises")), page(client, reverse("reports:promises") + "?outcome=broken")

    assert "Kept bench" in page(client)
    assert "Broken bench" in page(client)
    assert "2 promises" in everything
    assert "Broken bench" in broken
    assert "Kept bench" not in broken


def test_promises_of_a_period_are_as_many_as_its_figure_counts(client):
    the_city()
    a_march()
    a_promise(a_case(), date(2026, 4, 2))
    a_promise(a_case(withdrawn_at=RECEIVED_AT + 5 * DAY), date(2026, 3, 20))

    html = page(client, reverse("reports:promises") + "?window=2026-03")

    assert "10 promises whose first day lies in March 2026." in html


@pytest.mark.parametrize("address", ["?window=2026-99", "?window=soon"])
def test_promises_of_a_period_that_does_not_exist_are_not_found(client, address):
    assert client.get(reverse("reports:promises") + address).status_code == 404


def test_start_page_takes_as_many_queries_for_three_rows_as_for_one(client):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            a_suggestion(at=IN_APRIL - HOUR)
            a_promise(a_suggestion(at=MONDAY_NOON), date(2026, 3, 20), made_at=MONDAY_NOON)
        with CaptureQueriesContext(connection) as queries:
            page(client)
        counts.append(len(queries))

    assert counts[0] == counts[1]
