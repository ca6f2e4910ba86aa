"""The old case histories of three cities, read from beside the repository; the figures were computed by other tools."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from portal import wall_clock
from portal.models import Actor, Visibility
from reports.indicators.facts import known_facts
from reports.indicators.imports import report_on_import
from reports.indicators.periods import Window
from reports.indicators.responsiveness import clauses_kept
from reports.indicators.scopes import scope_of
from reports.indicators.shares import newcombe
from suggestions.actions.imports import import_cases
from suggestions.actions.standings import refresh_standing
from suggestions.histories import open_history
from suggestions.histories.mappings import read_mapping_file
from suggestions.models import ImportedCase, Obligation, ObligationTerm, Standing, Suggestion
from tests.factories import a_contract, a_service, the_city
from tests.outside import outside_data

pytestmark = pytest.mark.django_db  # asks for the database, even where this file is run alone

MAPPINGS = Path(__file__).parent / "mappings"
FILES = {
    "boston-311": "311-boston-2011-07/boston-311-2011-07.csv.gz",
    "stlouis-csb": "311-stlouis-2018-01/stlouis-csb-2018-01.csv",
    "nyc-311": "311-nyc-2016-06-sample/nyc-311-2016-06.csv",
}
BOSTON_AS_OF = datetime(2011, 8, 1, tzinfo=ZoneInfo("America/New_York"))


def expected(folder):
    return json.loads(outside_data(folder, "expected.json").read_text())


def import_city(source):
    return import_cases(
        history=open_history(outside_data(FILES[source]), read_mapping_file(MAPPINGS / f"{source}.toml")),
        service=a_service(source),
        by=Actor.objects.system(),
        at=wall_clock.now(),
    )


@pytest.fixture(scope="module")
def summaries(django_db_setup, django_db_blocker):
    """The three histories, imported once for this file and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        the_city()
        a_contract(a_service("stlouis-csb"))
        yield {source: import_city(source) for source in FILES}
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def boston(summaries):
    return report_on_import(source="boston-311", as_of=BOSTON_AS_OF)


@pytest.fixture(scope="module")
def st_louis(summaries):
    return report_on_import(source="stlouis-csb", as_of=wall_clock.now())


def assert_waits(waits, judge):
    assert (waits.n, waits.events) == (judge["n"], judge["events"])
    assert waits.median_days == pytest.approx(judge["median_days"], abs=1e-4)
    assert waits.median_ci95_loglog == pytest.approx(judge["median_ci95_loglog"], abs=1e-4)
    assert waits.p25_days == pytest.approx(judge["p25_days"], abs=1e-4)
    assert waits.p75_days == (None if judge["p75_days"] is None else pytest.approx(judge["p75_days"], abs=1e-4))
    assert {str(day): share for day, share in waits.closed_by.items()} == pytest.approx(judge["closed_by"], abs=1e-6)
    assert waits.rmst_30d == pytest.approx(judge["rmst_30d"], abs=1e-4)


def assert_share(share, judge):
    assert (share.numerator, share.denominator) == (judge["k"], judge["n"])
    assert share.value == pytest.approx(judge["rate"], abs=1e-6)
    assert share.interval == pytest.approx(judge["wilson95"], abs=1e-6)


def test_boston_is_taken_in_whole(summaries, boston):
    judge = expected("311-boston-2011-07")

    assert (summaries["boston-311"].rows, summaries["boston-311"].added) == (judge["rows"], judge["rows"])
    assert (boston.rows, boston.no_target) == (judge["rows"], judge["no_target"])
    assert list(boston.flags.values()) == [judge["city_flags"][flag] for flag in ("ONTIME", "OVERDUE", "(blank)")]
    assert boston.faults["due_before_start"] == 3


def test_boston_report_gives_the_figures_of_the_judges(boston):
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]

    assert (boston.everybody.closed, boston.everybody.open) == (judge["closed"], judge["open_backlog"])
    assert boston.everybody.naive_mean_days_closed_only == pytest.approx(judge["naive_mean_days_closed_only"], abs=1e-4)
    assert_waits(boston.everybody.waits, judge["km_all"])
    assert_share(boston.everybody.due_cohort, judge["sla_due_cohort"])
    assert_share(boston.everybody.closed_only, judge["sla_closed_only_biased"])


@pytest.mark.parametrize("source", ["Citizens Connect App", "Constituent Call", "Employee Generated", "Self Service"])
def test_boston_report_gives_the_figures_of_each_source(boston, source):
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]["km_by_source"][source]

    assert_waits(boston.by_channel[source].waits, judge)


def test_boston_flag_comes_out_on_every_row_with_both_dates_and_a_flag(boston):
    agreement = boston.agreement

    assert (agreement.compared, agreement.agreeing, agreement.mismatches) == (7491, 7491, ())


def test_boston_citizens_figure_stands_beside_and_differs_because_staff_log_what_is_done(boston):
    assert boston.citizens.cases + boston.others.cases == boston.rows
    assert (boston.citizens_r3.numerator, boston.citizens_r3.denominator) == (2330, 3099)
    assert boston.others.waits.median_days < 1 / 24 / 60 < 1 < boston.citizens.waits.median_days
    assert boston.reason.startswith("Staff, the operator or sensors opened 3,450 of the 9,854 cases (35 %).")
    assert "written down when the work is already done" in boston.reason


@pytest.mark.parametrize(("source", "as_of"), [("boston-311", BOSTON_AS_OF), ("stlouis-csb", datetime(2020, 1, 1, tzinfo=UTC))])
def test_citizens_figure_of_the_report_is_that_of_the_indicator(summaries, source, as_of):
    report = report_on_import(source=source, as_of=as_of)

    window = Window.parse("2000-01-01..2030-01-01")
    facts = known_facts(window=window, as_of=as_of).within(scope_of(f"service:{source}"))
    in_time = clauses_kept(facts, window)[0]

    assert (report.citizens_r3.numerator, report.citizens_r3.denominator) == (in_time.events, in_time.n)


def test_st_louis_promises_are_kept_as_the_judges_say(summaries, st_louis):
    judge = expected("311-stlouis-2018-01")

    assert (summaries["stlouis-csb"].rows, summaries["stlouis-csb"].added) == (judge["rows"], judge["distinct"])
    assert summaries["stlouis-csb"].repeated == 9
    assert (st_louis.everybody.due_cohort.numerator, st_louis.everybody.due_cohort.denominator) == (972, 1490)
    assert_share(st_louis.everybody.due_cohort, judge["promise_kept_final"])


def test_st_louis_channels_are_those_of_the_judges(st_louis):
    judge = expected("311-stlouis-2018-01")

    assert {channel: group.cases for channel, group in st_louis.by_channel.items() if channel} == judge["channel_counts"]
    for channel, share in judge["by_channel"].items():
        assert_share(st_louis.by_channel[channel].due_cohort, share)


def test_st_louis_gap_of_web_minus_phone_is_that_of_the_judges(st_louis):
    judge = expected("311-stlouis-2018-01")["gap_web_minus_phone"]

    web, phone = (st_louis.by_channel[channel].due_cohort for channel in ("WEB", "PHONE"))

    assert web.value - phone.value == pytest.approx(judge["diff"], abs=1e-6)
    assert newcombe(web, phone) == pytest.approx(judge["newcombe95"], abs=1e-6)


def test_st_louis_cases_cancelled_late_are_left_out_of_the_cohort_and_late_in_the_indicator(st_louis):
    group = st_louis.everybody

    assert (group.cancelled, group.cancelled_after_due) == (38, 6)
    assert st_louis.citizens_r3.denominator == st_louis.citizens.due_cohort.denominator + st_louis.citizens.cancelled_after_due


def test_new_york_is_read_whole_in_american_dates(summaries):
    cases = Suggestion.objects.filter(imported__source="nyc-311")

    first = cases.get(imported__external_id="33648024")

    assert (summaries["nyc-311"].added, summaries["nyc-311"].bad_rows, cases.count()) == (117, 0, 117)
    assert first.received_at == datetime(2016, 6, 21, 2, 4, 21, tzinfo=UTC)
    assert first.obligations.get().due_at == datetime(2016, 6, 21, 10, 4, 21, tzinfo=UTC)
    assert Obligation.objects.filter(suggestion__in=cases, due_basis="none").count() == 41
    assert set(cases.values_list("visibility", flat=True)) == {Visibility.CITY_AND_OPERATOR}


def test_every_imported_case_has_its_clock_its_term_and_its_standing(summaries):
    cases = ImportedCase.objects.count()

    assert cases == sum(summary.added for summary in summaries.values()) == 9854 + 1532 + 117
    assert Obligation.objects.filter(suggestion__imported__isnull=False).count() == cases
    assert ObligationTerm.objects.filter(obligation__suggestion__imported__isnull=False, cause="opened").count() == cases
    assert Standing.objects.filter(suggestion__imported__isnull=False).count() == cases


def test_standings_of_a_sample_are_those_that_the_acts_would_have_left(summaries):
    sample = Standing.objects.filter(suggestion__imported__line__endswith="7", suggestion__imported__source="stlouis-csb")
    imported = list(sample.order_by("pk").values())

    for suggestion in Suggestion.objects.filter(standing__in=sample):
        refresh_standing(suggestion)

    assert len(imported) > 100
    assert list(sample.order_by("pk").values()) == imported


def test_second_import_of_boston_adds_nothing(summaries):
    before = Suggestion.objects.count()

    again = import_city("boston-311")

    assert (again.added, again.known_already, Suggestion.objects.count()) == (0, 9854, before)
