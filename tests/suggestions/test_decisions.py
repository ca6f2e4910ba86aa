from datetime import date

import pytest

from portal.models import Act, Organisation
from suggestions.actions.decisions import NeedsCriterion, NeedsReceiver, PromiseTooFar, decide, settle_proposal
from suggestions.actions.obligations import breach_overdue, climb_ladders
from suggestions.actions.responses import NotAwaitingResponse
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Decision, Obligation, Status
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_city_manager,
    a_clerk,
    a_criterion,
    a_suggestion,
    an_agent,
    an_operator,
    an_operator_manager,
    the_author,
    the_obligation,
)

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


def test_decision_meets_acknowledge_and_answer_but_never_solve():
    suggestion = a_suggestion()

    decide(suggestion=suggestion, by=an_agent(), outcome=Outcome.ACCEPTED, reasons="You are right.", at=MONDAY_NOON + HOUR)

    assert not the_obligation(suggestion, Act.ACKNOWLEDGE).is_open
    assert not the_obligation(suggestion, Act.ANSWER).is_open
    assert the_obligation(suggestion, Act.SOLVE).is_open


def test_promised_date_never_moves_the_repair_time():
    suggestion = a_suggestion()
    before = the_obligation(suggestion, Act.SOLVE).due_at

    decide(
        suggestion=suggestion,
        by=an_agent(),
        outcome=Outcome.ACCEPTED,
        reasons="New brakes come.",
        promise="New brakes",
        promised_on=date(2026, 5, 20),
        at=MONDAY_NOON + HOUR,
    )

    assert the_obligation(suggestion, Act.SOLVE).due_at == before
    assert the_obligation(suggestion, Act.DELIVER).due_at.isoformat() == "2026-05-20T21:59:59.999999+00:00"
    suggestion.refresh_from_db()
    assert suggestion.status == Status.PROMISED


def test_refusal_with_criterion_ends_the_repair_clock():
    suggestion = a_suggestion()

    decide(
        suggestion=suggestion, by=an_agent(), outcome=Outcome.DECLINED, reasons="Too dangerous.", criterion=a_criterion(), at=MONDAY_NOON
    )

    solve = the_obligation(suggestion, Act.SOLVE)
    assert (solve.met_at, solve.end_cause) == (None, Obligation.EndCause.REFUSED)


def test_operators_not_ours_is_a_proposal_and_its_clock_runs_until_the_city_takes_the_case_on():
    suggestion = a_suggestion()
    city = Organisation.objects.city()
    proposal = decide(
        suggestion=suggestion, by=an_agent(), outcome=Outcome.HANDED_OVER, reasons="The road is the city's.", handed_to=city, at=MONDAY_NOON
    )
    running_meanwhile = the_obligation(suggestion, Act.ANSWER).is_open

    settle_proposal(decision=proposal, by=a_city_manager(), agrees=True, note="It is our road.", at=MONDAY_NOON + HOUR)

    first, second = Obligation.objects.filter(suggestion=suggestion, act=Act.ANSWER).order_by("id")
    assert running_meanwhile
    assert (first.owner, first.met_at, first.end_cause, first.superseded_by) == (an_operator(), None, "superseded", second)
    assert (second.owner, second.is_open, second.opened_at) == (city, True, MONDAY_NOON + HOUR)


def test_proposal_sent_back_leaves_the_operator_owing():
    suggestion = a_suggestion()
    proposal = decide(
        suggestion=suggestion, by=an_agent(), outcome=Outcome.OUT_OF_SCOPE, reasons="Not ours.", criterion=a_criterion(), at=MONDAY_NOON
    )

    settle_proposal(decision=proposal, by=a_city_manager(), agrees=False, note="It is in clause 2.", at=MONDAY_NOON + HOUR)

    assert the_obligation(suggestion, Act.ANSWER).is_open
    decide(suggestion=suggestion, by=an_agent(), outcome=Outcome.ACCEPTED, reasons="Then we will.", at=MONDAY_NOON + 2 * HOUR)
    assert not the_obligation(suggestion, Act.ANSWER).is_open


def test_promise_beyond_the_clause_needs_manager_and_city():
    suggestion = a_suggestion()
    far = {"outcome": Outcome.ACCEPTED, "reasons": "Yes.", "promise": "A new station", "promised_on": date(2027, 3, 1)}

    with pytest.raises(PromiseTooFar):
        decide(suggestion=suggestion, by=an_agent(), at=MONDAY_NOON, **far)
    proposal = decide(suggestion=suggestion, by=an_operator_manager(), at=MONDAY_NOON, **far)

    assert proposal.is_proposal
    assert the_obligation(suggestion, Act.ANSWER).is_open


def test_city_that_answers_in_the_operators_place_gives_the_operator_no_credit():
    suggestion = a_suggestion()

    decide(suggestion=suggestion, by=a_clerk(), outcome=Outcome.ACCEPTED, reasons="We do it ourselves.", at=MONDAY_NOON + HOUR)

    answer = the_obligation(suggestion, Act.ANSWER)
    assert (answer.met_at, answer.end_cause) == (None, Obligation.EndCause.SUPERSEDED)


def test_nothing_is_decided_twice():
    suggestion = a_suggestion()
    decide(suggestion=suggestion, by=an_agent(), outcome=Outcome.ACCEPTED, reasons="Yes.", at=MONDAY_NOON)

    with pytest.raises(NotAwaitingResponse):
        decide(suggestion=suggestion, by=an_agent(), outcome=Outcome.ACCEPTED, reasons="Yes, yes.", at=MONDAY_NOON)


def test_proposal_of_a_withdrawn_suggestion_is_settled_no_more():
    suggestion = a_suggestion()
    proposal = decide(
        suggestion=suggestion, by=an_agent(), outcome=Outcome.OUT_OF_SCOPE, reasons="Not ours.", criterion=a_criterion(), at=MONDAY_NOON
    )
    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Never mind.", at=MONDAY_NOON + HOUR)

    with pytest.raises(NotAwaitingResponse):
        settle_proposal(decision=proposal, by=a_city_manager(), agrees=True, note="Yes.", at=MONDAY_NOON + 2 * HOUR)


def test_what_belongs_to_another_outcome_is_refused_not_dropped():
    suggestion = a_suggestion()
    acceptance = {"suggestion": suggestion, "by": an_agent(), "outcome": Outcome.ACCEPTED, "reasons": "Yes.", "at": MONDAY_NOON}

    with pytest.raises(NeedsCriterion):
        decide(**acceptance, criterion=a_criterion())
    with pytest.raises(NeedsReceiver):
        decide(**acceptance, handed_to=an_operator("other"))


def test_late_clock_that_the_city_took_on_is_not_told_to_the_operators_manager():
    suggestion = a_suggestion()
    city = Organisation.objects.city()
    decide(suggestion=suggestion, by=a_city_manager(), outcome=Outcome.HANDED_OVER, reasons="Ours.", handed_to=city, at=MONDAY_NOON)
    breach_overdue(at=MONDAY_NOON + 60 * DAY)

    climb_ladders(at=MONDAY_NOON + 60 * DAY)

    answer = the_obligation(suggestion, Act.ANSWER)
    assert answer.owner == city
    assert [step.level for step in (told.step for told in answer.escalations.select_related("step"))] == ["city_manager"]
