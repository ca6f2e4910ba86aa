"""Every role at every door. A route without a line in tests/journeys/doors.py fails, and so does a door that opens to anybody else."""

import re
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from suggestions.actions.suggestions import Contact
from tests.journeys.doors import DOORS
from tests.journeys.roles import ROLES, a_city, named_routes

pytestmark = pytest.mark.django_db

EVERYBODY = "".join(ROLES)
SIGNED_IN = "".join(letter for letter in ROLES if letter not in "nr")
WORDS = {"all": EVERYBODY, "signed": SIGNED_IN, "-": ""}
CLOSED = {401, 403, 404, 405}
SOMETHING = {"uuid": uuid4, "int": lambda: 999, "slug": lambda: "nothing", "path": lambda: "1", "str": lambda: "nothing"}
ANNA = Contact(name="Anna Peeters", email="anna@example.org", phone="0470 12 34 56", postal_address="Kerkstraat 1, 2000 Antwerp")


@pytest.fixture(autouse=True)
def no_throttle(settings):
    """So many doors in so short a time: the question here is who, not how often."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def matrix():
    lines = [line.split() for line in DOORS.strip().splitlines()]
    return {name: (WORDS.get(opens, opens), WORDS.get(sends, sends)) for name, opens, sends in lines}


def routes():
    """By name; what catches every other address of the API has no name to write."""
    return {name: pattern for name, pattern in named_routes().items() if not pattern.startswith("^")}


def address_of(name, pattern, city):
    wanted = re.findall(r"<(?:(\w+):)?(\w+)>", pattern)
    given = city.arguments["reference"] | city.arguments.get(name, {})
    return reverse(name, kwargs={argument: given.get(argument, SOMETHING[kind or "str"]()) for kind, argument in wanted})


def opens(city, letter, method, address):
    """Whether the door opened at all; what is done behind it is undone."""
    browser = city.browser(letter)
    with transaction.atomic():
        answer = getattr(browser, method)(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    sent_to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/") and not address.startswith("/sign-")
    return answer.status_code not in CLOSED and not sent_to_sign_in


def test_every_route_has_a_line():
    assert {name for name in routes() if not name.startswith("admin:")} == set(matrix())


@pytest.mark.parametrize("letter", ROLES)
def test_role_opens_these_doors_and_no_others(letter):
    city, wrong = a_city(ANNA), {}
    for name, pattern in routes().items():
        if name not in matrix():
            continue  # the test above says so
        address = address_of(name, pattern, city)
        found = tuple(opens(city, letter, method, address) for method in ("get", "post"))
        if found != (expected := tuple(letter in column for column in matrix()[name])):
            wrong[name] = {"found": found, "expected": expected}

    assert not wrong


@pytest.mark.parametrize("letter", ROLES)
def test_administration_opens_to_none_of_these_roles(letter):
    city, opened = a_city(ANNA), []
    for name, pattern in routes().items():
        if not name.startswith("admin:") or "set_language" in name:
            continue
        try:
            address = reverse(name, args=["1"] * pattern.count("<"))
        except NoReverseMatch:
            continue
        answer = city.browser(letter).get(address)
        if answer.status_code == 200 and name != "admin:jsi18n":
            opened.append(name)

    assert not opened
