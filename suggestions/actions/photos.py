"""Photos: held while somebody writes, added, looked at by the city, taken away; and their files, which go when nobody may see them."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.actions.events import record_event
from portal.city_days import city_day
from portal.errors import Refused
from portal.models import Actor, Event
from portal.permissions import Permission, require
from suggestions.models import HeldPhoto, Photo, PhotoQuota, Suggestion
from suggestions.models.photos import PHOTOS_PER_SUGGESTION
from suggestions.permissions import require_on
from suggestions.pictures import Picture, make_picture

HELD_FOR = timedelta(hours=24)
PER_SENDER_AND_DAY = 20
PER_ADDRESS_AND_DAY = 200  # many people share the address of a library
TAKE = """
    INSERT INTO suggestions_photoquota AS quota (sender_hash, "on", taken) VALUES (%s, %s, 1)
    ON CONFLICT (sender_hash) DO UPDATE SET taken = quota.taken + 1 WHERE quota.taken < %s
    RETURNING taken
"""


class TooManyPhotos(Refused):
    pass


class SamePhotoAgain(Refused):
    pass


class PhotosClosed(Refused):
    pass


class AlreadyLookedAt(Refused):
    pass


class NeedsGround(Refused):
    pass


def senders_of(*, sender: str, address: str = "") -> Mapping[str, int]:
    """Under which names a photo counts, and how many a day each of them may send."""
    named = {f"sender {sender}": PER_SENDER_AND_DAY}
    return named | {f"address {address}": PER_ADDRESS_AND_DAY} if address else named


def hold_photo(*, form_key: str, by: Actor, sent: bytes, senders: Mapping[str, int], at: datetime, description: str = "") -> HeldPhoto:
    """Keep a photo for a suggestion that is still being written, for a day at most; sending the form with this key takes it over.

    Raises NotAPhoto, PhotoTooLarge, TooManyPhotos or SamePhotoAgain.
    """
    require(by, Permission.SUBMIT)
    form_hash = hashlib.sha256(form_key.encode()).digest()
    held = HeldPhoto.objects.filter(form_hash=form_hash)
    _require_room(held)
    _take_from_quota(senders, at)
    picture = make_picture(sent)
    _require_new(held, picture)
    return HeldPhoto.objects.create(form_hash=form_hash, held_at=at, expires_at=at + HELD_FOR, **_columns_of(picture, description))


def drop_held_photos(held: QuerySet[HeldPhoto]) -> int:
    """Forget photos that were never sent, with their files."""
    rows = list(held)
    for photo in rows:
        photo.large.delete(save=False)
        photo.small.delete(save=False)
        photo.delete()
    return len(rows)


def attach_held_photos(*, suggestion: Suggestion, form_hash: bytes, by: Actor, at: datetime) -> list[Photo]:
    """What was held while the suggestion was written becomes its own; the files stay where they are."""
    held = list(HeldPhoto.objects.of_draft(form_hash).select_for_update())
    photos = []
    for row in held[:PHOTOS_PER_SUGGESTION]:
        columns = {
            name: getattr(row, name) for name in ("uuid", "large", "small", "width", "height", "size", "sha256", "description")
        }
        photos.append(Photo.objects.create(suggestion=suggestion, by=by, added_at=at, **columns))
        row.delete()
    for photo in photos:
        _record(Event.Kind.PHOTO_ADDED, photo, by, at)
    return photos


def add_photo(
    *, suggestion: Suggestion, by: Actor, sent: bytes, senders: Mapping[str, int], at: datetime, description: str = ""
) -> Photo:
    """Add a photo to a suggestion that was sent; the public sees it once the city has looked at it.

    Raises NotAPhoto, PhotoTooLarge, TooManyPhotos, SamePhotoAgain or PhotosClosed.
    """
    require_on(by, Permission.SUBMIT, suggestion)
    _require_room(suggestion.photos.standing())
    _take_from_quota(senders, at)
    picture = make_picture(sent)  # before the lock: it may take a second
    with transaction.atomic():
        suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
        if suggestion.is_settled or suggestion.is_hidden:
            raise PhotosClosed(_("This suggestion is closed, so no photo can be added any more."))
        _require_room(suggestion.photos.standing())
        _require_new(suggestion.photos.standing(), picture)
        photo = Photo.objects.create(suggestion=suggestion, by=by, added_at=at, **_columns_of(picture, description))
        _record(Event.Kind.PHOTO_ADDED, photo, by, at)
    return photo


@transaction.atomic
def review_photo(*, photo: Photo, by: Actor, shows: bool, at: datetime, ground: str = "", note: str = "") -> Photo:
    """Show a photo to everybody, or refuse it on a published ground: then its file is deleted. A shown one may still be refused."""
    require_on(by, Permission.CLEAR, photo.suggestion)
    photo = _for_act(photo)
    if photo.state not in {Photo.State.AWAITING, Photo.State.SHOWN} or (shows and photo.state == Photo.State.SHOWN):
        raise AlreadyLookedAt(_("Somebody has dealt with this photo already."))
    if not shows and ground not in Photo.Ground.values:
        raise NeedsGround(_("Say on which ground the photo is not shown."))
    photo.state = Photo.State.SHOWN if shows else Photo.State.REFUSED
    photo.reviewed_at, photo.reviewed_by = at, by
    if not shows:
        photo.refused_ground, photo.refused_note = ground, note.strip()
        photo.description = ""
        transaction.on_commit(delete_leftover_files, robust=True)
    photo.save()
    _record(Event.Kind.PHOTO_REVIEWED, photo, by, at, state=photo.state, ground=photo.refused_ground)
    return photo


@transaction.atomic
def remove_photo(*, photo: Photo, by: Actor, at: datetime) -> Photo:
    """The author takes a photo away; its file is deleted."""
    require_on(by, Permission.WITHDRAW_OWN, photo.suggestion)
    photo = _for_act(photo)
    if photo.state not in {Photo.State.AWAITING, Photo.State.SHOWN}:
        raise AlreadyLookedAt(_("This photo is not there any more."))
    return _take_away([photo], by, at)[0]


@transaction.atomic
def forget_files(*, suggestion: Suggestion, by: Actor, at: datetime) -> int:
    """Take every photo of a suggestion away, with what was said of it: when it is withdrawn, or its author erased."""
    return len(_take_away(suggestion.photos.exclude(state=Photo.State.REMOVED).select_for_update(), by, at))


def delete_leftover_files() -> int:
    """Delete the files of photos that nobody may see any more. It runs after each such act; a nightly sweep does what a crash left."""
    deleted = 0
    for pk in list(Photo.objects.with_leftover_files().values_list("pk", flat=True)):
        with transaction.atomic():
            photo = Photo.objects.with_leftover_files().filter(pk=pk).select_for_update(skip_locked=True).first()
            if photo:
                photo.large.delete(save=False)
                photo.small.delete(save=False)
                photo.save(update_fields=["large", "small"])
                deleted += 1
    return deleted


def drop_expired_held_photos(*, at: datetime) -> int:
    """Forget what was held for a suggestion that was never sent, and yesterday's quotas."""
    PhotoQuota.objects.filter(on__lt=city_day(at)).delete()
    with transaction.atomic():
        return drop_held_photos(HeldPhoto.objects.expired(at).select_for_update(skip_locked=True))


def _take_away(photos: Iterable[Photo], by: Actor, at: datetime) -> list[Photo]:
    taken = list(photos)
    for photo in taken:
        photo.state, photo.removed_at = Photo.State.REMOVED, at
        photo.description = photo.refused_note = ""
        photo.save()
        _record(Event.Kind.PHOTO_REMOVED, photo, by, at)
    if taken:
        transaction.on_commit(delete_leftover_files, robust=True)
    return taken


def _for_act(photo: Photo) -> Photo:
    return Photo.objects.select_related("suggestion").select_for_update(of=("self",)).get(pk=photo.pk)


def _require_room(standing: QuerySet[Any]) -> None:
    """Two held at once may both find the last place; no more than the allowed number is taken over."""
    if standing.count() >= PHOTOS_PER_SUGGESTION:
        raise TooManyPhotos(
            ngettext(
                "A suggestion can have %(count)d photo. Take it away to add another.",
                "A suggestion can have %(count)d photos. Take one away to add another.",
                PHOTOS_PER_SUGGESTION,
            )
            % {"count": PHOTOS_PER_SUGGESTION}
        )


def _require_new(standing: QuerySet[Any], picture: Picture) -> None:
    if standing.filter(sha256=picture.sha256).exists():
        raise SamePhotoAgain(_("This photo is already there."))


@transaction.atomic
def _take_from_quota(senders: Mapping[str, int], at: datetime) -> None:
    """Count this photo for whoever sends it. What cannot be read as a photo counts too, for reading it is the work."""
    day = city_day(at)
    secret = f"{settings.PERSON_KEY_SECRET}|photos".encode()
    for name, most in senders.items():
        sender_hash = hmac.digest(secret, f"{day.isoformat()}|{name}".encode(), "sha256")
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [sender_hash, day, most])
            if cursor.fetchone() is None:
                raise TooManyPhotos(_("You have sent many photos today. Please come back tomorrow."))


def _columns_of(picture: Picture, description: str) -> dict[str, Any]:
    return {
        "large": ContentFile(picture.large, name="large.jpg"),
        "small": ContentFile(picture.small, name="small.jpg"),
        "width": picture.width,
        "height": picture.height,
        "size": len(picture.large),
        "sha256": picture.sha256,
        "description": description.strip(),
    }


def _record(kind: Event.Kind, photo: Photo, by: Actor, at: datetime, **facts: str) -> None:
    known = {name: fact for name, fact in facts.items() if fact}
    record_event(kind, about=photo, by=by, at=at, case=photo.suggestion.reference, facts=known)
