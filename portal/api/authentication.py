from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal import wall_clock
from portal.actions.tokens import note_use, token_behind
from portal.city_days import city_day
from portal.models import ApiToken, Person


class BearerToken(BaseAuthentication):
    """A key in the header `Authorization: Bearer …` (RFC 6750); never in the address, where logs would keep it."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        written = request.headers.get("Authorization")
        if written is None:
            return None
        scheme, _space, secret = written.strip().partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise AuthenticationFailed(_("Write the header as: Authorization: Bearer KEY."))
        now = wall_clock.now()
        token = token_behind(secret.strip(), at=now)
        if token is None:
            raise AuthenticationFailed(_("This key does not exist, has run out or was revoked."))
        note_use(token, on=city_day(now))
        person = token.membership.person if token.membership else token.person
        assert person is not None  # the database keeps it so
        return person, token

    def authenticate_header(self, request: Request | HttpRequest) -> str:
        return 'Bearer realm="api"'
