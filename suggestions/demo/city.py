"""The demo city as its cases meet it: who acts for whom, in which hours, about which things."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.city_days import city_day, start_of_day
from portal.models import Actor, Area, Asset, CalendarVersion, Category, Criterion, Membership, Organisation, Person, Service
from portal.working_time import OpeningTimes
from suggestions.demo import accounts
from suggestions.demo.calendars import CITY_DESK, MINUTES_A_DAY, OPERATOR_HOURS
from suggestions.demo.founding import AREAS, BICYCLE_OPERATOR, CITY, SERVICES, WASTE_OPERATOR, found_city
from suggestions.demo.letters import BRISK, WARM
from suggestions.demo.letters import CITY as OFFICIAL

HISTORY = timedelta(days=280)
CLAUSE_CHANGED = timedelta(days=150)  # before the end of the history


@dataclass(frozen=True)
class Party:
    """Somebody who owes: its people, its hours and its tone."""

    organisation: Organisation
    agent: Actor
    manager: Actor
    hours: OpeningTimes
    minutes_a_day: int
    tone: str


@dataclass(frozen=True)
class DemoCity:
    until: datetime  # the history ends here; everything after it happens by itself
    parties: dict[str, Party]
    helper: Actor
    citizens: tuple[Actor, ...]
    services: dict[str, Service]
    categories: dict[tuple[str, str], Category]
    assets: dict[str, list[Asset]]
    areas: list[Area]
    criteria: dict[str, Criterion]


def the_demo_city(*, at: datetime) -> DemoCity:
    """The demo city, founded at the first call; its history ends at the moment of that call, however often it is taken up again."""
    founded = CalendarVersion.objects.filter(calendar__code=CITY_DESK, number=1).first()
    if founded and founded.published_at:
        return _read_city(founded.published_at + HISTORY)
    found_city(at=at - HISTORY, changed_at=start_of_day(city_day(at - CLAUSE_CHANGED)))
    return _read_city(at)


def _read_city(until: datetime) -> DemoCity:
    residents = Person.objects.filter(memberships=None, is_superuser=False, email__endswith="@demo.example").order_by("pk")
    own = [account.pk for account in residents if account.email in accounts.CITIZENS]
    others = [resident.pk for resident in residents if (resident.email or "").startswith("resident")]
    services = {service.code: service for service in Service.objects.filter(code__in=[demo.code for demo in SERVICES])}
    return DemoCity(
        until=until,
        parties={
            BICYCLE_OPERATOR: _party(accounts.AGENT_BICYCLES, accounts.MANAGER_BICYCLES, OPERATOR_HOURS, WARM),
            WASTE_OPERATOR: _party(accounts.AGENT_WASTE, accounts.MANAGER_WASTE, OPERATOR_HOURS, BRISK),
            CITY: _party(accounts.CLERK, accounts.CITY_MANAGER, CITY_DESK, OFFICIAL),
        },
        helper=_member(accounts.HELPER),
        citizens=tuple(Actor.objects.person(pk) for pk in [*own, *others]),
        services=services,
        categories={(category.service.code, category.code): category for category in Category.objects.select_related("service")},
        assets={
            code: list(Asset.objects.filter(service=service).select_related("area").order_by("code")) for code, service in services.items()
        },
        areas=list(Area.objects.filter(code__in=AREAS).order_by("code")),
        criteria={criterion.code: criterion for criterion in Criterion.objects.filter(service=None)},
    )


def _party(agent: str, manager: str, calendar: str, tone: str) -> Party:
    speaks, leads = _member(agent), _member(manager)
    assert speaks.organisation is not None
    hours = CalendarVersion.objects.get(calendar__code=calendar, number=1).opening_times()
    return Party(speaks.organisation, speaks, leads, hours, MINUTES_A_DAY[calendar], tone)


def _member(email: str) -> Actor:
    return Actor.objects.membership(Membership.objects.current().get(person__email=email).pk)
