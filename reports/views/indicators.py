"""The indicators for everybody, and the line of the running period."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.city_days import city_day
from portal.page_cache import same_for_everybody
from reports.indicators.periods import NoSuchPeriod, Window
from reports.indicators.published import chosen_window, computed_windows, stored_values
from reports.indicators.scopes import WHOLE_CITY, Scope, every_scope
from reports.models import IndicatorValue
from reports.views.figures import TALLIED, Tally, panels, tally


@login_not_required
@require_safe
@same_for_everybody
def indicators(request: HttpRequest) -> HttpResponse:
    """Reads stored values only; what was never computed is not shown."""
    scopes = list(every_scope())
    scope = _chosen_scope(request.GET.get("scope", WHOLE_CITY), scopes)
    windows = computed_windows(scope.code)
    window = _chosen_window(request.GET.get("window", ""), windows)
    shown = panels(stored_values(scope.code, window)) if window else []
    return render(
        request,
        "reports/indicators.html",
        {"scope": scope, "scopes": scopes, "window": window, "windows": windows, "panels": shown},
    )


@login_not_required
@never_cache
@require_safe
def so_far(request: HttpRequest) -> HttpResponse:
    """The running month in one line: a page of its own, or that line alone for a page that shows it."""
    template = "reports/so_far.html#line" if request.htmx else "reports/so_far.html"  # type: ignore[attr-defined]
    return render(request, template, running_month())


def running_month() -> dict[str, Any]:
    """What the so-far line shows, wherever it stands."""
    window = Window.month(city_day(wall_clock.now()))
    return {"so_far_window": window, "so_far": month_tally(window)}


def month_tally(window: Window) -> Tally | None:
    codes = {code for code, _measure in TALLIED}
    values = IndicatorValue.objects.for_window(WHOLE_CITY, window.from_at, window.until_at).filter(code__in=codes)
    return tally(values.final_first())


def _chosen_scope(code: str, scopes: Sequence[Scope]) -> Scope:
    for scope in scopes:
        if scope.code == code:
            return scope
    raise Http404


def _chosen_window(code: str, windows: Sequence[Window]) -> Window | None:
    try:
        return chosen_window(code, windows, at=wall_clock.now())
    except NoSuchPeriod as refusal:
        raise Http404 from refusal
