from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from portal.models import Act, Notification
from suggestions.actions.commitments import (
    EvidenceMissing,
    NotALaterDate,
    NothingToDeliver,
    NothingToPromise,
    deliver,
    fix_with_evidence,
    move_promise,
    promise_date,
)
from suggestions.actions.decisions import SameDecider, decide
from suggestions.actions.obligations import breach_overdue
from suggestions.actions.suggestions import AlreadySettled, withdraw_suggestion
from suggestions.actions.verdicts import AlreadyJudged, WindowOver, close_verdict_windows, give_verdict
from suggestions.models import Decision, Delivery, Obligation, Status, Verdict
from tests.factories import DAY, HOUR, MONDAY_NOON, a_citizen, a_suggestion, an_agent, an_operator_manager, the_author, the_obligation

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


def a_promise(suggestion, by=None):
    decision = decide(
        suggestion=suggestion,
        by=by or an_agent(),
        outcome=Outcome.ACCEPTED,
        reasons="You are right.",
        promise="New brakes on all bicycles",
        promised_on=date(2026, 3, 20),
        at=MONDAY_NOON + HOUR,
    )
    return decision.commitment


def a_delivery(suggestion, **fields) -> Delivery:
    return fix_with_evidence(
        **{"suggestion": suggestion, "by": an_agent(), "evidence": "New pads, photo 12.", "at": MONDAY_NOON + DAY} | fields
    )


def test_fixed_with_evidence_is_decision_and_delivery_in_one():
    suggestion = a_suggestion()

    delivery = a_delivery(suggestion)

    suggestion.refresh_from_db()
    assert suggestion.status == Status.DELIVERED
    assert suggestion.decisions.get().outcome == Outcome.ACCEPTED
    assert not Obligation.objects.running().filter(suggestion=suggestion).exists()
    assert delivery.verdict_until.isoformat() == "2026-03-17T22:59:59.999999+00:00"  # the end of the fourteenth day


def test_delivery_without_evidence_is_refused():
    with pytest.raises(EvidenceMissing):
        a_delivery(a_suggestion(), evidence="  ")


def test_nothing_undecided_can_be_delivered():
    with pytest.raises(NothingToDeliver):
        deliver(suggestion=a_suggestion(), by=an_agent(), evidence="Done.", at=MONDAY_NOON)


def test_promise_kept_meets_its_clock():
    suggestion = a_suggestion()
    agent = an_agent()
    commitment = a_promise(suggestion, agent)

    deliver(suggestion=suggestion, by=agent, evidence="Done, see the log.", at=MONDAY_NOON + 5 * DAY)

    commitment.obligation.refresh_from_db()
    assert commitment.obligation.met_at == MONDAY_NOON + 5 * DAY
    assert commitment.obligation.breached_at is None


def test_promise_that_passes_is_broken_and_a_new_day_changes_nothing_about_it():
    suggestion = a_suggestion()
    agent = an_agent()
    commitment = a_promise(suggestion, agent)
    move_promise(commitment=commitment, by=agent, due_on=date(2026, 4, 20), reason="Parts are late.", at=MONDAY_NOON + DAY)

    breach_overdue(at=MONDAY_NOON + 25 * DAY)

    suggestion.refresh_from_db()
    commitment.refresh_from_db()
    assert commitment.first_due_on == date(2026, 3, 20)
    assert the_obligation(suggestion, Act.DELIVER).is_late
    assert suggestion.standing.promise_broken_at is not None


def test_new_day_must_be_later_and_have_a_reason():
    suggestion = a_suggestion()
    agent = an_agent()
    commitment = a_promise(suggestion, agent)

    for due_on, reason in ((date(2026, 3, 10), "Earlier"), (date(2026, 4, 1), " ")):
        with pytest.raises(NotALaterDate):
            move_promise(commitment=commitment, by=agent, due_on=due_on, reason=reason, at=MONDAY_NOON + DAY)


def test_acceptance_without_a_day_can_be_promised_once():
    suggestion = a_suggestion()
    agent = an_agent()
    decide(suggestion=suggestion, by=agent, outcome=Outcome.ACCEPTED, reasons="Yes.", at=MONDAY_NOON)

    promise_date(suggestion=suggestion, by=agent, what="New brakes", due_on=date(2026, 4, 1), at=MONDAY_NOON + HOUR)

    with pytest.raises(NothingToPromise):
        promise_date(suggestion=suggestion, by=agent, what="More", due_on=date(2026, 5, 1), at=MONDAY_NOON + HOUR)


def test_authors_no_opens_the_duty_to_decide_again_by_somebody_else():
    suggestion = a_suggestion()
    agent = an_agent()
    delivery = a_delivery(suggestion, by=agent)

    give_verdict(delivery=delivery, by=the_author(suggestion), value=Verdict.Value.NOT_DONE, at=MONDAY_NOON + 2 * DAY)

    suggestion.refresh_from_db()
    assert suggestion.status == Status.DISPUTED
    assert the_obligation(suggestion, Act.REVIEW).opened_at == MONDAY_NOON + 2 * DAY
    assert Notification.objects.filter(kind=Notification.Kind.REVIEW_OWED).count() == 1
    with pytest.raises(SameDecider):
        decide(suggestion=suggestion, by=agent, outcome=Outcome.ACCEPTED, reasons="It is done.", at=MONDAY_NOON + 3 * DAY)
    decide(suggestion=suggestion, by=an_operator_manager(), outcome=Outcome.ACCEPTED, reasons="We go back.", at=MONDAY_NOON + 3 * DAY)
    assert the_obligation(suggestion, Act.REVIEW).met_at == MONDAY_NOON + 3 * DAY


def test_authors_yes_confirms_at_once():
    suggestion = a_suggestion()
    delivery = a_delivery(suggestion)

    give_verdict(delivery=delivery, by=the_author(suggestion), value=Verdict.Value.CONFIRMED, at=MONDAY_NOON + 2 * DAY)

    suggestion.refresh_from_db()
    assert (suggestion.status, suggestion.standing.judged_as) == (Status.CONFIRMED, "confirmed")


def test_window_in_which_nobody_judges_closes_once_and_confirms_nothing():
    suggestion = a_suggestion()
    delivery = a_delivery(suggestion)

    runs = [close_verdict_windows(at=MONDAY_NOON + 60 * DAY) for _ in range(2)]

    delivery.refresh_from_db()
    suggestion.refresh_from_db()
    assert runs == [1, 0]
    assert (delivery.judged_as, delivery.judged_at) == ("unjudged", delivery.verdict_until)
    assert suggestion.status == Status.DELIVERED


def test_verdict_after_the_window_or_twice_is_refused():
    suggestion = a_suggestion()
    author = the_author(suggestion)
    delivery = a_delivery(suggestion)

    with pytest.raises(WindowOver):
        give_verdict(delivery=delivery, by=author, value=Verdict.Value.CONFIRMED, at=MONDAY_NOON + 60 * DAY)
    give_verdict(delivery=delivery, by=author, value=Verdict.Value.CONFIRMED, at=MONDAY_NOON + 2 * DAY)
    with pytest.raises((AlreadyJudged, WindowOver)):
        give_verdict(delivery=delivery, by=author, value=Verdict.Value.NOT_DONE, at=MONDAY_NOON + 2 * DAY)


def test_stranger_may_not_judge():
    suggestion = a_suggestion()

    with pytest.raises(PermissionDenied):
        give_verdict(delivery=a_delivery(suggestion), by=a_citizen(), value=Verdict.Value.CONFIRMED, at=MONDAY_NOON + 2 * DAY)


def test_withdrawn_suggestion_is_owed_nothing_and_keeps_what_was_late():
    suggestion = a_suggestion()
    breach_overdue(at=MONDAY_NOON + 3 * DAY)

    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Sold my bicycle.", at=MONDAY_NOON + 4 * DAY)

    suggestion.refresh_from_db()
    assert suggestion.status == Status.WITHDRAWN
    assert not Obligation.objects.running().filter(suggestion=suggestion).exists()
    assert the_obligation(suggestion, Act.ACKNOWLEDGE).breached_at is not None
    with pytest.raises(AlreadySettled):
        withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Again.", at=MONDAY_NOON + 4 * DAY)


def test_disputed_delivery_is_decided_again_before_it_is_delivered_again():
    suggestion = a_suggestion()
    agent = an_agent()
    a_promise(suggestion, agent)
    delivery = deliver(suggestion=suggestion, by=agent, evidence="Done.", at=MONDAY_NOON + DAY)
    give_verdict(delivery=delivery, by=the_author(suggestion), value=Verdict.Value.NOT_DONE, at=MONDAY_NOON + 2 * DAY)

    with pytest.raises(NothingToDeliver):
        deliver(suggestion=suggestion, by=agent, evidence="Really done.", at=MONDAY_NOON + 3 * DAY)

    decide(suggestion=suggestion, by=an_operator_manager(), outcome=Outcome.ACCEPTED, reasons="Again.", at=MONDAY_NOON + 3 * DAY)
    deliver(suggestion=suggestion, by=agent, evidence="Really done.", at=MONDAY_NOON + 4 * DAY)
    assert suggestion.deliveries.count() == 2


def test_what_is_delivered_cannot_be_promised_afterwards():
    suggestion = a_suggestion()
    a_delivery(suggestion)

    with pytest.raises(NothingToPromise):
        promise_date(suggestion=suggestion, by=an_agent(), what="Later", due_on=date(2026, 4, 1), at=MONDAY_NOON + 2 * DAY)


def test_withdrawn_suggestion_keeps_its_promise_as_it_stood():
    suggestion = a_suggestion()
    agent = an_agent()
    commitment = a_promise(suggestion, agent)
    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Moved away.", at=MONDAY_NOON + DAY)

    with pytest.raises(NothingToPromise):
        move_promise(commitment=commitment, by=agent, due_on=date(2026, 5, 1), reason="Later.", at=MONDAY_NOON + 2 * DAY)
