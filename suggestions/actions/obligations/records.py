"""What every act on a clock leaves behind: a term of the due history, an event, a word to those who owe."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from portal.actions.events import build_event
from portal.actions.notifications import notify
from portal.models import Act, Actor, Event, Notification, Organisation, Role
from suggestions.models import Obligation, ObligationTerm, Suggestion

ROLES_TOLD_OF_A_CLOCK = {
    Organisation.Kind.OPERATOR: (Role.OPERATOR_AGENT, Role.OPERATOR_MANAGER),
    Organisation.Kind.CITY: (Role.CITY_CLERK, Role.CITY_MANAGER),
}


def write_term(obligation: Obligation, cause: ObligationTerm.Cause, *, known_at: datetime) -> None:
    obligation.terms.create(cause=cause, due_at=obligation.due_at, gross_due_at=obligation.gross_due_at, known_at=known_at)


def record(
    kind: Event.Kind,
    obligation: Obligation,
    *,
    by: Actor,
    at: datetime,
    known_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    event_of(kind, obligation, by=by, at=at, known_at=known_at, facts=facts).save(force_insert=True)


def event_of(
    kind: Event.Kind,
    obligation: Obligation,
    *,
    by: Actor,
    at: datetime,
    known_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> Event:
    """The line of the log, not yet written."""
    secret = obligation.act == Act.CHECK  # the log would tell of which case something was reported
    case = obligation.suggestion.reference if obligation.suggestion and not secret else ""
    return build_event(kind, about=obligation, by=by, at=at, known_at=known_at, case=case, facts={"act": obligation.act} | (facts or {}))


def tell(kind: Notification.Kind, obligation: Obligation, *, at: datetime) -> None:
    roles = ROLES_TOLD_OF_A_CLOCK.get(Organisation.Kind(obligation.owner.kind), ())
    case = obligation.suggestion.reference if obligation.suggestion else ""
    notify(kind, to=obligation.owner, roles=roles, occasion=f"obligation/{obligation.uuid}", at=at, case=case)


def running_of(suggestion: Suggestion, acts: Collection[str]) -> list[Obligation]:
    found = Obligation.objects.running().filter(suggestion=suggestion, act__in=acts).order_by("pk")
    return list(found.select_for_update(of=("self",)).select_related("owner", "suggestion", "service_level", "calendar_version"))
