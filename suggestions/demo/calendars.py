"""When the parties of the demo work."""

from datetime import date, datetime

from django.conf import settings

from portal.actions.calendars import legal_holidays, publish_calendar
from portal.models import WorkingCalendar

CITY_DESK, OPERATOR_HOURS, ALWAYS = "city-desk", "operator-hours", "always-open"
MINUTES_A_DAY = {CITY_DESK: 7 * 60, OPERATOR_HOURS: 10 * 60, ALWAYS: 24 * 60}

_NAMES = {CITY_DESK: "City desk", OPERATOR_HOURS: "Working hours of the operators", ALWAYS: "Always open"}
_WEEKLY = {
    CITY_DESK: {weekday: [(9 * 60, 12 * 60), (13 * 60, 17 * 60)] for weekday in range(5)},
    OPERATOR_HOURS: {weekday: [(8 * 60, 18 * 60)] for weekday in range(6)},
    ALWAYS: {weekday: [(0, 24 * 60)] for weekday in range(7)},
}
_KNOWN_YEARS = range(2015, 2046)


def publish_calendars(*, at: datetime) -> dict[str, WorkingCalendar]:
    """The three calendars by code, each with a first version."""
    legal = legal_holidays(settings.HOLIDAYS_COUNTRY, years=_KNOWN_YEARS)
    of_the_city = {date(year, 7, 11): "Feast of the Flemish Community" for year in _KNOWN_YEARS}
    closures = {CITY_DESK: legal | of_the_city, OPERATOR_HOURS: legal, ALWAYS: {}}
    calendars = {}
    for code, weekly in _WEEKLY.items():
        calendars[code] = WorkingCalendar.objects.create(code=code, name=_NAMES[code])
        publish_calendar(
            calendar=calendars[code],
            time_zone=settings.TIME_ZONE,
            weekly=weekly,
            closures=closures[code],
            covers_from=date(_KNOWN_YEARS.start, 1, 1),
            covers_until=date(_KNOWN_YEARS.stop, 1, 1),
            at=at,
        )
    return calendars
