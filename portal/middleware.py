from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from portal import wall_clock
from portal.models import Actor, Membership

CAPACITY = "capacity"  # session key: the id of the membership somebody chose to act in
RECEIPTS = "receipts"  # session key: the references whose receipt was shown in this session
RECEIPTS_KEPT = 20


class Request(HttpRequest):
    """For annotations: a request that went through our middleware."""

    actor: Actor


class ActorMiddleware:
    """Gives each request its actor: who asks, in the one capacity of this sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """The capacity of this request: the chosen membership, else the person, else nobody."""
    if not request.user.is_authenticated:
        # Reading leaves no trace, so a reader needs no row; an act points at one.
        return Actor(kind=Actor.Kind.NOBODY) if request.method in {"GET", "HEAD", "OPTIONS"} else Actor.objects.nobody()
    chosen = request.session.get(CAPACITY)
    if chosen and Membership.objects.current().filter(pk=chosen, person=request.user.pk).exists():
        return Actor.objects.membership(chosen)
    return Actor.objects.person(request.user.pk)


def actor_on(request: Request, reference: str) -> Actor:
    """The capacity of this request towards one case: a citizen who showed its receipt in this session holds that receipt."""
    if request.actor.membership is None and reference in request.session.get(RECEIPTS, []):
        return Actor.objects.receipt(reference)
    return request.actor


def hold_receipt(request: HttpRequest, reference: str) -> None:
    """Remember, for this session, that the receipt of a case was shown; the caller has given the session a new key, as at a sign-in."""
    held = [held for held in request.session.get(RECEIPTS, []) if held != reference]
    request.session[RECEIPTS] = [*held, reference][-RECEIPTS_KEPT:]


def city(request: HttpRequest) -> dict[str, Any]:
    """What every page needs to know of the city and the reader."""
    return {
        "city_name": settings.CITY_NAME,
        "actor": getattr(request, "actor", None),
        "demo": settings.DEMO,
        "demo_offset": wall_clock.offset() if settings.DEMO else None,
        "now": wall_clock.now(),
    }
