"""Which stored figures are shown: by the page and by the interface alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reports.indicators.periods import NoSuchPeriod, Window, window_of
from reports.indicators.publication import shows_both_sides
from reports.indicators.registry import CATALOGUE, Indicator
from reports.models import IndicatorValue


def computed_windows(scope: str) -> list[Window]:
    """The periods that have figures, the newest first."""
    found = IndicatorValue.objects.filter(scope=scope).values_list("window_from", "window_until").distinct()
    moments: list[tuple[datetime, datetime]] = sorted(found, key=lambda pair: (pair[1], pair[0]), reverse=True)
    return [window_of(*pair) for pair in moments]


def chosen_window(code: str, windows: Sequence[Window], *, at: datetime) -> Window | None:
    """The one asked for; else the newest whole quarter that is over, else the newest there is. Raises NoSuchPeriod for any other."""
    if code:
        wanted = Window.parse(code)
        if wanted not in windows:
            raise NoSuchPeriod(code)
        return wanted
    over = [window for window in windows if window.until_at <= at and window == Window.quarter(window.first)]
    return next(iter([*over, *windows]), None)


def stored_values(scope: str, window: Window) -> list[IndicatorValue]:
    return list(IndicatorValue.objects.for_window(scope, window.from_at, window.until_at).final_first())


def newest_reports(values: Iterable[IndicatorValue]) -> list[tuple[Indicator, Mapping[str, IndicatorValue]]]:
    """The newest report of each indicator by measure, in the order of the catalogue; none of them where one side of it is missing."""
    reports: dict[str, dict[str, IndicatorValue]] = {}
    as_of: dict[str, datetime] = {}
    for value in values:  # as final_first() gives them
        if as_of.setdefault(value.code, value.as_of) == value.as_of:
            reports.setdefault(value.code, {})[value.measure] = value
    found: list[tuple[Indicator, Mapping[str, IndicatorValue]]] = [
        (indicator, stored)
        for indicator in CATALOGUE
        if (stored := reports.get(indicator.code)) and any(line.measure in stored for line in indicator.lines)
    ]
    return found if shows_both_sides({indicator.side for indicator, _stored in found}) else []
