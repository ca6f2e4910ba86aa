"""The first page: what the city and its operators owe, and whether they keep their word."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.city_days import city_day
from portal.page_cache import same_for_everybody
from reports.indicators.periods import Window
from reports.views.indicators import month_tally, running_month
from reports.views.promises import Outcome, promises_seen_by
from suggestions.filters import is_late
from suggestions.models import Suggestion

ROWS = 5


@login_not_required
@require_safe
@same_for_everybody
def start(request: HttpRequest) -> HttpResponse:
    now = wall_clock.now()
    month = Window.month(city_day(now)).before
    readable = Suggestion.objects.visible_to(request.actor)  # type: ignore[attr-defined]
    upcoming = readable.filter(standing__next_due_at__gt=now, standing__late_since=None, standing__next_is_paused=False)
    past = [Outcome.KEPT, Outcome.LATE, Outcome.BROKEN]
    judged = promises_seen_by(request.actor, at=now, outcomes=past)  # type: ignore[attr-defined]
    return render(
        request,
        "reports/start.html",
        {
            "month": month,
            "tally": month_tally(month),
            "late": readable.filter(is_late()).count(),
            "owed_next": upcoming.with_standing().due_soonest_first()[:ROWS],
            "promises": judged[:ROWS],
        }
        | running_month(),
    )
