"""One filter for the list page and, later, the API: what may be asked of it is in the address."""

from typing import Any

import django_filters
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from portal import wall_clock
from portal.models import Act, Area, Category, Service, SuggestionKind
from suggestions.models import Status, Suggestion
from suggestions.models.suggestions import SuggestionQuerySet

FACETS = {"kind": SuggestionKind, "status": Status, "owed": Act}  # choices that come with a count; "late" is the fourth
OWED_ON_SUGGESTIONS = [Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE, Act.DELIVER, Act.REVIEW]


class SuggestionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="filter_words", label=_("Words"))
    service = django_filters.ChoiceFilter(field_name="service__code", label=_("Service"), empty_label=_("All services"))
    kind = django_filters.ChoiceFilter(choices=SuggestionKind.choices, label=_("Kind"), empty_label=_("All kinds"))
    status = django_filters.ChoiceFilter(choices=Status.choices, label=_("Status"), empty_label=_("Every status"))
    owed = django_filters.ChoiceFilter(
        field_name="standing__next_act",
        choices=[(act.value, act.label) for act in OWED_ON_SUGGESTIONS],
        label=_("What is owed next"),
        empty_label=_("Anything or nothing"),
    )
    category = django_filters.ChoiceFilter(field_name="category__code", label=_("Category"), empty_label=_("All categories"))
    area = django_filters.ChoiceFilter(field_name="area__code", label=_("Area"), empty_label=_("The whole city"))
    late = django_filters.BooleanFilter(method="filter_late", label=_("Only what is late"))

    class Meta:
        model = Suggestion
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("service", _services()), ("category", _categories()), ("area", _areas())):
            self.filters[name].extra["choices"] = choices

    def filter_words(self, queryset: SuggestionQuerySet, name: str, value: str) -> SuggestionQuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(title__icontains=word) | Q(text__icontains=word) | Q(reference__icontains=word))
        return queryset

    def filter_late(self, queryset: SuggestionQuerySet, name: str, value: bool) -> SuggestionQuerySet:
        return queryset.filter(is_late()) if value else queryset

    def chosen(self) -> dict[str, Any]:
        """What was asked and understood; anything else is left out and listed in the form's errors."""
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", False)}

    def counts(self) -> dict[str, int]:
        """How many there are in all, and how many each choice would leave; one query."""
        chosen = self.chosen()
        conditions = {name: Q(**{self.filters[name].field_name: chosen[name]}) for name in FACETS if name in chosen}
        if "late" in chosen:
            conditions["late"] = is_late()

        def beside(facet: str | None) -> Q:
            """The other choices that are set, which this one adds to."""
            return Q(*(condition for name, condition in conditions.items() if name != facet))

        counts = {"total": beside(None), "late": beside("late") & is_late()}
        for name in FACETS:
            field = self.filters[name].field_name
            counts |= {f"{name}_{value}": beside(name) & Q(**{field: value}) for value, _label in self.filters[name].extra["choices"]}
        rows = self.queryset
        for name in ("q", "service", "category", "area"):
            if name in chosen:
                rows = self.filters[name].filter(rows, chosen[name])
        return rows.aggregate(**{name: Count("pk", filter=condition or None) for name, condition in counts.items()})


def is_late() -> Q:
    """Late by the record, or past its due moment and not yet noticed by a sweep."""
    unnoticed = Q(standing__next_due_at__lt=wall_clock.now(), standing__next_is_paused=False)
    return Q(standing__late_since__isnull=False) | unnoticed


def _services() -> list[tuple[str, str]]:
    return [(service.code, str(service)) for service in Service.objects.order_by("code")]


def _categories() -> list[tuple[str, str]]:
    """By code, since services may share one."""
    return sorted({category.code: str(category) for category in Category.objects.all()}.items(), key=lambda choice: choice[1].casefold())


def _areas() -> list[tuple[str, str]]:
    return sorted(((area.code, str(area)) for area in Area.objects.all()), key=lambda choice: choice[1].casefold())
