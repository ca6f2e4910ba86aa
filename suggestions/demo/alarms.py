"""The clocks of one case between two acts: each sweep runs for this case alone, just after something fell due."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from suggestions.actions.obligations import breach_overdue, climb_ladders, resume_exhausted_pauses, warn_due_soon
from suggestions.actions.verdicts import close_verdict_windows
from suggestions.models import Delivery, Obligation, Pause, Suggestion

_OF_A_CLOCK = ("warn_at", "warned_at", "due_at", "breached_at", "next_step_at", "runs_out_at")
_OPEN_PAUSE = Subquery(Pause.objects.filter(obligation=OuterRef("pk"), ended_at=None).values("runs_out_at"))
BEAT = timedelta(seconds=20)  # how long after the moment it is noticed
Sweep = Callable[..., int]


class ClockStandsStill(Exception):
    """An alarm that its sweep does not answer would ring for ever."""


def keep_time(suggestion: Suggestion, *, since: datetime, until: datetime) -> None:
    """Let everything happen that falls due by itself up to a moment, in order of time."""
    while alarm := min(_alarms(suggestion), default=None, key=lambda alarm: alarm[0]):
        rings_at, sweep = alarm
        noticed_at = max(rings_at, since) + BEAT
        if noticed_at > until:
            return
        if sweep(at=noticed_at, suggestion=suggestion) == 0:
            raise ClockStandsStill(f"{sweep.__name__} at {noticed_at} on {suggestion}")


def _alarms(suggestion: Suggestion) -> Iterator[tuple[datetime, Sweep]]:
    running = Obligation.objects.running().filter(suggestion=suggestion).annotate(runs_out_at=_OPEN_PAUSE)
    for warn_at, warned_at, due_at, breached_at, next_step_at, runs_out_at in running.values_list(*_OF_A_CLOCK):
        if runs_out_at:
            yield runs_out_at, resume_exhausted_pauses
        elif breached_at is None:
            if warn_at and not warned_at:
                yield warn_at, warn_due_soon
            yield due_at, breach_overdue
        if next_step_at:
            yield next_step_at, climb_ladders
    for delivery in Delivery.objects.awaiting_verdict().filter(suggestion=suggestion):
        assert delivery.verdict_until is not None
        yield delivery.verdict_until, close_verdict_windows
