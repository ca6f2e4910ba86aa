"""What is the same for everybody is not made anew for each reader: whole public pages, and answers that take long to count.

Pages are kept for readers of whom nothing is known. Nothing that belongs to one person gets in here.

Kept is only what a view offers with @same_for_everybody, and only when request and answer both show that it is. The request brings no
cookie but the language and the token of forms, and no credentials. The answer sets no cookie, so it holds no token of a form, no message
and no session, and it varies on nothing that is not part of the key.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language_from_request
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KNOWN_TO_THE_KEY = {"accept-language", "cookie", "hx-request"}  # a cookie that matters keeps its request out altogether
TIMES_ITS_COST = 20  # so counting takes at most a twentieth of one core
AWAY_SECONDS = 5  # a cache that does not answer is left alone for so long

View = Callable[..., HttpResponseBase]


def same_for_everybody(view: View) -> View:
    """Offers the answers of a view to be kept: every reader of whom nothing is known gets the same one."""

    @wraps(view)
    def offering(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.is_same_for_everybody = True  # type: ignore[attr-defined]
        return response

    return offering


def counted_lately(asked: object, count: Callable[[], Any]) -> Any:
    """What counting gives, or gave to the same question a few seconds ago; the longer it takes, the longer it is kept: a minute at most.

    The question must hold everything that the answer depends on, such as the statement with its parameters.
    """
    seconds = settings.COUNTS_KEPT_SECONDS
    if not seconds:
        return count()
    key = "count:" + hashlib.sha256(repr(asked).encode()).hexdigest()
    with suppress(RedisError):
        kept = cache.get(key)
        if kept is not None:
            return kept[0]
    started = time.perf_counter()
    found = count()
    with suppress(RedisError):
        cache.set(key, (found,), max(seconds, min(60.0, TIMES_ITS_COST * (time.perf_counter() - started))))
    return found


class PageCacheMiddleware:
    """Stands before the session, so that a kept page costs neither a query nor a template."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.away_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.PAGE_CACHE_SECONDS or not _asks_as_nobody(request) or time.monotonic() < self.away_until:
            return self.get_response(request)
        key = _key(request)
        if kept := self._kept(key):
            status, headers, content = kept
            return HttpResponse(content, status=status, headers=headers)
        response = self.get_response(request)
        if request.method == "GET" and isinstance(response, HttpResponse) and _may_be_kept(response):
            self._keep(key, response)
        return response

    def _kept(self, key: str) -> Any:
        try:
            return cache.get(key)
        except RedisError:
            self._leave_alone()
        return None

    def _keep(self, key: str, response: HttpResponse) -> None:
        try:
            cache.set(key, (response.status_code, dict(response.headers), response.content), settings.PAGE_CACHE_SECONDS)
        except RedisError:
            self._leave_alone()

    def _leave_alone(self) -> None:
        self.away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("The cache does not answer: pages are made anew for each reader.")


def _asks_as_nobody(request: HttpRequest) -> bool:
    meaningless = {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return request.method in {"GET", "HEAD"} and "Authorization" not in request.headers and not set(request.COOKIES) - meaningless


def _may_be_kept(response: HttpResponse) -> bool:
    varies_on = {name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()}
    return (
        getattr(response, "is_same_for_everybody", False)
        and response.status_code == 200
        and not response.cookies
        and not response.has_header("Cache-Control")  # the view has its own opinion, such as never
        and varies_on <= KNOWN_TO_THE_KEY
    )


def _key(request: HttpRequest) -> str:
    """Everything that an answer may depend on; what htmx says of itself is taken whole."""
    htmx = sorted((name, value) for name, value in request.META.items() if name.startswith("HTTP_HX_"))
    parts = (request.scheme, request.get_host(), request.get_full_path(), get_language_from_request(request), htmx)
    return "page:" + hashlib.sha256(repr(parts).encode()).hexdigest()
