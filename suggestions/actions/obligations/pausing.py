from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from portal.models import Act, Actor, Event, Organisation
from suggestions.actions.obligations.records import record, running_of, write_term
from suggestions.clocks import Clock
from suggestions.clocks import Pause as ClockPause
from suggestions.models import Obligation, ObligationTerm, Pause, Response, Suggestion


def pause_obligations(*, suggestion: Suggestion, owner: Organisation, reason: str, question: Response, by: Actor, at: datetime) -> int:
    """Let the owner's clocks stand whose clause lists the reason and that are not late; how many there were."""
    paused = 0
    for obligation in running_of(suggestion, tuple(Act)):
        clock = obligation.clock()
        if obligation.owner_id != owner.pk or clock is None or not _may_pause(obligation, reason, clock, at):
            continue
        paused += 1
        with_pause = Pause(obligation=obligation, reason=reason, question=question, by=by, started_at=at, known_at=at, runs_out_at=at)
        with_pause.save()
        standing_clock = obligation.clock()
        assert standing_clock is not None
        with_pause.runs_out_at = standing_clock.pause_runs_out_at() or at
        with_pause.save(update_fields=["runs_out_at"])
        obligation.paused_at = at
        obligation.due_at = standing_clock.due_at()
        obligation.save()
        write_term(obligation, ObligationTerm.Cause.PAUSED, known_at=at)
        record(Event.Kind.OBLIGATION_PAUSED, obligation, by=by, at=at, facts={"reason": reason})
    return paused


def would_stand(obligations: Iterable[Obligation], *, owner: Organisation, reason: str, at: datetime) -> list[tuple[Obligation, datetime]]:
    """Which of these running clocks a question asked now would let stand, and until when at the latest."""
    standing = []
    for obligation in obligations:
        clock = obligation.clock()
        if obligation.owner_id == owner.pk and clock and _may_pause(obligation, reason, clock, at):
            with_pause = replace(clock, pauses=(*clock.pauses, ClockPause(at, None)))
            standing.append((obligation, with_pause.pause_runs_out_at() or at))
    return standing


def _may_pause(obligation: Obligation, reason: str, clock: Clock, at: datetime) -> bool:
    level = obligation.service_level
    return (
        level is not None
        and obligation.appeal_id is None  # an appeal waits for the city alone
        and reason in level.pause_reasons
        and obligation.paused_at is None
        and obligation.breached_at is None
        and clock.due_at() > at
        and clock.minutes_paused(at) < level.pause_limit_minutes
    )


def resume_obligations(*, suggestion: Suggestion, question: Response, by: Actor, at: datetime) -> None:
    """The question was answered: the clocks that stood for it run again."""
    for obligation in running_of(suggestion, tuple(Act)):
        if obligation.paused_at and obligation.pauses.filter(question=question, ended_at=None).exists():
            resume(obligation, by=by, at=at)
            obligation.save()


def resume(obligation: Obligation, *, by: Actor, at: datetime) -> None:
    """End the open pause, no later than its limit; the caller saves the obligation."""
    pause = obligation.pauses.get(ended_at=None)
    pause.ended_at = max(min(at, pause.runs_out_at), pause.started_at)
    pause.ended_known_at = at
    pause.save(update_fields=["ended_at", "ended_known_at"])
    obligation.paused_at = None
    clock = obligation.clock()
    assert clock is not None
    assert obligation.service_level is not None
    obligation.due_at = clock.due_at()
    if obligation.warned_at is None:
        obligation.warn_at = clock.moment_used(obligation.service_level.warn_percent)
    write_term(obligation, ObligationTerm.Cause.RESUMED, known_at=at)
    record(Event.Kind.OBLIGATION_RESUMED, obligation, by=by, at=pause.ended_at, known_at=at)
