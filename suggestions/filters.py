"""One filter for each list, used by its page, its export and, later, the API: what may be asked of it is in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import EmptyResultSet
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import wall_clock
from portal.city_days import city_day, end_of_day
from portal.models import Act, Actor, Area, Category, Organisation, Service, SuggestionKind
from portal.page_cache import counted_lately
from suggestions.models import Obligation, Response, Status, Suggestion
from suggestions.models.obligations import ObligationQuerySet
from suggestions.models.suggestions import SuggestionQuerySet

NEWEST, DUE_SOONEST = "newest", "due"  # the orders of the list
LATE, TODAY, MINE = "late", "today", "mine"
QUEUE_FILTERS: dict[str, str | Promise] = {
    "late": _("When"),
    "act": _("What is owed"),
    "service": _("Service"),
    "category": _("Category"),
    "mine": _("Whose"),
}
FACETS = {"kind": SuggestionKind, "status": Status, "owed": Act}  # choices that come with a count; "late" is the fourth
SELECTED = mark_safe(" selected")
OWED_ON_SUGGESTIONS = [Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE, Act.DELIVER, Act.REVIEW]


class PlainSelect(forms.Select):
    """What Django's own would write, in one go: a template for each choice took a sixth of the list's time."""

    def render(self, name: str, value: object, attrs: dict[str, Any] | None = None, renderer: object = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>', ((code, SELECTED if str(code) == chosen else "", label) for code, label in self.choices)
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options)


class SuggestionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="filter_words", label=_("Words"))
    service = django_filters.ChoiceFilter(widget=PlainSelect, field_name="service__code", label=_("Service"), empty_label=_("All services"))
    kind = django_filters.ChoiceFilter(widget=PlainSelect, choices=SuggestionKind.choices, label=_("Kind"), empty_label=_("All kinds"))
    status = django_filters.ChoiceFilter(widget=PlainSelect, choices=Status.choices, label=_("Status"), empty_label=_("Every status"))
    owed = django_filters.ChoiceFilter(
        widget=PlainSelect,
        field_name="standing__next_act",
        choices=[(act.value, act.label) for act in OWED_ON_SUGGESTIONS],
        label=_("What is owed next"),
        empty_label=_("Anything or nothing"),
    )
    category = django_filters.ChoiceFilter(
        widget=PlainSelect, field_name="category__code", label=_("Category"), empty_label=_("All categories")
    )
    area = django_filters.ChoiceFilter(widget=PlainSelect, field_name="area__code", label=_("Area"), empty_label=_("The whole city"))
    late = django_filters.BooleanFilter(method="filter_late", label=_("Only what is late"))

    class Meta:
        model = Suggestion
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in counted_lately(("choices", get_language()), _choices).items():
            self.filters[name].extra["choices"] = choices

    def filter_words(self, queryset: SuggestionQuerySet, name: str, value: str) -> SuggestionQuerySet:
        for word in value.split()[:8]:
            in_public_words = Q(hidden_at=None) & (Q(title__icontains=word) | Q(text__icontains=word))
            queryset = queryset.filter(in_public_words | Q(reference__icontains=word))
        return queryset

    def filter_late(self, queryset: SuggestionQuerySet, name: str, value: bool) -> SuggestionQuerySet:
        return queryset.filter(is_late()) if value else queryset

    def chosen(self) -> dict[str, Any]:
        """What was asked and understood; anything else is left out and listed in the form's errors."""
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", False)}

    def counts(self) -> dict[str, int]:
        """How many there are in all, and how many each choice would leave; one query, asked every few seconds at most."""
        chosen = self.chosen()
        rows = self.queryset
        for name in ("q", "service", "category", "area"):
            if name in chosen:
                rows = self.filters[name].filter(rows, chosen[name])
        try:
            statement = rows.values("pk").query.sql_with_params()
        except EmptyResultSet:
            groups: list[dict[str, Any]] = []
        else:  # the same statement finds the same rows, whoever asks: what one may not see, the statement leaves out
            groups = counted_lately(statement, lambda: _groups(rows))
        wanted = {name: chosen[name] for name in FACETS if name in chosen} | ({"late": True} if "late" in chosen else {})

        def beside(facet: str, value: object = None) -> int:
            """How many have this value beside the other choices that are set."""
            asked = {name: wish for name, wish in wanted.items() if name != facet} | ({} if value is None else {facet: value})
            return sum(group["count"] for group in groups if all(group[name] == wish for name, wish in asked.items()))

        counts = {"total": beside(""), "late": beside("late", True)}
        for name in FACETS:
            counts |= {f"{name}_{value}": beside(name, value) for value, _label in self.filters[name].extra["choices"]}
        return counts


def _groups(rows: SuggestionQuerySet) -> list[dict[str, Any]]:
    """How many there are of each combination of what comes with a count."""
    late = Case(When(is_late(), then=Value(True)), default=Value(False))
    combined = rows.order_by().annotate(late=late, owed=F("standing__next_act")).values(*FACETS, "late")
    return list(combined.annotate(count=Count("pk")))


def is_late() -> Q:
    """Late by the record, or past its due moment and not yet noticed by a sweep."""
    unnoticed = Q(standing__next_due_at__lt=wall_clock.now(), standing__next_is_paused=False)
    return Q(standing__late_since__isnull=False) | unnoticed


def order_of(query: Mapping[str, str]) -> str:
    """The order that the address asks for; anything else is the newest first."""
    return DUE_SOONEST if query.get("order") == DUE_SOONEST else NEWEST


def in_order(rows: SuggestionQuerySet, order: str) -> SuggestionQuerySet:
    return rows.due_soonest_first() if order == DUE_SOONEST else rows.newest_first()


def read_filters(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of the queue in the address that mean something; anything else is ignored."""
    known = {"late": {LATE, TODAY}, "mine": {MINE}, "act": set(Act.values)}
    wishes = {name: query.get(name, "") for name in QUEUE_FILTERS}
    return {name: wish for name, wish in wishes.items() if wish and (name not in known or wish in known[name])}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What one organisation owes at a moment, narrowed by what its queue was asked for."""

    organisation: Organisation
    actor: Actor
    chosen: dict[str, str]
    at: datetime

    def owed(self, *, but: str = "") -> ObligationQuerySet:
        """The running clocks that fit the filters, one of them left out where its own choices are counted."""
        conditions = [self.condition(name, value) for name, value in self.chosen.items() if name != but]
        return Obligation.objects.for_owner(self.organisation.pk).for_suggestions().running().filter(*conditions)

    def cases(self) -> SuggestionQuerySet:
        """The cases of these clocks in the order of the queue: the next due first."""
        first = self.owed().filter(suggestion=OuterRef("pk")).values("suggestion_id").annotate(first_due_at=Min("due_at"))
        rows = Suggestion.objects.filter(pk__in=self.owed().values("suggestion_id"))
        return rows.order_by(Subquery(first.values("first_due_at")).asc(nulls_last=True), "id")

    def condition(self, name: str, value: str) -> Q | Exists:
        if name == "late" and value == LATE:
            return Q(breached_at__isnull=False) | Q(paused_at=None, due_at__lt=self.at)
        if name == "late":
            return Q(breached_at=None, due_at__gte=self.at, due_at__lte=end_of_day(city_day(self.at)))
        if name == "act":
            return Q(act=value)
        if name == "mine":
            return Exists(Response.objects.filter(suggestion=OuterRef("suggestion"), by=self.actor))
        return Q(**{f"suggestion__{name}__code": value})


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {"service": _services(), "category": _categories(), "area": _areas()}


def _services() -> list[tuple[str, str]]:
    return [(service.code, str(service)) for service in Service.objects.order_by("code")]


def _categories() -> list[tuple[str, str]]:
    """By code, since services may share one."""
    return sorted({category.code: str(category) for category in Category.objects.all()}.items(), key=lambda choice: choice[1].casefold())


def _areas() -> list[tuple[str, str]]:
    return sorted(((area.code, str(area)) for area in Area.objects.all()), key=lambda choice: choice[1].casefold())
