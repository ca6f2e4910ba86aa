from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import tasks
from reports.actions.indicators import FinalFigureChanged, NotKnownYet, Report, compute, compute_night, compute_so_far
from reports.indicators.measures import age, share
from reports.indicators.periods import Window, parse_as_of
from reports.indicators.publication import as_published, shows_both_sides
from reports.indicators.registry import CATALOGUE, NoSuchIndicator, indicators_of
from reports.indicators.scopes import NoSuchScope, every_scope, scope_of
from reports.models import IndicatorValue
from suggestions.models import OpenedBy
from tests.factories import DAY, a_category, a_service, an_operator, the_city
from tests.reports.rows import MARCH, RECEIVED_AT, a_case, a_decision, a_delivery, a_duty, a_promise, a_reply

pytestmark = pytest.mark.django_db
AS_OF = MARCH.default_as_of


def ten_duties(*, met=7):
    """Ten clocks that fell due in March."""
    for number in range(10):
        case = a_case()
        due_at = RECEIVED_AT + 5 * DAY
        a_duty(case, due_at, **({"met_at": due_at} if number < met else {}))


def computed(*, as_of=AS_OF, at=None, codes=(), window=MARCH, **fields):
    return compute(scopes=[scope_of("city")], report=Report(window, as_of, codes, **fields), at=at or as_of)


def value_of(code, measure, **fields):
    return IndicatorValue.objects.get(code=code, measure=measure, **fields)


def test_figure_carries_its_base_window_as_of_and_versions():
    ten_duties()

    computed()

    value = value_of("R3", "in_time")
    assert (value.value, value.n, value.events, value.withheld) == (0.7, 10, 7, "")
    assert (value.window_from, value.window_until, value.as_of) == (MARCH.from_at, MARCH.until_at, AS_OF)
    assert (value.definition, value.code_version, value.is_provisional) == (1, "0.1.0", False)
    assert value.facts["still_owed"] == 3


def test_every_measure_computed_is_in_the_catalogue_and_the_other_way_round():
    values = computed()

    for indicator in CATALOGUE:
        assert {value.measure for value in values if value.code == indicator.code} == {line.measure for line in indicator.lines}


def test_catalogue_shows_service_and_social_values_or_neither():
    assert shows_both_sides({indicator.side for indicator in CATALOGUE})
    assert not shows_both_sides({"service"})


def test_nine_are_too_few_and_nothing_of_them_is_stored_but_how_many_there_were():
    withheld = as_published(share("in_time", 4, 9, still_owed=5))
    shown = as_published(share("in_time", 4, 10, still_owed=5))

    assert (withheld.withheld, withheld.n) == ("too_few", 9)
    assert (withheld.value, withheld.low, withheld.high, withheld.events, withheld.facts) == (None, None, None, None, {})
    assert (shown.withheld, shown.value) == ("", 0.4)
    assert as_published(age("median_age_days", 6.5, n=19)).withheld == "too_few"


def test_final_report_computed_twice_is_stored_once():
    ten_duties()

    computed()
    before = list(IndicatorValue.objects.order_by("id").values_list("id", "computed_at"))
    computed(at=AS_OF + DAY)

    assert list(IndicatorValue.objects.order_by("id").values_list("id", "computed_at")) == before


def test_final_figure_that_comes_out_otherwise_is_a_fault_and_stays():
    ten_duties()
    computed()
    value_of("R3", "in_time")
    IndicatorValue.objects.filter(code="R3", measure="in_time").update(value=0.9)

    with pytest.raises(FinalFigureChanged):
        computed()

    assert value_of("R3", "in_time").value == 0.9


def test_provisional_figures_are_replaced_by_newer_ones_and_never_by_older_ones():
    ten_duties()
    for as_of in (RECEIVED_AT + 6 * DAY, RECEIVED_AT + 8 * DAY, RECEIVED_AT + 7 * DAY):
        computed(as_of=as_of)

    assert value_of("R3", "in_time").as_of == RECEIVED_AT + 8 * DAY
    assert value_of("R3", "in_time").is_provisional


def test_final_report_takes_the_place_of_the_provisional_one():
    ten_duties()
    computed(as_of=RECEIVED_AT + 6 * DAY)

    computed()

    assert not IndicatorValue.objects.provisional().exists()
    assert value_of("R3", "in_time").as_of == AS_OF


def test_moment_that_lies_ahead_is_refused():
    with pytest.raises(NotKnownYet):
        computed(as_of=AS_OF, at=AS_OF - DAY)


def test_unknown_codes_and_scopes_are_refused():
    the_city()

    with pytest.raises(NoSuchIndicator):
        indicators_of(["R99"])
    with pytest.raises(NoSuchScope):
        scope_of("service:none")


def test_scopes_count_their_own_cases():
    category, operator = a_category(), an_operator("other")
    other_service = a_service("waste")
    for case, owner in ((a_case(), an_operator()), (a_case(category=category), operator), (a_case(service=other_service), operator)):
        a_duty(case, RECEIVED_AT + DAY, owner=owner)

    compute(scopes=every_scope(), report=Report(MARCH, AS_OF), at=AS_OF)

    fell_due = dict(IndicatorValue.objects.filter(code="R3", measure="in_time").values_list("scope", "n"))
    received = dict(IndicatorValue.objects.filter(code="R2", measure="received").values_list("scope", "n"))
    assert fell_due == received
    assert {scope: n for scope, n in fell_due.items() if not scope.startswith("operator:city")} == {
        "city": 3,
        "service:bikes": 2,
        "service:waste": 1,
        "category:bikes/brakes": 1,
        "operator:operator": 1,
        "operator:other": 2,
    }


def test_cases_of_staff_move_no_figure_of_citizens():
    ten_duties()
    a_promise(a_case(), date(2026, 3, 20))
    before = citizens_figures(computed())

    for number in range(30):
        case = a_case(opened_by=OpenedBy.STAFF)
        a_duty(case, RECEIVED_AT + DAY, met_at=case.received_at)
        a_reply(case, RECEIVED_AT + DAY)
        a_delivery(case, RECEIVED_AT + DAY, commitment=a_promise(case, date(2026, 3, 20)) if number % 2 else None)
    IndicatorValue.objects.all().delete()
    after = computed()

    assert citizens_figures(after) == before
    assert next(value.value for value in after if value.measure == "fell_due_of_others") == 30


def citizens_figures(values):
    return [
        (value.code, value.measure, value.value, value.low, value.high, value.n, value.events, value.facts)
        for value in values
        if not value.measure.endswith("_others")
    ]


def test_computing_takes_as_many_queries_for_many_cases_as_for_one():
    a_decision(a_case(), RECEIVED_AT + DAY)
    with CaptureQueriesContext(connection) as for_one:
        computed()
    IndicatorValue.objects.all().delete()
    for _ in range(2):
        ten_duties()
        a_promise(a_case(), date(2026, 3, 20))

    with CaptureQueriesContext(connection) as for_many:
        computed()

    assert len(for_many) == len(for_one)


# --- The clock's own work ----------------------------------------------------------------------------------------------


def test_night_computes_the_running_quarter_and_the_last_one_and_again_changes_nothing():
    the_city()
    ten_duties()
    at = datetime(2026, 5, 20, 1, tzinfo=UTC)

    figures = [compute_night(at=at), compute_night(at=at)]

    kept = IndicatorValue.objects.filter(scope="city", code="R3", measure="in_time").order_by("window_from", "window_until")
    assert figures[0] == figures[1]
    assert [(Window.month(at.date()), value.is_provisional) for value in kept if value.window_from == Window.month(at.date()).from_at] == [
        (Window.month(at.date()), True)
    ]
    quarter = kept.get(window_from=Window.parse("2026-Q1").from_at)
    assert (quarter.is_provisional, quarter.as_of, quarter.value) == (False, parse_as_of("2026-05-01"), 0.7)


def test_quarter_in_its_month_of_grace_is_still_provisional():
    the_city()
    ten_duties()

    compute_night(at=datetime(2026, 4, 20, 1, tzinfo=UTC))

    first = Window.parse("2026-Q1")
    assert value_of("R3", "in_time", scope="city", window_from=first.from_at, window_until=first.until_at).is_provisional


def test_so_far_covers_the_running_month_and_quarter_of_the_city():
    the_city()
    ten_duties()

    for moment in (RECEIVED_AT + 6 * DAY, RECEIVED_AT + 7 * DAY):
        compute_so_far(at=moment)

    values = IndicatorValue.objects.filter(code="R3", measure="in_time")
    assert {(value.window_from, value.value, value.is_provisional) for value in values} == {
        (MARCH.from_at, 0.7, True),
        (Window.parse("2026-Q1").from_at, 0.7, True),
    }


def test_tasks_take_the_moment_from_the_wall_clock():
    the_city()

    with time_machine.travel(datetime(2026, 5, 20, 1, tzinfo=UTC), tick=False):
        tasks.compute_so_far()
        tasks.compute_nightly()

    assert IndicatorValue.objects.filter(window_from=Window.parse("2026-05").from_at, as_of=datetime(2026, 5, 20, 1, tzinfo=UTC)).exists()


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_four_at_once_store_one_report():
    the_city()
    ten_duties()
    scope = scope_of("city")

    def run(provisional):
        try:
            compute(scopes=[scope], report=Report(MARCH, AS_OF, is_provisional=provisional), at=AS_OF)
        finally:
            connection.close()

    for provisional in (True, False):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, [provisional] * 4))
        assert IndicatorValue.objects.filter(code="R3", measure="in_time", is_provisional=provisional).count() == 1
    assert not IndicatorValue.objects.provisional().exists()
