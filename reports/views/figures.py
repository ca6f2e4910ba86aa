"""How a stored figure is shown: its words, its range of chance, its base, and why it is withheld."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.indicators.periods import Window, window_of
from reports.indicators.publication import Withheld
from reports.indicators.published import newest_reports
from reports.indicators.registry import Indicator, Line, Unit
from reports.models import IndicatorValue

CHART_WIDTH = 160  # of the little chart beside a share, in its own units


@dataclass(frozen=True, slots=True)
class Span:
    """Where the range of chance lies on the chart, and the share itself."""

    x: float
    width: float
    dot: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of an indicator as the reader sees it."""

    line: Line
    stored: IndicatorValue

    @property
    def value(self) -> str:
        if self.stored.withheld:
            return ""
        if self.stored.value is None:
            return _("not reached") if self.stored.n else ""
        return in_unit(self.stored.value, self.line.unit)

    @property
    def why_withheld(self) -> str:
        if not self.stored.n and self.stored.withheld:
            return _("there was nothing to count")
        return str(Withheld(self.stored.withheld).label) if self.stored.withheld else ""

    @property
    def chance(self) -> str:
        """The range of chance in words; empty where there is none."""
        low, high, unit = self.stored.low, self.stored.high, self.line.unit
        if low is None:
            return "–" if self.has_base else ""
        if high is None:
            return _("from %(low)s up; the upper end was not reached") % {"low": in_unit(low, unit)}
        return _("%(low)s to %(high)s") % {"low": number(low, unit), "high": in_unit(high, unit)}

    @property
    def has_base(self) -> bool:
        """A count is its own base."""
        return self.line.unit not in {Unit.NUMBER, Unit.A_WEEK}

    @property
    def span(self) -> Span | None:
        """The chart of a share; the table says the same in numbers."""
        value = self.stored
        if self.line.unit != Unit.SHARE or value.value is None:
            return None
        low, high = (value.value if end is None else end for end in (value.low, value.high))
        return Span(round(low * CHART_WIDTH, 1), round(max((high - low) * CHART_WIDTH, 1), 1), round(value.value * CHART_WIDTH, 1))


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator with the lines that are known of it."""

    indicator: Indicator
    figures: Sequence[Figure]

    @property
    def as_of(self) -> datetime:
        return self.figures[0].stored.as_of

    @property
    def is_provisional(self) -> bool:
        return self.figures[0].stored.is_provisional

    @property
    def sentence(self) -> str:
        """The first line in words; where it is withheld, that it is."""
        first = self.figures[0]
        stored = first.stored
        if not first.value:
            return (
                _("%(why)s (%(n)s).") % {"why": capfirst(first.why_withheld), "n": number_format(stored.n)}
                if stored.n
                else _("There was nothing to count.")
            )
        words = {"value": first.value, "n": number_format(stored.n), "events": number_format(stored.events or 0)}
        return str(self.indicator.sentence) % words

    @property
    def first_figures(self) -> list[Figure]:
        return [figure for figure in self.figures if not figure.line.is_detail]

    @property
    def further_figures(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.line.is_detail]


def panels(values: Iterable[IndicatorValue]) -> list[Panel]:
    """The indicators that may be shown, as the reader sees them."""
    return [
        Panel(indicator, [Figure(line, stored[line.measure]) for line in indicator.lines if line.measure in stored])
        for indicator, stored in newest_reports(values)
    ]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a month came to in a sentence: clocks that fell due, promises whose day passed, suggestions decided."""

    window: Window
    fell_due: IndicatorValue
    promises: IndicatorValue
    decided: IndicatorValue

    @property
    def late(self) -> int:
        return self.fell_due.n - (self.fell_due.events or 0)

    @property
    def in_time_share(self) -> str:
        return in_unit(self.fell_due.value, Unit.SHARE) if self.fell_due.value is not None else ""

    @property
    def broken(self) -> int:
        return self.promises.n - (self.promises.events or 0)

    @property
    def decided_number(self) -> int:
        return int(self.decided.value or 0)


TALLIED = (("R3", "in_time"), ("E2", "kept"), ("E1", "decided"))


def tally(values: Iterable[IndicatorValue]) -> Tally | None:
    """The three figures of one window, of the newest report of each; None where one is missing."""
    newest: dict[tuple[str, str], IndicatorValue] = {}
    for value in values:
        newest.setdefault((value.code, value.measure), value)
    if not all(key in newest for key in TALLIED):
        return None
    fell_due, promises, decided = (newest[key] for key in TALLIED)
    return Tally(window_of(fell_due.window_from, fell_due.window_until), fell_due, promises, decided)


def in_unit(value: float, unit: Unit) -> str:
    if unit == Unit.SHARE:
        return _("%(number)s %%") % {"number": number(value, unit)}
    if unit == Unit.DAYS:
        return _("%(number)s days") % {"number": number(value, unit)}
    if unit == Unit.A_WEEK:
        return _("%(number)s a week") % {"number": number(value, unit)}
    return number(value, unit)


def number(value: float, unit: Unit) -> str:
    places = 1 if unit in {Unit.DAYS, Unit.A_WEEK} else 0
    shown = round(value * 100 if unit == Unit.SHARE else value, places)  # number_format() would cut, not round
    return number_format(shown, decimal_pos=places)
