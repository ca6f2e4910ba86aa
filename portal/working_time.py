"""Working time: opening hours, closures and clock changes, counted in real elapsed time.

A calendar is laid out once as instants; after that every question is one search. An edge of a frame is the first instant at
which the local clock shows that time or a later one: a time that spring skips is the jump itself, a time that autumn shows
twice is its first showing. So frames that touch on the wall touch in fact, none overlaps, and a frame across a change is as
long as it really lasts.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_TICKS_A_MINUTE = _MINUTE // _TICK
_TICKS_A_SECOND = timedelta(seconds=1) // _TICK
_TICKS_A_DAY = timedelta(days=1) // _TICK
_MINUTES_A_DAY = timedelta(days=1) // _MINUTE


class BeyondCalendar(ValueError):
    """The answer lies outside the days that the calendar knows."""


@dataclass(frozen=True, slots=True)
class OpeningTimes:
    """When somebody works: weekly frames in local minutes after midnight, less closed days, over the days that are known.

    Moments must be aware and may lie anywhere from the first known midnight to the last, both included; answers are in UTC.
    Raises ValueError for frames out of order, overlapping or outside the day, and for a calendar that knows no day.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[tuple[int, int], ...]] = field(hash=False)  # a mapping has no hash; equality still compares it
    closed_on: frozenset[date]
    covers_from: date
    covers_until: date

    def __post_init__(self) -> None:
        if self.covers_from >= self.covers_until:
            raise ValueError(f"A calendar from {self.covers_from} until {self.covers_until} knows no day.")
        for weekday, frames in self.weekly.items():
            _check_frames(weekday, frames)
        # Our own copy: the caller's may change later, and a changed key would spoil the cache of timelines.
        object.__setattr__(self, "weekly", {weekday: tuple(frames) for weekday, frames in self.weekly.items()})

    def due_after(self, start: datetime, minutes: int, pauses: Sequence[Span] = ()) -> datetime:
        """The earliest moment before which exactly so many open, unpaused minutes have run; for 0 minutes the start itself.

        Raises BeyondCalendar when the known days hold too few minutes, ValueError for negative minutes.
        """
        if minutes < 0:
            raise ValueError(f"{minutes} minutes cannot be worked.")
        timeline = _timeline(self)
        begin = timeline.tick_of(start)
        if minutes == 0:
            return _moment(begin)
        goal = timeline.run(begin) + minutes * _TICKS_A_MINUTE
        for pause_begins, pause_ends in _united_ticks(pauses):
            if timeline.run(pause_begins) >= goal:
                break
            goal += timeline.run(max(pause_ends, begin)) - timeline.run(max(pause_begins, begin))
        return _moment(timeline.reached(goal))

    def open_time(self, start: datetime, end: datetime, pauses: Sequence[Span] = ()) -> timedelta:
        """Open, unpaused time in [start, end), to the microsecond; raises ValueError when the end lies before the start."""
        timeline = _timeline(self)
        begin, finish = timeline.tick_of(start), timeline.tick_of(end)
        if finish < begin:
            raise ValueError(f"{end} lies before {start}.")
        ticks = timeline.run(finish) - timeline.run(begin)
        for pause_begins, pause_ends in _united_ticks(pauses):
            ticks -= timeline.run(min(max(pause_ends, begin), finish)) - timeline.run(min(max(pause_begins, begin), finish))
        return timedelta(microseconds=ticks)

    def minutes_between(self, start: datetime, end: datetime, pauses: Sequence[Span] = ()) -> int:
        """Whole open, unpaused minutes in [start, end); seconds over are dropped once, from the sum."""
        return self.open_time(start, end, pauses) // _MINUTE


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; raises ValueError when it does not say which zone it means."""
    return _moment(_tick(moment))


def united(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same time in UTC without overlaps, earliest first; raises ValueError for a span that ends before it starts."""
    return tuple((_moment(begins), _moment(ends)) for begins, ends in _united_ticks(spans))


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A calendar laid out in ticks, microseconds since 1970: its frames in order and the open time before each of them."""

    calendar: OpeningTimes
    known_from: int
    known_until: int
    opens: Sequence[int]
    closes: Sequence[int]
    before: Sequence[int]
    total: int

    def tick_of(self, moment: datetime) -> int:
        tick = _tick(moment)
        if not self.known_from <= tick <= self.known_until:
            raise self.beyond(f"{moment} is outside")
        return tick

    def run(self, tick: int) -> int:
        """Open ticks before this one; outside the known days nothing runs."""
        frame = bisect_right(self.opens, tick) - 1
        return self.before[frame] + min(tick, self.closes[frame]) - self.opens[frame] if frame >= 0 else 0

    def reached(self, goal: int) -> int:
        """The earliest tick before which so many open ticks, at least one, have run: closing time rather than the next opening."""
        if goal > self.total:
            raise self.beyond("The moment asked for lies outside")
        frame = bisect_left(self.before, goal) - 1
        return self.opens[frame] + goal - self.before[frame]

    def beyond(self, what: str) -> BeyondCalendar:
        return BeyondCalendar(f"{what} the days known, {self.calendar.covers_from} until {self.calendar.covers_until}.")


@lru_cache(maxsize=128)  # a calendar of twenty years takes about a quarter of a megabyte
def _timeline(calendar: OpeningTimes) -> _Timeline:
    opens, closes, before, total = array("q"), array("q"), array("q"), 0
    for begins, ends in _frames(calendar):
        opens.append(begins)
        closes.append(ends)
        before.append(total)
        total += ends - begins
    known_from, known_until = (_first_showing(calendar.zone, day) for day in (calendar.covers_from, calendar.covers_until))
    return _Timeline(calendar, known_from, known_until, opens, closes, before, total)


def _frames(calendar: OpeningTimes) -> Iterator[tuple[int, int]]:
    zone, known = calendar.zone, calendar.covers_until - calendar.covers_from
    days = [calendar.covers_from + timedelta(days=number) for number in range(known.days + 1)]
    midnights = [_first_showing(zone, day) for day in days]
    for day, (midnight, next_midnight) in zip(days, pairwise(midnights), strict=False):
        if day in calendar.closed_on:
            continue
        plain = next_midnight - midnight == _TICKS_A_DAY  # no zone has ever changed its clocks twice within a day
        for opens, closes in calendar.weekly.get(day.weekday(), ()):
            if plain:
                yield midnight + opens * _TICKS_A_MINUTE, midnight + closes * _TICKS_A_MINUTE
            else:  # a frame that spring skips altogether comes out without length and counts for nothing
                yield _first_showing(zone, day, opens), _first_showing(zone, day, closes)


def _first_showing(zone: ZoneInfo, day: date, minutes: int = 0) -> int:
    """The first tick at which the clocks of the zone show so many minutes after this midnight, or more."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    first, second = _tick(wall.replace(tzinfo=zone)), _tick(wall.replace(tzinfo=zone, fold=1))
    if first <= second:
        return first
    # The clocks never show this time: the two readings, by the old offset and by the new, lie on both sides of the jump.
    seconds = range(second // _TICKS_A_SECOND, first // _TICKS_A_SECOND + 1)
    jump = bisect_left(seconds, wall, key=lambda instant: datetime.fromtimestamp(instant, zone).replace(tzinfo=None))
    return seconds[jump] * _TICKS_A_SECOND


def _united_ticks(spans: Sequence[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begins, ends in sorted((_tick(start), _tick(end)) for start, end in spans):
        if ends < begins:
            raise ValueError(f"A span that ends at {_moment(ends)} cannot begin at {_moment(begins)}.")
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends)
        else:
            merged.append((begins, ends))
    return merged


def _tick(moment: datetime) -> int:
    try:
        return (moment - _EPOCH) // _TICK
    except TypeError:
        raise ValueError(f"{moment} does not say in which zone it is.") from None


def _moment(tick: int) -> datetime:
    return _EPOCH + tick * _TICK


def _check_frames(weekday: int, frames: Sequence[tuple[int, int]]) -> None:
    if weekday not in range(7):
        raise ValueError(f"{weekday} is no weekday; Monday is 0 and Sunday is 6.")
    last_closing = 0
    for opens, closes in frames:
        if not last_closing <= opens < closes <= _MINUTES_A_DAY:
            raise ValueError(f"The frames of weekday {weekday} must follow one another within the day: {frames}.")
        last_closing = closes
