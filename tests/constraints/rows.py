"""Rows written behind the backs of the actions, each the barest that the database accepts."""

from datetime import date
from itertools import count
from typing import Any

from django.db.models import Model

from portal.models import Act, Actor, EscalationStep, Organisation, PauseReason, ServiceLevel, SuggestionKind, Visibility
from suggestions.models import (
    Channel,
    Commitment,
    CommitmentDate,
    Decision,
    Delivery,
    Escalation,
    ImportedCase,
    ImportRun,
    Obligation,
    ObligationTerm,
    Pause,
    Reply,
    Response,
    Status,
    Suggestion,
    Verdict,
)
from tests.factories import DAY, HOUR, MONDAY_NOON, a_citizen, a_clause, a_contract, a_criterion, a_service, an_operator, nobody

PROMISED_DAY = date(2026, 4, 1)

_number = count(1)


def change(row: Model, **columns: Any) -> None:
    """Write columns as a careless script would, past every action."""
    type(row)._default_manager.filter(pk=row.pk).update(**columns)


def remove(row: Model) -> None:
    """Delete one row by plain SQL: Django's own delete() would refuse before the database could."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows._raw_delete(rows.db)


def another_organisation() -> Organisation:
    return an_operator(code=f"operator-{next(_number)}")


def an_actor() -> Actor:
    return a_citizen()


def a_suggestion_row(**fields: Any) -> Suggestion:
    return Suggestion.objects.create(
        **{
            "kind": SuggestionKind.PROBLEM,
            "service": a_service(),
            "title": "The brakes squeal",
            "lang": "en",
            "author": nobody(),
            "channel": Channel.WEB,
            "visibility": Visibility.PUBLIC,
            "status": Status.PUBLISHED,
            "received_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_withdrawn_row(**fields: Any) -> Suggestion:
    moment = MONDAY_NOON + HOUR
    return a_suggestion_row(**{"status": Status.WITHDRAWN, "withdrawn_at": moment, "withdrawn_known_at": moment} | fields)


def an_obligation_row(**fields: Any) -> Obligation:
    """A clock with a printed deadline, so that it needs neither clause nor calendar."""
    return Obligation.objects.create(
        **{
            "act": Act.ANSWER,
            "owner": an_operator(),
            "suggestion": fields.get("suggestion") or a_suggestion_row(),
            "due_basis": Obligation.DueBasis.PRINTED,
            "opened_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
            "due_at": MONDAY_NOON + DAY,
            "gross_due_at": MONDAY_NOON + DAY,
        }
        | fields
    )


def a_promise_row(**fields: Any) -> Obligation:
    return an_obligation_row(**{"act": Act.DELIVER, "commitment": a_commitment_row()} | fields)


def a_term_row(**fields: Any) -> ObligationTerm:
    return ObligationTerm.objects.create(
        **{"obligation": fields.get("obligation") or an_obligation_row(), "cause": ObligationTerm.Cause.OPENED, "known_at": MONDAY_NOON}
        | fields
    )


def a_response_row(**fields: Any) -> Response:
    return Response.objects.create(
        **{
            "suggestion": fields.get("suggestion") or a_suggestion_row(),
            "kind": Response.Kind.DECISION,
            "by": nobody(),
            "organisation": an_operator(),
            "text": "We shall.",
            "lang": "en",
            "published_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_reply_row(**fields: Any) -> Reply:
    question = a_response_row()
    return Reply.objects.create(
        **{
            "question": question,
            "suggestion": question.suggestion,
            "by": nobody(),
            "text": "The red one.",
            "given_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_decision_row(**fields: Any) -> Decision:
    response = fields.get("response") or a_response_row(suggestion=fields.get("suggestion") or a_suggestion_row())
    return Decision.objects.create(
        **{
            "response": response,
            "suggestion": response.suggestion,
            "outcome": Decision.Outcome.ACCEPTED,
            "decided_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
            "effective_at": MONDAY_NOON,
            "effective_known_at": MONDAY_NOON,
        }
        | fields
    )


def a_promising_decision_row() -> Decision:
    return a_decision_row(promise="New brakes", promised_on=PROMISED_DAY)


def a_handed_over_row() -> Decision:
    return a_decision_row(outcome=Decision.Outcome.HANDED_OVER, handed_to=another_organisation())


def a_proposal_row(**fields: Any) -> Decision:
    return a_decision_row(**{"effective_at": None, "effective_known_at": None} | fields)


def a_rejected_row() -> Decision:
    return a_proposal_row(rejected_at=MONDAY_NOON)


def a_refusal_row() -> Decision:
    return a_decision_row(outcome=Decision.Outcome.DECLINED, criterion=a_criterion())


def a_commitment_row(**fields: Any) -> Commitment:
    decision = a_decision_row()
    return Commitment.objects.create(
        **{
            "decision": decision,
            "suggestion": decision.suggestion,
            "organisation": an_operator(),
            "what": "New brakes",
            "first_due_on": PROMISED_DAY,
            "made_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_later_date_row(**fields: Any) -> CommitmentDate:
    return CommitmentDate.objects.create(
        **{
            "commitment": a_commitment_row(),
            "due_on": date(2026, 5, 2),
            "reason": "The parts are late.",
            "by": nobody(),
            "named_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_delivery_row(**fields: Any) -> Delivery:
    return Delivery.objects.create(
        **{
            "suggestion": a_suggestion_row(),
            "organisation": an_operator(),
            "by": nobody(),
            "evidence": "Come and try them.",
            "delivered_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
            "verdict_until": MONDAY_NOON + DAY,
        }
        | fields
    )


def a_judged_row() -> Delivery:
    return a_delivery_row(judged_as=Delivery.Judgement.UNJUDGED, judged_at=MONDAY_NOON + DAY, judged_known_at=MONDAY_NOON + DAY)


def a_verdict_row(**fields: Any) -> Verdict:
    return Verdict.objects.create(
        **{
            "delivery": fields.get("delivery") or a_delivery_row(),
            "by": an_actor(),
            "is_author": False,
            "value": Verdict.Value.CONFIRMED,
            "given_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_pause_row(**fields: Any) -> Pause:
    obligation = fields.get("obligation") or an_obligation_row()
    return Pause.objects.create(
        **{
            "obligation": obligation,
            "reason": PauseReason.NEEDS_CITIZEN,
            "question": a_response_row(suggestion=obligation.suggestion),
            "by": nobody(),
            "started_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
            "runs_out_at": MONDAY_NOON + DAY,
        }
        | fields
    )


def an_ended_pause_row() -> Pause:
    return a_pause_row(ended_at=MONDAY_NOON + HOUR, ended_known_at=MONDAY_NOON + HOUR)


def a_step(level: str = EscalationStep.Level.CITY_MANAGER) -> EscalationStep:
    clause = a_clause(Act.DELIVER, a_contract(clauses=False), ladder=[(level, 60)], published=False)
    return clause.ladder.get()


def an_escalation_row(**fields: Any) -> Escalation:
    return Escalation.objects.create(
        **{
            "obligation": fields.get("obligation") or an_obligation_row(),
            "step": fields.get("step") or a_step(),
            "told_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_clause_row(**fields: Any) -> ServiceLevel:
    """An unpublished clause of a contract, which may still be changed."""
    contract = fields.pop("contract") if "contract" in fields else a_contract(clauses=False)
    return a_clause(fields.pop("act", Act.ANSWER), contract, published=False, **fields)


def an_import_run(**fields: Any) -> ImportRun:
    return ImportRun.objects.create(
        **{
            "service": a_service(),
            "source": "earlier",
            "file_name": "cases.csv",
            "file_sha256": "0" * 64,
            "mapping": {},
            "time_zone": "UTC",
            "started_at": MONDAY_NOON,
            "finished_at": MONDAY_NOON,
        }
        | fields
    )


def an_imported_row(**fields: Any) -> ImportedCase:
    return ImportedCase.objects.create(
        **{"suggestion": a_suggestion_row(), "run": an_import_run(), "source": "earlier", "external_id": f"{next(_number)}", "line": 2}
        | fields
    )
