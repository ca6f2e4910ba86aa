import csv
import threading
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection

from portal.models import Act, Actor, Area, Category, Event, Organisation, Visibility
from suggestions.actions.imports import ImportRunning, RowsUnreadable, SourceMissing, check_history, import_cases
from suggestions.actions.obligations import breach_overdue, climb_ladders, warn_due_soon
from suggestions.actions.standings import refresh_standing
from suggestions.models import ImportedCase, ImportRun, Obligation, OpenedBy, Standing, Status, Suggestion
from tests.factories import MONDAY_NOON, a_category, a_clerk, a_contract, a_service, an_operator, the_city
from tests.suggestions.old_cases import MAPPING, a_file, a_history, a_row, import_rows

pytestmark = pytest.mark.django_db


def the_import_of(tmp_path, **printed):
    import_rows(tmp_path, a_row(**printed))
    return ImportedCase.objects.get(external_id="1").suggestion.obligations.get()


def call_import(path, tmp_path, *options, mapping=MAPPING):
    the_city()
    (tmp_path / "works.toml").write_text(mapping)
    out, err = StringIO(), StringIO()
    call_command(
        "import_cases", path, "--service", a_service().code, "--mapping", tmp_path / "works.toml", *options, stdout=out, stderr=err
    )
    return out.getvalue()


def everything():
    models = [model for label in ("portal", "suggestions") for model in apps.get_app_config(label).get_models()]
    return {model._meta.label: model.objects.count() for model in models}


def the_log(suggestion):
    return [(event.kind, event.at, event.known_at, event.actor) for event in Event.objects.filter(case=suggestion.reference).order_by("id")]


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)


START, DUE, IN_TIME, LATE = utc(2025, 5, 5, 6), utc(2025, 5, 9, 6), utc(2025, 5, 6, 6), utc(2025, 5, 12, 6)


# --- What a row becomes ------------------------------------------------------------------------------------------------


def test_case_closed_in_time_has_met_its_printed_deadline_on_the_printed_moments(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-09 08:00", closed="2025-05-06 08:00", result="Filled", on_time="Y")

    suggestion = obligation.suggestion
    assert (suggestion.status, suggestion.received_at, suggestion.known_at) == (Status.DELIVERED, START, START)
    assert (obligation.act, obligation.due_basis, obligation.opened_at, obligation.known_at) == (Act.SOLVE, "printed", START, START)
    assert (obligation.due_at, obligation.gross_due_at, obligation.breached_at) == (DUE, DUE, None)
    assert (obligation.met_at, obligation.met_known_at) == (IN_TIME, IN_TIME)
    assert suggestion.imported.printed_on_time is True
    assert the_log(suggestion) == [
        ("suggestion_submitted", START, START, "citizen"),
        ("obligation_opened", START, START, "citizen"),
        ("obligation_met", IN_TIME, IN_TIME, "system"),
        ("delivered", IN_TIME, IN_TIME, "system"),
    ]


def test_closing_is_a_delivery_that_says_who_says_so_and_asks_nobody(tmp_path):
    delivery = the_import_of(tmp_path, closed="2025-05-06 08:00", result="Filled").suggestion.deliveries.get()

    assert delivery.evidence == "The earlier system records this case as closed (Filled)."
    assert (delivery.delivered_at, delivery.known_at, delivery.verdict_until) == (IN_TIME, IN_TIME, None)


def test_case_closed_after_its_deadline_is_late_from_the_deadline_and_met(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-09 08:00", closed="2025-05-12 08:00")

    assert (obligation.breached_at, obligation.met_at) == (DUE, LATE)
    assert ("obligation_late", DUE, DUE, "system") in the_log(obligation.suggestion)


def test_open_case_past_its_deadline_is_late_and_owed(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-09 08:00")

    assert obligation.is_late
    assert obligation.suggestion.status == Status.PUBLISHED


def test_open_case_becomes_late_once_and_climbs_no_ladder(tmp_path):
    obligation = the_import_of(tmp_path, due="2027-05-09 08:00")

    later = utc(2027, 6, 1)
    swept = [warn_due_soon(at=later), breach_overdue(at=later), breach_overdue(at=later), climb_ladders(at=later)]

    assert swept == [0, 1, 0, 0]
    assert obligation.breached_at is None


def test_case_without_a_deadline_owes_without_a_due_moment(tmp_path):
    obligation = the_import_of(tmp_path, closed="2025-05-06 08:00")

    assert (obligation.due_basis, obligation.due_at, obligation.gross_due_at) == ("none", None, None)
    assert obligation.met_at == IN_TIME


def test_printed_deadline_is_the_whole_due_history(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-09 08:00")

    assert obligation.service_level is None
    assert list(obligation.terms.values_list("cause", "due_at", "gross_due_at", "known_at")) == [("opened", DUE, DUE, START)]


def test_cancelled_case_is_withdrawn_and_owed_no_longer(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-09 08:00", cancelled="2025-05-06 08:00")

    suggestion = obligation.suggestion
    assert (suggestion.status, suggestion.withdrawn_at, suggestion.withdrawn_known_at) == (Status.WITHDRAWN, IN_TIME, IN_TIME)
    assert (obligation.end_cause, obligation.ended_at, obligation.ended_known_at) == ("withdrawn", IN_TIME, IN_TIME)
    assert (obligation.met_at, obligation.breached_at) == (None, None)
    assert [kind for kind, *_rest in the_log(suggestion)][2:] == ["obligation_ended", "suggestion_withdrawn"]


def test_case_cancelled_after_its_deadline_stays_late_on_record(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-09 08:00", cancelled="2025-05-12 08:00")

    assert (obligation.breached_at, obligation.ended_at) == (DUE, LATE)


def test_case_closed_before_it_came_in_is_kept_as_closed_at_once_and_counted(tmp_path):
    summary = import_rows(tmp_path, a_row(closed="2025-05-04 08:00", due="2025-05-09 08:00"))

    obligation = Obligation.objects.get()
    assert (obligation.opened_at, obligation.met_at) == (START, START)
    assert (summary.added, summary.ended_before_start, ImportRun.objects.get().ended_before_start) == (1, 1, 1)


def test_deadline_before_the_start_is_kept_as_printed(tmp_path):
    obligation = the_import_of(tmp_path, due="2025-05-04 08:00", closed="2025-05-06 08:00")

    assert obligation.breached_at == utc(2025, 5, 4, 6)
    assert ("obligation_late", utc(2025, 5, 4, 6), START, "system") in the_log(obligation.suggestion)


def test_cases_of_staff_are_told_from_those_of_citizens(tmp_path):
    import_rows(tmp_path, a_row("1"), a_row("2", source="Crew"))

    openers = Suggestion.objects.order_by("imported__line").values_list("opened_by", "channel", "author__kind", "imported__printed_channel")
    assert list(openers) == [(OpenedBy.CITIZEN, "phone", "nobody", "Call"), (OpenedBy.STAFF, "operator", "system", "Crew")]
    assert list(Event.objects.filter(kind="suggestion_submitted").order_by("id").values_list("actor", flat=True)) == ["citizen", "system"]


def test_old_cases_are_shown_to_city_and_operator_alone_unless_the_city_says_otherwise(tmp_path):
    import_rows(tmp_path, a_row("1"))
    import_rows(tmp_path, a_row("2"), mapping='visibility = "public"\n' + MAPPING)

    assert list(Suggestion.objects.order_by("id").values_list("visibility", flat=True)) == [Visibility.CITY_AND_OPERATOR, Visibility.PUBLIC]


def test_operator_whose_contract_was_in_force_owes_the_case_else_the_city(tmp_path):
    a_contract(clauses=False)

    import_rows(tmp_path, a_row("1"), a_row("2", opened="2019-05-05 08:00"))

    assert Obligation.objects.get(suggestion__imported__external_id="1").owner == an_operator()
    assert Obligation.objects.get(suggestion__imported__external_id="2").owner.kind == Organisation.Kind.CITY


def test_categories_and_areas_are_made_once_and_known_ones_are_used(tmp_path):
    known = a_category(code="holes")
    known.name = {"en": "Potholes", "nl": "Putten"}
    known.save()

    import_rows(tmp_path, a_row("1"), a_row("2", type="PUTTEN"), a_row("3", type="Åå", district="північ"), a_row("4", type="", district=""))

    assert list(Category.objects.order_by("id").values_list("code", "name")) == [("holes", known.name), ("aa", {"en": "Åå"})]
    assert Area.objects.get(name__en="північ").code.isascii()
    assert list(Suggestion.objects.order_by("id").values_list("category__code", flat=True)) == ["holes", "holes", "aa", None]


def test_title_is_what_was_printed_or_the_category_or_the_number(tmp_path):
    mapping = MAPPING.replace('outcome = "result"', 'title = "result"')

    import_rows(tmp_path, a_row("1", result="x" * 130), a_row("2"), a_row("3", type=""), mapping=mapping)

    titles = list(Suggestion.objects.order_by("imported__line").values_list("title", flat=True))
    assert titles == ["x" * 119 + "…", "Potholes", "Case 3"]


def test_standings_are_those_that_the_acts_would_have_left(tmp_path):
    a_contract(clauses=False)
    dates = {"due": "2025-05-09 08:00"}
    import_rows(
        tmp_path,
        a_row("open"),
        a_row("late", **dates),
        a_row("running", due="2027-01-01 08:00"),
        a_row("in time", closed="2025-05-06 08:00", **dates),
        a_row("too late", closed="2025-05-12 08:00", **dates),
        a_row("cancelled", cancelled="2025-05-12 08:00", **dates),
    )

    imported = list(Standing.objects.order_by("pk").values())
    for suggestion in Suggestion.objects.all():
        refresh_standing(suggestion)

    assert len(imported) == 6
    assert list(Standing.objects.order_by("pk").values()) == imported


# --- All or nothing ----------------------------------------------------------------------------------------------------


def test_run_tells_every_row_and_leaves_one_line_in_the_log(tmp_path):
    import_rows(tmp_path, a_row("1"), a_row("2"), a_row("1", type="Another"))

    run, event = ImportRun.objects.get(), Event.objects.get(kind="cases_imported")
    assert (run.rows, run.added, run.repeated, run.finished_at) == (3, 2, 1, MONDAY_NOON)
    assert (event.about, event.facts["added"], event.at) == (f"importrun/{run.uuid}", 2, MONDAY_NOON)
    assert Suggestion.objects.get(imported__external_id="1").title == "Potholes"


def test_second_run_adds_nothing(tmp_path):
    rows = [a_row("1", due="2025-05-09 08:00", closed="2025-05-06 08:00"), a_row("2")]
    import_rows(tmp_path, *rows)
    before = everything()

    summary = import_rows(tmp_path, *rows)

    assert (summary.added, summary.known_already) == (0, 2)
    assert everything() == before | {"suggestions.ImportRun": 2}


def test_later_file_adds_only_what_is_new_and_leaves_known_cases_alone(tmp_path):
    import_rows(tmp_path, a_row("1"))

    summary = import_rows(tmp_path, a_row("1", closed="2025-05-06 08:00"), a_row("2"))

    assert (summary.added, summary.known_already) == (1, 1)
    assert Obligation.objects.get(suggestion__imported__external_id="1").is_open


def test_same_number_of_another_source_is_another_case(tmp_path):
    import_rows(tmp_path, a_row("1"))

    summary = import_rows(tmp_path, a_row("1"), source="other")

    assert summary.added == 1
    assert set(ImportedCase.objects.values_list("source", flat=True)) == {"works", "other"}


def test_run_that_breaks_half_way_leaves_nothing_and_is_begun_again(tmp_path):
    rows = [a_row(str(number), closed="2025-05-06 08:00") for number in range(1500)]

    def break_down(done):
        raise RuntimeError(f"after {done} rows")

    with pytest.raises(RuntimeError, match="after 1000 rows"):
        import_rows(tmp_path, *rows, on_progress=break_down)
    left = (Suggestion.objects.count(), Obligation.objects.count(), Event.objects.count(), Category.objects.count())

    summary = import_rows(tmp_path, *rows)

    assert left == (0, 0, 0, 0)
    assert summary.begun_again
    assert (summary.added, Suggestion.objects.count()) == (1500, 1500)


def test_run_that_was_killed_is_taken_up_and_says_so(tmp_path):
    the_city()
    killed = an_unfinished_run()

    summary = import_rows(tmp_path, a_row("1"))

    run = ImportRun.objects.get()
    assert summary.begun_again
    assert (run.pk, run.file_name, run.started_at, run.finished_at) == (killed.pk, "cases.csv", MONDAY_NOON, MONDAY_NOON)


def an_unfinished_run():
    return ImportRun.objects.create(
        source="works",
        service=a_service(),
        file_name="old.csv",
        file_sha256="0" * 64,
        mapping={},
        time_zone="Europe/Brussels",
        started_at=MONDAY_NOON - timedelta(days=1),
    )


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_second_import_at_the_same_time_is_refused_and_doubles_nothing(tmp_path):
    half_way, go_on, refusals = threading.Event(), threading.Event(), []
    service = a_service()
    the_city()
    Actor.objects.system()
    history = a_history(tmp_path, *[a_row(str(number)) for number in range(1001)])

    def first():
        def wait(done):
            half_way.set()
            assert go_on.wait(30)

        import_cases(history=history, service=service, by=Actor.objects.system(), at=MONDAY_NOON, on_progress=wait)
        connection.close()

    runner = threading.Thread(target=first)
    runner.start()
    assert half_way.wait(30)
    try:
        import_cases(history=history, service=service, by=Actor.objects.system(), at=MONDAY_NOON)
    except ImportRunning as refusal:
        refusals.append(str(refusal))
    finally:
        go_on.set()
        runner.join()

    assert refusals == ["Cases of works are being imported at this moment. Try again when that has ended."]
    assert (ImportedCase.objects.count(), ImportRun.objects.get().added) == (1001, 1001)


def test_rows_that_cannot_be_read_stop_the_import_or_are_left_out(tmp_path):
    rows = [a_row("1"), a_row("2", opened="soon")]

    with pytest.raises(RowsUnreadable, match="1 rows"):
        import_rows(tmp_path, *rows)
    refused = ImportedCase.objects.count()
    summary = import_rows(tmp_path, *rows, skip_bad_rows=True)

    assert refused == 0
    assert (summary.rows, summary.added, summary.bad_rows) == (2, 1, 1)


def test_only_who_may_import_can_import(tmp_path):
    with pytest.raises(PermissionDenied):
        import_rows(tmp_path, a_row("1"), by=a_clerk())
    with pytest.raises(PermissionDenied):
        check_history(history=a_history(tmp_path, a_row("1")), by=a_clerk(), at=MONDAY_NOON)

    assert not ImportRun.objects.exists()


def test_import_needs_the_name_of_the_earlier_system(tmp_path):
    with pytest.raises(SourceMissing):
        import_rows(tmp_path, a_row("1"), mapping=MAPPING.replace('source = "works"', ""))


# --- The command -------------------------------------------------------------------------------------------------------


def test_command_imports_and_tells_every_row(tmp_path):
    told = call_import(a_file(tmp_path, a_row("1"), a_row("1"), a_row("2", closed="2025-05-04 08:00")), tmp_path)

    assert "3 rows: 2 added, 0 known already, 1 repeated in the file, 0 that cannot be read." in told
    assert "1 ended before they began" in told
    assert not list(tmp_path.glob("*.errors.csv"))


def test_dry_run_tells_the_same_and_writes_nothing(tmp_path):
    path = a_file(tmp_path, a_row("1"), a_row("2"))
    call_import(path, tmp_path)
    path = a_file(tmp_path, a_row("1"), a_row("3"), a_row("3"))
    before = everything()

    told = call_import(path, tmp_path, "--dry-run")

    assert "3 rows: 1 would be added, 1 known already, 1 repeated in the file, 0 that cannot be read." in told
    assert everything() == before


def test_faulty_rows_are_listed_with_line_column_value_and_a_sentence(tmp_path):
    path = a_file(tmp_path, a_row("1", result="two\nlines"), a_row("2", opened="soon"), a_row("", source="Telex"))
    the_city()
    a_service()
    Actor.objects.system()
    before = everything()

    with pytest.raises(CommandError, match="Nothing was added"):
        call_import(path, tmp_path)

    with (tmp_path / "cases.csv.errors.csv").open() as listed:
        faults = list(csv.DictReader(listed))
    assert [(fault["line"], fault["column"], fault["value"]) for fault in faults] == [
        ("4", "opened", "soon"),
        ("5", "number", ""),
        ("5", "source", "Telex"),
    ]
    assert all(fault["fault"].endswith(".") for fault in faults)
    assert everything() == before


def test_faulty_rows_can_be_left_out_and_listed_elsewhere(tmp_path):
    path = a_file(tmp_path, a_row("1"), a_row("2", opened="soon"))

    told = call_import(path, tmp_path, "--skip-bad-rows", "--errors", tmp_path / "faults.csv")

    assert "2 rows: 1 added, 0 known already, 0 repeated in the file, 1 that cannot be read." in told
    assert (tmp_path / "faults.csv").read_text().count("\n") == 2


def test_list_of_faults_of_an_earlier_run_does_not_stay(tmp_path):
    (tmp_path / "cases.csv.errors.csv").write_text("line,column,value,fault\n7,opened,soon,old\n")

    call_import(a_file(tmp_path, a_row("1")), tmp_path)

    assert "soon" not in (tmp_path / "cases.csv.errors.csv").read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--service", "trams"], "There is no service trams. The services are: bikes."),
        (["--mapping", "nowhere.toml"], "The mapping nowhere.toml cannot be read"),
        (["--errors", "/nowhere/faults.csv"], "Name another file with --errors"),
    ],
)
def test_command_refuses_in_one_sentence(tmp_path, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_import(a_file(tmp_path, a_row("1", opened="soon")), tmp_path, *options)


def test_file_that_is_not_there_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="The file cannot be read"):
        call_import(tmp_path / "nowhere.csv", tmp_path)
