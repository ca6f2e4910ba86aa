"""What the record learns of a person, and how it forgets."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.erasures import end_sessions_of, forget_rows, what_stays, write_erasure
from portal.actions.events import subject_of
from portal.data_register import Whose
from portal.errors import Refused
from portal.models import Actor, ContactDetail, ContactView, Erasure, Person, PersonKey
from portal.permissions import Permission, require
from portal.person_keys import canonical_email, key_hash

CANONICAL = {PersonKey.Scheme.EMAIL: canonical_email}  # the others come in their one form already


class NoReasonToLook(Refused):
    pass


class NothingToSee(Refused):
    pass


class AlreadyErased(Refused):
    pass


class StillEmployed(Refused):
    pass


def learn_key(*, person: Person, scheme: PersonKey.Scheme, attribute: str, at: datetime) -> PersonKey:
    """Keep the keyed hash of an attribute that was proven just now; learning it again changes nothing.

    Where the attribute was known of an earlier account, it belongs to whoever proved it last.
    """
    canonical = CANONICAL.get(scheme, str.strip)(attribute)
    digest = key_hash(scheme, canonical, secret=settings.PERSON_KEY_SECRET)
    with transaction.atomic():
        key, is_new = PersonKey.objects.get_or_create(scheme=scheme, hash=digest, defaults={"person": person, "added_at": at})
        if not is_new and key.person_id != person.pk:
            PersonKey.objects.filter(pk=key.pk).update(person=person, added_at=at)
            key.refresh_from_db()
    return key


@transaction.atomic
def view_contact(*, person: Person, by: Actor, reason: str, at: datetime, case: str = "") -> ContactView:
    """Look at somebody's contact data: allowed only with a reason, and only by leaving this row, which the person can read."""
    require(by, Permission.VIEW_CONTACT)
    if not reason.strip():
        raise NoReasonToLook(_("Say why you need it: the person will read your reason."))
    details = [detail.value for detail in ContactDetail if getattr(person, detail.value)]
    if not details:
        raise NothingToSee(_("There is no contact data here, or it has been removed."))
    return ContactView.objects.create(person=person, by=by, details=details, reason=reason.strip(), case=case, seen_at=at)


@transaction.atomic
def erase_person(
    *,
    person: Person,
    by: Actor,
    at: datetime,
    identity: Erasure.Identity = Erasure.Identity.SIGN_IN,
    words_too: bool = False,
    receipts: Iterable[str] = (),
) -> Erasure:
    """Forget a person: the row is emptied in place, so that no foreign key moves; everything else goes as the register says.

    Done by the person, by a clerk for somebody at the desk, or by the clock. `receipts` are references of cases that are known to be theirs
    as well. Raises StillEmployed while a role of theirs stands.
    """
    if by.kind != Actor.Kind.PERSON or by.person_id != person.pk:
        require(by, Permission.ERASE)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.erased_at:
        raise AlreadyErased(_("There is nothing left to erase."))
    if person.is_staff or person.is_superuser or person.memberships.current().exists():
        raise StillEmployed(_("You have a role at the city or an operator. Ask for it to be ended first; then your data can be erased."))
    whose = Whose(person_id=person.pk, references=tuple(receipts))
    stays = what_stays(whose, words_too=words_too)
    removed = forget_rows(whose, words_too=words_too)
    if sessions := end_sessions_of(person.pk):
        removed["sessions.Session"] = sessions
    removed |= {"portal.Person": 1}
    about = subject_of(person)
    blank_person(person, at=at)
    return write_erasure(
        scope=Erasure.Scope.PERSON, about=about, by=by, identity=identity, words_too=words_too, removed=removed, stays=stays, at=at
    )


def blank_person(person: Person, *, at: datetime) -> None:
    """Nothing of the row leads to anybody any more; nobody can sign in with it."""
    person.email = None
    person.name = person.phone = person.postal_address = person.language = ""
    person.last_login = None
    person.is_active = False
    person.erased_at = at
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
