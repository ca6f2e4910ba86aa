from collections.abc import Collection
from datetime import datetime

from portal.models import Act, Actor, Event, Organisation
from suggestions.actions.obligations.lateness import breach
from suggestions.actions.obligations.pausing import resume
from suggestions.actions.obligations.records import record, running_of
from suggestions.models import Appeal, Commitment, Obligation, Suggestion

OWED_TO_THE_AUTHOR = tuple(act for act in Act if act != Act.CHECK)  # a check is owed to everybody who reads or is written about


def meet_obligations(
    *,
    suggestion: Suggestion,
    acts: Collection[str],
    by: Actor,
    organisation: Organisation,
    at: datetime,
    commitment: Commitment | None = None,
    appeal: Appeal | None = None,
) -> None:
    """The act was done. Who owed it has met it; where somebody else did it in their place, their clock ends without credit."""
    for obligation in running_of(suggestion, acts):
        if obligation.appeal_id != (appeal.pk if appeal else None):
            continue
        if obligation.act == Act.DELIVER and obligation.commitment_id != (commitment.pk if commitment else None):
            continue
        if obligation.owner_id == organisation.pk:
            meet(obligation, by=by, at=at)
        else:
            _end(obligation, Obligation.EndCause.SUPERSEDED, by=by, at=at)


def end_obligations(
    *,
    suggestion: Suggestion,
    cause: Obligation.EndCause,
    by: Actor,
    at: datetime,
    acts: Collection[str] = OWED_TO_THE_AUTHOR,
    superseded_by: Obligation | None = None,
) -> None:
    """What was owed is owed no longer; what was late stays late on record."""
    for obligation in running_of(suggestion, acts):
        if obligation.appeal_id or (superseded_by and obligation.pk == superseded_by.pk):
            continue
        _end(obligation, cause, by=by, at=at, superseded_by=superseded_by)


def meet(obligation: Obligation, *, by: Actor, at: datetime) -> None:
    _settle_clock(obligation, by=by, at=at)
    obligation.met_at = obligation.met_known_at = at
    obligation.save()
    record(Event.Kind.OBLIGATION_MET, obligation, by=by, at=at)


def _end(obligation: Obligation, cause: Obligation.EndCause, *, by: Actor, at: datetime, superseded_by: Obligation | None = None) -> None:
    _settle_clock(obligation, by=by, at=at)
    obligation.ended_at = obligation.ended_known_at = at
    obligation.end_cause = cause
    obligation.superseded_by = superseded_by
    obligation.save()
    record(Event.Kind.OBLIGATION_ENDED, obligation, by=by, at=at, facts={"cause": cause})


def _settle_clock(obligation: Obligation, *, by: Actor, at: datetime) -> None:
    """Before a clock stops for good: an open pause ends, and a due moment that passed unnoticed is written down."""
    if obligation.paused_at:
        resume(obligation, by=by, at=at)
    if obligation.breached_at is None and obligation.due_at and obligation.due_at < at:
        breach(obligation, at=at)
    obligation.next_step_at = None
