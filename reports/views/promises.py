"""Promises kept and broken, one by one: what the numbers of a period are made of."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.city_days import city_day, city_zone
from portal.models import Actor
from portal.page_cache import same_for_everybody
from reports.indicators.periods import NoSuchPeriod, Window
from suggestions.models import Commitment, OpenedBy, Suggestion

PAGE_SIZE = 25


class Outcome(models.TextChoices):
    """What became of a promise, by the day that was named first."""

    BROKEN = "broken", _("Broken")
    LATE = "late", _("Broken, delivered later")
    KEPT = "kept", _("Kept")
    RUNNING = "running", _("Its day is still to come")


@login_not_required
@require_safe
@same_for_everybody
def promises(request: HttpRequest) -> HttpResponse:
    window, wish = _window(request.GET.get("window", "")), request.GET.get("outcome", "")
    outcomes = [wish] if wish in Outcome.values else Outcome.values
    rows = promises_seen_by(request.actor, at=wall_clock.now(), outcomes=outcomes)  # type: ignore[attr-defined]
    if window:
        rows = rows.filter(first_due_on__gte=window.first, first_due_on__lt=window.after)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown: dict[str, Any] = {"window": window, "wish": wish, "outcomes": Outcome.choices, "page": page}
    return render(request, "reports/promises.html", shown)


def promises_seen_by(actor: Actor, *, at: datetime, outcomes: Collection[str]) -> QuerySet[Commitment]:
    """Promises to citizens that this visitor may read, the newest outcome first; those taken back before their day left out."""
    delivered_on = TruncDate("delivery__delivered_at", tzinfo=city_zone())
    withdrawn_on = TruncDate("suggestion__withdrawn_at", tzinfo=city_zone())
    today = city_day(at)
    return (
        Commitment.objects.filter(
            suggestion__in=Suggestion.objects.visible_to(actor), suggestion__opened_by=OpenedBy.CITIZEN, made_at__lte=at
        )
        .alias(withdrawn_on=withdrawn_on)
        .filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=F("first_due_on")))
        .annotate(
            delivered_on=delivered_on,
            outcome=Case(
                When(delivered_on__lte=F("first_due_on"), then=Value(Outcome.KEPT.value)),
                When(delivered_on__isnull=False, then=Value(Outcome.LATE.value)),
                When(first_due_on__lt=today, then=Value(Outcome.BROKEN.value)),
                default=Value(Outcome.RUNNING.value),
                output_field=models.CharField(),
            ),
            settled_on=Case(When(delivered_on__lte=F("first_due_on"), then=F("delivered_on")), default=F("first_due_on")),
        )
        .filter(outcome__in=outcomes)
        .select_related("suggestion__service", "organisation", "delivery")
        .order_by("-settled_on", "-id")
    )


def _window(code: str) -> Window | None:
    try:
        return Window.parse(code) if code else None
    except NoSuchPeriod as refusal:
        raise Http404 from refusal
