"""
How long things take when some of them are not over yet.

Durations are days as the citizen lives them; a share is a number from 0 to 1; every interval is at 95 %.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import exp, fsum, isfinite, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)
TOLERANCE = 1e-9  # a curve that stands on one half by arithmetic must be found there in floating point


class End(IntEnum):
    OPEN = 0
    EVENT = 1
    COMPETING = 2


@dataclass(frozen=True, slots=True)
class Spell:
    """
    One wait, in days from its start: how long it was seen to last, how it ended, and its age when we began to watch.

    `entered` is more than 0 only for cases that came to us late (left truncation): those that had ended before then would never have come.
    """

    duration: float
    end: End
    entered: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """
    The share still waiting, as a step function of days; made by kaplan_meier().

    The five sequences run alongside each other, one place per distinct moment of an event, earliest first.
    Beyond `followed_until` the last value is carried forward: ask reaches() before publishing it.
    """

    n: int
    events: int
    censored: int
    negative: int  # spells that ended before they began: a data fault, counted here and set to 0
    unseen: int  # spells that ended before we began to watch: in no other count
    followed_until: float  # the longest duration, 0 when there are no spells
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    ended: tuple[int, ...]
    survival: tuple[float, ...]
    standard_errors: tuple[float, ...]

    def reaches(self, t: float) -> bool:
        """Whether the share still waiting at day `t` is known: somebody was followed that long, or nobody was left."""
        return self.n > 0 and (t <= self.followed_until or self.survival_at(t) == 0)

    def survival_at(self, t: float) -> float:
        """The share still waiting just after day `t`."""
        return _step(self.times, self.survival, t, before=1.0)

    def standard_error_at(self, t: float) -> float:
        """Greenwood's standard error of survival_at(t); 0 where that is 1 or 0, which says nothing about chance."""
        return _step(self.times, self.standard_errors, t, before=0.0)

    def interval_at(self, t: float) -> tuple[float, float] | None:
        """The interval of survival_at(t) on the log(-log) scale; None where that is 1 or 0 and the scale has no value."""
        return _log_log_interval(self.survival_at(t), self.standard_error_at(t))

    def share_by(self, t: float) -> float:
        """The share over by the end of day `t`, an event exactly then included."""
        return 1 - self.survival_at(t)

    def share_by_interval(self, t: float) -> tuple[float, float] | None:
        """The interval of share_by(t); None where interval_at(t) is."""
        return _complement(self.interval_at(t))

    def quantile(self, p: float) -> float | None:
        """
        The first day by which at least the share `p` is over; None for "not reached".

        ValueError unless 0 < p < 1. A curve that rests exactly on 1 - p gives the day it got there, where R gives the middle of the step.
        """
        return _first_time_down_to(1 - _inside(p), self.times, self.survival)

    def quantile_interval(self, p: float) -> tuple[float | None, float | None]:
        """
        The interval of the curve read at 1 - p: the first days on which its lower and its upper limit get there, None for "not reached".

        ValueError unless 0 < p < 1. Source: Brookmeyer and Crowley 1982, Biometrics 38, 29-41, on the log(-log) scale.
        """
        return _limits_down_to(1 - _inside(p), self.times, self.survival, self.standard_errors)

    @property
    def median(self) -> float | None:
        """The first day by which at least half is over; None for "not reached"."""
        return self.quantile(0.5)

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """The interval of the median in days; either end may be None, "not reached"."""
        return self.quantile_interval(0.5)

    def restricted_mean(self, h: float) -> tuple[float, float]:
        """
        The mean wait in days when every wait is cut at `h` days, and its standard error: the area under the curve from 0 to h.

        ValueError where `h` is negative. Ask reaches(h) first: beyond the follow-up the curve is drawn flat.
        Source: Klein and Moeschberger 2003, Survival Analysis, 2nd edition, section 4.5; the variance is Greenwood's.
        """
        if h < 0:
            raise ValueError(f"A mean up to {h} days has no area")
        steps = bisect_right(self.times, h)
        edges = (0.0, *self.times[:steps], h)
        heights = (1.0, *self.survival[:steps])
        areas = [height * (edges[place + 1] - edges[place]) for place, height in enumerate(heights)]
        area_after = 0.0
        terms = []
        for place in reversed(range(steps)):
            area_after += areas[place + 1]
            terms.append(area_after**2 * _greenwood_term(self.at_risk[place], self.ended[place]))
        return fsum(areas), sqrt(fsum(terms))


@dataclass(frozen=True, slots=True)
class Incidence:
    """
    The share that has come to the event, as a step function of days; made by cumulative_incidence().

    The three sequences run alongside each other, one place per distinct moment of an event, earliest first.
    Beyond `followed_until` the last value is carried forward: ask reaches() before publishing it.
    """

    n: int
    events: int
    competing: int
    censored: int
    negative: int  # spells that ended before they began: a data fault, counted here and set to 0
    unseen: int  # spells that ended before we began to watch: in no other count
    followed_until: float  # the longest duration, 0 when there are no spells
    waiting: float  # the share that had come to neither end when the follow-up stopped
    times: tuple[float, ...]
    incidence: tuple[float, ...]
    standard_errors: tuple[float, ...]

    def reaches(self, t: float) -> bool:
        """Whether the share at day `t` is known: somebody was followed that long, or nobody was left."""
        return self.n > 0 and (t <= self.followed_until or self.waiting == 0)

    def at(self, t: float) -> float:
        """The share that has come to the event by the end of day `t`, an event exactly then included."""
        return _step(self.times, self.incidence, t, before=0.0)

    def standard_error_at(self, t: float) -> float:
        """The Greenwood-type standard error of at(t); 0 before the first event, which says nothing about chance."""
        return _step(self.times, self.standard_errors, t, before=0.0)

    def interval_at(self, t: float) -> tuple[float, float] | None:
        """
        The interval of at(t) on the log(-log) scale of its complement, so that without competing ends it is that of the Kaplan-Meier curve.

        None where at(t) is 0 or 1 and the scale has no value.
        """
        return _complement(_log_log_interval(1 - self.at(t), self.standard_error_at(t)))

    @property
    def median(self) -> float | None:
        """The first day by which at least half of all has come to the event; None for "not reached", perhaps for good."""
        return _first_time_down_to(0.5, self.times, self._without)

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """The interval of at(t) read at one half, in days; either end may be None, "not reached"."""
        return _limits_down_to(0.5, self.times, self._without, self.standard_errors)

    @property
    def _without(self) -> list[float]:
        return [1 - share for share in self.incidence]


def kaplan_meier(spells: Iterable[Spell]) -> Curve:
    """
    The Kaplan-Meier curve of the time to End.EVENT, with Greenwood's standard errors.

    Competing ends are taken as censored here, which overstates share_by() when there are any: use cumulative_incidence() for those.
    An event comes before a censoring at the same time; a spell is at risk after `entered` (from the very start where that is 0) up to and
    including its duration. With late entry an early risk set can be so small that the curve falls to 0 and stays there: look at `at_risk`.
    ValueError where a duration or an entry is not a finite number.
    Source: Kaplan and Meier 1958, Journal of the American Statistical Association 53, 457-481; Greenwood 1926.
    """
    watched = _watch(spells)
    moments = [moment for moment in watched.moments if moment.events]
    survival, variance_of_log = 1.0, 0.0
    survivals, standard_errors = [], []
    for moment in moments:
        survival *= (moment.at_risk - moment.events) / moment.at_risk
        variance_of_log += _greenwood_term(moment.at_risk, moment.events)
        survivals.append(survival)
        standard_errors.append(survival * sqrt(variance_of_log))
    return Curve(
        n=watched.n,
        events=watched.ends[End.EVENT],
        censored=watched.n - watched.ends[End.EVENT],
        negative=watched.negative,
        unseen=watched.unseen,
        followed_until=watched.followed_until,
        times=tuple(moment.time for moment in moments),
        at_risk=tuple(moment.at_risk for moment in moments),
        ended=tuple(moment.events for moment in moments),
        survival=tuple(survivals),
        standard_errors=tuple(standard_errors),
    )


def cumulative_incidence(spells: Iterable[Spell]) -> Incidence:
    """
    The Aalen-Johansen share that comes to End.EVENT when End.COMPETING may come first; the rules of kaplan_meier() hold here too.

    The variance is the Greenwood-type estimator by recursion: multinomial increments, carried forward with the covariance between the
    share that came to the event and the share still waiting. It equals the usual delta-method formula, and R's infinitesimal jackknife
    where nobody entered late; without competing ends it is Greenwood's. ValueError where a duration or an entry is not a finite number.
    Source: Aalen and Johansen 1978, Scandinavian Journal of Statistics 5, 141-150; Andersen, Borgan, Gill and Keiding 1993, Statistical
    Models Based on Counting Processes, section IV.4; recommended, also for late entry, by Allignol, Schumacher and Beyersmann 2010,
    Biometrical Journal 52, 126-137.
    """
    watched = _watch(spells)
    waiting, lost = 1.0, 0.0
    variance, waiting_variance, covariance = 0.0, 0.0, 0.0
    times, incidences, standard_errors = [], [], []
    for moment in watched.moments:
        at_risk, events = moment.at_risk, moment.events
        ended = events + moment.competing
        staying = (at_risk - ended) / at_risk
        coming = events / at_risk
        chance = waiting**2 / at_risk**3
        variance += coming * (2 * covariance + coming * waiting_variance) + chance * events * (at_risk - events)
        covariance = staying * (covariance + coming * waiting_variance) - chance * events * (at_risk - ended)
        waiting_variance = staying**2 * waiting_variance + chance * ended * (at_risk - ended)
        lost += waiting * moment.competing / at_risk
        waiting *= staying
        if events:
            times.append(moment.time)
            incidences.append(1 - (waiting + lost))  # rather than a sum of its own, so that without competing ends it is 1 - Kaplan-Meier
            standard_errors.append(sqrt(max(variance, 0.0)))
    return Incidence(
        n=watched.n,
        events=watched.ends[End.EVENT],
        competing=watched.ends[End.COMPETING],
        censored=watched.ends[End.OPEN],
        negative=watched.negative,
        unseen=watched.unseen,
        followed_until=watched.followed_until,
        waiting=waiting,
        times=tuple(times),
        incidence=tuple(incidences),
        standard_errors=tuple(standard_errors),
    )


class _Moment(NamedTuple):
    """One point in time at which somebody came to an end, and how many could have."""

    time: float
    at_risk: int
    events: int
    competing: int


@dataclass(slots=True)
class _Watched:
    """What the estimators need to know of the spells: the moments at which some ended, earliest first, and how many of each kind."""

    n: int = 0
    negative: int = 0
    unseen: int = 0
    followed_until: float = 0.0
    ends: list[int] = field(default_factory=lambda: [0, 0, 0])  # one place per End
    moments: list[_Moment] = field(default_factory=list)


def _watch(spells: Iterable[Spell]) -> _Watched:
    watched = _Watched()
    left: dict[float, list[int]] = {}
    joined: Counter[float] = Counter()
    for spell in spells:
        duration, entered = float(spell.duration), float(spell.entered)
        if not (isfinite(duration) and isfinite(entered)):
            raise ValueError(f"A spell of {duration} days entered at {entered} cannot be placed in time")
        if duration < 0:
            watched.negative += 1
        if duration <= 0:
            duration = 0.0  # also turns -0.0 into 0.0, or the order of the rows would show in the result
        if entered > 0:
            if duration <= entered:
                watched.unseen += 1
                continue
            joined[entered] += 1
        watched.n += 1
        watched.ends[spell.end] += 1
        left.setdefault(duration, [0, 0, 0])[spell.end] += 1

    entries = sorted(joined.items(), reverse=True)
    at_risk = watched.n - joined.total()
    for time in sorted(left):
        while entries and entries[-1][0] < time:
            at_risk += entries.pop()[1]
        still_open, events, competing = left[time]
        if events or competing:
            watched.moments.append(_Moment(time, at_risk, events, competing))
        at_risk -= still_open + events + competing
        watched.followed_until = time
    return watched


def _greenwood_term(at_risk: int, ended: int) -> float:
    """One moment's part in the variance of the log of the curve; where nobody is left the curve is 0 and no part is needed."""
    return ended / (at_risk * (at_risk - ended)) if ended < at_risk else 0.0


def _step(times: Sequence[float], values: Sequence[float], t: float, *, before: float) -> float:
    place = bisect_right(times, t)
    return values[place - 1] if place else before


def _log_log_interval(survival: float, standard_error: float) -> tuple[float, float] | None:
    """The interval of a share still waiting; source: Kalbfleisch and Prentice 1980, The Statistical Analysis of Failure Time Data."""
    if not 0 < survival < 1:
        return None
    reach = Z * standard_error / (survival * -log(survival))
    return survival ** exp(reach), survival ** exp(-reach)


def _complement(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return (1 - interval[1], 1 - interval[0]) if interval else None


def _inside(p: float) -> float:
    if not 0 < p < 1:
        raise ValueError(f"A share of {p} is not between 0 and 1")
    return p


def _first_time_down_to(level: float, times: Sequence[float], curve: Iterable[float]) -> float | None:
    return next((time for time, value in zip(times, curve, strict=True) if value <= level + TOLERANCE), None)


def _limits_down_to(
    level: float, times: Sequence[float], survival: Sequence[float], standard_errors: Sequence[float]
) -> tuple[float | None, float | None]:
    intervals = [_log_log_interval(*point) for point in zip(survival, standard_errors, strict=True)]
    # Where the curve is 0 its lower limit can only be 0 too, and its upper limit is unknown: "not reached".
    lows = [interval[0] if interval else share for interval, share in zip(intervals, survival, strict=True)]
    highs = [interval[1] if interval else 1.0 for interval in intervals]
    return _first_time_down_to(level, times, lows), _first_time_down_to(level, times, highs)
