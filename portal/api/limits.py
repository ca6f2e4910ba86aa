"""How often somebody may ask: counted by key, by account or by address, for each kind of act."""

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal import wall_clock
from portal.api.problems import Away
from portal.middleware import network_of
from portal.models import ApiToken

logger = logging.getLogger(__name__)


class Limits(BaseThrottle):
    """Fixed windows, counted in one step each, so that a hundred requests at once count as a hundred.

    While the counter is away reading goes on and writing does not: an act without a limit could not be undone.
    """

    seconds_left = 1.0

    def allow_request(self, request: Request, view: Any) -> bool:
        act = str(view.limited_as(request))
        allowed, seconds = settings.API_LIMITS[act]
        now = wall_clock.now().timestamp()
        self.seconds_left = seconds - now % seconds
        key = f"api:{act}:{_who(request)}:{int(now // seconds)}"
        try:
            return _counted(key, seconds) <= allowed
        except RedisError as fault:
            logger.warning("Requests are not counted: the cache does not answer.")
            if request.method in SAFE_METHODS:
                return True
            raise Away(_("Nothing can be taken in at this moment. Send it again in a minute: nothing was kept.")) from fault

    def wait(self) -> float:
        return self.seconds_left


def _counted(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=2 * seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it was emptied between the two calls
        return 1


def _who(request: Request) -> str:
    """Hashed, so that the cache holds no address of anybody."""
    if isinstance(request.auth, ApiToken):
        who = f"token:{request.auth.pk}"
    elif request.user.is_authenticated:
        who = f"person:{request.user.pk}"
    else:
        who = f"network:{network_of(request._request)}"
    return hashlib.sha256(who.encode()).hexdigest()
