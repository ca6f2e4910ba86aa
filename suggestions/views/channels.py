"""By which way somebody comes: the website, a kiosk, a helper, or a form that is typed in for them."""

from datetime import datetime

from portal.middleware import Request
from portal.models import Actor
from suggestions.models import Channel

PAPER = "paper"  # session key: the form that is being typed in, with how and when it came


def types_in(request: Request) -> bool:
    """Whether a form that came on paper or by phone is being typed in."""
    return PAPER in request.session and request.actor.membership is not None


def channel_of(request: Request) -> Channel:
    if types_in(request):
        return Channel(request.session[PAPER]["channel"])
    if request.actor.kind == Actor.Kind.HELPER:
        return Channel.ASSISTED
    return Channel.KIOSK if request.kiosk else Channel.WEB


def received_at_of(request: Request) -> datetime | None:
    """When the form that is being typed in reached the city; clocks start there."""
    return datetime.fromisoformat(request.session[PAPER]["received_at"]) if types_in(request) else None
