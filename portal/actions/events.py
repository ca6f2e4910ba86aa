from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from portal.models import Actor, Event


class Recordable(Protocol):
    """A row that the log can name: by its public id, never by its content."""

    uuid: Any


def subject_of(row: Recordable) -> str:
    """How the log names a row: its noun and its public id."""
    return f"{type(row).__name__.lower()}/{row.uuid}"


def build_event(
    kind: Event.Kind,
    *,
    about: Recordable | str,
    by: Actor,
    at: datetime,
    known_at: datetime | None = None,
    case: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """An event not yet written, for actions that write many in one statement."""
    return Event(
        kind=kind,
        case=case,
        about=about if isinstance(about, str) else subject_of(about),
        actor=by.public_role,
        at=at,
        known_at=known_at or at,
        facts=dict(facts or {}),
    )


def record_event(
    kind: Event.Kind,
    *,
    about: Recordable | str,
    by: Actor,
    at: datetime,
    known_at: datetime | None = None,
    case: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """Write one line of the log, in the same transaction as the fact. Facts hold codes, ids and moments, never personal data."""
    event = build_event(kind, about=about, by=by, at=at, known_at=known_at, case=case, facts=facts)
    event.save(force_insert=True)
    return event
