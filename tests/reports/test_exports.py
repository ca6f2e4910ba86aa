import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from portal.models import Act, Event, Role, ServiceLevel, Visibility
from reports.exports.tables import SUGGESTIONS
from suggestions.actions.decisions import decide
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Decision, Suggestion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_category,
    a_citizen,
    a_city_manager,
    a_clause,
    a_clerk,
    a_contact,
    a_contract,
    a_member,
    a_service,
    a_suggestion,
    an_agent,
    an_operator,
    an_operator_manager,
    the_author,
)

pytestmark = pytest.mark.django_db
PAGES = {"suggestions": "suggestions:list", "queue": "suggestions:queue", "board": "suggestions:board"}
MAY = (a_clerk, a_city_manager)


@pytest.fixture(autouse=True)
def _three_days_later():
    with time_machine.travel(MONDAY_NOON + 3 * DAY, tick=False):
        yield


def file_of(browser, listing="suggestions", **asked):
    response = browser.get(reverse("reports:export", args=[listing]), asked)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def read(file):
    return list(csv.DictReader(io.StringIO(file.decode(), newline="")))


def exported(browser, listing="suggestions", **asked):
    return [row["reference"] for row in read(file_of(browser, listing, **asked))]


def on_the_page(browser, listing="suggestions", **asked):
    """The references of a page and of those after it."""
    context = browser.get(reverse(PAGES[listing]), asked).context
    if listing == "board":
        return [suggestion.reference for suggestion in context["arrivals"]]
    if listing == "queue":
        return [suggestion.reference for suggestion in context["page"].object_list]
    found, address = [suggestion.reference for suggestion in context["suggestions"]], context["next_address"]
    while address:
        context = browser.get(reverse(PAGES[listing]) + address).context
        found += [suggestion.reference for suggestion in context["suggestions"]]
        address = context["next_address"]
    return found


def a_busy_city():
    """Two services, every kind of row that a filter tells apart, more than one page of them; some are the city's to answer."""
    bins = a_contract(a_service("waste"), an_operator("sweepers"), clauses=False)
    for act, hours in ((Act.ACKNOWLEDGE, 4), (Act.ANSWER, 40)):
        a_clause(act, bins, within_minutes=60 * hours, owed_by=ServiceLevel.Party.CITY)
    for number in range(22):
        a_suggestion(title=f"Number {number}", at=MONDAY_NOON + timedelta(hours=number // 3))
    a_suggestion(title="Hidden, brakes", visibility=Visibility.CITY_AND_OPERATOR, category=a_category())
    a_suggestion(title="Bins", service=bins.service, kind="idea")
    a_suggestion(title="More bins", service=bins.service, at=MONDAY_NOON - 3 * DAY)
    decide(suggestion=a_suggestion(title="Brakes"), by=an_agent(), outcome=Decision.Outcome.ACCEPTED, reasons="Yes.", at=MONDAY_NOON)
    gone = a_suggestion(title="Gone")
    withdraw_suggestion(suggestion=gone, by=the_author(gone), reason="Found it.", at=MONDAY_NOON + HOUR)


@pytest.mark.parametrize("role", MAY)
def test_file_holds_the_rows_of_the_page_in_its_order_for_each_filter(role):
    a_busy_city()
    browser = a_browser(role())
    wishes = [
        {},
        {"order": "due"},
        {"service": "waste"},
        {"kind": "idea"},
        {"status": "answered"},
        {"status": "withdrawn", "order": "due"},
        {"category": "brakes"},
        {"owed": "solve"},
        {"late": "true"},
        {"late": "true", "order": "due"},
        {"q": "number"},
        {"q": "brakes"},
        {"status": "no such status", "kind": "problem"},
    ]

    pairs = [(exported(browser, **asked), on_the_page(browser, **asked)) for asked in wishes]

    assert all(file == page for file, page in pairs)
    assert all(file for file, _ in pairs)
    assert len(pairs[0][0]) == Suggestion.objects.count() == 27


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("asked", [{}, {"late": "late"}, {"act": "answer"}, {"service": "waste"}, {"act": "dance"}])
def test_file_of_the_queue_holds_its_cases_the_next_due_first(role, asked):
    a_busy_city()
    browser = a_browser(role())

    assert exported(browser, "queue", **asked) == on_the_page(browser, "queue", **asked) != []


def test_file_of_the_board_holds_everything_as_it_arrived():
    a_busy_city()
    browser = a_browser(a_clerk())

    assert exported(browser, "board") == on_the_page(browser, "board")


def test_pages_offer_the_file_with_their_own_filters_to_those_who_may_take_it():
    a_busy_city()
    asked = {"suggestions": {"kind": "idea", "order": "due"}, "queue": {"act": "answer"}, "board": {}}
    secretary, clerk = a_browser(a_member(Role.COUNCIL_SECRETARY)), a_browser(a_clerk())

    offered = {name: clerk.get(reverse(PAGES[name]), asked[name]).content.decode() for name in PAGES}
    withheld = {name: secretary.get(reverse(PAGES[name]), asked[name]).content.decode() for name in PAGES}

    assert 'href="/exports/suggestions.csv?kind=idea&amp;order=due"' in offered["suggestions"]
    assert 'href="/exports/queue.csv?act=answer"' in offered["queue"]
    assert 'href="/exports/board.csv?"' in offered["board"]
    assert not any("/exports/" in page for page in withheld.values())


@pytest.mark.parametrize("listing", PAGES)
def test_only_the_city_s_clerks_and_managers_take_a_file(listing):
    a_suggestion()
    others = [a_citizen(), an_agent(), an_operator_manager()] + [
        a_member(role) for role in (Role.HELPER, Role.AUDITOR, Role.COUNCIL_SECRETARY, Role.VERIFICATION_OFFICER)
    ]

    address = reverse("reports:export", args=[listing])

    assert {a_browser(actor).get(address).status_code for actor in others} == {403}
    assert a_browser().get(address).status_code == 302
    assert {a_browser(role()).get(address).status_code for role in MAY} == {200}
    assert not Event.objects.filter(kind=Event.Kind.EXPORTED, actor__in=[Role.OPERATOR_AGENT, Role.AUDITOR]).exists()


def test_list_that_there_is_not_and_odd_addresses_are_no_errors():
    a_suggestion()
    browser = a_browser(a_clerk())

    assert browser.get("/exports/people.csv").status_code == 404
    assert browser.post("/exports/suggestions.csv").status_code == 405
    assert len(exported(browser, q="100%s %(x)s", order="'; DROP TABLE", after="x")) == 0
    assert len(exported(browser, q="bra\0kes", service="\0", late="perhaps")) == 1


@pytest.mark.parametrize("opening", ["=", "+", "-", "@", "\t=", "\r=", "＝", "x;=", 'x"\n=', "x\t+"])
def test_text_that_a_spreadsheet_program_would_take_for_a_formula_is_disarmed(opening):
    title = f'{opening}HYPERLINK("http://x")'
    Suggestion.objects.filter(pk=a_suggestion().pk).update(title=title)

    (row,) = read(file_of(a_browser(a_clerk())))

    assert row["title"].replace("'", "") == title
    assert not any(cell.startswith(tuple("=+-@＝")) for cell in re.split(r"[;\t\r\n]", row["title"]))
    assert row["title"][0] not in "\t\r"


@pytest.mark.parametrize("title", ["Half past 5 - or 6?", 'He said "no", twice', "Ünïcode, Ελλ, عربي", "A+ for the brakes", "two\nlines"])
def test_ordinary_text_comes_through_as_it_was_written(title):
    a_suggestion(title=title)

    file = file_of(a_browser(a_clerk()))

    assert read(file)[0]["title"] == title
    assert file.count(b"\r\n") == 2


def test_cells_are_written_as_the_dictionary_says():
    a_suggestion(category=a_category())

    (row,) = read(file_of(a_browser(a_clerk())))

    assert list(row) == [column.name for column in SUGGESTIONS]
    assert row["received_at"] == "2026-03-02T11:00:00Z"
    assert (row["service"], row["service_name"], row["category_name"], row["area"]) == ("bikes", "Shared bicycles", "Brakes", "")
    assert (row["next_act"], row["next_owner"], row["clock_stands"], row["supports"]) == ("acknowledge", "operator", "false", "0")


def test_file_holds_no_personal_data_and_no_words_that_not_everybody_may_read():
    contact = a_contact()
    a_suggestion(title="Behind my door", text="My words.", place="Doorstreet 7", visibility=Visibility.CITY_AND_OPERATOR, **contact)

    file = file_of(a_browser(a_clerk())).decode()

    assert not any(words in file for words in ("Behind my door", "My words", "Doorstreet", contact["contact"].email))
    assert not any(column.is_personal for column in SUGGESTIONS)


def test_mark_for_spreadsheet_programs_stands_only_where_it_was_asked_for():
    a_suggestion()
    browser = a_browser(a_clerk())

    marked, plain = file_of(browser, bom="1"), file_of(browser)

    assert marked == b"\xef\xbb\xbf" + plain
    assert plain.startswith(b"reference,")


def test_file_is_named_after_the_list_and_the_day_of_the_city():
    with time_machine.travel("2026-03-05 23:30+00:00", tick=False):
        response = a_browser(a_clerk()).get(reverse("reports:export", args=["suggestions"]))

    assert response["Content-Disposition"] == 'attachment; filename="suggestions-2026-03-06.csv"'
    assert "no-store" in response["Cache-Control"]


def test_export_is_on_record_with_its_filters_but_never_the_words_searched_for():
    a_suggestion()
    browser = a_browser(a_clerk())

    file_of(browser, q="Jan Peeters", kind="problem", order="due")
    file_of(browser, "queue", service="jan-peeters", act="answer")

    first, second = Event.objects.filter(kind=Event.Kind.EXPORTED).order_by("id")
    assert first.actor == Role.CITY_CLERK
    assert first.facts == {
        "list": "suggestions",
        "filters": {"kind": "problem", "words": "true", "order": "due"},
        "rows": 0,
        "is_whole": True,
    }
    assert second.facts["filters"] == {"service": "unknown", "act": "answer"}


@pytest.mark.django_db(transaction=True)
def test_export_that_was_broken_off_is_on_record_as_such():
    one = a_suggestion()
    fields = {field.attname: getattr(one, field.attname) for field in Suggestion._meta.concrete_fields}
    for unique in ("id", "uuid", "reference", "form_hash"):
        del fields[unique]
    Suggestion.objects.bulk_create([Suggestion(**fields) for _ in range(900)])
    response = a_browser(a_clerk()).get(reverse("reports:export", args=["suggestions"]))

    next(iter(response.streaming_content))
    response.close()

    event = Event.objects.get(kind=Event.Kind.EXPORTED)
    assert not event.facts["is_whole"]
    assert 0 < event.facts["rows"] < Suggestion.objects.count()


def test_columns_are_explained_to_those_who_export():
    page = a_browser(a_clerk()).get(reverse("reports:export_columns")).content.decode()

    assert all(f"<code>{column.name}</code>" in page and column.meaning for column in SUGGESTIONS)
    assert a_browser(an_agent()).get(reverse("reports:export_columns")).status_code == 403


def test_export_costs_the_same_number_of_queries_for_one_row_and_for_three(django_assert_max_num_queries):
    a_suggestion()
    browser = a_browser(a_clerk())
    file_of(browser)

    for _ in range(2):
        with django_assert_max_num_queries(14):
            file_of(browser)
        a_suggestion()
        a_suggestion()
