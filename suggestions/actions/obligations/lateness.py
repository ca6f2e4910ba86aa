"""A due moment that passed, and the ladder that is climbed while it stays so."""

from datetime import datetime, timedelta

from django.db import models

from portal.actions.events import record_event
from portal.actions.notifications import notify
from portal.models import Actor, Event, Notification, Organisation, Role
from portal.models.contracts import EscalationStep
from suggestions.actions.obligations.records import record, tell
from suggestions.models import Escalation, Obligation


def breach(obligation: Obligation, *, at: datetime) -> None:
    """The caller saves the obligation."""
    assert obligation.due_at is not None
    obligation.breached_at = obligation.due_at
    first = _ladder(obligation).first()
    obligation.next_step_at = _step_moment(obligation, first)
    system = Actor.objects.system()
    tell(Notification.Kind.LATE, obligation, at=at)
    record(Event.Kind.OBLIGATION_LATE, obligation, by=system, at=obligation.due_at, known_at=at)
    if obligation.commitment and obligation.suggestion:
        record_event(
            Event.Kind.COMMITMENT_BROKEN,
            about=obligation.commitment,
            by=system,
            at=obligation.due_at,
            known_at=at,
            case=obligation.suggestion.reference,
        )


def climb(obligation: Obligation, *, at: datetime) -> int:
    told = 0
    while obligation.next_step_at and obligation.next_step_at <= at:
        untold = _ladder(obligation).exclude(pk__in=obligation.escalations.values("step"))
        step = untold.first()
        if step is None:
            obligation.next_step_at = None
            break
        Escalation.objects.create(obligation=obligation, step=step, told_at=obligation.next_step_at, known_at=at)
        organisation, role = _addressee(obligation, step)
        notify(
            Notification.Kind.ESCALATED,
            to=organisation,
            roles=[role],
            occasion=f"obligation/{obligation.uuid}/{step.rank}",
            at=at,
            case=obligation.suggestion.reference if obligation.suggestion else "",
        )
        record(
            Event.Kind.OBLIGATION_ESCALATED,
            obligation,
            by=Actor.objects.system(),
            at=obligation.next_step_at,
            known_at=at,
            facts={"level": step.level, "rank": step.rank},
        )
        obligation.next_step_at = _step_moment(obligation, untold.exclude(pk=step.pk).first())
        told += 1
    return told


def _step_moment(obligation: Obligation, step: EscalationStep | None) -> datetime | None:
    if step is None or obligation.breached_at is None:
        return None
    if obligation.calendar_version is None:
        return obligation.breached_at + timedelta(minutes=step.after_minutes)
    return obligation.calendar_version.opening_times().due_after(obligation.breached_at, step.after_minutes)


def _ladder(obligation: Obligation) -> models.QuerySet[EscalationStep]:
    """The steps of the clause, in order; who owes it but is no operator has no operator's manager above them."""
    steps = EscalationStep.objects.filter(service_level=obligation.service_level_id).order_by("rank")
    if obligation.owner.kind == Organisation.Kind.OPERATOR:
        return steps
    return steps.exclude(level=EscalationStep.Level.OPERATOR_MANAGER)


def _addressee(obligation: Obligation, step: EscalationStep) -> tuple[Organisation, Role]:
    if step.level == EscalationStep.Level.OPERATOR_MANAGER:
        return obligation.owner, Role.OPERATOR_MANAGER
    if step.level == EscalationStep.Level.POLITICAL:
        return Organisation.objects.city(), Role.COUNCIL_SECRETARY
    return Organisation.objects.city(), Role.CITY_MANAGER
