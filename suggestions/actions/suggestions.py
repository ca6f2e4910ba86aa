import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.actions.events import build_event, record_event
from portal.errors import Refused
from portal.models import Act, Actor, AnswerBy, Area, Asset, Category, Event, Person, Service, SuggestionKind, Visibility
from portal.permissions import Permission, require
from portal.references import hash_phrase, new_phrase, phrase_from
from suggestions.actions.checks import settle_check
from suggestions.actions.obligations import end_obligations, open_first_obligations
from suggestions.actions.photos import attach_held_photos, forget_files
from suggestions.actions.standings import refresh_standing, write_first_standing
from suggestions.models import Channel, Obligation, OpenedBy, Status, Suggestion
from suggestions.permissions import require_on


class NotOffered(Refused):
    pass


class NoWayToAnswer(Refused):
    pass


class NotYetReceived(Refused):
    pass


class AlreadySettled(Refused):
    pass


class NoReason(Refused):
    pass


class WrongPhrase(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Contact:
    """What a citizen leaves so that the answer can reach them; kept with the person, never with the suggestion."""

    name: str = ""
    email: str = ""
    phone: str = ""
    postal_address: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the citizen takes home: the phrase is shown here and nowhere else."""

    suggestion: Suggestion
    phrase: str


REACHED_BY = {
    AnswerBy.EMAIL: "email",
    AnswerBy.LETTER: "postal_address",
    AnswerBy.CALL: "phone",
    AnswerBy.SMS: "phone",
}


def submit_suggestion(
    *,
    by: Actor,
    channel: Channel,
    service: Service,
    kind: SuggestionKind,
    title: str,
    at: datetime,
    text: str = "",
    lang: str = "",
    category: Category | None = None,
    area: Area | None = None,
    asset: Asset | None = None,
    place: str = "",
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    is_home: bool = False,
    answers: Mapping[str, object] | None = None,
    visibility: Visibility | None = None,
    answer_by: AnswerBy = AnswerBy.COME_BACK,
    contact: Contact | None = None,
    opened_by: OpenedBy = OpenedBy.CITIZEN,
    received_at: datetime | None = None,
    form_key: str = "",
) -> Receipt:
    """Take a suggestion in and start its clocks, from the moment it was received, whatever the channel.

    The same form sent twice (same form_key) is kept once and gives the same receipt.
    """
    require(by, Permission.SUBMIT)
    form_hash = hashlib.sha256(form_key.encode()).digest() if form_key else None
    if form_hash and (earlier := Suggestion.objects.filter(form_hash=form_hash).first()):
        return Receipt(earlier, phrase_from(form_key, secret=settings.RECEIPT_PHRASE_SECRET))
    received_at = received_at or at
    if received_at > at:
        raise NotYetReceived(_("The moment of receipt lies in the future."))
    _check_offer(service, kind, category, asset, at)
    phrase = phrase_from(form_key, secret=settings.RECEIPT_PHRASE_SECRET) if form_key else new_phrase()
    shown_to = _visibility(service, visibility)
    try:
        with transaction.atomic():
            suggestion = Suggestion(
                kind=kind,
                service=service,
                category=category,
                area=area or (asset.area if asset else None),
                asset=asset,
                title=title.strip(),
                text=text.strip(),
                lang=lang or settings.LEADING_LANGUAGE,
                **_answers(category, answers or {}),
                place=place.strip(),
                latitude=rounded(latitude, is_home=is_home),
                longitude=rounded(longitude, is_home=is_home),
                is_home=is_home,
                author=by,
                opened_by=opened_by,
                channel=channel,
                contact=_contact(by, answer_by, contact),
                answer_by=answer_by,
                form_hash=form_hash,
                visibility=shown_to,
                status=Status.AWAITING_CHECK if shown_to == Visibility.AFTER_CHECK else Status.PUBLISHED,
                received_at=received_at,
                known_at=at,
            )
            suggestion.phrase_hash = hash_phrase(phrase, reference=suggestion.reference, secret=settings.RECEIPT_PHRASE_SECRET)
            suggestion.save()
            acts = [Act.ACKNOWLEDGE, Act.ANSWER, *([Act.SOLVE] if kind == SuggestionKind.PROBLEM else [])]
            if suggestion.awaits_clearance:
                acts.append(Act.CHECK)
            obligations, opened = open_first_obligations(suggestion=suggestion, acts=acts, by=by, at=received_at, known_at=at)
            write_first_standing(suggestion, obligations)
            submitted = build_event(
                Event.Kind.SUGGESTION_SUBMITTED,
                about=suggestion,
                by=by,
                at=received_at,
                known_at=at,
                case=suggestion.reference,
                facts={"kind": kind, "service": service.code, "channel": channel},
            )
            Event.objects.bulk_create([*opened, submitted])
            if form_hash:
                attach_held_photos(suggestion=suggestion, form_hash=form_hash, by=by, at=at)
    except IntegrityError as fault:
        if form_hash is None or "form_hash" not in str(fault):
            raise
        return Receipt(Suggestion.objects.get(form_hash=form_hash), phrase)  # the twin of a double click came first
    return Receipt(suggestion, phrase)


def rounded(degrees: Decimal | None, *, is_home: bool) -> Decimal | None:
    """A coordinate to five places (about a metre), or to three (about a hundred metres) where the place is a home."""
    return None if degrees is None else round(degrees, 3 if is_home else 5)


def _check_offer(service: Service, kind: SuggestionKind, category: Category | None, asset: Asset | None, at: datetime) -> None:
    if service.retired_at and service.retired_at <= at:
        raise NotOffered(_("This service no longer takes suggestions."))
    if category and (category.service_id != service.pk or category.retired_at or (category.kinds and kind not in category.kinds)):
        raise NotOffered(_("This category does not fit the service and the kind you chose."))
    if asset and asset.service_id != service.pk:
        raise NotOffered(_("This place belongs to another service."))


def _answers(category: Category | None, given: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Apart from the start: what was answered to a personal question is never among the public answers."""
    private = set(category.questions.filter(is_public=False).values_list("code", flat=True)) if category and given else set()
    return {
        "answers": {code: answer for code, answer in given.items() if code not in private},
        "private_answers": {code: answer for code, answer in given.items() if code in private},
    }


def _visibility(service: Service, wish: Visibility | None) -> Visibility:
    """The service's own rule; the author may only choose to keep it between the city and the operator."""
    if wish == Visibility.CITY_AND_OPERATOR:
        return Visibility.CITY_AND_OPERATOR
    return Visibility(service.visibility)


def _contact(by: Actor, answer_by: AnswerBy, contact: Contact | None) -> Person | None:
    """The person to tell. An address left here is not proven, so it opens nothing: only the receipt or a sign-in does."""
    field = REACHED_BY.get(answer_by)
    if field is None:
        return None
    if contact is None or not getattr(contact, field).strip():
        known = by.person if by.kind == Actor.Kind.PERSON else by.on_behalf_of
        if known is not None and getattr(known, field):
            return known
        raise NoWayToAnswer(_("Tell us where the answer should go, or choose to come back with your receipt."))
    if email := contact.email.strip().lower():
        return Person.objects.get_or_create(email=email, defaults={"name": contact.name.strip(), "password": "!"})[0]
    return Person.objects.create(
        name=contact.name.strip(), phone=contact.phone.strip(), postal_address=contact.postal_address.strip(), password="!"
    )


def open_with_phrase(*, reference: str, phrase: str) -> Actor:
    """The actor who holds this receipt; raises WrongPhrase without saying which of the two was wrong."""
    suggestion = Suggestion.objects.filter(reference=reference).first()
    expected = bytes(suggestion.phrase_hash) if suggestion and suggestion.phrase_hash else b""
    given = hash_phrase(phrase, reference=reference, secret=settings.RECEIPT_PHRASE_SECRET)
    if not hmac.compare_digest(given, expected):
        raise WrongPhrase(_("This reference and these four words do not belong together."))
    return Actor.objects.receipt(reference)


@transaction.atomic
def clear_suggestion(*, suggestion: Suggestion, by: Actor, at: datetime) -> Suggestion:
    """The city's check before publication is done: the suggestion is public from now on. Its clocks ran all along."""
    require_on(by, Permission.CLEAR, suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    if suggestion.visibility != Visibility.AFTER_CHECK or suggestion.cleared_at:
        raise AlreadySettled(_("This suggestion is not waiting for a check."))
    if suggestion.is_hidden:
        raise AlreadySettled(_("This suggestion is hidden. Show it again before you clear it."))
    suggestion.cleared_at = at
    if suggestion.status == Status.AWAITING_CHECK:
        suggestion.status = Status.PUBLISHED
    suggestion.save()
    settle_check(suggestion=suggestion, by=by, at=at)
    record_event(Event.Kind.SUGGESTION_CLEARED, about=suggestion, by=by, at=at, case=suggestion.reference)
    return suggestion


@transaction.atomic
def withdraw_suggestion(*, suggestion: Suggestion, by: Actor, reason: str, at: datetime) -> Suggestion:
    """The author takes it back, with a reason: nothing is owed from now on, its photos go, and what was late stays on record."""
    require_on(by, Permission.WITHDRAW_OWN, suggestion)
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    if not suggestion.can_move_to(Status.WITHDRAWN):
        raise AlreadySettled(_("This suggestion can no longer be withdrawn."))
    if not reason.strip():
        raise NoReason(_("Say in a few words why you take it back."))
    waited_for_check = suggestion.awaits_clearance
    suggestion.status = Status.WITHDRAWN
    suggestion.withdrawn_at = suggestion.withdrawn_known_at = at
    suggestion.withdrawn_reason = reason.strip()
    suggestion.save()
    end_obligations(suggestion=suggestion, cause=Obligation.EndCause.WITHDRAWN, by=by, at=at)
    forget_files(suggestion=suggestion, by=by, at=at)
    if waited_for_check:
        end_obligations(suggestion=suggestion, cause=Obligation.EndCause.WITHDRAWN, by=by, at=at, acts=(Act.CHECK,))
    settle_check(suggestion=suggestion, by=by, at=at)
    refresh_standing(suggestion)
    record_event(Event.Kind.SUGGESTION_WITHDRAWN, about=suggestion, by=by, at=at, case=suggestion.reference)
    return suggestion
