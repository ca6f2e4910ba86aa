"""Days as the city counts them; moments stay in UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def city_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def city_day(at: datetime) -> date:
    """The day of a moment in the city's zone."""
    return at.astimezone(city_zone()).date()


def start_of_day(day: date, *, zone: ZoneInfo | None = None) -> datetime:
    return datetime.combine(day, time.min, zone or city_zone()).astimezone(UTC)


def end_of_day(day: date, *, zone: ZoneInfo | None = None) -> datetime:
    """The last moment of a day: what "by Friday" means."""
    return datetime.combine(day, time.max, zone or city_zone()).astimezone(UTC)
