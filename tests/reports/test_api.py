"""The published figures for other software: those of the page, and no others."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.actions.indicators import compute_night
from reports.indicators.registry import CATALOGUE
from tests.factories import DAY, a_service, the_city
from tests.programs import a_program, read
from tests.reports.rows import RECEIVED_AT, a_case, a_duty

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/indicators/"
IN_MAY = datetime(2026, 5, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(IN_MAY, tick=False):
        yield


def figures(*, duties=12, met=9):
    the_city()
    for number in range(duties):
        a_duty(a_case(), RECEIVED_AT + 5 * DAY, **({"met_at": RECEIVED_AT + DAY} if number < met else {}))
    compute_night(at=IN_MAY)


def in_time(shown):
    [indicator] = [indicator for indicator in shown["results"] if indicator["code"] == "R3"]
    return next(line for line in indicator["lines"] if line["measure"] == "in_time")


def test_figures_come_with_range_base_and_moment():
    figures()

    shown = read(ADDRESS)

    assert [indicator["code"] for indicator in shown["results"]] == [indicator.code for indicator in CATALOGUE]
    assert shown["window"] == "2026-Q1"
    assert shown["window"] in shown["windows"]
    line = in_time(shown)
    assert (line["value"], line["n"], line["withheld"]) == (0.75, 12, "")
    assert 0.4 < line["low"] < 0.75 < line["high"] < 1


def test_too_few_cases_have_a_reason_and_no_number():
    figures(duties=9)

    line = in_time(read(ADDRESS))

    assert (line["value"], line["low"], line["high"], line["withheld"]) == (None, None, None, "too_few")


def test_what_was_never_computed_is_empty_and_what_does_not_exist_is_refused():
    the_city()
    a_service()

    assert read(f"{ADDRESS}?scope=service:bikes")["results"] == []
    assert a_program().get(f"{ADDRESS}?window=2020-Q1").status_code == 400
    assert a_program().get(f"{ADDRESS}?scope=service:unknown").status_code == 400


def test_reading_figures_asks_as_often_however_many_there_are():
    def asked():
        with CaptureQueriesContext(connection) as queries:
            read(ADDRESS)
        return len(queries)

    the_city()
    before = asked()
    figures()

    assert asked() <= before + 1  # the values themselves
