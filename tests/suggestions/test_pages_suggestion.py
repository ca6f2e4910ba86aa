from datetime import date

import pytest
import time_machine

from portal.models import Act, Organisation, Question, Visibility
from suggestions.actions.commitments import fix_with_evidence, move_promise
from suggestions.actions.decisions import decide
from suggestions.actions.obligations import breach_overdue, climb_ladders
from suggestions.actions.responses import ask_citizen, publish_response
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Decision, Response
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_category,
    a_citizen,
    a_contact,
    a_contract,
    a_criterion,
    a_person,
    a_suggestion,
    an_agent,
    the_author,
    the_default_rules,
    the_obligation,
)

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


def page(client, suggestion):
    response = client.get(suggestion.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_clock_says_owner_act_due_moment_time_left_and_clause(client):
    shown = page(client, a_suggestion())

    assert "The Operator must decide, with reasons" in shown
    assert "Mon 9 Mar, 12:00" in shown
    assert "5 working days left" in shown
    assert "Clause 2 (Contract): To decide, with reasons." in shown
    assert "2 % of the allowed time is used" in shown


@time_machine.travel(MONDAY_NOON + 10 * DAY, tick=False)
def test_lateness_shows_at_once_and_courtesy_is_called_no_decision(client):
    suggestion = a_suggestion()
    publish_response(
        suggestion=suggestion, by=an_agent(), kind=Response.Kind.ACKNOWLEDGEMENT, text="What a nice idea!", at=MONDAY_NOON + HOUR
    )

    shown = page(client, suggestion)

    assert "The Operator is late: it had to decide, with reasons" in shown
    assert "3 days late" in shown
    assert "bar-late" in shown
    assert "This is not a decision: the other clocks run on." in shown


@time_machine.travel(MONDAY_NOON + 2 * HOUR, tick=False)
def test_paused_clock_says_why_and_until_when_at_the_latest(client):
    suggestion = a_suggestion(**a_contact())
    ask_citizen(suggestion=suggestion, by=an_agent(), text="Which bicycle?", at=MONDAY_NOON + HOUR)

    shown = page(client, suggestion)

    assert "The clock stands." in shown
    assert "The citizen is asked something" in shown
    assert "At the latest by" in shown
    assert "bar-paused" in shown


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_silent_contract_is_said_to_be_silent(client):
    the_default_rules()
    suggestion = a_suggestion(service=a_contract(clauses=False).service, kind="idea")

    shown = page(client, suggestion)

    assert "The City must decide, with reasons" in shown
    assert "The contract is silent" in shown


@time_machine.travel(MONDAY_NOON + 30 * DAY, tick=False)
def test_broken_promise_shows_its_first_day_the_later_one_and_who_was_told(client):
    suggestion = a_suggestion(kind="idea")
    decision = decide(
        suggestion=suggestion,
        by=an_agent(),
        outcome=Outcome.ACCEPTED,
        reasons="You are right.",
        promise="New brakes",
        promised_on=date(2026, 3, 10),
        at=MONDAY_NOON + HOUR,
    )
    move_promise(
        commitment=decision.commitment, by=an_agent(), due_on=date(2026, 4, 20), reason="The parts are late.", at=MONDAY_NOON + 2 * HOUR
    )
    breach_overdue(at=MONDAY_NOON + 20 * DAY)
    climb_ladders(at=MONDAY_NOON + 20 * DAY)

    shown = page(client, suggestion)

    assert "Promise broken" in shown
    assert "The Operator broke its promise" in shown
    assert "Promise for" in shown
    assert "Later named:" in shown
    assert "Mon 20 Apr" in shown
    assert "The city contract manager was told" in shown


@time_machine.travel(MONDAY_NOON + DAY, tick=False)
def test_refusal_shows_its_criterion_and_reasons(client):
    suggestion = a_suggestion(kind="idea")
    decide(
        suggestion=suggestion, by=an_agent(), outcome=Outcome.DECLINED, reasons="Too wide.", criterion=a_criterion(), at=MONDAY_NOON + HOUR
    )

    shown = page(client, suggestion)

    assert "Decision: Declined" in shown
    assert "It would make the service unsafe." in shown
    assert "Too wide." in shown
    assert "Nothing is owed now." in shown


@time_machine.travel(MONDAY_NOON + DAY, tick=False)
def test_operators_proposal_is_shown_as_waiting_for_the_city(client):
    suggestion = a_suggestion()
    city = Organisation.objects.city()
    decide(
        suggestion=suggestion,
        by=an_agent(),
        outcome=Outcome.HANDED_OVER,
        reasons="It is their road.",
        handed_to=city,
        at=MONDAY_NOON + HOUR,
    )

    shown = page(client, suggestion)

    assert "Proposal: Handed over" in shown
    assert "This waits for the city." in shown
    assert "The Operator must decide, with reasons" in shown


@time_machine.travel(MONDAY_NOON + DAY, tick=False)
def test_delivery_shows_its_evidence_and_how_long_the_author_may_judge(client):
    suggestion = a_suggestion()
    fix_with_evidence(
        suggestion=suggestion,
        by=an_agent(),
        evidence="New blocks, see photo.",
        evidence_url="https://example.org/4711",
        at=MONDAY_NOON + HOUR,
    )

    shown = page(client, suggestion)

    assert "New blocks, see photo." in shown
    assert 'href="https://example.org/4711"' in shown
    assert "The author may say whether it was really done, until" in shown


@time_machine.travel(MONDAY_NOON + DAY, tick=False)
def test_withdrawn_suggestion_stays_readable_with_its_reason(client):
    suggestion = a_suggestion()
    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="I found my glove.", at=MONDAY_NOON + HOUR)

    shown = page(client, suggestion)

    assert "I found my glove." in shown
    assert "Nothing is owed any more." in shown


@time_machine.travel(MONDAY_NOON + DAY, tick=False)
def test_names_are_never_shown_and_officials_are_roles(client):
    suggestion = a_suggestion(by=a_citizen(), **a_contact())
    agent = an_agent()
    agent.membership.person.name = "Agnes Agent"
    agent.membership.person.save()
    suggestion.contact.name = "Carl Citizen"
    suggestion.contact.save()
    publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text="Soon.", at=MONDAY_NOON + HOUR)

    shown = page(client, suggestion)

    assert "Operator agent" in shown
    assert "Agnes" not in shown
    assert "Carl" not in shown
    assert suggestion.contact.email not in shown


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_answers_are_shown_in_the_words_of_the_questions(client):
    category = a_category()
    Question.objects.create(
        category=category,
        code="side",
        text={"en": "Which brake?"},
        answer="choice",
        options=[{"code": "front", "name": {"en": "The front one"}}],
    )
    Question.objects.create(category=category, code="ride", text={"en": "Could you ride it?"}, answer="yes_no")

    shown = page(client, a_suggestion(category=category, answers={"side": "front", "ride": "no"}))

    assert "Which brake?" in shown
    assert "The front one" in shown
    assert "Could you ride it?" in shown


@time_machine.travel(MONDAY_NOON + HOUR, tick=False)
def test_place_of_a_home_is_not_shown_to_the_public(client):
    suggestion = a_suggestion(place="Church Street 7", is_home=True)

    shown = page(client, suggestion)

    assert "Church Street 7" not in shown
    assert "At somebody" in shown


@pytest.mark.parametrize("visibility", [Visibility.CITY_AND_OPERATOR, Visibility.AFTER_CHECK])
def test_what_one_may_not_read_does_not_exist(client, visibility):
    suggestion = a_suggestion()
    suggestion.visibility = visibility
    suggestion.save()

    strangers_answer = client.get(suggestion.get_absolute_url()).status_code
    client.force_login(a_person())

    assert strangers_answer == 404
    assert client.get(suggestion.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("reference", ["AN-0000-0000-1", "x", "%00", "AN-7Q4K-2M9C-%00", "A" * 3000, "..", "🚲"])
def test_wrong_reference_is_not_found(client, reference):
    assert client.get(f"/suggestions/{reference}/").status_code == 404


def test_reference_may_be_spelled_as_people_do(client):
    suggestion = a_suggestion()

    assert client.get(f"/suggestions/{suggestion.reference.lower().replace('-', '')}/").status_code == 200


def test_page_takes_as_many_queries_for_a_long_story_as_for_a_short_one(client, django_assert_max_num_queries):
    suggestion = a_suggestion(**a_contact())
    page(client, suggestion)
    for hour in range(1, 6):
        publish_response(suggestion=suggestion, by=an_agent(), kind=Response.Kind.UPDATE, text="Soon.", at=MONDAY_NOON + hour * HOUR)
    breach_overdue(at=MONDAY_NOON + 20 * DAY)
    climb_ladders(at=MONDAY_NOON + 20 * DAY)
    assert the_obligation(suggestion, Act.ANSWER).escalations.count() == 2

    with django_assert_max_num_queries(10):
        page(client, suggestion)
