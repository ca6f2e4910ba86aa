"""For each constraint of suggestions, the ways to break it and nothing else."""

from decimal import Decimal

from portal.models import Act, AnswerBy
from suggestions.models import Decision, Delivery, Obligation, Status
from tests.constraints.rows import (
    PROMISED_DAY,
    a_commitment_row,
    a_decision_row,
    a_delivery_row,
    a_later_date_row,
    a_pause_row,
    a_proposal_row,
    a_rejected_row,
    a_reply_row,
    a_response_row,
    a_suggestion_row,
    a_term_row,
    a_verdict_row,
    a_withdrawn_row,
    an_actor,
    an_escalation_row,
    an_import_run,
    an_imported_row,
    an_obligation_row,
    another_organisation,
    change,
)
from tests.factories import DAY, HOUR, MONDAY_NOON

LATER = MONDAY_NOON + HOUR
DUE = MONDAY_NOON + DAY
VOIDED = {"voided_at": LATER, "voided_known_at": LATER, "void_reason": "Entered by mistake."}
ENDED = {"ended_at": LATER, "ended_known_at": LATER, "end_cause": Obligation.EndCause.REFUSED}
MET = {"met_at": LATER, "met_known_at": LATER}
JUDGED = {"judged_as": Delivery.Judgement.UNJUDGED, "judged_at": LATER, "judged_known_at": LATER}


def without(name, facts):
    """The facts but for one, which is left as it is before anything happened."""
    return {key: value for key, value in facts.items() if key != name}


def two_proposals():
    first = a_proposal_row()
    a_proposal_row(suggestion=first.suggestion)


def two_running_clocks():
    first = an_obligation_row()
    an_obligation_row(suggestion=first.suggestion)


def two_openings():
    first = a_term_row()
    a_term_row(obligation=first.obligation)


def two_pauses(**of_the_first):
    first = a_pause_row(**of_the_first)
    a_pause_row(obligation=first.obligation, started_at=LATER)


def two_verdicts(**fields):
    delivery = a_delivery_row()
    for actor in (an_actor(), an_actor()):
        a_verdict_row(**{"delivery": delivery, "by": actor} | fields)


def one_step_twice():
    first = an_escalation_row()
    an_escalation_row(obligation=first.obligation, step=first.step)


RULES = {
    "suggestion_has_a_title": [lambda: a_suggestion_row(title="")],
    "suggestion_known_after_received": [lambda: a_suggestion_row(known_at=MONDAY_NOON - HOUR)],
    "suggestion_withdrawal_is_dated_twice": [
        lambda: a_withdrawn_row(withdrawn_known_at=None),
        lambda: a_suggestion_row(withdrawn_known_at=LATER),
    ],
    "suggestion_withdrawn_after_received": [lambda: a_withdrawn_row(withdrawn_at=MONDAY_NOON - HOUR)],
    "suggestion_withdrawn_status_is_dated": [
        lambda: a_withdrawn_row(status=Status.PUBLISHED),
        lambda: a_suggestion_row(status=Status.WITHDRAWN),
    ],
    "suggestion_can_be_answered": [lambda: a_suggestion_row(answer_by=AnswerBy.EMAIL)],
    "suggestion_stands_on_earth": [
        lambda: a_suggestion_row(latitude=Decimal("-90.1"), longitude=Decimal("4")),
        lambda: a_suggestion_row(latitude=Decimal("51"), longitude=Decimal("180.1")),
        lambda: a_suggestion_row(latitude=Decimal("51")),
        lambda: a_suggestion_row(longitude=Decimal("4")),
    ],
    "suggestion_cleared_is_not_waiting": [lambda: a_suggestion_row(status=Status.AWAITING_CHECK, cleared_at=LATER)],
    "import_one_run_at_a_time": [lambda: [an_import_run(finished_at=None) for _ in range(2)]],
    "import_run_says_where_from": [lambda: an_import_run(source=""), lambda: an_import_run(time_zone="")],
    "import_run_counts_every_row_once": [lambda: an_import_run(rows=3, added=2), lambda: an_import_run(rows=3, added=3, repeated=1)],
    "imported_case_once": [lambda: [an_imported_row(external_id="101") for _ in range(2)]],
    "imported_case_has_a_number": [lambda: an_imported_row(external_id="")],
    "response_says_something": [lambda: a_response_row(text="")],
    "reply_says_something": [lambda: a_reply_row(text="")],
    "decision_refusal_names_a_criterion": [
        lambda: a_decision_row(outcome=Decision.Outcome.DECLINED),
        lambda: a_decision_row(outcome=Decision.Outcome.OUT_OF_SCOPE),
    ],
    "decision_hand_over_names_the_receiver": [
        lambda: a_decision_row(outcome=Decision.Outcome.HANDED_OVER),
        lambda: a_decision_row(handed_to=another_organisation()),
    ],
    "decision_promise_comes_with_acceptance": [
        lambda: a_decision_row(promise="New brakes"),
        lambda: a_decision_row(promised_on=PROMISED_DAY),
        lambda: a_decision_row(
            outcome=Decision.Outcome.HANDED_OVER, handed_to=another_organisation(), promise="New brakes", promised_on=PROMISED_DAY
        ),
    ],
    "decision_effect_is_dated_twice": [
        lambda: a_decision_row(effective_at=None, rejected_at=LATER),
        lambda: a_decision_row(effective_known_at=None),
    ],
    "decision_not_both_taken_on_and_rejected": [
        lambda: change(a_rejected_row(), effective_at=MONDAY_NOON, effective_known_at=MONDAY_NOON),
    ],
    "decision_one_proposal_at_a_time": [two_proposals],
    "commitment_says_what": [lambda: a_commitment_row(what="")],
    "commitment_date_has_a_reason": [lambda: a_later_date_row(reason="")],
    "delivery_shows_evidence": [lambda: a_delivery_row(evidence="")],
    "delivery_judgement_is_dated": [
        lambda: a_delivery_row(**without("judged_as", JUDGED)),
        lambda: a_delivery_row(**without("judged_at", JUDGED)),
        lambda: a_delivery_row(**without("judged_known_at", JUDGED)),
    ],
    "delivery_window_comes_after": [lambda: a_delivery_row(verdict_until=MONDAY_NOON)],
    "verdict_once_per_person": [lambda: two_verdicts(by=an_actor())],
    "verdict_one_of_the_author": [lambda: two_verdicts(is_author=True)],
    "obligation_deliver_has_a_promise": [
        lambda: an_obligation_row(act=Act.DELIVER),
        lambda: an_obligation_row(commitment=a_commitment_row()),
    ],
    "obligation_clause_is_pinned": [lambda: an_obligation_row(due_basis=Obligation.DueBasis.CLAUSE)],
    "obligation_due_fits_its_basis": [
        lambda: an_obligation_row(due_basis=Obligation.DueBasis.NONE),
        lambda: an_obligation_row(due_at=None),
        lambda: an_obligation_row(gross_due_at=None),
    ],
    "obligation_pauses_only_lengthen": [lambda: an_obligation_row(due_at=DUE - HOUR)],
    "obligation_stands_only_while_owed": [
        lambda: an_obligation_row(paused_at=LATER, **MET),
        lambda: an_obligation_row(paused_at=LATER, **ENDED),
        lambda: an_obligation_row(paused_at=LATER, **VOIDED),
    ],
    "obligation_late_never_stands": [lambda: an_obligation_row(paused_at=LATER, breached_at=DUE)],
    "obligation_met_is_dated_twice": [lambda: an_obligation_row(met_at=LATER), lambda: an_obligation_row(met_known_at=LATER)],
    "obligation_end_has_a_cause": [
        lambda: an_obligation_row(**without("ended_at", ENDED)),
        lambda: an_obligation_row(**without("ended_known_at", ENDED)),
        lambda: an_obligation_row(**without("end_cause", ENDED)),
    ],
    "obligation_void_has_a_reason": [
        lambda: an_obligation_row(**without("voided_at", VOIDED)),
        lambda: an_obligation_row(**without("voided_known_at", VOIDED)),
        lambda: an_obligation_row(**without("void_reason", VOIDED)),
    ],
    "obligation_met_or_ended": [lambda: an_obligation_row(**MET, **ENDED)],
    "obligation_late_is_not_in_time": [lambda: an_obligation_row(breached_at=DUE, met_at=DUE, met_known_at=DUE)],
    "obligation_ladder_starts_late": [lambda: an_obligation_row(next_step_at=DUE)],
    "obligation_owed_once_at_a_time": [two_running_clocks],
    "term_opens_once": [two_openings],
    "pause_ends_after_start": [lambda: a_pause_row(ended_at=MONDAY_NOON - HOUR, ended_known_at=MONDAY_NOON)],
    "pause_end_is_dated_twice": [lambda: a_pause_row(ended_at=LATER), lambda: a_pause_row(ended_known_at=LATER)],
    "pause_one_at_a_time": [two_pauses, lambda: two_pauses(ended_at=LATER + HOUR, ended_known_at=LATER + HOUR)],
    "escalation_each_step_once": [one_step_twice],
}


NOT_ALONE = {"pause_ends_after_start": "pause_one_at_a_time cannot make a period that ends before it starts, but would not say so"}
