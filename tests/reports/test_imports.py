import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports.indicators.imports import Case, import_report, report_on_import
from suggestions.actions.commitments import fix_with_evidence
from suggestions.models import ImportedCase, ImportRun, OpenedBy
from tests.factories import MONDAY_NOON, a_contract, an_agent
from tests.suggestions.old_cases import a_row, import_rows

START = datetime(2025, 5, 5, 6, tzinfo=UTC)
AS_OF = START + timedelta(days=40)


def a_case(*, due=None, closed=None, cancelled=None, received=0.0, **fields):
    """A case by the days from the start on which its facts lie."""
    received_at, due_at, met_at, ended_at = (
        None if days is None else START + timedelta(days=days) for days in (received, due, closed, cancelled)
    )
    return Case(
        **{
            "external_id": "1",
            "line": 2,
            "channel": "Call",
            "opened_by": OpenedBy.CITIZEN,
            "on_time": None,
            "imported_at": START + timedelta(days=100),
            "received_at": received_at,
            "due_at": due_at,
            "met_at": met_at,
            "met_known_at": met_at,
            "ended_at": ended_at,
            "ended_known_at": ended_at,
        }
        | fields
    )


def the_report(*cases, as_of=AS_OF):
    return import_report(cases, source="works", as_of=as_of, faults={})


def test_only_what_was_known_by_the_moment_counts():
    cases = [a_case(due=5, closed=3), a_case(due=5, closed=9), a_case(due=5, cancelled=7), a_case(due=30)]

    counted = {day: the_report(*cases, as_of=START + timedelta(days=day)).everybody for day in (4, 8, 10)}

    assert [(group.closed, group.cancelled, group.open) for group in counted.values()] == [(1, 0, 3), (1, 1, 2), (2, 1, 1)]
    assert [(group.due_cohort.numerator, group.due_cohort.denominator) for group in counted.values()] == [(0, 0), (1, 2), (1, 2)]


def test_open_cases_count_as_broken_in_the_cohort_and_are_missing_among_the_closed():
    group = the_report(a_case(due=5, closed=3), a_case(due=5)).everybody

    assert (group.due_cohort.value, group.closed_only.value) == (0.5, 1)


def test_done_at_the_due_moment_is_in_time():
    assert the_report(a_case(due=5, closed=5)).everybody.due_cohort.value == 1


def test_cases_without_a_deadline_are_counted_and_are_in_no_rate():
    report = the_report(a_case(closed=3), a_case(due=5, closed=3))

    assert report.no_target == 1
    assert report.everybody.due_cohort.denominator == report.everybody.closed_only.denominator == 1


def test_r3_counts_what_was_cancelled_late_as_late_and_what_was_cancelled_early_not_at_all():
    report = the_report(a_case(due=5, closed=3), a_case(due=5, cancelled=7), a_case(due=5, cancelled=4), a_case(due=5, cancelled=5))

    assert (report.citizens_r3.numerator, report.citizens_r3.denominator) == (1, 2)
    assert (report.citizens.due_cohort.denominator, report.citizens.cancelled_after_due) == (1, 1)


def test_cases_of_staff_count_in_all_rows_and_never_in_those_of_citizens():
    report = the_report(a_case(due=5, closed=9), a_case(due=5, closed=1, opened_by=OpenedBy.STAFF))

    assert (report.everybody.cases, report.citizens.cases, report.others.cases) == (2, 1, 1)
    assert (report.everybody.due_cohort.value, report.citizens_r3.value) == (0.5, 0)


def test_reason_says_how_much_sooner_the_cases_of_staff_were_closed():
    citizens = [a_case(closed=2 + place) for place in range(20)]
    staff = [a_case(closed=0.001, opened_by=OpenedBy.STAFF) for _place in range(20)]

    reason = the_report(*citizens, *staff).reason

    assert "20 of the 40 cases (50 %)" in reason
    assert "Half of those were closed within 1 minute; half of the citizens' cases within 11.0 days." in reason
    assert "work is already done" in reason


def test_reason_does_not_say_so_where_the_cases_of_staff_took_longer():
    citizens = [a_case(closed=1) for _place in range(20)]
    staff = [a_case(closed=9, opened_by=OpenedBy.STAFF) for _place in range(20)]

    assert "work is already done" not in the_report(*citizens, *staff).reason
    assert the_report(*citizens).reason == "Citizens opened every case, so both figures are the same."


def test_waits_of_a_handful_are_not_shown():
    report = the_report(*[a_case(closed=1) for _place in range(19)])

    assert report.everybody.waits is None
    assert the_report(*[a_case(closed=1) for _place in range(20)]).everybody.waits.median_days == 1


def test_days_that_nobody_was_followed_to_are_not_shown():
    waits = the_report(
        *[a_case(closed=place) for place in range(15)], *[a_case() for _place in range(5)], as_of=START + timedelta(20)
    ).everybody.waits

    assert waits.closed_by[14] == pytest.approx(0.75)
    assert (waits.closed_by[30], waits.rmst_30d) == (None, None)


def test_flag_that_our_reckoning_does_not_confirm_is_listed():
    agreeing = a_case(due=5, closed=3, on_time=True)
    wrong = a_case(due=5, closed=9, on_time=True, external_id="7", line=8)

    agreement = the_report(agreeing, wrong, a_case(due=5, on_time=True), a_case(closed=3, on_time=True), a_case(due=5, closed=3)).agreement

    assert (agreement.compared, agreement.agreeing) == (2, 1)
    assert [(mismatch.external_id, mismatch.line, mismatch.printed_on_time) for mismatch in agreement.mismatches] == [("7", 8, True)]


def test_case_that_we_closed_after_the_import_is_not_held_against_the_flag():
    assert the_report(a_case(due=5, closed=120, on_time=False, imported_at=AS_OF)).agreement.compared == 0


@pytest.mark.django_db
def test_report_of_one_run_holds_the_cases_and_the_faults_of_that_run(tmp_path):
    import_rows(tmp_path, a_row("1", closed="2025-05-04 08:00"))
    import_rows(tmp_path, a_row("1"), a_row("2"), a_row("2"))
    first, second = ImportRun.objects.order_by("id")

    reports = [report_on_import(source="works", as_of=AS_OF, run=run) for run in (first, second, None)]

    assert [report.rows for report in reports] == [1, 1, 2]
    assert [(report.faults["ended_before_start"], report.faults["repeated"]) for report in reports] == [(1, 0), (0, 1), (1, 1)]


@pytest.mark.django_db
def test_old_report_stays_the_same_when_more_becomes_known(tmp_path):
    a_contract(clauses=False)
    import_rows(tmp_path, a_row("1", due="2025-05-09 08:00"), a_row("2", closed="2025-05-06 08:00"))
    asked = ["--as-of", "2025-06-01", "--format", "json"]
    first = call_report(*asked)

    fix_with_evidence(suggestion=ImportedCase.objects.get(external_id="1").suggestion, by=an_agent(), evidence="Filled.", at=MONDAY_NOON)

    assert call_report(*asked) == first
    assert json.loads(call_report("--as-of", "2026-04-01", "--format", "json"))["everybody"]["closed"] == 2


@pytest.mark.django_db
def test_command_reads_the_moment_in_the_zone_of_the_file(tmp_path):
    import_rows(tmp_path, a_row("1", closed="2025-05-06 00:30", due="2025-05-09 08:00"))

    closed = [
        json.loads(call_report("--as-of", "2025-05-06T00:30", "--format", "json", *zone))["everybody"]["closed"]
        for zone in ([], ["--zone", "Europe/London"], ["--zone", "Asia/Tokyo"])
    ]

    assert closed == [1, 1, 0]


@pytest.mark.django_db
def test_command_prints_a_table_of_every_group(tmp_path):
    import_rows(tmp_path, a_row("1", due="2025-05-09 08:00", closed="2025-05-12 08:00", on_time="Y"), a_row("2", source="Crew"))

    table = call_report("--as-of", "2025-06-01")

    assert "works, as known on 2025-06-01 00:00 (Europe/Brussels)" in table
    assert "Our reckoning agrees with the printed flag on 0 of 1 cases" in table
    assert "line 2, case 1: due 2025-05-09 08:00:00, closed 2025-05-12 08:00:00, printed on time" in table


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--source", "trams"], "Nothing was imported from trams. There is: works."),
        (["--zone", "Brussels"], "Brussels is not the name of a time zone"),
        (["--as-of", "May"], "Write the moment as"),
    ],
)
def test_command_refuses_in_one_sentence(tmp_path, options, sentence):
    import_rows(tmp_path, a_row("1"))

    with pytest.raises(CommandError, match=sentence):
        call_report(*options)


def call_report(*options):
    out = StringIO()
    call_command("import_report", "--source", "works", *options, stdout=out)
    return out.getvalue()
