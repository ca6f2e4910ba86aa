"""While Redis is away: sign-in goes on and still counts tries; everybody else is told."""

from ipaddress import IPv6Address
from random import getrandbits
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from portal.actions.accounts import confirm_address
from portal.models import Person
from tests.factories import MONDAY_NOON


@pytest.fixture
def no_redis(settings):
    settings.CACHES = {"default": {"BACKEND": "portal.caches.CityCache", "LOCATION": "redis://127.0.0.1:1"}}


@pytest.mark.django_db
def test_people_sign_in_while_redis_is_away_and_guessing_is_still_stopped(no_redis):
    email = f"{uuid4()}@example.org"
    confirm_address(person=Person.objects.create_user(email, "a long password of mine"), email=email, at=MONDAY_NOON)
    client, guesser = (Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128)))) for _ in "12")

    sent = client.post("/sign-in/", {"email": email}).status_code
    client.post("/sign-out/")
    right = client.post("/sign-in/password/", {"login": email, "password": "a long password of mine"}).status_code
    guesses = [guesser.post("/sign-in/password/", {"login": email, "password": "guess"}).status_code for _ in range(11)]

    assert (sent, right) == (302, 302)
    assert guesses == [422] * 10 + [429]


def test_whoever_else_needs_the_cache_is_told_that_it_is_away(no_redis):
    with pytest.raises(RedisError):
        cache.get("votes:1")


def test_cache_that_is_there_is_used_by_all():
    key = f"allauth:{uuid4()}"

    added = [cache.add(key, 1, timeout=5) for _ in range(2)]
    cache.set(key, 2, timeout=5)
    found = cache.get(key)
    cache.delete(key)

    assert added == [True, False]
    assert (found, cache.get(key)) == (2, None)
