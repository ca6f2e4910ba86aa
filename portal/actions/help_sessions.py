from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event, HelpSession
from portal.models.kiosks import LONGEST_HELP
from portal.permissions import Permission, require


class NoPlace(Refused):
    pass


@transaction.atomic
def start_help(*, by: Actor, reason: HelpSession.Reason, confirmed: HelpSession.Confirmed, place: str, at: datetime) -> HelpSession:
    """Begin to help one person; the one before is over by it. It ends by itself after half an hour."""
    require(by, Permission.HELP)
    assert by.membership is not None
    if not place.strip():
        raise NoPlace(_("Say where you help, such as Library, first floor."))
    _end_open(by, at=at)
    session = HelpSession.objects.create(
        membership=by.membership, reason=reason, confirmed=confirmed, place=place.strip(), started_at=at, expires_at=at + LONGEST_HELP
    )
    record_event(Event.Kind.HELP_STARTED, about=session, by=by, at=at, facts={"reason": reason})
    return session


@transaction.atomic
def end_help(*, by: Actor, at: datetime) -> None:
    """The person has gone; ending twice changes nothing."""
    require(by, Permission.HELP)
    _end_open(by, at=at)


def note_receipt(*, session: HelpSession, reference: str) -> None:
    """A receipt was shown to the helper: which one stays on record."""
    with transaction.atomic():
        session = HelpSession.objects.select_for_update().get(pk=session.pk)
        if reference not in session.receipts:
            session.receipts = [*session.receipts, reference]
            session.save(update_fields=["receipts"])


def _end_open(by: Actor, *, at: datetime) -> None:
    open_one = HelpSession.objects.select_for_update().filter(membership=by.membership, ended_at=None).first()
    if open_one:
        open_one.ended_at = max(min(at, open_one.expires_at), open_one.started_at)
        open_one.save(update_fields=["ended_at"])
        record_event(Event.Kind.HELP_ENDED, about=open_one, by=by, at=open_one.ended_at, known_at=at)
