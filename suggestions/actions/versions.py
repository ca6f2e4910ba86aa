from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event
from portal.permissions import Permission
from suggestions.actions.suggestions import rounded
from suggestions.models import Status, Suggestion, SuggestionVersion
from suggestions.permissions import require_on

UNANSWERED = frozenset({Status.AWAITING_CHECK, Status.PUBLISHED})
CORRECTED = ("title", "text", "place", "latitude", "longitude", "is_home")


class NoLongerEditable(Refused):
    pass


def editable_until(suggestion: Suggestion) -> datetime:
    """The moment from which the author can no longer correct it, counted from when this record learned of it."""
    return suggestion.known_at + timedelta(minutes=settings.EDIT_MINUTES)


def can_be_edited(suggestion: Suggestion, *, at: datetime) -> bool:
    """Within the window, and only while nobody official has said anything about it: nobody answers a text that changes behind them."""
    if at >= editable_until(suggestion) or suggestion.status not in UNANSWERED or suggestion.cleared_at or suggestion.is_hidden:
        return False
    return not suggestion.responses.exists()


@transaction.atomic
def edit_suggestion(
    *,
    suggestion: Suggestion,
    by: Actor,
    title: str,
    text: str,
    place: str,
    is_home: bool,
    at: datetime,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> Suggestion:
    """The author corrects what they said. What it said before stays to be read, and no clock moves. Raises NoLongerEditable."""
    require_on(by, Permission.WITHDRAW_OWN, suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    if not can_be_edited(suggestion, at=at):
        raise NoLongerEditable(_("This can no longer be changed: the time for it is over, or somebody has answered."))
    before = {name: getattr(suggestion, name) for name in CORRECTED}
    after = {
        "title": title.strip(),
        "text": text.strip(),
        "place": place.strip(),
        "latitude": rounded(latitude, is_home=is_home),
        "longitude": rounded(longitude, is_home=is_home),
        "is_home": is_home,
    }
    changed = [name for name in CORRECTED if before[name] != after[name]]
    if not changed:
        return suggestion
    newest = suggestion.versions.order_by("-replaced_at", "-id").first()
    said_at = newest.replaced_at if newest else suggestion.known_at
    SuggestionVersion.objects.create(suggestion=suggestion, by=by, said_at=said_at, replaced_at=at, **before)
    for name, value in after.items():
        setattr(suggestion, name, value)
    suggestion.save(update_fields=changed)
    if is_home:  # what was pinned exactly before is rounded too
        suggestion.versions.update(latitude=Round("latitude", 3), longitude=Round("longitude", 3))
    record_event(
        Event.Kind.SUGGESTION_EDITED, about=suggestion, by=by, at=at, case=suggestion.reference, facts={"changed": ",".join(changed)}
    )
    return suggestion
