"""Signing in and out, and the one capacity somebody acts in."""

from ipaddress import IPv6Address
from random import getrandbits

import pytest
from django.test import Client
from django.urls import reverse

from portal.actions.organisations import appoint
from portal.actions.tries import TRIES
from portal.middleware import CAPACITY
from portal.models import Membership, Notification, Person, Role
from tests.factories import MONDAY_NOON, a_browser, a_clerk, an_agent, an_operator, the_city

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
SIGN_IN = reverse("portal:sign_in")


def a_visitor() -> Client:
    """Somebody at an address of the net from which nobody tried before."""
    return Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128))))


def an_account(*roles: tuple[Role, object]) -> Person:
    person = Person.objects.create_user("ann@example.org", PASSWORD)
    for role, organisation in roles:
        appoint(person=person, organisation=organisation, role=role, at=MONDAY_NOON)
    return person


def sign_in(client: Client, *, email: str = "ann@example.org", password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": email, "password": password} | more)


@pytest.mark.parametrize(
    ("role", "organisation", "start"),
    [
        (Role.OPERATOR_AGENT, an_operator, "suggestions:queue"),
        (Role.CITY_CLERK, the_city, "suggestions:board"),
        (Role.HELPER, the_city, "suggestions:list"),
    ],
)
def test_the_one_role_somebody_has_is_taken_at_once(role, organisation, start):
    person = an_account((role, organisation()))
    client = a_visitor()

    response = sign_in(client, email=" Ann@Example.org ")

    assert response.url == reverse(start)
    assert client.session[CAPACITY] == person.memberships.get().pk


def test_citizen_has_no_capacity_and_begins_at_the_list():
    an_account()
    client = a_visitor()

    response = sign_in(client)

    assert response.url == reverse("suggestions:list")
    assert client.session[CAPACITY] is None


def test_somebody_with_several_roles_is_asked_in_which_one():
    person = an_account((Role.CITY_CLERK, the_city()), (Role.CITY_MANAGER, the_city()))
    client = a_visitor()

    response = sign_in(client)
    meanwhile = client.get(reverse("suggestions:board")).status_code
    chosen = person.memberships.get(role=Role.CITY_MANAGER)
    after = client.post(response.url, {"capacity": chosen.pk})

    assert response.url.startswith(reverse("portal:capacity"))
    assert meanwhile == 403
    assert after.url == reverse("suggestions:board")
    assert client.session[CAPACITY] == chosen.pk


def test_role_can_be_laid_down_and_taken_up_again():
    client = a_browser(an_agent())
    own = client.session[CAPACITY]

    as_citizen = client.post(reverse("portal:capacity"), {"capacity": ""})
    laid_down = client.get(reverse("suggestions:queue")).status_code
    client.post(reverse("portal:capacity"), {"capacity": own})

    assert as_citizen.url == reverse("suggestions:list")
    assert laid_down == 403
    assert client.get(reverse("suggestions:queue")).status_code == 200


def test_nobody_takes_a_role_of_somebody_else_or_one_that_ended():
    client = a_browser(an_agent())
    other = a_clerk().membership
    own = Membership.objects.get(pk=client.session[CAPACITY])

    foreign = client.post(reverse("portal:capacity"), {"capacity": other.pk})
    own.until_at = own.from_at.replace(year=2027)
    own.save()
    ended = client.post(reverse("portal:capacity"), {"capacity": own.pk})

    assert (foreign.status_code, ended.status_code) == (422, 422)
    assert client.get(reverse("suggestions:queue")).status_code == 403


def test_wrong_password_never_says_which_of_the_two_was_wrong_and_keeps_the_address():
    an_account()

    known, unknown = (sign_in(a_visitor(), email=email, password="guess") for email in ("ann@example.org", "bob@example.org"))

    assert (known.status_code, unknown.status_code) == (422, 422)
    for response in (known, unknown):
        assert "do not belong together" in response.content.decode()
    assert "ann@example.org" in known.content.decode()
    assert "guess" not in known.content.decode()


def test_too_many_wrong_tries_are_stopped_with_a_sentence_even_for_the_right_password():
    an_account()
    client = a_visitor()
    for _ in range(TRIES):
        sign_in(client, password="guess")

    response = sign_in(client)

    assert response.status_code == 429
    assert "Wait 15 minutes, then try again." in response.content.decode()
    assert CAPACITY not in client.session
    assert sign_in(client, email="bob@example.org", password="guess").status_code == 422  # nobody else is stopped


def test_right_password_forgets_the_wrong_tries():
    an_account()
    client = a_visitor()
    for _ in range(TRIES - 1):
        sign_in(client, password="guess")
    sign_in(client)
    client.logout()

    found = [sign_in(client, password="guess").status_code for _ in range(2)]

    assert found == [422, 422]


def test_sign_in_leads_on_to_where_somebody_was_going_but_never_to_another_site():
    an_account((Role.CITY_CLERK, the_city()))
    wishes = ["/desk/?late=late", "https://evil.example/", "//evil.example/"]

    found = [sign_in(a_visitor(), next=wish).url for wish in wishes]

    assert found == ["/desk/?late=late", reverse("suggestions:board"), reverse("suggestions:board")]


def test_closed_account_does_not_sign_in():
    person = an_account()
    person.is_active = False
    person.save()

    assert sign_in(a_visitor()).status_code == 422


def test_signing_out_takes_a_post_and_forgets_the_capacity():
    client = a_browser(an_agent())

    looked = client.get(reverse("portal:sign_out")).status_code
    client.post(reverse("portal:sign_out"))

    assert looked == 405
    assert CAPACITY not in client.session
    assert client.get(reverse("suggestions:queue")).url.startswith(SIGN_IN)


def test_home_is_where_a_role_begins():
    assert a_browser(an_agent()).get(reverse("portal:home")).url == reverse("suggestions:queue")


def test_what_was_told_is_read_only_by_the_role_it_was_told_to():
    agent = an_agent()
    Notification.objects.create(
        kind=Notification.Kind.LATE,
        organisation=agent.organisation,
        role=Role.OPERATOR_AGENT,
        case="AN-TEST",
        occasion="obligation/1",
        told_at=MONDAY_NOON,
    )

    mine, theirs = (a_browser(actor).get(reverse("portal:told")).content.decode() for actor in (agent, a_clerk()))

    assert "AN-TEST" in mine
    assert "AN-TEST" not in theirs
