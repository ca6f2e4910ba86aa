from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from portal import wall_clock
from portal.actions.kiosks import kiosk_of
from portal.models import Actor, HelpSession, Kiosk, Membership

CAPACITY = "capacity"  # session key: the id of the membership somebody chose to act in
HELP = "help"  # session key: the helper's session with one person
KIOSK = "kiosk"  # cookie: the secret by which a screen proves to be a kiosk
RECEIPTS = "receipts"  # session key: the references whose receipt was shown in this session
RECEIPTS_KEPT = 20


class Request(HttpRequest):
    """For annotations: a request that went through our middleware."""

    actor: Actor
    kiosk: Kiosk | None
    htmx: HtmxDetails


class PlainAddressMiddleware:
    """No address holds a null byte, which the database could not look for: such a page does not exist, such a filter is read without it.

    The interface for programs says itself, in its own shape, what is wrong with an address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            if "\0" in request.path_info:
                raise Http404
            if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.META.get("QUERY_STRING", ""):
                request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "").replace("\0", "")
        return self.get_response(request)


class KioskMiddleware:
    """Knows the city's kiosks by the secret that each keeps, and lets none of them keep a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        credential = request.COOKIES.get(KIOSK)
        request.kiosk = kiosk_of(credential) if credential else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.kiosk:  # type: ignore[attr-defined]
            response["Cache-Control"] = "no-store"
        return response


class ActorMiddleware:
    """Gives each request its actor: who asks, in the one capacity of this sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        before = request.session.session_key
        response = self.get_response(request)
        after = request.session.session_key
        if before and after and before != after:  # the session got a new key: it is still the same visit in the person's list
            visits = UserSession.objects.filter(session_key=before)
            if UserSession.objects.filter(session_key=after).exists():
                visits.delete()
            else:
                visits.update(session_key=after)
        return response


def actor_of(request: HttpRequest) -> Actor:
    """The capacity of this request: the chosen membership, once its second factor was shown, else the person, else nobody."""
    if not request.user.is_authenticated:
        # Reading leaves no trace, so a reader needs no row; an act points at one.
        return Actor(kind=Actor.Kind.NOBODY) if request.method in {"GET", "HEAD", "OPTIONS"} else Actor.objects.nobody()
    chosen = request.session.get(CAPACITY)
    membership = Membership.objects.current().filter(pk=chosen, person=request.user.pk).first() if chosen else None
    if membership and (has_second_factor(request) or not membership.needs_second_factor):
        if help_session := help_session_of(request, membership):
            return Actor.objects.helper(membership.pk, str(help_session.uuid))
        return Actor.objects.membership(membership.pk)
    return Actor.objects.person(request.user.pk)


def help_session_of(request: HttpRequest, membership: Membership) -> HelpSession | None:
    """The person that a helper sits with at this moment, as a session; over, it is nobody's."""
    key = request.session.get(HELP)
    session = HelpSession.objects.filter(uuid=key, membership=membership).first() if key else None
    return session if session and session.is_open(wall_clock.now()) else None


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor: an app's code, a passkey, a recovery code, or what the broker vouches for."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def waits_for_second_factor(request: HttpRequest) -> bool:
    """Whether somebody could do more here than this session lets them, until they show a second factor."""
    if has_second_factor(request):
        return False
    roles = Membership.objects.current().filter(person=request.user.pk)
    return request.user.is_staff or any(membership.needs_second_factor for membership in roles)


def actor_on(request: Request, reference: str) -> Actor:
    """The capacity of this request towards one case: a citizen who showed its receipt in this session holds that receipt."""
    helps_or_is_citizen = request.actor.membership is None or request.actor.kind == Actor.Kind.HELPER
    if helps_or_is_citizen and reference in request.session.get(RECEIPTS, []):
        return Actor.objects.receipt(reference)
    return request.actor


def hold_receipt(request: HttpRequest, reference: str) -> None:
    """Remember, for this session, that the receipt of a case was shown; the caller has given the session a new key, as at a sign-in."""
    held = [held for held in request.session.get(RECEIPTS, []) if held != reference]
    request.session[RECEIPTS] = [*held, reference][-RECEIPTS_KEPT:]


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: what the outermost of our own proxies saw. Whatever stands left of that, the client may have written."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    seen = hops[-settings.TRUSTED_PROXIES] if 0 < settings.TRUSTED_PROXIES <= len(hops) else ""
    for written in (seen, request.META.get("REMOTE_ADDR", "")):
        with suppress(ValueError):
            return str(ip_address(written))
    return ""


def network_of(request: HttpRequest) -> str:
    """What counts as one caller without a key: an IPv4 address, or the 64 bits of IPv6 that one household has to itself."""
    address = address_of(request)
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


def city(request: HttpRequest) -> dict[str, Any]:
    """What every page needs to know of the city and the reader."""
    return {
        "city_name": settings.CITY_NAME,
        "city_theme": settings.CITY_THEME,
        "city_logo": settings.CITY_LOGO,
        "actor": getattr(request, "actor", None),
        "kiosk": getattr(request, "kiosk", None),
        "demo": settings.DEMO,
        "demo_offset": wall_clock.offset() if settings.DEMO else None,
        "now": wall_clock.now(),
    }
