"""Atom feeds: each list as it is filtered, each suggestion, and broken promises. Only what everybody may read, and no names."""

import hashlib
import re
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import wall_clock
from portal.models import STATIONS, Actor, Event
from portal.references import read_reference
from suggestions.actions.notices import LATE_ACTS, lines_of, next_sentence
from suggestions.filters import SuggestionFilter
from suggestions.models import Commitment, Suggestion

ENTRIES = 50
FRESH_SECONDS = 300
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
EVERYBODY = Actor(kind=Actor.Kind.NOBODY)
START = datetime(2000, 1, 1, tzinfo=UTC)  # "updated" of a feed without entries, which Atom asks for


class Feed(Atom1Feed):
    """Atom 1.0 (RFC 4287); a feed without entries bears the same date each time, so that it is not fetched anew."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=START)


@login_not_required
@require_safe
def list_feed(request: HttpRequest) -> HttpResponse:
    """The newest suggestions under the same filters as the list page; what is not understood is left out, as there."""
    listing = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(EVERYBODY))
    rows = list(listing.qs.with_standing().newest_first()[:ENTRIES])
    chosen = {name: "true" if value is True else value for name, value in listing.chosen().items()}
    asked = f"?{urlencode(chosen)}" if chosen else ""
    feed = _feed(_("Suggestions"), page=reverse("suggestions:list") + asked, own=reverse("suggestions:list_feed") + asked)
    now = wall_clock.now()
    for row in rows:
        feed.add_item(
            title=_clean(row.public_words.title),
            link=_address(row.get_absolute_url()),
            unique_id=f"urn:uuid:{row.uuid}",
            description=_clean(f"{row.get_kind_display()} · {row.service}. {next_sentence(row, now=now)}"),
            pubdate=row.received_at,
            updateddate=max(row.received_at, row.cleared_at or row.received_at),
        )
    return _answer(request, feed)


@login_not_required
@require_safe
def case_feed(request: HttpRequest, reference: str) -> HttpResponse:
    """What happened to one suggestion, the newest first."""
    cases = Suggestion.objects.visible_to(EVERYBODY).select_related("service", "hidden_for")
    suggestion = cases.filter(reference=read_reference(reference)).first()
    if suggestion is None:
        raise Http404
    page, own = suggestion.get_absolute_url(), reverse("suggestions:case_feed", args=[suggestion.reference])
    feed = _feed(f"{suggestion.public_words.title} ({suggestion.reference})", page=page, own=own)
    told = Event.objects.filter(case=suggestion.reference, kind__in=list(STATIONS))
    events = told.exclude(~Q(facts__act__in=LATE_ACTS), kind=Event.Kind.OBLIGATION_LATE).order_by("-at", "-id")[:ENTRIES]
    for line in reversed(lines_of(events, now=wall_clock.now())):
        feed.add_item(
            title=_clean(line.sentence),
            link=_address(page),
            unique_id=f"urn:uuid:{line.uuid}",
            description=_clean(f"{line.when}: {line.sentence}"),
            pubdate=line.at,
            updateddate=line.at,
        )
    return _answer(request, feed)


@login_not_required
@require_safe
def broken_promises_feed(request: HttpRequest) -> HttpResponse:
    """Promises whose first day passed undone, the newest first."""
    broken = Commitment.objects.filter(
        obligation__breached_at__isnull=False, suggestion__hidden_at=None, suggestion__in=Suggestion.objects.visible_to(EVERYBODY)
    ).select_related("organisation", "suggestion", "obligation")
    own = reverse("suggestions:broken_promises_feed")
    feed = _feed(_("Broken promises"), page=reverse("suggestions:list"), own=own)
    for promise in broken.order_by("-obligation__breached_at", "-id")[:ENTRIES]:
        words = {"owner": promise.organisation.name, "what": promise.what, "day": promise.first_due_on.isoformat()}
        feed.add_item(
            title=_clean(_("%(owner)s broke its promise: %(what)s") % words),
            link=_address(promise.suggestion.get_absolute_url()),
            unique_id=f"urn:uuid:{promise.uuid}",
            description=_clean(_("It was promised for %(day)s.") % words),
            pubdate=promise.obligation.breached_at,
            updateddate=promise.obligation.breached_at,
        )
    return _answer(request, feed)


def _feed(title: str, *, page: str, own: str) -> Feed:
    return Feed(
        title=_clean(f"{title} · {settings.CITY_NAME}"),
        link=_address(page),
        description=None,
        language=get_language(),
        author_name=settings.CITY_NAME,
        feed_url=_address(own),
        feed_guid=_address(own),
    )


def _answer(request: HttpRequest, feed: Feed) -> HttpResponse:
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _clean(text: str) -> str:
    """Without the characters that no XML may hold, such as a bell somebody pasted in."""
    return NOT_IN_XML.sub("", text)


def _address(path: str) -> str:
    return settings.PUBLIC_ADDRESS.rstrip("/") + path
