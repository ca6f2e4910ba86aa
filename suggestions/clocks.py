"""When something owed falls due: an allowance of working minutes, and the pauses that may stretch it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal.working_time import OpeningTimes, Span, in_utc, united

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands; still open while it has no end. Raises ValueError when it ends before it starts."""

    started_at: datetime
    ended_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "started_at", in_utc(self.started_at))
        if self.ended_at is not None:
            object.__setattr__(self, "ended_at", in_utc(self.ended_at))
            if self.ended_at < self.started_at:
                raise ValueError(f"A pause from {self.started_at} cannot end at {self.ended_at}.")


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock: so many working minutes from its opening, stretched by pauses that together last no longer than their limit.

    Allowance and limit are minutes of the opening times. Overlapping pauses count once; a pause that begins at the due moment
    or later, or when the limit is used up, does nothing. Answers are in UTC; they raise BeyondCalendar when the opening times
    do not reach far enough, ValueError for a moment without a zone.
    """

    opening: OpeningTimes
    opened_at: datetime
    allowance_minutes: int
    pause_limit_minutes: int
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if self.allowance_minutes < 0 or self.pause_limit_minutes < 0:
            raise ValueError("Neither an allowance nor a limit can be less than no minutes.")
        object.__setattr__(self, "opened_at", in_utc(self.opened_at))

    def gross_due_at(self) -> datetime:
        """The due moment had there been no pause; it never moves."""
        return self.opening.due_after(self.opened_at, self.allowance_minutes)

    def due_at(self) -> datetime:
        """The due moment; while a pause is open, the latest possible one."""
        return self.opening.due_after(self.opened_at, self.allowance_minutes, self.honoured_pauses())

    def moment_used(self, percent: int) -> datetime:
        """When this share of the allowance is used up, rounded up to the minute."""
        minutes = -(-self.allowance_minutes * percent // 100)
        return self.opening.due_after(self.opened_at, minutes, self.honoured_pauses())

    def minutes_used(self, until: datetime) -> int:
        """Whole working minutes that ran up to a moment; they run on after the due moment."""
        return self._run_until(until, self.honoured_pauses()) // _MINUTE

    def minutes_left(self, at: datetime) -> int:
        """What the used minutes leave of the allowance: at least 1 until the due moment, below 0 once a minute late."""
        return self.allowance_minutes - self.minutes_used(at)

    def minutes_paused(self, until: datetime) -> int:
        """Whole working minutes in which the clock stood, up to a moment."""
        return (self._run_until(until) - self._run_until(until, self.honoured_pauses())) // _MINUTE

    def pause_runs_out_at(self) -> datetime | None:
        """When the open pause reaches the limit, at its start if nothing was left; None if no pause is open, or too late to count."""
        open_since = min((pause.started_at for pause in self.pauses if pause.ended_at is None), default=None)
        honoured = self.honoured_pauses()
        if open_since is None or self._has_run_out(open_since, honoured):
            return None
        return max([open_since, self.opened_at, *(ended_at for _, ended_at in honoured)])

    def honoured_pauses(self) -> tuple[Span, ...]:
        """The pauses that stretch the clock, in order and apart: cut where the limit is reached, an open one lasting until then."""
        honoured: list[Span] = []
        between: list[Span] = []  # the time between pauses is to the limit what a pause is to the allowance
        limit = timedelta(minutes=self.pause_limit_minutes)
        for started_at, ended_at in self._pauses_since_opening():
            if self._has_run_out(started_at, honoured):
                break
            if honoured:
                between.append((honoured[-1][1], started_at))
            first_at = honoured[0][0] if honoured else started_at
            if ended_at != _FOR_EVER and self.opening.open_time(first_at, ended_at, between) <= limit:
                honoured.append((started_at, ended_at))
                continue
            runs_out_at = self.opening.due_after(first_at, self.pause_limit_minutes, between)
            if runs_out_at > started_at:
                honoured.append((started_at, runs_out_at))
            break
        return tuple(honoured)

    def _pauses_since_opening(self) -> Iterator[Span]:
        for started_at, ended_at in united([(pause.started_at, pause.ended_at or _FOR_EVER) for pause in self.pauses]):
            if ended_at > self.opened_at:
                yield max(started_at, self.opened_at), ended_at

    def _run_until(self, moment: datetime, pauses: Sequence[Span] = ()) -> timedelta:
        return self.opening.open_time(self.opened_at, max(in_utc(moment), self.opened_at), pauses)

    def _has_run_out(self, moment: datetime, pauses: Sequence[Span]) -> bool:
        return self._run_until(moment, pauses) >= timedelta(minutes=self.allowance_minutes)
