from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Actor, Area, Person, Service
from portal.permissions import Permission, require
from suggestions.models import Follow, Suggestion


class OnlyForYourself(Refused):
    pass


@transaction.atomic
def follow(*, subject: Suggestion | Service | Area, by: Actor, at: datetime) -> Follow:
    """Be told from now on what happens to it; following twice changes nothing. Raises OnlyForYourself for a role."""
    person = _follower(by)
    about = _about(subject)
    Follow.objects.bulk_create([Follow(person=person, since_at=at, **about)], ignore_conflicts=True)
    return Follow.objects.current().get(person=person, **about)


@transaction.atomic
def unfollow(*, subject: Suggestion | Service | Area, by: Actor, at: datetime) -> bool:
    """Be told no longer; whether it was followed at all."""
    return Follow.objects.current().filter(person=_follower(by), **_about(subject)).update(until_at=at) > 0


def forget_follows(*, person: Person) -> int:
    """Remove what somebody who is erased followed, and since when; returns how many rows."""
    return Follow.objects.filter(person=person).delete()[0]


def _follower(by: Actor) -> Person:
    require(by, Permission.FOLLOW)
    if by.kind != Actor.Kind.PERSON or by.person is None:
        raise OnlyForYourself(_("Only somebody who is signed in for themselves can follow."))
    return by.person


def _about(subject: Suggestion | Service | Area) -> dict[str, Suggestion | Service | Area]:
    return {type(subject)._meta.model_name or "": subject}
