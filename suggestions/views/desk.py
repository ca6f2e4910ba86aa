"""The queue: the cases for which an organisation owes something, the next due first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Min, Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.fields import PerLanguageText
from portal.middleware import Request
from portal.models import Act, Actor, Notification, Organisation
from portal.permissions import Permission, can
from suggestions.filters import LATE, MINE, QUEUE_FILTERS, TODAY, QueueFilter, read_filters
from suggestions.models import Obligation, Suggestion

ON_A_PAGE = 50
TOLD = 6


@require_safe
def queue(request: Request) -> HttpResponse:
    told = told_to(request.actor)
    return render(request, "suggestions/desk/queue.html", queue_beside(request) | {"told": told, "nothing_open": True})


def told_to(actor: Actor) -> list[Notification]:
    """The newest things told to this capacity, each with the suggestion it is about where its words may be read."""
    told = list(Notification.objects.for_actor(actor).order_by("-told_at", "-id")[:TOLD])
    cases = Suggestion.objects.visible_to(actor).filter(reference__in={notification.case for notification in told})
    by_reference = {} if can(actor, Permission.READ_LOGS) else {suggestion.reference: suggestion for suggestion in cases}
    for notification in told:
        notification.suggestion = by_reference.get(notification.case)  # type: ignore[attr-defined]
    return told


def queue_beside(request: Request) -> dict[str, Any]:
    """The queue of whoever is at the desk, for a page of its own or beside a case."""
    organisation = desk_of(request.actor)
    queue = Queue(organisation, request.actor, read_filters(request.GET), wall_clock.now())
    return {
        "organisation": organisation,
        "page": queue.page(request.GET.get("page")),
        "facets": queue.facets(),
        "chosen": queue.chosen,
        "tally": queue.tally(),
        "address": urlencode(queue.chosen),
        "may_export": can(request.actor, Permission.EXPORT),
        "reads_words": not can(request.actor, Permission.READ_LOGS),
    }


def desk_of(actor: Actor) -> Organisation:
    """The organisation whose queue this capacity works on; raises PermissionDenied for those who have no desk."""
    if actor.organisation is None or not actor.is_official:
        raise PermissionDenied(_("This page is the desk of the operator and the city. Sign in with such a role to open it."))
    return actor.organisation


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, with how many cases it leaves and the address that chooses it, or takes it away."""

    label: str
    count: int
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    label: str | Promise
    choices: list[Choice] = field(default_factory=list)

    @property
    def is_chosen(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Queue(QueueFilter):
    """The queue as it is shown, in a fixed number of queries whatever its length."""

    def page(self, number: str | None) -> Page:
        """Cases, each with its running clocks in `clocks`, the one that is due next first."""
        by_case = self.owed().values("suggestion_id").annotate(first_due_at=Min("due_at"))
        page = Paginator(by_case.order_by(F("first_due_at").asc(nulls_last=True), "suggestion_id"), ON_A_PAGE).get_page(number)
        clocks = (
            Obligation.objects.for_owner(self.organisation.pk)
            .running()
            .select_related("owner", "service_level", "calendar_version")
            .prefetch_related("pauses")
            .due_first()
        )
        cases = Suggestion.objects.with_standing().prefetch_related(Prefetch("obligations", clocks, to_attr="clocks"))
        found = cases.in_bulk([row["suggestion_id"] for row in page.object_list])
        page.object_list = [found[row["suggestion_id"]] for row in page.object_list]  # type: ignore[misc]
        return page

    def tally(self) -> dict[str, int]:
        """How many cases there are without any filter: all, late, and due today."""
        return (
            Obligation.objects.for_owner(self.organisation.pk)
            .running()
            .aggregate(
                cases=Count("suggestion_id", distinct=True),
                late=Count("suggestion_id", distinct=True, filter=self.condition("late", LATE)),
                today=Count("suggestion_id", distinct=True, filter=self.condition("late", TODAY)),
            )
        )

    def facets(self) -> list[Facet]:
        facets = [
            Facet(QUEUE_FILTERS["late"], self._choices("late", [(LATE, _("late")), (TODAY, _("due today"))])),
            Facet(QUEUE_FILTERS["act"], self._choices("act", Act.choices)),
            Facet(QUEUE_FILTERS["service"], self._named("service", "suggestion__service")),
            Facet(QUEUE_FILTERS["category"], self._named("category", "suggestion__category")),
            Facet(QUEUE_FILTERS["mine"], self._choices("mine", [(MINE, _("cases I answered before"))])),
        ]
        return [facet for facet in facets if facet.choices]

    def _choices(self, name: str, values: Iterable[tuple[str, Any]]) -> list[Choice]:
        """The choices of a filter whose values are known beforehand, counted in one query."""
        values = list(values)
        counts = self.owed(but=name).aggregate(
            **{value: Count("suggestion_id", distinct=True, filter=self.condition(name, value)) for value, _label in values}
        )
        shown = [(value, label) for value, label in values if counts[value] or self.chosen.get(name) == value]
        return [self._choice(name, value, str(label), counts[value]) for value, label in shown]

    def _named(self, name: str, path: str) -> list[Choice]:
        """The choices of a filter whose values are rows with a code and a name."""
        rows = (
            self.owed(but=name)
            .exclude(**{path: None})
            .values_list(f"{path}__code", f"{path}__name")
            .annotate(cases=Count("suggestion_id", distinct=True))
            .order_by("-cases", f"{path}__code")
        )
        choices = [self._choice(name, code, str(PerLanguageText(texts)), cases) for code, texts, cases in rows]
        return choices if len(choices) > 1 or name in self.chosen else []

    def _choice(self, name: str, value: str, label: str, count: int) -> Choice:
        is_chosen = self.chosen.get(name) == value
        others = {other: wish for other, wish in self.chosen.items() if other != name}
        return Choice(label, count, "?" + urlencode(others if is_chosen else others | {name: value}), is_chosen)
