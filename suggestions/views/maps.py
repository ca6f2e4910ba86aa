"""The map: the suggestions of the list that have a point, as pins or groups of pins, always beside the same in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Avg, Count, DecimalField, ExpressionWrapper, F, Max, Min, Q, Value
from django.db.models.functions import Floor
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.fields import PerLanguageText
from portal.middleware import Request
from portal.models import Area, Asset
from suggestions.filters import SuggestionFilter, in_order, is_late, order_of
from suggestions.models import Standing, Suggestion
from suggestions.models.suggestions import SuggestionQuerySet
from suggestions.templatetags import time_words
from suggestions.templatetags.timetable import due
from suggestions.views.places import ground_of_map
from suggestions.views.suggestions import reader_of, set_filters_of

MOST_PINS = 200  # more than that are shown in groups
GROUPS_ACROSS = 8
ASSETS_SHOWN = 1000
GEOJSON = "application/geo+json"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the Earth, in degrees; exclusive of its eastern and northern edges."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal

    @classmethod
    def read(cls, written: str) -> "Box | None":
        """From "west,south,east,north"; None for anything else."""
        try:
            edges = [float(edge) for edge in written.split(",")]
        except ValueError:
            return None
        if len(edges) != 4 or not all(math.isfinite(edge) and abs(edge) <= 540 for edge in edges):
            return None
        west, south, east, north = (round(Decimal(edge), 6) for edge in edges)
        return cls(west, south, east, north) if west < east and south < north else None

    @property
    def condition(self) -> Q:
        return Q(pin_longitude__gte=self.west, pin_longitude__lt=self.east, pin_latitude__gte=self.south, pin_latitude__lt=self.north)


@login_not_required
@require_safe
def suggestion_map(request: Request) -> HttpResponse:
    """The list of what is on the map; where it is too much for a list, the areas with their counts, as the map shows groups."""
    listing = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(reader_of(request)))
    rows, chosen = listing.qs, listing.chosen()
    pinned = _pinned(rows)
    counts = rows.aggregate(total=Count("pk")) | pinned.aggregate(pinned=Count("pk"))
    order = order_of(request.GET)
    address = {name: "true" if value is True else value for name, value in chosen.items()}
    by_area = counts["pinned"] > MOST_PINS and "area" not in chosen
    context = {
        "listing": listing,
        "counts": counts,
        "without_pin": counts["total"] - counts["pinned"],
        "set_filters": set_filters_of(listing, chosen, address),
        "unknown": [str(listing.filters[name].label) for name in listing.form.errors if name in listing.filters],
        "most": MOST_PINS,
        "areas": _areas_of(pinned, address) if by_area else [],
        "suggestions": [] if by_area else list(in_order(pinned.with_standing(), order)[:MOST_PINS]),
        "list_address": f"{reverse('suggestions:list')}?{urlencode(address)}",
        "map": ground_of_map() | {"pins": f"{reverse('suggestions:pins')}?{urlencode(address)}"},
    }
    return render(request, "suggestions/map.html", context)


@login_not_required
@require_safe
def pins(request: Request) -> HttpResponse:
    """What the map draws, as GeoJSON: single suggestions, or groups of them where there are more than fit."""
    listing = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(reader_of(request)))
    box = Box.read(request.GET.get("box", ""))
    pinned = _pinned(listing.qs)
    if box:
        pinned = pinned.filter(box.condition)
    single = list(in_order(pinned.with_standing(), order_of(request.GET))[: MOST_PINS + 1])
    grouped = len(single) > MOST_PINS
    features = _groups(pinned, box) if grouped else [_feature(suggestion) for suggestion in single]
    response = JsonResponse({"type": "FeatureCollection", "features": features, "grouped": grouped}, content_type=GEOJSON)
    response["Cache-Control"] = "no-store"  # what is pinned depends on who asks
    return response


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def ground(request: Request) -> HttpResponse:
    """What lies under the pins without any tiles: the city's areas by outline or middle, and the things that people can point at."""
    things = Asset.objects.filter(retired_at=None, latitude__isnull=False)
    if code := request.GET.get("service", ""):
        things = things.filter(service__code=code)
    middles = {
        row["area"]: row for row in Asset.objects.filter(latitude__isnull=False).values("area").annotate(Avg("latitude"), Avg("longitude"))
    }
    areas = [_area(area, middles.get(area.pk)) for area in Area.objects.order_by("code")]
    assets = [
        _point(asset.latitude, asset.longitude, kind="asset", name=asset.name) for asset in things.order_by("code")[:ASSETS_SHOWN]
    ]
    features = [*(area for area in areas if area), *assets]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type=GEOJSON)


def _pinned(rows: SuggestionQuerySet) -> SuggestionQuerySet:
    return rows.with_pin().filter(Q(latitude__isnull=False) | Q(asset__latitude__isnull=False), hidden_at=None)


def _areas_of(pinned: SuggestionQuerySet, address: dict[str, Any]) -> list[dict[str, Any]]:
    rows = pinned.values("area__code", "area__name").annotate(count=Count("pk"), late=Count("pk", filter=is_late()))
    areas = [
        {
            "name": str(PerLanguageText(row["area__name"])) if row["area__code"] else _("Part of the city not known"),
            "count": row["count"],
            "late": row["late"],
            "address": "?" + urlencode(address | {"area": row["area__code"]}) if row["area__code"] else "",
        }
        for row in rows
    ]
    return sorted(areas, key=lambda area: (not area["address"], area["name"].casefold()))


def _groups(pinned: SuggestionQuerySet, box: Box | None) -> list[dict[str, Any]]:
    """Cells of a grid, each at the middle of what lies in it."""
    if box is None:
        edges = pinned.aggregate(
            west=Min("pin_longitude"), south=Min("pin_latitude"), east=Max("pin_longitude"), north=Max("pin_latitude")
        )
        box = Box(edges["west"], edges["south"], edges["east"], edges["north"])
    cell = max((box.east - box.west) / GROUPS_ACROSS, (box.north - box.south) / GROUPS_ACROSS, Decimal("0.0001"))

    def cell_of(pin: str, edge: Decimal) -> Floor:
        offset = ExpressionWrapper((F(pin) - Value(edge)) / Value(cell), output_field=DecimalField())
        return Floor(offset)

    cells = (
        pinned.annotate(column=cell_of("pin_longitude", box.west), row=cell_of("pin_latitude", box.south))
        .values("column", "row")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=is_late()),
            latitude=Avg("pin_latitude"),
            longitude=Avg("pin_longitude"),
            first=Min("pk"),
        )
    )
    groups = list(cells)
    alone = pinned.with_standing().in_bulk([group["first"] for group in groups if group["count"] == 1])
    return [_feature(alone[group["first"]]) if group["first"] in alone else _group(group) for group in groups]


def _group(cell: Mapping[str, Any]) -> dict[str, Any]:
    count, late = cell["count"], cell["late"]
    name = ngettext("%(count)d suggestion", "%(count)d suggestions", count) % {"count": count}
    if late:
        name = _("%(suggestions)s, %(late)d late") % {"suggestions": name, "late": late}
    return _point(cell["latitude"], cell["longitude"], kind="group", name=name, count=count, late=2 * late >= count)


def _feature(suggestion: Suggestion) -> dict[str, Any]:
    return _point(
        suggestion.pin_latitude,  # type: ignore[attr-defined]
        suggestion.pin_longitude,  # type: ignore[attr-defined]
        kind="suggestion",
        name=suggestion.public_words.title,
        about=f"{suggestion.get_kind_display()} · {suggestion.service}",
        due=_due(suggestion.standing),
        late=bool(suggestion.standing.late_since),
        rough=suggestion.is_home,
        address=suggestion.get_absolute_url(),
    )


def _due(standing: Standing) -> str:
    """The due column of the list in one line."""
    face = due(standing)
    if face["late"]:
        return str(face["late"])
    if standing.next_due_at is None:
        return _("no deadline") if standing.next_act else _("nothing owed")
    return _("paused") if standing.next_is_paused else time_words.absolute(standing.next_due_at, now=wall_clock.now())


def _area(area: Area, middle: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if area.outline:
        return {"type": "Feature", "geometry": area.outline, "properties": {"kind": "area", "name": str(area)}}
    if middle is None:
        return None
    return _point(middle["latitude__avg"], middle["longitude__avg"], kind="area", name=str(area))


def _point(latitude: Any, longitude: Any, **properties: Any) -> dict[str, Any]:
    place = [round(float(longitude), 5), round(float(latitude), 5)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}
