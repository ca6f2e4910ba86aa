"""The city's board: each suggestion the moment it arrives, unfiltered, whatever the channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.city_days import city_day, end_of_day
from portal.middleware import Request
from portal.models import Actor, Event, Visibility
from portal.permissions import Permission, can, require
from suggestions.models import Decision, Flag, Status, Suggestion
from suggestions.models.suggestions import SuggestionQuerySet
from suggestions.views.desk import told_to

ARRIVALS = 40
AT_A_GLANCE = 6
TELLING_EVENTS = 200


@never_cache
@require_safe
def board(request: Request) -> HttpResponse:
    require(request.actor, Permission.READ_ALL)
    return render(request, "suggestions/desk/board.html", _board(request.actor) | {"stands_still": "still" in request.GET})


@never_cache
@require_safe
def board_rows(request: Request) -> HttpResponse:
    """The board as it is now; where nothing happened since it was drawn, an answer without content that costs one small query."""
    require(request.actor, Permission.READ_ALL)
    if request.GET.get("seen") == _seen():
        return HttpResponse(status=204)
    return render(request, "suggestions/desk/board.html#live", _board(request.actor, newest_seen=request.GET.get("newest", "")))


def _seen() -> str:
    """A mark that changes with every act, and with the minute. It is a sum, because an act that began earlier may be written later."""
    newest = Event.objects.order_by("-id").values("id")[:TELLING_EVENTS]
    return f"{newest.aggregate(seen=Sum('id'))['seen'] or 0}.{wall_clock.now():%H%M}"


def _board(actor: Actor, *, newest_seen: str = "") -> dict[str, Any]:
    seen = _seen()  # before the rows are read: what comes in between is shown by the next look
    arrivals = list(Suggestion.objects.visible_to(actor).with_standing().as_they_arrive()[:ARRIVALS])
    references = [suggestion.reference for suggestion in arrivals]
    return {
        "seen": seen,
        "arrivals": arrivals,
        "newest": references[0] if references else "",
        "new": references[: references.index(newest_seen)] if newest_seen in references else [],
        "sections": _sections(actor),
        "told": told_to(actor),
        "reads_words": not can(actor, Permission.READ_LOGS),
        "may_export": can(actor, Permission.EXPORT),
    }


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that cannot wait: how many cases, and the first of them."""

    name: str
    title: str
    empty: str
    count: int
    rows: Sequence[Suggestion]
    tone: str = ""
    more: str = ""


def _sections(actor: Actor) -> list[Section]:
    at = wall_clock.now()
    cases = Suggestion.objects.visible_to(actor).with_standing()
    late = cases.filter(standing__late_since__isnull=False).order_by("standing__late_since", "id")
    today = cases.filter(
        standing__late_since=None, standing__next_is_paused=False, standing__next_due_at__range=(at, end_of_day(city_day(at)))
    ).order_by("standing__next_due_at", "id")
    by_due = reverse("suggestions:list") + "?order=due"
    sections = [
        Section("late", _("Late now"), _("Nobody is late."), late.count(), list(late[:AT_A_GLANCE]), "late", f"{by_due}&late=true"),
        Section("today", _("Due today"), _("Nothing more is due today."), today.count(), list(today[:AT_A_GLANCE]), "soon", by_due),
    ]
    if can(actor, Permission.CLEAR):
        sections += [_proposals(), _to_check(cases)]
    if can(actor, Permission.MODERATE):
        sections.append(_reported())
    return sections


def _proposals() -> Section:
    waiting = Decision.objects.proposed().exclude(suggestion__status=Status.WITHDRAWN).order_by("decided_at", "id")
    rows = []
    for proposal in waiting.select_related("suggestion", "response__organisation")[:AT_A_GLANCE]:
        proposal.suggestion.proposed = proposal  # type: ignore[attr-defined]
        rows.append(proposal.suggestion)
    return Section("proposals", _("Proposals waiting for the city"), _("No proposal waits."), waiting.count(), rows, "soon")


def _reported() -> Section:
    waiting = Suggestion.objects.filter(pk__in=Flag.objects.waiting().values("suggestion"))
    rows = list(waiting.annotate(reports=Count("flags", filter=Q(flags__settled_at=None))).order_by("id")[:AT_A_GLANCE])
    title, more = _("Reported by readers"), reverse("suggestions:moderation")
    return Section("reported", title, _("No report waits."), waiting.count(), rows, "soon", more)


def _to_check(cases: SuggestionQuerySet) -> Section:
    unchecked = cases.filter(visibility=Visibility.AFTER_CHECK, cleared_at=None).exclude(status=Status.WITHDRAWN)
    rows = list(unchecked.order_by("received_at", "id")[:AT_A_GLANCE])
    title, more = _("Waiting for your check"), reverse("suggestions:moderation")
    return Section("to_check", title, _("Nothing waits for a check."), unchecked.count(), rows, "soon", more)
