import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, ApiToken, Event, TokenScope
from portal.models.tokens import LONGEST
from portal.permissions import Permission, can

PREFIX = "answerable_"  # by it a key that leaked into public code is found
KNOWN_BY = 6  # characters of the random part that stay readable
MOST = 20  # usable at once in one capacity

NEEDS: dict[str, Permission] = {
    TokenScope.SUGGEST: Permission.SUBMIT,
    TokenScope.SUPPORT: Permission.SUPPORT,
    TokenScope.ANSWER: Permission.RESPOND,
}


class ScopeDoesNotFit(Refused):
    pass


class LastsTooLong(Refused):
    pass


class TooManyTokens(Refused):
    pass


class NotNamed(Refused):
    pass


class AlreadyRevoked(Refused):
    pass


@dataclass(frozen=True, slots=True)
class NewToken:
    """The key is here and nowhere else: it is shown once."""

    token: ApiToken
    secret: str


def scopes_for(by: Actor) -> list[TokenScope]:
    """What a token of this capacity could be allowed."""
    return [scope for scope in TokenScope if scope not in NEEDS or can(by, NEEDS[scope])]


@transaction.atomic
def issue_token(*, by: Actor, name: str, scopes: Collection[TokenScope], expires_at: datetime, at: datetime) -> NewToken:
    """A key for other software, in the capacity of whoever asks and for nobody else."""
    if by.kind not in {Actor.Kind.PERSON, Actor.Kind.MEMBERSHIP}:
        raise PermissionDenied(_("Sign in first: a key acts for somebody."))
    if not name.strip():
        raise NotNamed(_("Give the key a name, so that you know later what it is for."))
    if not scopes or not set(scopes) <= set(scopes_for(by)):
        raise ScopeDoesNotFit(_("Choose at least one thing that the key may do, and only what your role may do."))
    if not at < expires_at <= at + LONGEST:
        raise LastsTooLong(_("A key ends on a day to come, at most one year from now."))
    if ApiToken.objects.of(by).usable(at).count() >= MOST:
        raise TooManyTokens(
            ngettext(
                "You have %(count)d key in use, which is the most. Revoke it first.",
                "You have %(count)d keys in use, which is the most. Revoke one first.",
                MOST,
            )
            % {"count": MOST}
        )
    random = secrets.token_urlsafe(32)
    secret = PREFIX + random
    token = ApiToken.objects.create(
        person=by.person,
        membership=by.membership,
        name=name.strip(),
        prefix=random[:KNOWN_BY],
        secret_hash=hash_secret(secret),
        scopes=sorted(scope.value for scope in set(scopes)),
        created_at=at,
        expires_at=expires_at,
    )
    record_event(Event.Kind.TOKEN_ISSUED, about=token, by=by, at=at, facts={"scopes": token.scopes})
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> ApiToken:
    """From this moment the key opens nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if not ApiToken.objects.of(by).filter(pk=token.pk).exists():
        raise PermissionDenied(_("This key belongs to somebody else, or to another role of yours."))
    if token.revoked_at:
        raise AlreadyRevoked(_("This key has been revoked."))
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record_event(Event.Kind.TOKEN_REVOKED, about=token, by=by, at=at)
    return token


def token_behind(secret: str, *, at: datetime) -> ApiToken | None:
    """The usable token with this key; the hash is looked up, so the time it takes says nothing of how much was right."""
    found = ApiToken.objects.usable(at).filter(secret_hash=hash_secret(secret))
    return found.select_related("person", "membership__person").first()


def note_use(token: ApiToken, *, on: date) -> None:
    """Written at most once a day."""
    if token.last_used_on is None or token.last_used_on < on:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=on)


def hash_secret(secret: str) -> bytes:
    """SHA-256: a key of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
