import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from suggestions.histories.mappings import ISO

TIME_OF_DAY = re.compile(r"%[HIMSfpXcT]")
LONG_FRACTION = re.compile(r"(\.\d{6})\d+")  # some systems print more digits of a second than a moment can hold


@dataclass(frozen=True, slots=True)
class PrintedMoment:
    """A printed local time as a moment. In the hour that comes twice it is the first, and `later` the second."""

    at: datetime
    day: date
    is_a_day: bool  # printed without a time
    later: datetime | None = None
    is_missing_hour: bool = False


def read_moment(printed: str, *, formats: tuple[str, ...], zone: ZoneInfo) -> PrintedMoment | None:
    """The moment that was printed, by the first format that fits; None where none does. A printed offset goes before the zone."""
    printed = LONG_FRACTION.sub(r"\1", printed)
    for pattern in formats:
        try:
            if pattern == ISO:
                read, is_a_day = datetime.fromisoformat(printed), len(printed) <= len("2018-01-15")
            else:
                read, is_a_day = datetime.strptime(printed, pattern), not TIME_OF_DAY.search(pattern)
        except ValueError:
            continue
        return in_zone(read, zone, is_a_day=is_a_day)
    return None


def in_zone(read: datetime, zone: ZoneInfo, *, is_a_day: bool = False) -> PrintedMoment | None:
    """The wall-clock time as a moment; one in the hour that was skipped is moved on by that hour. None at the ends of the calendar."""
    try:
        if read.tzinfo:
            return PrintedMoment(read.astimezone(UTC), read.astimezone(zone).date(), is_a_day)
        local = read.replace(tzinfo=zone)
        first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return PrintedMoment(
        at=first,
        day=read.date(),
        is_a_day=is_a_day,
        later=second if second > first else None,
        is_missing_hour=second < first,
    )
