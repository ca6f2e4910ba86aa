"""The cache of the portal, and what happens to limits at the door while its server is away."""

import logging
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

OF_SIGN_IN = "allauth"  # what django-allauth counts: tries, mails, and codes of an app that were used
AWAY_SECONDS = 5


class CityCache(RedisCache):
    """Redis, whose absence is an error for everybody but sign-in: there each web process counts by itself until it is back.

    So nobody is locked out by a dead server, and guessing stays limited: to the limit times the number of processes.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("sign-in", {})
        self._away_until = 0.0

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._counted("get", key, default, version=version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._counted("set", key, value, timeout=timeout, version=version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._counted("add", key, value, timeout=timeout, version=version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._counted("delete", key, version=version))

    def _counted(self, verb: str, key: str, *values: Any, **more: Any) -> Any:
        if not key.startswith(OF_SIGN_IN):
            return getattr(super(), verb)(key, *values, **more)
        if time.monotonic() >= self._away_until:  # a server that hangs is asked once in a while, not by each of a dozen steps
            try:
                return getattr(super(), verb)(key, *values, **more)
            except RedisError:
                self._away_until = time.monotonic() + AWAY_SECONDS
                logger.warning("The cache does not answer: each process limits the tries at sign-in by itself.")
        return getattr(self._own, verb)(key, *values, **more)
