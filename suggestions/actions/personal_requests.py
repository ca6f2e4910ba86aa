"""What somebody asks about their own data: to see it, to correct it, to have it erased. The clock of it runs against the city."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.erasures import forget_rows, what_stays, write_erasure
from portal.actions.events import record_event, subject_of
from portal.actions.people import blank_person, erase_person
from portal.data_register import Whose, register
from portal.errors import Refused
from portal.models import Actor, AnswerBy, Erasure, Event, Person
from portal.permissions import Permission, require
from suggestions.actions.obligations import meet_personal_duty, open_personal_duty
from suggestions.actions.photos import forget_files
from suggestions.models import Channel, PersonalRequest, Suggestion
from suggestions.permissions import is_author

Kind = PersonalRequest.Kind
Identity = Erasure.Identity


class NotYetReceived(Refused):
    pass


class AlreadyDone(Refused):
    pass


class NobodyKnown(Refused):
    pass


@transaction.atomic
def receive_request(
    *,
    kind: PersonalRequest.Kind,
    by: Actor,
    channel: Channel,
    identity: Erasure.Identity,
    received_at: datetime,
    at: datetime,
    person: Person | None = None,
    case: str = "",
) -> PersonalRequest:
    """Take a question in and start its clock, from the moment it reached the city. Whose it is may turn out to be nobody we know."""
    if person is None or by.kind != Actor.Kind.PERSON or by.person_id != person.pk:
        require(by, Permission.ERASE)
    return _receive(kind, by=by, channel=channel, identity=identity, received_at=received_at, at=at, person=person, case=case)


@transaction.atomic
def finish_request(*, asked: PersonalRequest, by: Actor, at: datetime) -> PersonalRequest:
    """What was asked is done, or it was told that there is nothing."""
    require(by, Permission.ERASE)
    return _finish(_locked(asked), by=by, at=at)


@transaction.atomic
def erase_own(*, by: Actor, words_too: bool, at: datetime) -> Erasure:
    """A signed-in person has everything about them erased, at once."""
    if by.kind != Actor.Kind.PERSON or by.person is None:
        raise PermissionDenied(_("Sign in as yourself, not in a role, to erase your data."))
    asked = _receive(Kind.ERASE, by=by, channel=Channel.WEB, identity=Identity.SIGN_IN, received_at=at, at=at, person=by.person)
    return _erase_person(asked, person=by.person, by=by, words_too=words_too, at=at)


@transaction.atomic
def erase_own_case(*, suggestion: Suggestion, by: Actor, words_too: bool, at: datetime) -> Erasure:
    """Who holds the receipt has what the case says about them erased; the receipt opens nothing from then on."""
    if by.kind != Actor.Kind.RECEIPT or not is_author(by, suggestion):
        raise PermissionDenied(_("Only who holds the receipt may do this."))
    case = suggestion.reference
    asked = _receive(Kind.ERASE, by=by, channel=Channel.WEB, identity=Identity.RECEIPT, received_at=at, at=at, case=case)
    return _erase_case(asked, suggestion=suggestion, by=by, words_too=words_too, at=at)


@transaction.atomic
def erase_for(*, asked: PersonalRequest, by: Actor, words_too: bool, at: datetime) -> Erasure:
    """A clerk carries out what somebody asked at the desk or by letter. Raises NobodyKnown where it names nobody."""
    require(by, Permission.ERASE)
    asked = _locked(asked)
    if asked.person:
        return _erase_person(asked, person=asked.person, by=by, words_too=words_too, at=at)
    if asked.case and (suggestion := Suggestion.objects.filter(reference=asked.case).first()):
        return _erase_case(asked, suggestion=suggestion, by=by, words_too=words_too, at=at)
    raise NobodyKnown(_("This names nobody we know. Answer that we hold nothing, and mark it as done."))


def receipts_left_with(person: Person) -> list[str]:
    """The cases of nobody's account for which this person's address was left: they count as theirs when they ask to be forgotten."""
    left = Suggestion.objects.filter(contact=person, author__kind=Actor.Kind.NOBODY, author_erased_at=None)
    return list(left.values_list("reference", flat=True))


def _receive(
    kind: PersonalRequest.Kind,
    *,
    by: Actor,
    channel: Channel,
    identity: Erasure.Identity,
    received_at: datetime,
    at: datetime,
    person: Person | None = None,
    case: str = "",
) -> PersonalRequest:
    if received_at > at:
        raise NotYetReceived(_("The day on which it came lies in the future."))
    asked = PersonalRequest.objects.create(
        kind=kind, person=person, case=case, channel=channel, identity=identity, received_at=received_at, known_at=at
    )
    open_personal_duty(asked=asked, by=by)
    facts = {"kind": kind.value, "channel": channel.value}
    record_event(Event.Kind.PERSONAL_REQUEST_RECEIVED, about=asked, by=by, at=received_at, known_at=at, facts=facts)
    return asked


def _finish(asked: PersonalRequest, *, by: Actor, at: datetime, erasure: Erasure | None = None) -> PersonalRequest:
    asked.done_at = asked.done_known_at = at
    asked.erasure = erasure
    asked.save()
    meet_personal_duty(asked=asked, by=by, at=at)
    record_event(Event.Kind.PERSONAL_REQUEST_DONE, about=asked, by=by, at=at, facts={"kind": asked.kind})
    return asked


def _locked(asked: PersonalRequest) -> PersonalRequest:
    asked = PersonalRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=asked.pk)
    if asked.done_at:
        raise AlreadyDone(_("This has been done already."))
    return asked


def _erase_person(asked: PersonalRequest, *, person: Person, by: Actor, words_too: bool, at: datetime) -> Erasure:
    receipts = receipts_left_with(person)
    cases = _cases_of(Whose(person_id=person.pk, references=tuple(receipts)))
    _forget_photos(cases, by=by, words_too=words_too, at=at)
    erasure = erase_person(person=person, by=by, at=at, identity=Identity(asked.identity), words_too=words_too, receipts=receipts)
    _close_to_their_author(cases, words_too=words_too, at=at)
    _finish(asked, by=by, at=at, erasure=erasure)
    return erasure


def _erase_case(asked: PersonalRequest, *, suggestion: Suggestion, by: Actor, words_too: bool, at: datetime) -> Erasure:
    suggestion = Suggestion.objects.for_act().get(pk=suggestion.pk)
    contact = suggestion.contact
    alone = contact is not None and _is_known_by_nothing_else(contact, suggestion)
    whose = Whose(person_id=contact.pk if contact and alone else None, references=(suggestion.reference,))
    _forget_photos([suggestion.pk], by=by, words_too=words_too, at=at)
    stays = what_stays(whose, words_too=words_too)
    removed = forget_rows(whose, words_too=words_too)
    _close_to_their_author([suggestion.pk], words_too=words_too, at=at)
    if contact and alone:
        blank_person(contact, at=at)
    elif contact:  # the address is an account's or another case's as well: this case lets go of it
        Suggestion.objects.filter(pk=suggestion.pk).update(contact=None, answer_by=AnswerBy.COME_BACK)
    if contact:
        removed |= {"portal.Person": 1}
    erasure = write_erasure(
        scope=Erasure.Scope.CASE,
        about=subject_of(suggestion),
        by=by,
        identity=Identity(asked.identity),
        words_too=words_too,
        removed=removed,
        stays=stays,
        at=at,
        case=suggestion.reference,
    )
    _finish(asked, by=by, at=at, erasure=erasure)
    return erasure


def _cases_of(whose: Whose) -> list[int]:
    return list(whose.rows(Suggestion, register().tables["suggestions.Suggestion"]).values_list("pk", flat=True))


def _forget_photos(cases: list[int], *, by: Actor, words_too: bool, at: datetime) -> None:
    """Photos are words too; their files go with the commit."""
    for suggestion in Suggestion.objects.filter(pk__in=cases) if words_too else ():
        forget_files(suggestion=suggestion, by=by, at=at)


def _close_to_their_author(cases: list[int], *, words_too: bool, at: datetime) -> None:
    """From now on nothing leads from these cases to who wrote them; a home is no longer on any map."""
    Suggestion.objects.filter(pk__in=cases, is_home=True).update(place="", latitude=None, longitude=None)
    Suggestion.objects.filter(pk__in=cases).update(author_erased_at=at)
    if words_too:
        Suggestion.objects.filter(pk__in=cases).update(words_removed_at=at)


def _is_known_by_nothing_else(contact: Person, suggestion: Suggestion) -> bool:
    """Whether the row was made only because this address was left for this case."""
    has_signed_in = contact.last_login is not None or contact.has_usable_password() or Actor.objects.filter(person=contact).exists()
    return not has_signed_in and not Suggestion.objects.filter(contact=contact).exclude(pk=suggestion.pk).exists()
