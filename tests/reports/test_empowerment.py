from datetime import date

import pytest

from portal.models import SuggestionKind
from reports.indicators.empowerment import adoption, promises_kept, reasons_given
from suggestions.actions.commitments import deliver, move_promise
from suggestions.actions.decisions import decide, settle_proposal
from suggestions.models import Commitment, Decision
from tests.factories import DAY, HOUR, MONDAY_NOON, a_city_manager, a_criterion, a_suggestion, an_agent
from tests.reports.rows import FIRST_QUARTER, MARCH, RECEIVED_AT, a_case, a_decision, a_delivery, a_promise, by_name, facts_at

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


# --- E1 ----------------------------------------------------------------------------------------------------------------


def test_adoption_of_the_worked_example():
    for number in range(50):  # E-a
        case = a_case()
        if number < 14:
            a_decision(case, RECEIVED_AT + DAY, Outcome.PARTLY_ACCEPTED if number < 4 else Outcome.ACCEPTED)
        elif number < 40:
            a_decision(case, RECEIVED_AT + DAY, Outcome.DECLINED)

    measures = by_name(adoption(facts_at(RECEIVED_AT + 100 * DAY), MARCH))

    assert (measures["adopted"].events, measures["adopted"].n, measures["adopted"].value) == (14, 40, 0.35)
    assert (measures["adopted"].low, measures["adopted"].high) == pytest.approx((0.2213, 0.5049), abs=1e-4)
    assert measures["partly"].value == 0.1
    assert measures["undecided_at_90"].value == pytest.approx(0.2)


def test_out_of_scope_stands_beside_the_rate_with_who_said_so():
    agent = an_agent()
    proposal = decide(
        suggestion=a_suggestion(), by=agent, outcome=Outcome.OUT_OF_SCOPE, reasons="Not ours.", criterion=a_criterion(), at=MONDAY_NOON
    )
    decide(suggestion=a_suggestion(), by=agent, outcome=Outcome.ACCEPTED, reasons="Yes.", at=MONDAY_NOON)
    proposed = by_name(adoption(facts_at(MONDAY_NOON + HOUR), MARCH))

    settle_proposal(decision=proposal, by=a_city_manager(), agrees=True, note="It is not.", at=MONDAY_NOON + DAY)
    settled = by_name(adoption(facts_at(MONDAY_NOON + DAY), MARCH))

    assert (proposed["out_of_scope"].events, proposed["out_of_scope"].n) == (0, 1)
    assert (settled["out_of_scope"].events, settled["out_of_scope"].n) == (1, 2)
    assert settled["out_of_scope"].facts == {"said_by_city": 0, "said_by_operator": 1}
    assert (settled["adopted"].events, settled["adopted"].n) == (1, 1)


def test_newest_decision_is_the_one_that_counts_and_each_report_knows_its_own():
    case = a_case()
    a_decision(case, RECEIVED_AT + DAY, Outcome.DECLINED)
    first = by_name(adoption(facts_at(RECEIVED_AT + 2 * DAY), MARCH))

    a_decision(case, RECEIVED_AT + 3 * DAY, Outcome.ACCEPTED)
    second = by_name(adoption(facts_at(RECEIVED_AT + 4 * DAY), MARCH))

    assert (first["adopted"].events, first["adopted"].n) == (0, 1)
    assert (second["adopted"].events, second["adopted"].n) == (1, 1)


def test_ideas_and_problems_are_shown_apart():
    a_decision(a_case(kind=SuggestionKind.PROBLEM), RECEIVED_AT + DAY, Outcome.ACCEPTED)
    a_decision(a_case(kind=SuggestionKind.IDEA), RECEIVED_AT + DAY, Outcome.DECLINED)

    measures = by_name(adoption(facts_at(RECEIVED_AT + 2 * DAY), MARCH))

    assert (measures["adopted_problems"].events, measures["adopted_problems"].n) == (1, 1)
    assert (measures["adopted_ideas"].events, measures["adopted_ideas"].n) == (0, 1)


# --- E2 ----------------------------------------------------------------------------------------------------------------


def test_promises_of_the_worked_example_by_their_first_dates():
    """E-b through the acts: 12 promises, 2 not yet due, 4 kept, 2 late although their days were moved twice, 4 not delivered."""
    agent = an_agent()
    suggestions = [a_suggestion(kind=SuggestionKind.IDEA) for _ in range(12)]
    for number, suggestion in enumerate(suggestions):
        promised_on = date(2026, 3, 28) if number >= 10 else date(2026, 3, 10)
        decide(
            suggestion=suggestion,
            by=agent,
            outcome=Outcome.ACCEPTED,
            reasons="Yes.",
            promise="A bench",
            promised_on=promised_on,
            at=MONDAY_NOON,
        )
    for suggestion in suggestions[:4]:
        deliver(suggestion=suggestion, by=agent, evidence="It stands.", at=MONDAY_NOON + 8 * DAY)  # the last day itself
    for suggestion in suggestions[4:6]:
        commitment = Commitment.objects.get(suggestion=suggestion)
        for due_on in (date(2026, 3, 12), date(2026, 3, 16)):
            move_promise(commitment=commitment, by=agent, due_on=due_on, reason="The wood is late.", at=MONDAY_NOON + DAY)
        deliver(suggestion=suggestion, by=agent, evidence="It stands.", at=MONDAY_NOON + 10 * DAY)

    measures = by_name(promises_kept(facts_at(MONDAY_NOON + 18 * DAY), MARCH))
    kept, delivered = measures["kept"], measures["delivered"]

    assert (kept.events, kept.n, kept.value) == (4, 10, 0.4)
    assert (kept.low, kept.high) == pytest.approx((0.1682, 0.6873), abs=1e-4)
    assert kept.facts == {"delivered_late": 2, "not_delivered": 4, "not_yet_due": 2, "withdrawn": 0}
    assert (delivered.events, delivered.value) == (6, 0.6)
    assert (delivered.low, delivered.high) == pytest.approx((0.3127, 0.8318), abs=1e-4)


def test_promise_is_due_when_its_whole_day_has_passed():
    a_promise(a_case(), date(2026, 3, 10))
    last_hour, midnight = MONDAY_NOON + 8 * DAY, MONDAY_NOON + 8 * DAY + 12 * HOUR

    assert by_name(promises_kept(facts_at(last_hour), MARCH))["kept"].n == 0
    assert by_name(promises_kept(facts_at(midnight), MARCH))["kept"].n == 1


def test_acceptance_without_a_day_is_a_rate_of_its_own():
    undated, dated, done, withdrawn = a_case(), a_case(), a_case(), a_case(withdrawn_at=RECEIVED_AT + 5 * DAY)
    for case in (undated, done, withdrawn):
        a_decision(case, RECEIVED_AT + DAY)
    a_promise(dated, date(2026, 4, 20))
    a_delivery(done, RECEIVED_AT + 20 * DAY)

    early = by_name(promises_kept(facts_at(RECEIVED_AT + 30 * DAY), MARCH))["no_date_after_30"]
    measure = by_name(promises_kept(facts_at(RECEIVED_AT + 31 * DAY), MARCH))["no_date_after_30"]

    assert (early.n, early.facts["too_recent"]) == (0, 4)
    assert (measure.events, measure.n) == (1, 4)


def test_promise_taken_back_by_its_author_before_its_day_is_neither_kept_nor_broken():
    a_promise(a_case(withdrawn_at=RECEIVED_AT + 5 * DAY), date(2026, 3, 20))

    measure = by_name(promises_kept(facts_at(RECEIVED_AT + 30 * DAY), MARCH))["kept"]

    assert (measure.n, measure.facts["withdrawn"]) == (0, 1)


# --- E4 ----------------------------------------------------------------------------------------------------------------


def test_reasons_of_the_worked_example():
    for number in range(26):  # E-f: five refusals are not in the citizen's language
        a_decision(a_case(), RECEIVED_AT + DAY, Outcome.DECLINED, lang="nl" if number < 5 else "en")
    a_decision(a_case(lang="nl-BE"), RECEIVED_AT + DAY, Outcome.PARTLY_ACCEPTED, lang="nl")

    measures = by_name(reasons_given(facts_at(RECEIVED_AT + 2 * DAY), FIRST_QUARTER))
    refusals, partly = measures["reasons_for_refusals"], measures["reasons_for_partly"]

    assert (refusals.events, refusals.n) == (21, 26)
    assert refusals.value == pytest.approx(0.8077, abs=1e-4)
    assert (refusals.low, refusals.high) == pytest.approx((0.6212, 0.9149), abs=1e-4)
    assert (partly.events, partly.n) == (1, 1)
    assert (measures["reasons_given"].events, measures["reasons_given"].n) == (22, 27)
