"""Suggestions for other software: what each role reads, and the acts."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.models import Act, Organisation, Role, Visibility
from suggestions.actions.decisions import decide
from suggestions.actions.moderation import hide_item
from suggestions.actions.responses import publish_response
from suggestions.actions.suggestions import Contact
from suggestions.models import Channel, Decision, Response, Suggestion
from tests.factories import (
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_category,
    a_citizen,
    a_clerk,
    a_contract,
    a_criterion,
    a_ground,
    a_member,
    a_service,
    a_suggestion,
    an_agent,
    an_operator,
)
from tests.programs import a_program, listed, read, send

pytestmark = pytest.mark.django_db
LIST = "/api/v1/suggestions/"
SOON = MONDAY_NOON + HOUR


@pytest.fixture(autouse=True)
def _soon():
    with time_machine.travel(SOON, tick=False):
        yield


def address(suggestion, *more):
    return "/".join([f"{LIST}{suggestion.reference}", *more, ""])


A_PROBLEM = {"service": "bikes", "kind": "problem", "title": "The brakes squeal", "text": "Every morning."}

# --- Reading -----------------------------------------------------------------------------------------------------------


def test_anybody_reads_the_public_list_without_a_key():
    a_suggestion(title="The newest", at=SOON)
    a_suggestion(title="The oldest", at=MONDAY_NOON)
    a_suggestion(title="Between us", visibility=Visibility.CITY_AND_OPERATOR)

    rows = listed(LIST)

    assert [row["title"] for row in rows] == ["The newest", "The oldest"]
    assert rows[0]["standing"]["next_owner"] == {"code": "operator", "name": "The Operator", "kind": "operator"}


@pytest.mark.parametrize(
    ("role", "sees"), [(None, 1), (Role.OPERATOR_AGENT, 2), (Role.CITY_CLERK, 2), (Role.COUNCIL_SECRETARY, 2), (Role.AUDITOR, 1)]
)
def test_each_role_reads_as_on_the_pages(role, sees):
    a_suggestion()
    a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)
    program = a_program(in_role(role))

    assert len(listed(LIST, program)) == sees


def test_a_stranger_to_the_service_reads_only_what_is_public():
    a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)

    assert listed(LIST, a_program(an_agent(an_operator("other")))) == []


def in_role(role):
    """Nobody without a role."""
    if role == Role.GROUP_OFFICER:
        return a_member(role, Organisation.objects.create(kind=Organisation.Kind.GROUP, code="group", name="Riders"))
    return a_member(role) if role else None


def a_home(by=None):
    return a_suggestion(
        by=by, title="The bin", place="Elm street 7", is_home=True, latitude=51.02104, longitude=3.91051, answer_by="come_back"
    )


@pytest.mark.parametrize(
    ("reader", "place"),
    [(None, ""), (Role.HELPER, ""), (Role.GROUP_OFFICER, ""), (Role.CITY_CLERK, "Elm street 7"), (Role.OPERATOR_AGENT, "Elm street 7")],
)
def test_the_address_of_a_home_is_for_who_must_go_there(reader, place):
    suggestion = a_home()
    program = a_program(in_role(reader))

    row, [in_list] = read(address(suggestion), program), listed(LIST, program)

    assert (row["place"], in_list["place"]) == (place, "")
    assert (row["latitude"], row["longitude"]) == (in_list["latitude"], in_list["longitude"]) == (51.021, 3.911)


def test_the_author_reads_the_address_that_they_wrote():
    author = a_citizen()
    suggestion = a_home(by=author)

    assert read(address(suggestion), a_program(author))["place"] == "Elm street 7"


@pytest.mark.parametrize("role", [None, *Role])
def test_no_role_reads_author_contact_or_phrase(role):
    suggestion = a_canary()
    program = a_program(in_role(role))

    said = json.dumps([read(address(suggestion, *more), program) for more in ((), ("obligations",), ("responses",), ("supports",))])
    said += json.dumps(listed(LIST, program))

    for canary in ("Canary", "canary@", "0470", "Birdcage", "author", "phrase", "contact", "form_hash"):
        assert canary not in said


def a_canary():
    contact = Contact(name="Canary", email="canary@example.org", phone="0470", postal_address="Birdcage 1")
    return a_suggestion(answer_by="email", contact=contact)


def test_a_hidden_case_does_not_exist():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)

    for more in ((), ("obligations",), ("responses",), ("supports",)):
        assert a_program().get(address(suggestion, *more)).status_code == 404


def test_who_checks_the_logs_reads_no_message_that_is_not_public():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)

    assert a_program(in_role(Role.AUDITOR)).get(address(suggestion)).status_code == 404


@pytest.mark.parametrize(
    ("role", "title"), [(None, "Hidden by the city"), (Role.HELPER, "Hidden by the city"), (Role.CITY_CLERK, "The brakes")]
)
def test_of_what_is_hidden_everybody_reads_the_tombstone_and_who_must_answer_the_words(role, title):
    suggestion = a_suggestion(place="Elm street 7")
    hide_item(item=suggestion, by=a_clerk(), criterion=a_ground(), reasons="A name.", at=SOON)

    row, [in_list] = read(address(suggestion), a_program(in_role(role))), listed(LIST, a_program(in_role(role)))

    assert row["title"].startswith(title)
    assert in_list["title"].startswith("Hidden by the city")
    assert (in_list["text"], in_list["place"], in_list["is_hidden"]) == ("", "", True)
    assert listed(address(suggestion, "obligations"))


def test_a_hidden_response_keeps_its_place_and_loses_its_words():
    suggestion = a_suggestion()
    response = publish_response(suggestion=suggestion, by=an_agent(), kind=Response.Kind.UPDATE, text="Call 0470", at=SOON)
    hide_item(item=response, by=a_clerk(), criterion=a_ground(), reasons="A number.", at=SOON)

    [shown] = listed(address(suggestion, "responses"))

    assert (shown["text"], shown["is_hidden"]) == ("", True)


def test_a_reference_is_read_as_people_write_it():
    suggestion = a_suggestion()

    assert read(f"{LIST}{suggestion.reference.lower().replace('-', '')}/")["reference"] == suggestion.reference


def test_obligations_say_who_owes_what_under_which_clause_by_when():
    suggestion = a_suggestion()

    duties = listed(address(suggestion, "obligations"))

    assert [duty["act"] for duty in duties] == ["acknowledge", "answer", "solve"]
    assert duties[0]["clause"]["contract"] == "contract-bikes"
    assert duties[0]["due_at"].startswith("2026-03-03T")


def test_responses_and_decisions_are_read_with_their_reasons():
    suggestion = a_suggestion()
    decide(suggestion=suggestion, by=an_agent(), outcome=Decision.Outcome.DECLINED, reasons="No.", criterion=a_criterion(), at=SOON)

    [response] = listed(address(suggestion, "responses"))

    assert response["text"] == "No."
    assert response["decision"]["criterion"]["code"] == "unsafe"
    assert response["organisation"]["code"] == "operator"


def test_filters_are_those_of_the_page():
    a_suggestion(title="Bikes")
    a_suggestion(title="Bins", service=a_contract(a_service("waste")).service, kind="idea")

    assert [row["title"] for row in listed(f"{LIST}?service=waste")] == ["Bins"]
    assert [row["title"] for row in listed(f"{LIST}?kind=problem&q=bik")] == ["Bikes"]
    assert listed(f"{LIST}?late=true") == []


# --- Pages -------------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_repeat_also_when_something_arrives_meanwhile():
    sent = [a_suggestion(title=str(number), at=MONDAY_NOON + timedelta(minutes=number // 2)).title for number in range(7)]
    seen, following = [], f"{LIST}?page_size=2"

    while following:
        page = read(following)
        seen += [row["title"] for row in page["results"]]
        following = page["next"]
        a_suggestion(title="late comer", at=SOON)

    assert seen == list(reversed(sent))


@pytest.mark.parametrize("more", [(), ("obligations",), ("responses",)])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(more):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            read(address(suggestion, *more) if more else LIST)
        return len(queries)

    suggestion = a_suggestion(category=a_category(a_contract().service))
    agent = an_agent()
    publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text="One", at=SOON)
    before = asked()

    for number in range(2):
        a_suggestion(category=a_category())
        publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text=f"More {number}", at=SOON)

    assert asked() == before <= 8


# --- Sending -----------------------------------------------------------------------------------------------------------


def test_a_suggestion_comes_in_and_its_clocks_start():
    a_contract()
    author = a_citizen()

    answer = send(LIST, A_PROBLEM, a_program(author))

    assert answer.status_code == 201
    receipt = answer.json()
    suggestion = Suggestion.objects.get(reference=receipt["reference"])
    assert (suggestion.channel, suggestion.author, suggestion.opened_by) == (Channel.API, author, "citizen")
    assert len(receipt["phrase"].split()) == 4
    assert [duty["act"] for duty in receipt["obligations"]] == ["acknowledge", "answer", "solve"]
    assert answer["Location"].endswith(f"/api/v1/suggestions/{suggestion.reference}/")
    assert "no-store" in answer["Cache-Control"]


def test_sent_twice_with_one_key_it_is_kept_once_and_answered_the_same():
    a_contract()
    program = a_program(a_citizen())

    first, again = (send(LIST, A_PROBLEM, program, idempotency_key="1").json() for _ in range(2))

    assert first == again
    assert Suggestion.objects.count() == 1


def test_the_same_idempotency_key_of_somebody_else_opens_nothing():
    a_contract()

    receipts = [send(LIST, A_PROBLEM, a_program(a_citizen()), idempotency_key="1").json() for _ in range(2)]

    assert receipts[0]["reference"] != receipts[1]["reference"]
    assert receipts[0]["phrase"] != receipts[1]["phrase"]


def test_one_idempotency_key_for_two_suggestions_is_a_conflict():
    a_contract()
    program = a_program(a_citizen())
    send(LIST, A_PROBLEM, program, idempotency_key="1")

    answer = send(LIST, A_PROBLEM | {"title": "Another"}, program, idempotency_key="1")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "key_used_before")


def test_the_citys_own_cases_are_not_citizens():
    a_contract()

    reference = send(LIST, A_PROBLEM, a_program(a_clerk())).json()["reference"]

    assert Suggestion.objects.get(reference=reference).opened_by == "staff"


def test_an_operator_sends_no_suggestions():
    a_contract()
    operator = an_agent()

    token = a_program(operator)

    assert send(LIST, A_PROBLEM, token).status_code == 403


def test_questions_of_the_category_are_asked_here_too():
    category = a_category(a_contract().service)
    category.questions.create(code="number", text={"en": "Which bicycle?"}, answer="number", is_required=True)
    program = a_program(a_citizen())
    about = A_PROBLEM | {"category": "brakes"}

    without = send(LIST, about, program)
    wrong = send(LIST, about | {"answers": {"number": "many"}}, program)
    right = send(LIST, about | {"answers": {"number": 12}}, program)

    assert [error["field"] for error in without.json()["errors"]] == ["answers.number"]
    assert [error["field"] for error in wrong.json()["errors"]] == ["answers.number"]
    assert right.status_code == 201


def test_an_author_takes_it_back_and_nobody_else():
    author = a_citizen()
    suggestion = a_suggestion(by=author)
    body = {"reason": "It was repaired."}

    stranger = send(address(suggestion, "withdraw"), body, a_program(a_citizen()))
    own = send(address(suggestion, "withdraw"), body, a_program(author))
    again = send(address(suggestion, "withdraw"), body, a_program(author))

    assert (stranger.status_code, own.status_code, again.status_code) == (403, 200, 409)
    assert own.json()["status"] == "withdrawn"


# --- Answering ---------------------------------------------------------------------------------------------------------


def test_an_operator_acknowledges_and_decides_from_its_own_software():
    suggestion = a_suggestion()
    program = a_program(an_agent())

    courtesy = send(address(suggestion, "responses"), {"kind": "acknowledgement", "text": "We read it."}, program)
    decision = send(
        address(suggestion, "responses"),
        {"kind": "decision", "outcome": "accepted", "text": "Yes.", "promise": "New brakes", "promised_on": "2026-03-20"},
        program,
    )

    assert (courtesy.status_code, decision.status_code) == (201, 201)
    assert decision.json()["decision"]["promised_on"] == "2026-03-20"
    assert suggestion.obligations.get(act=Act.ANSWER).met_at == SOON


def test_a_refusal_without_criterion_is_refused_in_the_words_of_the_desk():
    answer = send(address(a_suggestion(), "responses"), {"kind": "decision", "outcome": "declined", "text": "No."}, a_program(an_agent()))

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "criterion", "message": "A refusal names one of the published criteria.", "code": "needs_criterion"}
    ]


def test_a_second_decision_is_a_conflict():
    suggestion, program = a_suggestion(), a_program(an_agent())
    body = {"kind": "decision", "outcome": "accepted", "text": "Yes."}

    assert [send(address(suggestion, "responses"), body, program).status_code for _ in range(2)] == [201, 409]


def test_a_citizen_and_a_stranger_to_the_case_do_not_answer():
    suggestion = a_suggestion()
    body = {"kind": "update", "text": "Tomorrow."}

    assert send(address(suggestion, "responses"), body, a_program(a_citizen())).status_code == 403
    assert send(address(suggestion, "responses"), body, a_program(an_agent(an_operator("other")))).status_code == 403


# --- Supporting --------------------------------------------------------------------------------------------------------


def test_a_support_counts_once_however_often_it_is_sent_and_can_be_taken_back():
    suggestion, supporter = a_suggestion(), a_citizen()
    program = a_program(supporter)

    given = [send(address(suggestion, "support"), None, program) for _ in range(3)]
    shown = read(address(suggestion, "supports"))
    taken = program.delete(address(suggestion, "support"))
    none_left = program.delete(address(suggestion, "support"))

    assert [answer.json()["total"] for answer in given] == [1, 1, 1]
    assert shown["total"] == 1
    assert shown["counts"][0]["channel"] == "api"
    assert (taken.status_code, taken.json()["total"], none_left.status_code) == (200, 0, 409)


def test_an_operator_supports_nothing():
    assert send(address(a_suggestion(), "support"), None, a_program(an_agent())).status_code == 403


# --- With a session ----------------------------------------------------------------------------------------------------


def test_a_session_writes_only_with_the_token_against_forgery():
    a_contract()
    browser = a_browser(a_citizen())
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = browser.cookies

    forged = careful.post(LIST, A_PROBLEM, content_type="application/json")
    own = browser.post(LIST, A_PROBLEM, content_type="application/json")

    assert (forged.status_code, own.status_code) == (403, 201)
