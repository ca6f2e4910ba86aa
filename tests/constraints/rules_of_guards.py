"""For each guard that the migrations put on a table, the ways to get past it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from portal.models import Act, CalendarVersion, EscalationStep, PauseReason, ServiceLevel, SuggestionKind, WorkingCalendar
from portal.references import new_reference, uuid7
from suggestions.models import Channel, Decision, Delivery, Obligation, OpenedBy, Verdict
from tests.constraints.rows import (
    a_commitment_row,
    a_decision_row,
    a_delivery_row,
    a_handed_over_row,
    a_judged_row,
    a_later_date_row,
    a_pause_row,
    a_promise_row,
    a_promising_decision_row,
    a_refusal_row,
    a_rejected_row,
    a_reply_row,
    a_response_row,
    a_step,
    a_suggestion_row,
    a_term_row,
    a_verdict_row,
    a_withdrawn_row,
    an_actor,
    an_ended_pause_row,
    an_escalation_row,
    an_obligation_row,
    another_organisation,
    change,
    remove,
)
from tests.constraints.rules_of_moderation import an_appeal_row
from tests.constraints.rules_of_portal import an_event
from tests.constraints.rules_of_privacy import a_request_row
from tests.constraints.rules_of_suggestions import ENDED, MET, VOIDED
from tests.factories import DAY, HOUR, MONDAY_NOON, a_calendar, a_clause, a_contract, a_criterion, a_service

Attempt = Callable[[], object]

EARLIER, LATER = MONDAY_NOON - HOUR, MONDAY_NOON + HOUR
ANOTHER_DAY = date(2026, 4, 2)
PUBLISHED_CALENDAR = "a published calendar is never changed"


def a_published_version() -> CalendarVersion:
    return a_calendar().versions.get()


def a_published_clause() -> ServiceLevel:
    return a_clause(Act.DELIVER, a_contract(clauses=False), ladder=[(EscalationStep.Level.CITY_MANAGER, 60)])


def an_ended_clause() -> ServiceLevel:
    ended = DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    return a_clause(Act.DELIVER, a_contract(clauses=False), in_force=ended)


def a_published_step() -> EscalationStep:
    return a_published_clause().ladder.get()


def another_clause() -> ServiceLevel:
    return a_clause(Act.REVIEW, a_contract(clauses=False))


def another_calendar() -> WorkingCalendar:
    return WorkingCalendar.objects.create(code="night", name="Night")


def a_draft_version() -> CalendarVersion:
    return another_calendar().versions.create(number=1, time_zone="UTC", covers_from=date(2026, 1, 1), covers_until=date(2027, 1, 1))


# Portal: what is said when it is refused, and the ways to try.
GUARDS_OF_PORTAL: dict[str, tuple[str, list[Attempt]]] = {
    "event_append_only": (
        "the log is append-only",
        [lambda: change(an_event(), actor="nobody"), lambda: remove(an_event())],
    ),
    "calendar_version_frozen": (
        PUBLISHED_CALENDAR,
        [
            lambda: change(a_published_version(), covers_until=date(2040, 1, 1)),
            lambda: change(a_published_version(), time_zone="UTC"),
            lambda: change(a_published_version(), published_at=None),
            lambda: remove(a_bare_published_version()),
        ],
    ),
    "opening_hours_frozen": (
        PUBLISHED_CALENDAR,
        [
            lambda: a_published_version().opening_hours.create(weekday=5, opens=540, closes=720),
            lambda: a_published_version().opening_hours.update(closes=900),
            lambda: remove(a_published_version().opening_hours.first()),
            lambda: change(a_draft_version().opening_hours.create(weekday=5, opens=540, closes=720), version=a_published_version()),
            lambda: a_published_version().opening_hours.update(version=a_draft_version()),
        ],
    ),
    "closure_frozen": (
        PUBLISHED_CALENDAR,
        [
            lambda: a_published_version().closures.create(day=date(2026, 7, 21), reason="National day"),
            lambda: a_published_version().closures.update(day=date(2026, 5, 2)),
            lambda: remove(a_published_version().closures.get()),
            lambda: change(a_draft_version().closures.create(day=date(2026, 7, 21), reason="Any"), version=a_published_version()),
            lambda: a_published_version().closures.update(version=a_draft_version()),
        ],
    ),
    "service_level_frozen": (
        "a published clause is never changed",
        [
            lambda: change(a_published_clause(), within_minutes=1),
            lambda: change(a_published_clause(), text={"en": "Something else."}),
            lambda: change(a_published_clause(), calendar=another_calendar()),
            lambda: change(a_published_clause(), published_at=None),
            lambda: change(a_published_clause(), in_force=DateTimeTZRange(datetime(2021, 1, 1, tzinfo=UTC), None)),
            lambda: change(an_ended_clause(), in_force=DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), None)),
            lambda: change(an_ended_clause(), in_force=DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))),
            lambda: remove(a_clause(Act.REVIEW, a_contract(clauses=False))),
        ],
    ),
    "escalation_step_frozen": (
        "the ladder of a published clause is never changed",
        [
            lambda: a_published_clause().ladder.create(rank=2, level=EscalationStep.Level.POLITICAL, after_minutes=60),
            lambda: change(a_published_step(), after_minutes=1),
            lambda: remove(a_published_step()),
            lambda: change(a_step(), service_level=another_clause()),
        ],
    ),
}


def a_bare_published_version() -> CalendarVersion:
    version = a_draft_version()
    change(version, published_at=MONDAY_NOON)
    return version


# Suggestions: the guards of 0002_guards by table.
APPEND_ONLY: dict[str, list[Attempt]] = {
    "suggestions_obligationterm": [lambda: change(a_term_row(), due_at=LATER), lambda: remove(a_term_row())],
    "suggestions_response": [lambda: change(a_response_row(), text="We shall not."), lambda: remove(a_response_row())],
    "suggestions_commitmentdate": [lambda: change(a_later_date_row(), due_on=ANOTHER_DAY), lambda: remove(a_later_date_row())],
}

NEVER_REMOVED: dict[str, list[Attempt]] = {
    "suggestions_suggestion": [lambda: remove(a_suggestion_row())],
    "suggestions_obligation": [lambda: remove(an_obligation_row())],
    "suggestions_decision": [lambda: remove(a_decision_row())],
    "suggestions_commitment": [lambda: remove(a_commitment_row())],
    "suggestions_delivery": [lambda: remove(a_delivery_row())],
    "suggestions_verdict": [lambda: remove(a_verdict_row())],
    "suggestions_escalation": [lambda: remove(an_escalation_row())],
    "suggestions_pause": [lambda: remove(a_pause_row())],
    "suggestions_reply": [lambda: remove(a_reply_row())],
}

FROZEN: dict[str, dict[str, Attempt]] = {
    "suggestions_suggestion": {
        "uuid": lambda: change(a_suggestion_row(), uuid=uuid7()),
        "reference": lambda: change(a_suggestion_row(), reference=new_reference()),
        "kind": lambda: change(a_suggestion_row(), kind=SuggestionKind.IDEA),
        "lang": lambda: change(a_suggestion_row(), lang="nl"),
        "received_at": lambda: change(a_suggestion_row(), received_at=EARLIER),
        "known_at": lambda: change(a_suggestion_row(), known_at=LATER),
        "opened_by": lambda: change(a_suggestion_row(), opened_by=OpenedBy.STAFF),
        "channel": lambda: change(a_suggestion_row(), channel=Channel.PHONE),
        "author_id": lambda: change(a_suggestion_row(), author=an_actor()),
        "service_id": lambda: change(a_suggestion_row(), service=a_service("waste")),
    },
    "suggestions_obligation": {
        "uuid": lambda: change(an_obligation_row(), uuid=uuid7()),
        "act": lambda: change(an_obligation_row(), act=Act.SOLVE),
        "owner_id": lambda: change(an_obligation_row(), owner=another_organisation()),
        "suggestion_id": lambda: change(an_obligation_row(), suggestion=a_suggestion_row()),
        "commitment_id": lambda: change(a_promise_row(), commitment=a_commitment_row()),
        "service_level_id": lambda: change(an_obligation_row(), service_level=a_published_clause()),
        "calendar_version_id": lambda: change(an_obligation_row(), calendar_version=a_published_version()),
        "due_basis": lambda: change(an_obligation_row(), due_basis=Obligation.DueBasis.PROMISED),
        "is_gap": lambda: change(an_obligation_row(), is_gap=True),
        "opened_at": lambda: change(an_obligation_row(), opened_at=EARLIER),
        "known_at": lambda: change(an_obligation_row(), known_at=LATER),
        "gross_due_at": lambda: change(an_obligation_row(), gross_due_at=EARLIER),
        "appeal_id": lambda: change(an_obligation_row(act=Act.REVIEW, appeal=an_appeal_row()), appeal=an_appeal_row()),
        "personal_request_id": lambda: change(
            an_obligation_row(act=Act.PERSONAL_DATA, suggestion=None, personal_request=a_request_row()), personal_request=a_request_row()
        ),
    },
    "suggestions_commitment": {
        "uuid": lambda: change(a_commitment_row(), uuid=uuid7()),
        "decision_id": lambda: change(a_commitment_row(), decision=a_decision_row()),
        "suggestion_id": lambda: change(a_commitment_row(), suggestion=a_suggestion_row()),
        "organisation_id": lambda: change(a_commitment_row(), organisation=another_organisation()),
        "what": lambda: change(a_commitment_row(), what="Old brakes"),
        "first_due_on": lambda: change(a_commitment_row(), first_due_on=ANOTHER_DAY),
        "made_at": lambda: change(a_commitment_row(), made_at=EARLIER),
        "known_at": lambda: change(a_commitment_row(), known_at=LATER),
    },
    "suggestions_decision": {
        "response_id": lambda: change(a_decision_row(), response=a_response_row()),
        "suggestion_id": lambda: change(a_decision_row(), suggestion=a_suggestion_row()),
        "outcome": lambda: change(a_decision_row(), outcome=Decision.Outcome.PARTLY_ACCEPTED),
        "criterion_id": lambda: change(a_refusal_row(), criterion=a_criterion("costly")),
        "handed_to_id": lambda: change(a_handed_over_row(), handed_to=another_organisation()),
        "promise": lambda: change(a_promising_decision_row(), promise="Old brakes"),
        "promised_on": lambda: change(a_promising_decision_row(), promised_on=ANOTHER_DAY),
        "reviews_id": lambda: change(a_decision_row(), reviews=a_decision_row()),
        "decided_at": lambda: change(a_decision_row(), decided_at=EARLIER),
        "known_at": lambda: change(a_decision_row(), known_at=LATER),
    },
    "suggestions_delivery": {
        "uuid": lambda: change(a_delivery_row(), uuid=uuid7()),
        "suggestion_id": lambda: change(a_delivery_row(), suggestion=a_suggestion_row()),
        "commitment_id": lambda: change(a_delivery_row(), commitment=a_commitment_row()),
        "organisation_id": lambda: change(a_delivery_row(), organisation=another_organisation()),
        "by_id": lambda: change(a_delivery_row(), by=an_actor()),
        "evidence": lambda: change(a_delivery_row(), evidence="Trust us."),
        "evidence_url": lambda: change(a_delivery_row(), evidence_url="https://example.org/photo"),
        "delivered_at": lambda: change(a_delivery_row(), delivered_at=EARLIER),
        "known_at": lambda: change(a_delivery_row(), known_at=LATER),
        "verdict_until": lambda: change(a_delivery_row(), verdict_until=LATER),
        "verdict_rule": lambda: change(a_delivery_row(), verdict_rule=ServiceLevel.VerdictRule.MAJORITY),
    },
    "suggestions_verdict": {
        "uuid": lambda: change(a_verdict_row(), uuid=uuid7()),
        "delivery_id": lambda: change(a_verdict_row(), delivery=a_delivery_row()),
        "by_id": lambda: change(a_verdict_row(), by=an_actor()),
        "is_author": lambda: change(a_verdict_row(), is_author=True),
        "value": lambda: change(a_verdict_row(), value=Verdict.Value.NOT_DONE),
        "given_at": lambda: change(a_verdict_row(), given_at=EARLIER),
        "known_at": lambda: change(a_verdict_row(), known_at=LATER),
    },
    "suggestions_escalation": {
        "obligation_id": lambda: change(an_escalation_row(), obligation=an_obligation_row()),
        "step_id": lambda: change(an_escalation_row(), step=a_step(EscalationStep.Level.POLITICAL)),
        "told_at": lambda: change(an_escalation_row(), told_at=EARLIER),
        "known_at": lambda: change(an_escalation_row(), known_at=LATER),
    },
    "suggestions_reply": {
        "uuid": lambda: change(a_reply_row(), uuid=uuid7()),
        "question_id": lambda: change(a_reply_row(), question=a_response_row()),
        "suggestion_id": lambda: change(a_reply_row(), suggestion=a_suggestion_row()),
        "by_id": lambda: change(a_reply_row(), by=an_actor()),
        "given_at": lambda: change(a_reply_row(), given_at=EARLIER),
        "known_at": lambda: change(a_reply_row(), known_at=LATER),
    },
    "suggestions_pause": {
        "obligation_id": lambda: change(a_pause_row(), obligation=an_obligation_row()),
        "reason": lambda: change(a_pause_row(), reason=PauseReason.SAFETY),
        "question_id": lambda: change(a_pause_row(), question=a_response_row()),
        "by_id": lambda: change(a_pause_row(), by=an_actor()),
        "started_at": lambda: change(a_pause_row(), started_at=EARLIER),
        "known_at": lambda: change(a_pause_row(), known_at=LATER),
    },
}

ONCE_SET: dict[str, dict[str, Attempt]] = {
    "suggestions_obligation": {
        "met_at": lambda: change(an_obligation_row(**MET), met_at=MONDAY_NOON),
        "met_known_at": lambda: change(an_obligation_row(**MET), met_known_at=MONDAY_NOON),
        "breached_at": lambda: change(an_obligation_row(breached_at=MONDAY_NOON + DAY), breached_at=None),
        "ended_at": lambda: change(an_obligation_row(**ENDED), ended_at=MONDAY_NOON),
        "ended_known_at": lambda: change(an_obligation_row(**ENDED), ended_known_at=MONDAY_NOON),
        "end_cause": lambda: change(an_obligation_row(**ENDED), end_cause=Obligation.EndCause.SUPERSEDED),
        "void_reason": lambda: change(an_obligation_row(**VOIDED), void_reason="Another reason"),
        "superseded_by_id": lambda: change(an_obligation_row(superseded_by=an_obligation_row()), superseded_by=None),
        "voided_at": lambda: change(an_obligation_row(**VOIDED), voided_at=MONDAY_NOON),
        "voided_known_at": lambda: change(an_obligation_row(**VOIDED), voided_known_at=MONDAY_NOON),
    },
    "suggestions_decision": {
        "effective_at": lambda: change(a_decision_row(), effective_at=LATER),
        "effective_known_at": lambda: change(a_decision_row(), effective_known_at=LATER),
        "rejected_at": lambda: change(a_rejected_row(), rejected_at=None),
        "settled_by_id": lambda: change(a_decision_row(settled_by=an_actor()), settled_by=None),
        "settled_note": lambda: change(a_decision_row(settled_note="We agree."), settled_note="We never said so."),
    },
    "suggestions_delivery": {
        "judged_as": lambda: change(a_judged_row(), judged_as=Delivery.Judgement.CONFIRMED),
        "judged_at": lambda: change(a_judged_row(), judged_at=LATER),
        "judged_known_at": lambda: change(a_judged_row(), judged_known_at=LATER),
    },
    "suggestions_pause": {
        "ended_at": lambda: change(an_ended_pause_row(), ended_at=MONDAY_NOON),
        "ended_known_at": lambda: change(an_ended_pause_row(), ended_known_at=MONDAY_NOON),
    },
    "suggestions_suggestion": {
        "cleared_at": lambda: change(a_suggestion_row(cleared_at=LATER), cleared_at=None),
        "withdrawn_at": lambda: change(a_withdrawn_row(), withdrawn_at=MONDAY_NOON),
        "withdrawn_known_at": lambda: change(a_withdrawn_row(), withdrawn_known_at=MONDAY_NOON),
    },
}
