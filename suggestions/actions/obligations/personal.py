"""The clock of a asked about personal data: the city owes it, under its own rule."""

from datetime import datetime

from portal.actions.contracts import calendar_version_for, service_level_for
from portal.models import Act, Actor, Event, Organisation
from suggestions.actions.obligations.meeting import meet
from suggestions.actions.obligations.records import record, write_term
from suggestions.clocks import Clock
from suggestions.models import Obligation, ObligationTerm, PersonalRequest


def open_personal_duty(*, asked: PersonalRequest, by: Actor) -> Obligation | None:
    """Start the clock at the moment the asked was received; None where the city has no rule for it."""
    level = service_level_for(act=Act.PERSONAL_DATA, contract=None, kind="", category=None, at=asked.received_at)
    if level is None:
        return None
    version = calendar_version_for(level)
    clock = Clock(version.opening_times(), asked.received_at, level.within_minutes, level.pause_limit_minutes)
    due_at = clock.due_at()
    obligation = Obligation.objects.create(
        act=Act.PERSONAL_DATA,
        owner=Organisation.objects.city(),
        personal_request=asked,
        service_level=level,
        calendar_version=version,
        due_basis=Obligation.DueBasis.CLAUSE,
        opened_at=asked.received_at,
        known_at=asked.known_at,
        due_at=due_at,
        gross_due_at=due_at,
        warn_at=clock.moment_used(level.warn_percent),
    )
    write_term(obligation, ObligationTerm.Cause.OPENED, known_at=obligation.known_at)
    facts = {"owner": obligation.owner.code, "clause": level.clause, "due_at": due_at.isoformat()}
    record(Event.Kind.OBLIGATION_OPENED, obligation, by=by, at=obligation.opened_at, known_at=obligation.known_at, facts=facts)
    return obligation


def meet_personal_duty(*, asked: PersonalRequest, by: Actor, at: datetime) -> None:
    """What was asked is done; a clock that ran out before stays late on record."""
    running = Obligation.objects.running().filter(personal_request=asked).select_for_update(of=("self",))
    for obligation in running.select_related("owner", "service_level", "calendar_version", "suggestion"):
        meet(obligation, by=by, at=at)
