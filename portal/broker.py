"""Signing in through the city's broker (OpenID Connect). Only the ID token is believed, and of it only who and how.

django-allauth prefers the userinfo answer, sends no nonce, and trusts the token's signature to the line it came by. Here each
sign-in has a nonce, the signature is always checked with the broker's keys, and of the claims `iss` and `sub` are read, with
`acr` and `amr` where the city says which of them mean a second factor (OpenID Connect Core 1.0, 3.1.3.7).
"""

import hashlib
import hmac
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]  # none that shares a secret
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCK_DIFFERENCE = 30  # seconds
NATIONAL_NUMBER_DIGITS = 11


class BrokerDoor(OpenIDConnectOAuth2Adapter):
    """One answer of the broker, held against what this browser was sent there with."""

    state: dict[str, Any]

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **more: Any) -> SocialLogin:
        claims = self.checked_claims(app, more["response"].get("id_token"))
        refuse_national_number(claims["sub"])
        said = {claims.get("acr"), *_listed(claims.get("amr"))}
        self.state["second_factor"] = bool(said & set(app.settings["second_factor"]))
        return self.get_provider().sociallogin_from_response(request, {"iss": claims["iss"], "sub": claims["sub"]})

    def checked_claims(self, app: SocialApp, id_token: str | None) -> dict[str, Any]:
        """What the token says, once all of it is right; raises OAuth2Error."""
        issuer = self.openid_config["issuer"]
        if issuer.rstrip("/") != app.settings["issuer"].rstrip("/"):
            raise OAuth2Error("The broker calls itself by another name.")
        if self.request.GET.get("iss", issuer) != issuer:  # RFC 9207: the answer of another broker
            raise OAuth2Error("The answer comes from another broker.")
        if not id_token:
            raise OAuth2Error("The broker sent no ID token.")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key_of(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=issuer,
                leeway=CLOCK_DIFFERENCE,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError as fault:
            raise OAuth2Error("The ID token is not right.") from fault
        if not hmac.compare_digest(str(claims["nonce"]).encode(), self.state["nonce"].encode()):
            raise OAuth2Error("The ID token was made for another sign-in.")
        if not claims["sub"]:
            raise OAuth2Error("The ID token names nobody.")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The ID token was made for somebody else.")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        wanted = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if wanted in {None, key.key_id}]
        if not fitting:
            raise OAuth2Error("The ID token is signed with a key that the broker does not have.")
        return fitting[0]


class BrokerAnswer(OAuth2CallbackView):
    """The way back: the state was this browser's and is used up, whatever follows."""

    adapter: BrokerDoor

    def _get_state(self, request: HttpRequest, provider: "CityBroker") -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, refusal = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, refusal


class CityBroker(OpenIDConnectProvider):
    oauth2_adapter_class = BrokerDoor

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **more: Any) -> HttpResponse:
        nonce = get_random_string(32)
        asked = {"scope": ["openid"], "auth_params": self.get_auth_params() | {"nonce": nonce}}
        return super().redirect(request, process, next_url, data, nonce=nonce, **asked)

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """What is asked of the broker is ours to say, not the address's."""
        asked = super().get_redirect_from_request_kwargs(request)
        return {"process": AuthProcess.LOGIN, "next_url": asked.get("next_url")}

    def get_oauth2_adapter(self, request: HttpRequest) -> BrokerDoor:
        return BrokerDoor(request, self.app.provider_id)

    def extract_uid(self, data: dict[str, Any]) -> str:
        return hashlib.sha256(f"{data['iss']}|{data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


def refuse_national_number(subject: str) -> None:
    """A subject that is a valid Belgian national number is never kept, not even as a hash: the broker must send a pseudonym.

    Eleven digits, the last two of them 97 minus the rest of the others by 97, with a 2 before the others for births from 2000.
    """
    digits = "".join(letter for letter in subject if letter not in ".- ")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == NATIONAL_NUMBER_DIGITS):
        return
    number, check = digits[:9], int(digits[9:])
    if check in {97 - int(number) % 97, 97 - int(f"2{number}") % 97}:
        raise OAuth2Error("The broker sends a national number as the subject: it must be set to send a pseudonym.")


def _listed(value: Any) -> list[str]:
    return [said for said in value if isinstance(said, str)] if isinstance(value, list) else []
