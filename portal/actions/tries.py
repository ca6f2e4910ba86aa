"""Secrets that are typed in may be guessed: wrong tries are counted, for a while, by what was tried."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.cache import cache
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from portal.errors import Refused

logger = logging.getLogger(__name__)

TRIES = 10
TRIES_FROM_ONE_PLACE = 100  # many people share the address of a library
WAIT_MINUTES = 15


class TooManyTries(Refused):
    pass


def require_tries_left(purpose: str, *, tried: str, place: str) -> None:
    """Raises TooManyTries once there were too many wrong tries; nobody else is blocked, and it passes by itself."""
    counted: dict[str, int] = {}
    with _without_counter():
        counted = cache.get_many([_key(purpose, tried, place), _key(purpose, place)])
    if counted.get(_key(purpose, tried, place), 0) >= TRIES or counted.get(_key(purpose, place), 0) >= TRIES_FROM_ONE_PLACE:
        raise TooManyTries(
            ngettext(
                "Too many wrong tries. Wait %(minutes)d minute, then try again.",
                "Too many wrong tries. Wait %(minutes)d minutes, then try again.",
                WAIT_MINUTES,
            )
            % {"minutes": WAIT_MINUTES}
        )


def count_wrong_try(purpose: str, *, tried: str, place: str) -> None:
    with _without_counter():
        for key in (_key(purpose, tried, place), _key(purpose, place)):
            if not cache.add(key, 1, timeout=WAIT_MINUTES * 60):
                with suppress(ValueError):  # it ran out between the two calls
                    cache.incr(key)


def forget_wrong_tries(purpose: str, *, tried: str, place: str) -> None:
    with _without_counter():
        cache.delete(_key(purpose, tried, place))


@contextmanager
def _without_counter() -> Iterator[None]:
    """While the counting server is away people can still sign in: slow hashes and long phrases guard alone for that time."""
    try:
        yield
    except RedisError:
        logger.warning("Wrong tries are not counted: the cache does not answer.")


def _key(purpose: str, *parts: str) -> str:
    """Hashed, so that the cache holds no address of anybody."""
    return f"tries:{purpose}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"
