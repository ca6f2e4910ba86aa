from collections.abc import Iterable, Mapping
from datetime import date, datetime

import holidays
from django.db import transaction
from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Actor, CalendarVersion, Closure, OpeningHours, WorkingCalendar
from portal.permissions import Permission, require

Weekly = Mapping[int, Iterable[tuple[int, int]]]


class NoDraft(Refused):
    pass


class NeverOpen(Refused):
    pass


NOT_LEGAL = {"BE": frozenset({"Easter Sunday", "Pentecost"})}  # listed as public, yet no legal holiday: matters where Sundays are worked


def legal_holidays(country: str, *, years: range) -> dict[date, str]:
    """The legal public holidays of a country by day, named in English; days that the list calls public but the law does not are left out.

    Bank holidays are in a category of their own and never counted (INDICATORS, trap 11).
    """
    listed = holidays.country_holidays(country, years=years, categories=("public",), observed=False, language="en_US")
    return {day: name for day, name in sorted(listed.items()) if name not in NOT_LEGAL.get(country, frozenset())}


@transaction.atomic
def publish_calendar(
    *,
    calendar: WorkingCalendar,
    time_zone: str,
    weekly: Weekly,
    closures: Mapping[date, str],
    covers_from: date,
    covers_until: date,
    at: datetime,
) -> CalendarVersion:
    """Publish a new version with its holidays written out as rows; clocks that run keep the version they were opened under."""
    last = calendar.versions.select_for_update().order_by("-number").first()
    version = calendar.versions.create(
        number=last.number + 1 if last else 1, time_zone=time_zone, covers_from=covers_from, covers_until=covers_until
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(version=version, weekday=weekday, opens=opens, closes=closes)
        for weekday, frames in weekly.items()
        for opens, closes in frames
    )
    Closure.objects.bulk_create(
        Closure(version=version, day=day, reason=reason) for day, reason in closures.items() if covers_from <= day < covers_until
    )
    version.published_at = at
    version.save(update_fields=["published_at"])
    return version


@transaction.atomic
def publish_draft(*, version: CalendarVersion, by: Actor, at: datetime) -> CalendarVersion:
    """Put a drafted version in force for the clocks that open from now on; from then the database refuses any change to it."""
    require(by, Permission.MANAGE_CONTRACTS)
    version = CalendarVersion.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=version.pk)
    if version.published_at:
        raise NoDraft(_("%(calendar)s is already published.") % {"calendar": version})
    if not version.opening_hours.exists():
        raise NeverOpen(_("%(calendar)s has no opening hours yet: no clock could run in it.") % {"calendar": version})
    version.published_at = at
    version.save(update_fields=["published_at"])
    return version
