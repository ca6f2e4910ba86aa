"""A list taken along as a file, and what its columns mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from portal import wall_clock
from portal.city_days import city_day
from portal.middleware import Request
from portal.models import Category, Service
from portal.permissions import Permission, require
from reports.actions.exports import record_export
from reports.exports.tables import SUGGESTIONS
from reports.exports.writers import CsvStream
from suggestions.filters import NEWEST, QueueFilter, SuggestionFilter, in_order, order_of, read_filters
from suggestions.models import Suggestion
from suggestions.models.suggestions import SuggestionQuerySet

SEARCHED = "words"  # on record: that words were searched for, not which


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a page, all of them and in its order, and the filters by which they were chosen."""

    rows: SuggestionQuerySet
    filters: dict[str, str]


def _list(request: Request) -> Listing:
    listing = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(request.actor))
    rows, order = in_order(listing.qs, order_of(request.GET)), order_of(request.GET)
    filters = {name: "true" if value is True else str(value) for name, value in listing.chosen().items()}
    if filters.pop("q", None):
        filters[SEARCHED] = "true"
    return Listing(rows, filters if order == NEWEST else filters | {"order": order})


def _queue(request: Request) -> Listing:
    if request.actor.organisation is None:
        raise PermissionDenied(_("This page is the desk of the operator and the city. Sign in with such a role to open it."))
    queue = QueueFilter(request.actor.organisation, request.actor, read_filters(request.GET), wall_clock.now())
    return Listing(queue.cases(), {name: _known(name, value) for name, value in queue.chosen.items()})


def _board(request: Request) -> Listing:
    return Listing(Suggestion.objects.visible_to(request.actor).as_they_arrive(), {})


def _known(name: str, value: str) -> str:
    """A filter as it may be put on record: a code of ours, never whatever was written in the address."""
    rows = {"service": Service.objects.all(), "category": Category.objects.all()}
    return value if name not in rows or rows[name].filter(code=value).exists() else "unknown"


LISTINGS: dict[str, Callable[[Request], Listing]] = {"suggestions": _list, "queue": _queue, "board": _board}


@never_cache
@require_GET
def export(request: Request, name: str) -> StreamingHttpResponse:
    """The rows of a page with its filters in the address, as CSV; `bom=1` adds the mark by which spreadsheet programs know UTF-8."""
    require(request.actor, Permission.EXPORT)
    if name not in LISTINGS:
        raise Http404
    listing = LISTINGS[name](request)
    stream = CsvStream(listing.rows, SUGGESTIONS, with_mark=request.GET.get("bom") == "1")
    response = StreamingHttpResponse(_on_record(stream, request, name, listing), content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{name}-{city_day(wall_clock.now()):%Y-%m-%d}.csv"'
    return response


@require_safe
def export_columns(request: Request) -> HttpResponse:
    """The data dictionary, from the same table that the files are written by."""
    require(request.actor, Permission.EXPORT)
    return render(request, "reports/export_columns.html", {"columns": SUGGESTIONS})


def _on_record(stream: CsvStream, request: Request, name: str, listing: Listing) -> Iterator[bytes]:
    """The file, and then a line in the log; also when whoever fetches it breaks off."""
    try:
        yield from stream
    finally:
        record_export(
            listing=name, filters=listing.filters, rows=stream.sent, is_whole=stream.is_whole, by=request.actor, at=wall_clock.now()
        )
