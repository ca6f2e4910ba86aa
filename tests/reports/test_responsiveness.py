from datetime import UTC, datetime

import pytest

from portal.models import Act, SuggestionKind
from reports.indicators.publication import as_published
from reports.indicators.responsiveness import backlog, clauses_kept, courtesy_without_action, substantive_response
from suggestions.actions.commitments import fix_with_evidence
from suggestions.actions.decisions import decide, settle_proposal
from suggestions.actions.responses import ask_citizen, publish_response, reply_to_question
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Decision, Obligation, OpenedBy, Response
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_city_manager,
    a_contact,
    a_criterion,
    a_suggestion,
    an_agent,
    the_author,
    the_city,
    the_obligation,
)
from tests.reports.rows import FIRST_QUARTER, MARCH, RECEIVED_AT, a_case, a_decision, a_delivery, a_duty, a_reply, by_name, facts_at

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


def accept(suggestion, at, agent):
    decide(suggestion=suggestion, by=agent, outcome=Outcome.ACCEPTED, reasons="You are right.", at=at)


# --- R2 ----------------------------------------------------------------------------------------------------------------


def test_competing_ends_of_the_worked_example_do_not_count_as_answers():
    as_of = RECEIVED_AT + 9 * DAY
    for day, cause in ((1, 1), (2, 2), (3, 1), (3, 0), (4, 1), (5, 2), (6, 0), (7, 1), (8, 0), (9, 2)):  # R-b
        received_at = as_of - day * DAY
        case = a_case(received_at, withdrawn_at=as_of if cause == 2 else None)
        if cause == 1:
            a_decision(case, as_of)

    measures = by_name(substantive_response(facts_at(as_of, FIRST_QUARTER), FIRST_QUARTER))

    assert measures["answered_by_7"].value == pytest.approx(0.472222, abs=1e-4)
    assert measures["answered_by_7"].facts["competing"] == 3
    assert measures["answered_by_7"].censored_share == pytest.approx(0.3)
    assert measures["answered_by_30"].value == pytest.approx(0.472222, abs=1e-4)  # nobody is left who could still be answered
    assert as_published(measures["answered_by_7"]).withheld == "too_few"


def test_courtesy_is_no_answer_and_a_decision_a_delivery_or_an_accepted_hand_over_is():
    as_of = MONDAY_NOON + 7 * DAY
    agent, manager = an_agent(), a_city_manager()
    thanked, decided, fixed, handed_over = (a_suggestion() for _ in range(4))
    publish_response(suggestion=thanked, by=agent, kind=Response.Kind.UPDATE, text="Nice idea, we will look at it.", at=MONDAY_NOON + DAY)
    accept(decided, MONDAY_NOON + 2 * DAY, agent)
    fix_with_evidence(suggestion=fixed, by=agent, evidence="New brakes.", at=MONDAY_NOON + 3 * DAY)
    proposal = decide(
        suggestion=handed_over,
        by=agent,
        outcome=Outcome.HANDED_OVER,
        reasons="It is the city's.",
        handed_to=the_city(),
        at=MONDAY_NOON + HOUR,
    )

    proposed = facts_at(MONDAY_NOON + 4 * DAY - HOUR)
    settle_proposal(decision=proposal, by=manager, agrees=True, note="Ours.", at=MONDAY_NOON + 4 * DAY)
    taken_on = facts_at(as_of)

    assert [case.answered_at for case in proposed.cases] == [None, MONDAY_NOON + 2 * DAY, MONDAY_NOON + 3 * DAY, None]
    assert [case.answered_at for case in taken_on.cases] == [
        None,
        MONDAY_NOON + 2 * DAY,
        MONDAY_NOON + 3 * DAY,
        MONDAY_NOON + 4 * DAY,
    ]
    assert by_name(substantive_response(taken_on, MARCH))["answered_by_7"].value == pytest.approx(0.75)


def test_not_ours_and_withdrawals_are_no_answers():
    agent = an_agent()
    ruled_out, withdrawn = a_suggestion(), a_suggestion()
    proposal = decide(suggestion=ruled_out, by=agent, outcome=Outcome.OUT_OF_SCOPE, reasons="No.", criterion=a_criterion(), at=MONDAY_NOON)
    settle_proposal(decision=proposal, by=a_city_manager(), agrees=True, note="True.", at=MONDAY_NOON + DAY)
    withdraw_suggestion(suggestion=withdrawn, by=the_author(withdrawn), reason="Solved itself.", at=MONDAY_NOON + DAY)

    measure = by_name(substantive_response(facts_at(MONDAY_NOON + 10 * DAY), MARCH))["answered_by_7"]

    assert (measure.n, measure.events, measure.facts["competing"], measure.value) == (2, 0, 2, 0)


def test_median_is_published_from_twenty_cases_and_ten_answers_on():
    for number in range(20):
        case = a_case(RECEIVED_AT)
        if number < 9:
            a_decision(case, RECEIVED_AT + DAY)
    nearly = by_name(substantive_response(facts_at(RECEIVED_AT + 8 * DAY), MARCH))["median_days"]

    a_decision(case, RECEIVED_AT + 2 * DAY)
    enough = by_name(substantive_response(facts_at(RECEIVED_AT + 8 * DAY), MARCH))["median_days"]

    assert as_published(nearly).withheld == "too_few"
    assert (as_published(enough).withheld, as_published(enough).value) == ("", 2)


def test_share_by_a_day_is_withheld_where_nobody_was_followed_that_long():
    for _ in range(20):
        a_decision(a_case(), RECEIVED_AT + DAY)
    a_case()

    measures = by_name(substantive_response(facts_at(RECEIVED_AT + 8 * DAY), MARCH))

    assert measures["answered_by_7"].withheld == ""
    assert as_published(measures["answered_by_30"]).withheld == "not_followed"


def test_cases_of_staff_and_sensors_stand_on_a_line_of_their_own():
    for opened_by in (OpenedBy.STAFF, OpenedBy.STAFF, OpenedBy.SENSOR):
        a_decision(a_case(opened_by=opened_by), RECEIVED_AT)

    measures = by_name(substantive_response(facts_at(RECEIVED_AT + 8 * DAY), MARCH))

    assert measures["answered_by_7"].n == 0
    assert measures["received_from_others"].value == 3
    assert measures["received_from_others"].facts == {"staff": 2, "operator": 0, "sensor": 1}


# --- R3 ----------------------------------------------------------------------------------------------------------------


def test_clause_of_the_worked_example_net_and_gross():
    """R-c through the acts: of 14 clocks 12 are due, 9 met (two of them only because the citizen was asked something), 2 late, 1 open."""
    agent = an_agent()
    ideas = [a_suggestion(kind=SuggestionKind.IDEA, **a_contact()) for _ in range(12)]
    for _ in range(2):
        a_suggestion(kind=SuggestionKind.IDEA, at=datetime(2026, 3, 18, 9, tzinfo=UTC))
    for idea in ideas[:7]:
        accept(idea, MONDAY_NOON + DAY, agent)
    for idea in ideas[7:9]:
        question, _standing = ask_citizen(suggestion=idea, by=agent, text="Which station?", at=MONDAY_NOON + DAY)
        reply_to_question(question=question, by=the_author(idea), text="The central one", at=MONDAY_NOON + 2 * DAY)
        accept(idea, MONDAY_NOON + 7 * DAY + 3 * HOUR, agent)
    for idea in ideas[9:11]:
        accept(idea, MONDAY_NOON + 9 * DAY, agent)

    measures = by_name(clauses_kept(facts_at(datetime(2026, 3, 20, 9, tzinfo=UTC)), MARCH))
    net, gross = measures["answer_in_time"], measures["answer_in_time_without_pauses"]

    assert (net.events, net.n, net.value) == (9, 12, 0.75)
    assert (net.low, net.high) == pytest.approx((0.4677, 0.9111), abs=1e-4)
    assert (net.facts["late_but_met"], net.facts["still_owed"]) == (2, 1)
    assert (gross.events, gross.n, gross.facts["only_by_pauses"]) == (7, 12, 2)
    assert gross.value == pytest.approx(0.5833, abs=1e-4)
    assert (gross.low, gross.high) == pytest.approx((0.3195, 0.8067), abs=1e-4)


def test_clock_that_stands_falls_due_at_its_latest_moment():
    idea = a_suggestion(kind=SuggestionKind.IDEA, **a_contact())
    gross_due_at = the_obligation(idea, Act.ANSWER).due_at
    ask_citizen(suggestion=idea, by=an_agent(), text="Which station?", at=MONDAY_NOON + HOUR)
    latest = the_obligation(idea, Act.ANSWER).due_at

    standing = by_name(clauses_kept(facts_at(gross_due_at + HOUR), MARCH))["answer_in_time"]
    afterwards = by_name(clauses_kept(facts_at(latest), MARCH))["answer_in_time"]

    assert (standing.n, afterwards.n) == (0, 1)


def test_due_moment_is_the_one_that_was_known_at_the_as_of_moment():
    idea = a_suggestion(kind=SuggestionKind.IDEA, **a_contact())
    before = the_obligation(idea, Act.ANSWER)
    agent = an_agent()

    question, _standing = ask_citizen(suggestion=idea, by=agent, text="Which station?", at=MONDAY_NOON + HOUR)
    reply_to_question(question=question, by=the_author(idea), text="The central one", at=MONDAY_NOON + 2 * DAY)
    due = {
        moment: next(duty.due_at for duty in facts_at(moment).duties if duty.act == Act.ANSWER)
        for moment in (MONDAY_NOON, MONDAY_NOON + DAY, MONDAY_NOON + 3 * DAY)
    }

    assert due[MONDAY_NOON] == before.due_at
    assert due[MONDAY_NOON + DAY] == before.due_at + 2 * DAY
    assert due[MONDAY_NOON + 3 * DAY] == the_obligation(idea, Act.ANSWER).due_at


def test_what_ended_before_it_fell_due_did_not_fall_due_and_what_ended_late_was_missed():
    due_at = RECEIVED_AT + 5 * DAY
    for ended_at in (due_at, due_at + HOUR):
        ended = {"ended_at": ended_at, "ended_known_at": ended_at, "end_cause": Obligation.EndCause.WITHDRAWN}
        a_duty(a_case(), due_at, **ended)

    measure = by_name(clauses_kept(facts_at(RECEIVED_AT + 10 * DAY), MARCH))["in_time"]

    assert (measure.n, measure.events) == (1, 0)
    assert (measure.facts["ended_before_due"], measure.facts["ended_late"]) == (1, 1)


def test_void_clocks_and_clocks_without_a_due_moment_are_counted_apart():
    due_at = RECEIVED_AT + 5 * DAY
    a_duty(a_case(), due_at, voided_at=due_at, voided_known_at=due_at, void_reason="Assigned to the wrong party.")
    a_duty(a_case(), None, act=Act.SOLVE)
    a_duty(a_case(), due_at, act=Act.SOLVE, met_at=due_at)
    a_duty(a_case(), RECEIVED_AT + 50 * DAY, act=Act.SOLVE)  # opened in March, due in April

    measures = by_name(clauses_kept(facts_at(RECEIVED_AT + 10 * DAY), MARCH))

    assert (measures["in_time"].n, measures["in_time"].events, measures["in_time"].facts["void"]) == (1, 1, 1)
    assert (measures["solve_without_due_moment"].events, measures["solve_without_due_moment"].n) == (1, 3)


# --- R5 ----------------------------------------------------------------------------------------------------------------


def test_backlog_of_the_worked_example():
    as_of = datetime(2026, 3, 31, 9, tzinfo=UTC)
    for days in (0.5, 1, 2, 3, 5, 8, 13, 21, 34, 55):  # R-e
        a_case(as_of - days * DAY)
    a_decision(a_case(), RECEIVED_AT + DAY, Outcome.DECLINED)
    a_delivery(a_case(), RECEIVED_AT + DAY)

    measures = by_name(backlog(facts_at(as_of), MARCH))

    assert measures["open"].value == 10
    assert measures["median_age_days"].value == pytest.approx(6.5)
    assert measures["p90_age_days"].value == pytest.approx(36.1)
    assert (measures["over_30_days"].value, measures["over_90_days"].value) == (0.2, 0)
    assert as_published(measures["median_age_days"]).withheld == "too_few"


def test_what_was_accepted_stays_open_until_it_is_delivered():
    case = a_case()
    a_decision(case, RECEIVED_AT + DAY)
    accepted = facts_at(RECEIVED_AT + 2 * DAY)

    a_delivery(case, RECEIVED_AT + 3 * DAY)
    delivered = facts_at(RECEIVED_AT + 4 * DAY)

    assert by_name(backlog(accepted, MARCH))["open"].value == 1
    assert by_name(backlog(delivered, MARCH))["open"].value == 0


def test_delivery_judged_not_done_opens_the_case_again():
    case = a_case()
    delivery = a_delivery(case, RECEIVED_AT + DAY)
    delivery.judged_as, delivery.judged_at, delivery.judged_known_at = "not_done", RECEIVED_AT + 3 * DAY, RECEIVED_AT + 3 * DAY
    delivery.save()

    before = by_name(backlog(facts_at(RECEIVED_AT + 2 * DAY), MARCH))
    after = by_name(backlog(facts_at(RECEIVED_AT + 4 * DAY), MARCH))

    assert (before["open"].value, after["open"].value) == (0, 1)
    assert after["net_flow_a_week"].facts == {"opened": 1, "reopened": 1, "ended": 1}


def test_past_due_counts_open_cases_with_a_late_clock():
    as_of = RECEIVED_AT + 10 * DAY
    a_duty(a_case(), as_of - DAY)
    a_duty(a_case(), as_of + DAY)
    met = a_case()
    a_duty(met, as_of - DAY, met_at=as_of - HOUR)

    measure = by_name(backlog(facts_at(as_of), MARCH))["past_due"]

    assert (measure.events, measure.n) == (1, 3)
    assert measure.low is measure.high is None


# --- R8 ----------------------------------------------------------------------------------------------------------------


def test_courtesy_without_action_of_the_worked_example():
    replied_at = RECEIVED_AT + DAY
    for number in range(40):  # R-g
        case = a_case()
        a_reply(case, replied_at)
        if number < 20:
            a_decision(case, replied_at + 60 * DAY, Outcome.DECLINED)
        elif number < 22:
            a_delivery(case, replied_at + 10 * DAY)
        elif number < 30:
            a_decision(case, replied_at + 61 * DAY)

    measures = by_name(courtesy_without_action(facts_at(replied_at + 90 * DAY), MARCH))
    measure, estimate = measures["no_action_in_60"], measures["no_action_by_60_estimated"]

    assert (measure.events, measure.n, measure.value) == (18, 40, 0.45)
    assert (measure.low, measure.high) == pytest.approx((0.3071, 0.6017), abs=1e-4)
    assert estimate.value == pytest.approx(0.45)


def test_reply_of_less_than_sixty_days_ago_proves_nothing_yet():
    a_reply(a_case(), RECEIVED_AT)

    measure = by_name(courtesy_without_action(facts_at(RECEIVED_AT + 59 * DAY), MARCH))["no_action_in_60"]

    assert (measure.n, measure.facts["too_recent"]) == (0, 1)


def test_withdrawn_after_courtesy_is_no_action():
    case = a_case(withdrawn_at=RECEIVED_AT + 5 * DAY)
    a_reply(case, RECEIVED_AT)

    measure = by_name(courtesy_without_action(facts_at(RECEIVED_AT + 70 * DAY), MARCH))["no_action_in_60"]

    assert (measure.events, measure.n, measure.facts["withdrawn"]) == (1, 1, 1)
