from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from reports.actions.indicators import Report, compute, compute_night, compute_so_far
from reports.indicators.registry import CATALOGUE
from reports.indicators.scopes import scope_of
from tests.factories import DAY, a_service, the_city
from tests.reports.rows import MARCH, RECEIVED_AT, a_case, a_decision, a_duty

pytestmark = pytest.mark.django_db
IN_MAY = datetime(2026, 5, 10, 9, tzinfo=UTC)
IN_MARCH = datetime(2026, 3, 20, 9, tzinfo=UTC)


def page(client, address="", at=IN_MAY, **headers):
    with time_machine.travel(at, tick=False):
        response = client.get(reverse("reports:indicators") + address, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def so_far(client, at=IN_MARCH, **headers):
    with time_machine.travel(at, tick=False):
        response = client.get(reverse("reports:so_far"), headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def a_first_quarter(*, duties=12, met=9):
    the_city()
    for number in range(duties):
        a_duty(a_case(), RECEIVED_AT + 5 * DAY, **({"met_at": RECEIVED_AT + DAY} if number < met else {}))


def test_each_indicator_is_a_question_with_its_sentence_range_base_and_moment(client):
    a_first_quarter()
    compute_night(at=IN_MAY)

    html = page(client)

    for indicator in CATALOGUE:
        assert str(escape(indicator.question)) in html
        assert str(escape(indicator.method)) in html
    assert "Of 12 clocks that ran out, 9 were met in time: 75 %." in html
    assert "47 to 91 %" in html
    assert "the first quarter of 2026" in html
    assert "R3, definition 1." in html
    assert 'datetime="2026-04-30T22:00+00:00"' in html
    assert "Provisional" not in html


def test_figure_that_is_withheld_says_why_and_shows_no_number(client):
    a_first_quarter(duties=9, met=9)
    compute_night(at=IN_MAY)

    html = page(client)

    assert "Too few to say anything by a number (9)." in html
    assert "100 %" not in html.replace("Drawn from 0 to 100 %", "")


def test_service_and_social_values_are_shown_together_or_not_at_all(client):
    a_first_quarter()
    compute(scopes=[scope_of("city")], report=Report(MARCH, MARCH.default_as_of, ["R3"]), at=IN_MAY)

    html = page(client)

    assert "shown together or not at all" in html
    assert "75 %" not in html


def test_period_and_scope_can_be_chosen_and_unknown_ones_are_not_found(client):
    a_first_quarter()
    a_duty(a_case(service=a_service("waste")), RECEIVED_AT + 5 * DAY)
    compute_night(at=IN_MAY)

    html = page(client, "?scope=service:bikes&window=2026-Q1")

    assert '<option value="service:bikes" selected>' in html
    assert "Of 12 clocks that ran out" in html
    assert client.get(reverse("reports:indicators") + "?scope=service:none").status_code == 404
    assert client.get(reverse("reports:indicators") + "?window=1999").status_code == 404
    assert client.get(reverse("reports:indicators") + "?window=soon").status_code == 404


def test_city_without_figures_says_when_they_come(client):
    the_city()

    assert "computed every night" in page(client)


def test_page_takes_as_many_queries_for_many_values_as_for_few(client):
    a_first_quarter()
    compute_night(at=IN_MARCH)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for _ in range(30):
        a_decision(a_case(), RECEIVED_AT + DAY)
    compute_night(at=IN_MAY)

    with CaptureQueriesContext(connection) as many:
        page(client)

    assert len(few) == len(many)


def test_so_far_is_one_provisional_line_of_the_running_month(client):
    a_first_quarter()
    compute_so_far(at=IN_MARCH)

    html = so_far(client)

    assert "So far in March 2026:" in html
    assert "12 clocks ran out</a>, 9 met in time (75 %), 3 not; no promise fell due." in html
    assert "Provisional, computed" in html
    assert "<html" in html


def test_so_far_for_a_page_that_shows_it_is_the_line_alone(client):
    a_first_quarter()
    compute_so_far(at=IN_MARCH)

    html = so_far(client, **{"HX-Request": "true"})

    assert html.startswith('<p class="so-far-line">')
    assert "<html" not in html


def test_so_far_moves_when_a_clock_runs_out(client):
    a_first_quarter()
    compute_so_far(at=IN_MARCH)
    before = so_far(client)
    a_duty(a_case(), IN_MARCH)

    compute_so_far(at=IN_MARCH + DAY)

    assert "12 clocks ran out" in before
    assert "13 clocks ran out" in so_far(client, at=IN_MARCH + DAY)


def test_so_far_of_a_month_without_figures_says_so(client):
    the_city()

    assert "Nothing has been computed for March 2026 yet." in so_far(client)
