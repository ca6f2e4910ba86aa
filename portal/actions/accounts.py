"""Accounts: opened by proving an address, closed in every browser at once."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal.actions.people import learn_key
from portal.models import Person, PersonKey


@transaction.atomic
def open_account(*, email: str, at: datetime) -> tuple[Person, bool]:
    """The account of whoever proved this address just now, and whether it is new; one that is closed stays as it is."""
    email = email.strip().lower()
    confirmed = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    if confirmed:
        person, is_new = confirmed.user, False
    else:
        person, is_new = Person.objects.get_or_create(email=email, defaults={"password": make_password(None)})
    if person.is_active:
        confirm_address(person=person, email=email, at=at)
    return person, is_new


@transaction.atomic
def confirm_address(*, person: Person, email: str, at: datetime) -> None:
    """Write down that this address is this person's: it was proven just now, or somebody at the city vouches for it."""
    address, _is_new = EmailAddress.objects.get_or_create(user=person, email=email.strip().lower())
    if not (address.verified and address.primary):
        EmailAddress.objects.filter(user=person, primary=True).exclude(pk=address.pk).update(primary=False)
        address.verified = address.primary = True
        address.save(update_fields=["verified", "primary"])
    learn_key(person=person, scheme=PersonKey.Scheme.EMAIL, attribute=address.email, at=at)


def add_app(*, person: Person, secret: str) -> None:
    """Let this app (by its secret in base 32) be the second factor of somebody."""
    TOTP.activate(person, secret)


def end_visits(*, person: Person) -> int:
    """Sign somebody out everywhere; gives in how many browsers."""
    visits = list(UserSession.objects.filter(user=person))
    for visit in visits:
        visit.end()
    return len(visits)
