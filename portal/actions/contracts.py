from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.city_days import city_day
from portal.errors import Refused
from portal.models import (
    MORE_SPECIFIC_FIRST,
    Act,
    Actor,
    Area,
    CalendarVersion,
    Category,
    Contract,
    Event,
    Organisation,
    Service,
    ServiceLevel,
)
from portal.permissions import Permission, require


class TwoClausesForOneCase(Refused):
    pass


class CalendarNotPublished(Refused):
    pass


def publish_service_level(*, service_level: ServiceLevel, by: Actor, at: datetime) -> ServiceLevel:
    """Put one version of a clause in force; refused where another one would apply to the same cases at the same time."""
    require(by, Permission.MANAGE_CONTRACTS)
    if not service_level.calendar.versions.published().exists():
        raise CalendarNotPublished(_("The calendar of this clause has no published version yet."))
    service_level.published_at = at
    try:
        with transaction.atomic():
            service_level.save(update_fields=["published_at"])
            record_event(
                Event.Kind.CLAUSE_PUBLISHED,
                about=service_level,
                by=by,
                at=at,
                facts={"clause": service_level.clause, "act": service_level.act},
            )
    except IntegrityError as fault:
        service_level.published_at = None
        if "service_level_no_two_for_one_case" not in str(fault):
            raise
        raise TwoClausesForOneCase(
            _("Another clause already says this for the same cases in that time. End it first, or make one of them more specific.")
        ) from fault
    return service_level


def contract_for(*, service: Service, area: Area | None, at: datetime, operator: Organisation | None = None) -> Contract | None:
    """The contract in force for a service at a place; one for the area goes before one for the whole city.

    With an operator, only a contract with that party counts.
    """
    in_term = Contract.objects.filter(service=service, term__contains=city_day(at)).select_related("operator")
    if operator:
        in_term = in_term.filter(operator=operator)
    own = in_term.filter(area=area).first() if area else None
    return own or in_term.filter(area=None).first()


def service_level_for(*, act: Act, contract: Contract | None, kind: str, category: Category | None, at: datetime) -> ServiceLevel | None:
    """The most specific clause in force, else the city's default rule (whose contract is empty), else None."""
    return service_levels_for(acts=[act], contract=contract, kind=kind, category=category, at=at).get(act)


def service_levels_for(
    *, acts: Iterable[str], contract: Contract | None, kind: str, category: Category | None, at: datetime
) -> dict[str, ServiceLevel]:
    """For each of these acts the clause that service_level_for() finds, where there is one; one query for all."""
    of_category = Q(category=None) | Q(category=category) if category else Q(category=None)
    of_contract = Q(contract=None) | Q(contract=contract) if contract else Q(contract=None)
    fitting = (
        ServiceLevel.objects.in_force(at)
        .filter(of_category, of_contract, act__in=list(acts), support_threshold=None, kind__in=["", kind])
        .select_related("calendar", "contract__operator")
        .order_by(F("contract").asc(nulls_last=True), *MORE_SPECIFIC_FIRST)
    )
    found: dict[str, ServiceLevel] = {}
    for level in fitting:
        found.setdefault(level.act, level)
    return found


def calendar_version_for(service_level: ServiceLevel) -> CalendarVersion:
    """The newest published version of the clause's calendar: what a clock opened now is pinned to."""
    version = service_level.calendar.versions.newest()
    if version is None:
        raise CalendarNotPublished(_("The calendar of this clause has no published version yet."))
    return version


def calendar_versions_for(service_levels: Iterable[ServiceLevel]) -> dict[int, CalendarVersion]:
    """By the id of its calendar, what calendar_version_for() gives for each of these clauses; one query for all."""
    calendars = {level.calendar_id for level in service_levels}
    newest = CalendarVersion.objects.published().filter(calendar__in=calendars).order_by("calendar", "-number").distinct("calendar")
    versions = {version.calendar_id: version for version in newest}
    if calendars - set(versions):
        raise CalendarNotPublished(_("The calendar of this clause has no published version yet."))
    return versions
