import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal.city_days import city_day
from portal.errors import Refused
from reports.indicators.facts import Facts, known_facts
from reports.indicators.measures import Measure
from reports.indicators.periods import Window
from reports.indicators.publication import as_published
from reports.indicators.registry import CODE_VERSION, Indicator, indicators_of
from reports.indicators.scopes import WHOLE_CITY, Scope, every_scope, scope_of
from reports.models import IndicatorValue

SO_FAR = ("R3", "E1", "E2")
FIGURES = ("value", "low", "high", "n", "events", "censored_share", "facts", "withheld")

logger = logging.getLogger(__name__)


class NotKnownYet(Refused):
    pass


class FinalFigureChanged(Exception):
    """A final figure comes out otherwise now: the facts behind it were rewritten, or its definition changed without a new version."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is computed in one go: some indicators over one window, as known at one moment."""

    window: Window
    as_of: datetime
    codes: Sequence[str] = ()
    is_provisional: bool | None = None  # None: as the window says; a period in its month of grace is still provisional

    @property
    def provisional(self) -> bool:
        return self.window.is_provisional(self.as_of) if self.is_provisional is None else self.is_provisional


def compute(*, scopes: Iterable[Scope], report: Report, at: datetime, store: bool = True) -> list[IndicatorValue]:
    """Compute a report for each scope and keep it; safe twice and in parallel.

    NotKnownYet where the as-of moment lies ahead; FinalFigureChanged where a stored final figure differs from what comes out now.
    """
    if report.as_of > at:
        raise NotKnownYet(_("What will be known at that moment is not known yet."))
    indicators = indicators_of(report.codes)
    facts = known_facts(window=report.window, as_of=report.as_of)
    values: list[IndicatorValue] = []
    for scope in scopes:
        computed = _values(indicators, facts.within(scope), report, scope=scope, at=at)
        if store:
            _store(computed, report, scope=scope)
        values += computed
    return values


def _values(indicators: Sequence[Indicator], facts: Facts, report: Report, *, scope: Scope, at: datetime) -> list[IndicatorValue]:
    return [
        _value(indicator, as_published(measure), report, scope=scope, at=at)
        for indicator in indicators
        for measure in indicator.compute(facts, report.window)
    ]


def _value(indicator: Indicator, measure: Measure, report: Report, *, scope: Scope, at: datetime) -> IndicatorValue:
    return IndicatorValue(
        code=indicator.code,
        measure=measure.name,
        definition=indicator.definition,
        code_version=CODE_VERSION,
        scope=scope.code,
        window_from=report.window.from_at,
        window_until=report.window.until_at,
        as_of=report.as_of,
        is_provisional=report.provisional,
        value=measure.value,
        low=measure.low,
        high=measure.high,
        n=measure.n,
        events=measure.events,
        censored_share=measure.censored_share,
        facts=measure.facts,
        withheld=measure.withheld,
        computed_at=at,
    )


def _store(computed: Sequence[IndicatorValue], report: Report, *, scope: Scope) -> None:
    with transaction.atomic():
        _one_at_a_time(f"{scope.code} {report.window.code}")
        of_window = IndicatorValue.objects.for_window(scope.code, report.window.from_at, report.window.until_at)
        codes = {value.code for value in computed}
        if report.provisional and of_window.provisional().filter(code__in=codes, as_of__gt=report.as_of).exists():
            return  # a newer picture is there already
        of_window.provisional().filter(code__in=codes).delete()
        final = {(value.code, value.measure, value.definition): value for value in of_window.final().filter(as_of=report.as_of)}
        new = []
        for value in computed:
            stored = final.get((value.code, value.measure, value.definition))
            if stored is None:
                new.append(value)
            elif any(getattr(stored, figure) != getattr(value, figure) for figure in FIGURES):
                logger.error("final figure changed: %s as of %s", stored, stored.as_of.isoformat())
                raise FinalFigureChanged(f"{stored} for {report.window.code} as of {report.as_of.isoformat()}")
        IndicatorValue.objects.bulk_create(new)


def _one_at_a_time(key: str) -> None:
    """Two runs over the same window wait for each other until commit; nothing is left behind on the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"indicators {key}"])


def compute_night(*, at: datetime) -> int:
    """The running and the last ended quarter for every scope, and the months of the whole city; how many figures there are.

    A final report is computed again each night: if one of its figures comes out otherwise, that must be heard.
    """
    quarter, month = Window.quarter(city_day(at)), Window.month(city_day(at))
    planned = [(report, list(every_scope())) for report in _of_the_night(quarter, at)]
    planned += [(report, [_whole_city()]) for report in _of_the_night(month, at)]
    planned.sort(key=lambda plan: not plan[0].provisional)  # a final report that fails must not keep the running ones from their turn
    return sum(len(compute(scopes=scopes, report=report, at=at)) for report, scopes in planned)


def _of_the_night(running: Window, at: datetime) -> Iterator[Report]:
    yield Report(running, at, is_provisional=True)
    ended = running.before
    if ended.default_as_of > at:  # its month of grace: late paper may still arrive
        yield Report(ended, at, is_provisional=True)
        ended = ended.before
    yield Report(ended, ended.default_as_of)


def compute_so_far(*, at: datetime) -> int:
    """The running month and quarter of the whole city, as far as the "so far" line needs them."""
    windows = (Window.month(city_day(at)), Window.quarter(city_day(at)))
    reports = [Report(window, at, SO_FAR, is_provisional=True) for window in windows]
    return sum(len(compute(scopes=[_whole_city()], report=report, at=at)) for report in reports)


def _whole_city() -> Scope:
    return scope_of(WHOLE_CITY)
