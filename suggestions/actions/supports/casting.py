"""Giving a support and taking it back: one person counts once for one suggestion, whatever the channel and however often they press."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Actor, PersonKey
from portal.permissions import Permission, require
from portal.person_keys import canonical_declaration, key_hash, receipt_key
from portal.references import hash_phrase, new_phrase, new_reference, phrase_from, uuid7
from suggestions.models import ASSURANCE_OF_KEY, Channel, KeyScheme, Status, Suggestion, Support, SupportClaim, SupportDelta

OLDEST = date(1900, 1, 1)


class CannotBeSupported(Refused):
    pass


class NotSupported(Refused):
    pass


class DeclarationIncomplete(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody says of themselves so that they count once on paper, kiosk and web; hashed at once and never kept."""

    name: str
    born_on: date
    postcode: str


@dataclass(frozen=True, slots=True)
class Cast:
    """What became of it. The screen says the same for a first support and for a repeated one; only the proven person may be told."""

    support: Support
    is_new: bool
    phrase: str = ""  # of the receipt, where there is no account; shown here and nowhere else


# One statement: the row, its claims and the step of the count stand or fall together, and nothing waits on the row of the suggestion.
CAST = """
WITH known AS (
    SELECT scheme, hash AS key FROM portal_personkey WHERE person_id = %(person)s
    UNION SELECT * FROM unnest(%(schemes)s::text[], %(keys)s::bytea[])
), given AS (
    INSERT INTO suggestions_support
        (uuid, suggestion_id, by_id, channel, assurance, reference, phrase_hash, salt,
         given_at, known_at, qualified_at, held_because, settled_reason)
    SELECT %(uuid)s, %(suggestion)s, %(by)s, %(channel)s, (SELECT max((%(assurances)s::jsonb ->> scheme)::smallint) FROM known),
           %(reference)s, %(phrase_hash)s, uuid_send(gen_random_uuid()), %(given_at)s, %(at)s, %(at)s, '', ''
    WHERE NOT EXISTS (
        SELECT 1 FROM suggestions_supportclaim JOIN known USING (key) WHERE suggestion_id = %(suggestion)s
    )
    RETURNING id, suggestion_id, channel, assurance
), claimed AS (
    INSERT INTO suggestions_supportclaim (suggestion_id, support_id, scheme, key)
    SELECT given.suggestion_id, given.id, known.scheme, known.key FROM given CROSS JOIN known
), followed AS (
    INSERT INTO suggestions_follow (person_id, suggestion_id, since_at)
    SELECT %(follower)s::bigint, suggestion_id, %(at)s FROM given WHERE %(follower)s::bigint IS NOT NULL
    ON CONFLICT DO NOTHING
)
INSERT INTO suggestions_supportdelta (suggestion_id, support_id, channel, assurance, step)
SELECT suggestion_id, id, channel, assurance, 1 FROM given
RETURNING support_id
"""
ASSURANCES = "{" + ", ".join(f'"{scheme}": {assurance.value}' for scheme, assurance in ASSURANCE_OF_KEY.items()) + "}"


def give_support(
    *,
    suggestion: Suggestion,
    by: Actor,
    channel: Channel,
    at: datetime,
    declaration: Declaration | None = None,
    given_at: datetime | None = None,
    form_key: str = "",
) -> Cast:
    """Support a suggestion; pressing again, by any channel, counts once.

    Who has an account is known by the keys of it; who has none is known by what they declare, or else by a receipt alone, which is shown
    apart and counts for no threshold. Where something agrees with another support and something differs, it is held, neither counted nor
    lost, until somebody has looked. For paper, given_at is the moment of receipt. Who supports with an account follows from then on.

    Raises CannotBeSupported for what is withdrawn or not public, DeclarationIncomplete.
    """
    require(by, Permission.SUPPORT)
    _check_open(suggestion)
    person_id = by.person_id or by.on_behalf_of_id
    keys = _keys(by, declaration, at)
    reference, phrase = None, ""
    if person_id is None:
        phrase = phrase_from(form_key, secret=settings.RECEIPT_PHRASE_SECRET) if form_key else new_phrase()
        reference = new_reference()
        keys.append((KeyScheme.RECEIPT, receipt_key(form_key or reference)))
    values = {
        "uuid": uuid7(),
        "suggestion": suggestion.pk,
        "by": by.pk,
        "person": person_id,
        "follower": by.person_id if by.kind == Actor.Kind.PERSON else None,
        "schemes": [str(scheme) for scheme, _key in keys],
        "keys": [key for _scheme, key in keys],
        "assurances": ASSURANCES,
        "channel": str(channel),
        "reference": reference,
        "phrase_hash": hash_phrase(phrase, reference=reference, secret=settings.RECEIPT_PHRASE_SECRET) if reference else None,
        "given_at": given_at or at,
        "at": at,
    }
    if _cast(values):
        return Cast(_just_cast(values), is_new=True, phrase=phrase)
    return _meet_earlier(by, values, phrase)


def take_back_support(*, support: Support, by: Actor, at: datetime) -> Support:
    """Take a support back, at any time; a threshold that it helped to reach stays reached. Raises NotSupported when there is none."""
    require(by, Permission.SUPPORT)
    with transaction.atomic():
        support = Support.objects.select_for_update().get(pk=support.pk)
        if not _may_take_back(support, by):
            raise NotSupported(_("This support is not yours."))
        if support.withdrawn_at:
            raise NotSupported(_("You have taken your support back already."))
        if support.is_counted:
            take_step(support, -1)
        support.withdrawn_at = support.withdrawn_known_at = at
        support.save(update_fields=["withdrawn_at", "withdrawn_known_at"])
        support.claims.all().delete()
    return support


def _may_take_back(support: Support, by: Actor) -> bool:
    """Whether it is theirs: of this account, or by its receipt. A visitor without either is one of many."""
    if by.kind == Actor.Kind.RECEIPT:
        return by.subject == support.reference
    return by.kind in {Actor.Kind.PERSON, Actor.Kind.HELPER} and support.by_id == by.pk and (by.person_id or by.on_behalf_of_id) is not None


def prove_support_receipt(*, reference: str, phrase: str) -> tuple[Support, Actor]:
    """The support that a receipt is for, and whoever holds that receipt. Raises NotSupported without telling which of the two was wrong."""
    support = Support.objects.filter(reference=reference).select_related("suggestion").first()
    given = hash_phrase(phrase, reference=reference, secret=settings.RECEIPT_PHRASE_SECRET)
    if not hmac.compare_digest(given, bytes(support.phrase_hash or b"") if support else b"") or support is None:
        raise NotSupported(_("This reference and these four words do not belong together."))
    return support, Actor.objects.receipt(reference)


def _check_open(suggestion: Suggestion) -> None:
    if suggestion.status == Status.WITHDRAWN:
        raise CannotBeSupported(_("Its author took this suggestion back. It can no longer be supported."))
    if not suggestion.is_public:
        raise CannotBeSupported(_("This suggestion is not public, so nobody can support it."))


def _keys(by: Actor, declaration: Declaration | None, at: datetime) -> list[tuple[str, bytes]]:
    """The keys that this act brings along; those that the city knows of an account are read in the statement itself."""
    keys: list[tuple[str, bytes]] = []
    person_id = by.person_id or by.on_behalf_of_id
    if person_id is not None:
        keys.append((KeyScheme.ACCOUNT, key_hash(KeyScheme.ACCOUNT, str(person_id), secret=settings.PERSON_KEY_SECRET)))
    if declaration:
        if not declaration.name.strip() or not declaration.postcode.strip():
            raise DeclarationIncomplete(_("To count as one person, give your name, birth date and postcode."))
        if not OLDEST <= declaration.born_on <= at.date():
            raise DeclarationIncomplete(_("This birth date cannot be right."))
        canonical = canonical_declaration(name=declaration.name, born_on=declaration.born_on, postcode=declaration.postcode)
        keys.append((KeyScheme.DECLARED, key_hash(KeyScheme.DECLARED, canonical, secret=settings.PERSON_KEY_SECRET)))
    return keys


def _cast(values: dict[str, Any]) -> int | None:
    """The id of the new support; None where one of the keys is claimed, also by somebody who came a moment earlier."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CAST, values)
            row = cursor.fetchone()
    except IntegrityError as fault:
        if "support_once_per_key" not in str(fault):
            raise
        return None
    return row[0] if row else None


def _just_cast(values: dict[str, Any]) -> Support:
    """The new row as far as a door needs it, without asking for it again."""
    return Support(
        uuid=values["uuid"],
        suggestion_id=values["suggestion"],
        channel=values["channel"],
        reference=values["reference"],
        given_at=values["given_at"],
    )


@transaction.atomic
def _meet_earlier(by: Actor, values: dict[str, Any], phrase: str) -> Cast:
    """Some of these keys are claimed already: by the same proven person, by what seems to be the same one, or it is not clear by whom.

    Nobody can move another's support by what they merely declare: a doubt always falls on the later or on one's own.
    """
    keys = _all_keys(values)
    claimed = SupportClaim.objects.filter(suggestion=values["suggestion"], key__in=[key for _scheme, key in keys])
    matched = list(
        Support.objects.select_for_update()
        .filter(pk__in=list(claimed.values_list("support", flat=True)))
        .order_by("known_at", "id")
        .prefetch_related("claims")
    )
    if not matched:  # taken back a moment ago
        _cast(values)
        return Cast(_just_cast(values), is_new=True, phrase=phrase)
    own = [support for support in matched if _is_own(support, by, keys)]
    others = [support for support in matched if support not in own]
    is_same = any(not _contradicts(support, keys) for support in others)
    if own:
        if others:
            _hold(own[0], Support.Doubt.TWO_BECAME_ONE if is_same else Support.Doubt.SOME_KEYS_MATCH, at=values["at"])
        _claim(own[0], keys)
        return Cast(own[0], is_new=False, phrase=phrase)
    return Cast(_keep_uncounted(by, values, keys, is_same=is_same), is_new=False, phrase=phrase)


def _keep_uncounted(by: Actor, values: dict[str, Any], keys: list[tuple[str, bytes]], *, is_same: bool) -> Support:
    """A row and a receipt as everybody gets, so that nobody can find out who supports what by trying; but it counts for nothing yet."""
    at = values["at"]
    settled = {"rejected_at": at, "settled_by": Actor.objects.system(), "settled_reason": "repeated"} if is_same else {}
    support = Support.objects.create(
        uuid=values["uuid"],
        suggestion_id=values["suggestion"],
        by=by,
        channel=values["channel"],
        assurance=max(ASSURANCE_OF_KEY[KeyScheme(scheme)] for scheme, _key in keys),
        reference=values["reference"],
        phrase_hash=values["phrase_hash"],
        given_at=values["given_at"],
        known_at=at,
        qualified_at=at,
        held_at=at,
        held_because=Support.Doubt.REPEATED if is_same else Support.Doubt.SOME_KEYS_MATCH,
        **settled,
    )
    _claim(support, keys)
    return support


def _all_keys(values: dict[str, Any]) -> list[tuple[str, bytes]]:
    of_account = PersonKey.objects.filter(person=values["person"]).values_list("scheme", "hash") if values["person"] else []
    return [*((scheme, bytes(key)) for scheme, key in of_account), *zip(values["schemes"], values["keys"], strict=True)]


def _is_own(support: Support, by: Actor, keys: list[tuple[str, bytes]]) -> bool:
    """Whether it is proven to be theirs: given by this account, or by this very form."""
    if support.by_id == by.pk and by.kind in {Actor.Kind.PERSON, Actor.Kind.RECEIPT}:
        return True
    receipts = {key for scheme, key in keys if scheme == KeyScheme.RECEIPT}
    return any(claim.scheme == KeyScheme.RECEIPT and bytes(claim.key) in receipts for claim in support.claims.all())


def _contradicts(support: Support, keys: list[tuple[str, bytes]]) -> bool:
    """Whether both name something of the same kind and it differs; a receipt marks nobody, so two of them contradict nothing."""
    for kind in set(KeyScheme) - {KeyScheme.RECEIPT}:
        theirs = {bytes(claim.key) for claim in support.claims.all() if claim.scheme == kind}
        these = {key for scheme, key in keys if scheme == kind}
        if theirs and these and not theirs & these:
            return True
    return False


def _claim(support: Support, keys: list[tuple[str, bytes]]) -> None:
    """Claim for this support what is still free, so that the next press by any of these keys meets it."""
    SupportClaim.objects.bulk_create(
        [SupportClaim(suggestion_id=support.suggestion_id, support=support, scheme=scheme, key=key) for scheme, key in keys],
        ignore_conflicts=True,
    )


def _hold(support: Support, doubt: Support.Doubt, *, at: datetime) -> None:
    if not support.is_counted:
        return
    take_step(support, -1)
    support.held_at, support.held_because = at, doubt
    support.save(update_fields=["held_at", "held_because"])


def take_step(support: Support, step: int) -> None:
    SupportDelta.objects.create(
        suggestion_id=support.suggestion_id, support=support, channel=support.channel, assurance=support.assurance, step=step
    )
