import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event, Kiosk
from portal.permissions import Permission, require
from portal.references import ALPHABET

CODE_LENGTH, CODE_LIVES = 10, timedelta(hours=1)  # 50 bits, for an hour


class KioskIncomplete(Refused):
    pass


class WrongCode(Refused):
    pass


@transaction.atomic
def put_up_kiosk(*, name: str, place: str, by: Actor, at: datetime) -> tuple[Kiosk, str]:
    """A new kiosk, with the code that makes one screen it: shown once, good for an hour and for one use."""
    require(by, Permission.MANAGE_KIOSKS)
    if not name.strip() or not place.strip():
        raise KioskIncomplete(_("Give the kiosk a name, and say where people find it."))
    code = "".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH))
    kiosk = Kiosk.objects.create(
        name=name.strip(), place=place.strip(), code_hash=_hash(code), code_until=at + CODE_LIVES, made_by=by, made_at=at
    )
    record_event(Event.Kind.KIOSK_PUT_UP, about=kiosk, by=by, at=at)
    return kiosk, f"{code[:5]}-{code[5:]}"


@transaction.atomic
def enrol_kiosk(*, code: str, at: datetime) -> tuple[Kiosk, str]:
    """Make the screen on which the code was typed the kiosk; the secret it proves itself by from now on is kept only there."""
    written = "".join(character for character in code.upper() if character.isalnum()).translate(str.maketrans("OIL", "011"))
    kiosk = Kiosk.objects.select_for_update().filter(code_hash=_hash(written), code_until__gt=at, revoked_at=None).first()
    if kiosk is None:
        raise WrongCode(_("This code is wrong, used or older than an hour. Ask the city for a new one."))
    credential = secrets.token_urlsafe(32)
    kiosk.credential_hash, kiosk.code_hash, kiosk.code_until, kiosk.enrolled_at = _hash(credential), None, None, at
    kiosk.save()
    record_event(Event.Kind.KIOSK_ENROLLED, about=kiosk, by=Actor.objects.system(), at=at)
    return kiosk, credential


@transaction.atomic
def take_down_kiosk(*, kiosk: Kiosk, by: Actor, at: datetime) -> Kiosk:
    """The screen is an ordinary one from its next page on."""
    require(by, Permission.MANAGE_KIOSKS)
    kiosk = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
    if kiosk.revoked_at is None:
        kiosk.revoked_at, kiosk.credential_hash, kiosk.code_hash, kiosk.code_until = at, None, None, None
        kiosk.save()
        record_event(Event.Kind.KIOSK_TAKEN_DOWN, about=kiosk, by=by, at=at)
    return kiosk


def note_wipe(*, kiosk: Kiosk, at: datetime) -> None:
    Kiosk.objects.filter(pk=kiosk.pk).update(wiped_at=at)


def kiosk_of(credential: str) -> Kiosk | None:
    """The kiosk that a screen proves to be."""
    return Kiosk.objects.in_use().filter(credential_hash=_hash(credential)).first()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
