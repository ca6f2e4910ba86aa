"""What an indicator hands over: one line with its base, before anybody decides whether it may be published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reports.indicators.shares import Share
from reports.indicators.survival import Curve, Incidence

Facts = Mapping[str, float]
NO_FACTS: Facts = {}
DIGITS = 12  # significant ones: what differs beyond them between two machines is arithmetic, not fact


class Sort(StrEnum):
    """What decides from how many cases on a line says something."""

    SHARE = "share"
    WAIT = "wait"  # read off a curve of waiting times
    AGE = "age"  # a quantile of all there are
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of an indicator. No value and no reason to withhold one means that a median was not reached."""

    name: str
    sort: Sort
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    events: int | None = None
    censored_share: float | None = None
    facts: dict[str, float] = field(default_factory=dict)
    withheld: str = ""


def share(name: str, numerator: int, denominator: int, **facts: float) -> Measure:
    counted = Share(numerator, denominator)
    low, high = counted.interval or (None, None)
    return Measure(name, Sort.SHARE, rounded(counted.value), denominator, rounded(low), rounded(high), numerator, facts=facts)


def count(name: str, number: int, **facts: float) -> Measure:
    return Measure(name, Sort.COUNT, float(number), number, facts=facts)


def rate(name: str, value: float, *, n: int, **facts: float) -> Measure:
    """A number that is no share, such as cases a week."""
    return Measure(name, Sort.COUNT, rounded(value), n, facts=facts)


def age(name: str, value: float | None, *, n: int) -> Measure:
    return Measure(name, Sort.AGE, rounded(value), n)


def ended_by(name: str, incidence: Incidence, day: float, facts: Facts = NO_FACTS, *, rest: bool = False) -> Measure:
    """The share that came to the event by a day, or the rest of it; withheld where nobody was followed that long."""
    if incidence.n and not incidence.reaches(day):
        return _of_curve(name, incidence, None, (None, None), facts, withheld="not_followed")
    value, (low, high) = incidence.at(day), incidence.interval_at(day) or (None, None)
    if rest:
        value, low, high = 1 - value, None if high is None else 1 - high, None if low is None else 1 - low
    return _of_curve(name, incidence, value, (low, high), facts)


def still_waiting_at(name: str, curve: Curve, day: float, facts: Facts = NO_FACTS) -> Measure:
    """The share that had come to no end at all by a day."""
    if curve.n and not curve.reaches(day):
        return _of_curve(name, curve, None, (None, None), facts, withheld="not_followed")
    return _of_curve(name, curve, curve.survival_at(day), curve.interval_at(day) or (None, None), facts)


def median_wait(name: str, curve: Curve | Incidence, facts: Facts = NO_FACTS) -> Measure:
    return _of_curve(name, curve, curve.median, curve.median_interval, facts)


def _of_curve(
    name: str,
    curve: Curve | Incidence,
    value: float | None,
    interval: tuple[float | None, float | None],
    facts: Facts,
    *,
    withheld: str = "",
) -> Measure:
    return Measure(
        name,
        Sort.WAIT,
        rounded(value),
        curve.n,
        rounded(interval[0]),
        rounded(interval[1]),
        curve.events,
        rounded(curve.censored / curve.n) if curve.n else None,
        {**facts, "negative": curve.negative},
        withheld,
    )


def rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.{DIGITS}g}")


def days_between(start: datetime, end: datetime) -> float:
    """Days as the citizen lives them: never paused, nights and Sundays included."""
    return (end - start).total_seconds() / 86_400


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
