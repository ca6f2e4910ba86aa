"""What readers of the demo reported, and what the city hid: something to decide, something to appeal against, something decided."""

from datetime import datetime, timedelta

from django.db import transaction

from portal.city_days import city_day
from portal.models import Actor, Criterion, Visibility
from suggestions.actions.moderation import appeal_hiding, hide_item, report_item, settle_reports
from suggestions.demo import accounts
from suggestions.demo.city import DemoCity
from suggestions.demo.founding import CITY
from suggestions.models import Flag, Status, Suggestion
from suggestions.models.suggestions import SuggestionQuerySet

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
Reason = Flag.Reason


@transaction.atomic
def moderate_demo_city(city: DemoCity, *, at: datetime) -> None:
    """Once; a demo with few suggestions has less of it."""
    if Flag.objects.exists():
        return
    clerk, nobody, neighbour = city.parties[CITY].agent, Actor.objects.nobody(), city.citizens[-1]
    public = Suggestion.objects.filter(visibility=Visibility.PUBLIC, received_at__lt=at - 8 * DAYS).exclude(status=Status.WITHDRAWN)
    own, others = _own(public), _others(public)
    for suggestion, reports in zip(others[:3], WAITING, strict=False):
        for hours, reason, note in reports:
            by = neighbour if hours % 2 else nobody
            report_item(item=suggestion, by=by, reason=reason, note=note, at=at - hours * HOURS)
    for suggestion in own[:1]:
        report_item(item=suggestion, by=nobody, reason=Reason.OTHER, note="This is not true.", at=at - 5 * DAYS)
        settle_reports(item=suggestion, by=clerk, at=at - 4 * DAYS)
    ground = {criterion.code: criterion for criterion in Criterion.objects.for_moderation(at)}
    for suggestion in own[1:2]:
        report_item(item=suggestion, by=nobody, reason=Reason.PERSONAL, at=at - 3 * DAYS)
        _hide(suggestion, clerk, ground["private-facts"], at=at - 2 * DAYS)
    for suggestion in others[3:4]:
        _hide(suggestion, clerk, ground["insults"], at=at - 6 * DAYS)
        author = Actor.objects.receipt(suggestion.reference)
        hiding = suggestion.hidings.get()
        appeal_hiding(hiding=hiding, by=author, text="I was angry, but I named nobody.", at=at - 1 * DAYS)


WAITING = (
    [(30, Reason.PERSONAL, "The house number is in it."), (27, Reason.PERSONAL, ""), (4, Reason.INSULT, "")],
    [(9, Reason.ADVERTISING, "The same text stands under three suggestions.")],
    [(2, Reason.OTHER, "I do not agree with this.")],
)


def _own(public: SuggestionQuerySet) -> list[Suggestion]:
    return list(public.filter(author__person__email__in=accounts.CITIZENS).order_by("received_at", "id")[:2])


def _others(public: SuggestionQuerySet) -> list[Suggestion]:
    """Of people without an account, the newest first."""
    return list(public.filter(author__kind=Actor.Kind.NOBODY).order_by("-received_at", "-id")[:4])


def _hide(suggestion: Suggestion, by: Actor, criterion: Criterion, *, at: datetime) -> None:
    reasons = f"Somebody can be recognised from what you wrote on {city_day(suggestion.received_at):%d/%m/%Y}. Send it again without that."
    hide_item(item=suggestion, by=by, criterion=criterion, reasons=reasons, at=at)
