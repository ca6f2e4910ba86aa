"""A second judge: the same answers from pandas, which never saw our arithmetic.

Its business hours know whole hours only, the same frames on every working day and no pauses, and move a deadline on closing time
to the next opening.
"""

import importlib
import os
import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.working_time import OpeningTimes

# Where everything must be proven, a missing judge is an error.
pandas: Any = (
    importlib.import_module("pandas")
    if os.environ.get("CI")
    else pytest.importorskip("pandas", reason="The second judge needs pandas, which only the list of heavy tools under tests/ brings.")
)

BRUSSELS = ZoneInfo("Europe/Brussels")
HOLIDAYS = ("2024-12-25", "2025-01-01", "2025-04-21", "2025-05-01", "2025-05-29", "2025-06-09", "2025-07-11", "2025-07-21")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FRAMES = {
    "office": (("09:00", "17:00"),),
    "lunch break": (("08:30", "12:15"), ("13:00", "16:45")),
    "three visits": (("07:00", "09:30"), ("12:00", "13:30"), ("18:00", "21:30")),
}


def our_calendar(frames: tuple[tuple[str, str], ...], working_days: int) -> OpeningTimes:
    a_day = tuple((minutes(opens), minutes(closes)) for opens, closes in frames)
    closed_on = frozenset(map(date.fromisoformat, HOLIDAYS))
    return OpeningTimes(BRUSSELS, dict.fromkeys(range(working_days), a_day), closed_on, date(2024, 1, 1), date(2027, 1, 1))


def due_by_pandas(frames: tuple[tuple[str, str], ...], working_days: int, start: datetime, hours: int) -> datetime:
    opens, closes = ([frame[edge] for frame in frames] for edge in (0, 1))
    weekmask = " ".join(WEEKDAYS[:working_days])
    allowance = pandas.offsets.CustomBusinessHour(hours, weekmask=weekmask, holidays=list(HOLIDAYS), start=opens, end=closes)
    return (pandas.Timestamp(start) + allowance).to_pydatetime()


def minutes(clock_time: str) -> int:
    hours, rest = clock_time.split(":")
    return int(hours) * 60 + int(rest)


@pytest.mark.parametrize("working_days", [5, 6, 7])
@pytest.mark.parametrize("frames", FRAMES.values(), ids=FRAMES)
def test_pandas_reaches_the_same_moments(frames: tuple[tuple[str, str], ...], working_days: int) -> None:
    calendar = our_calendar(frames, working_days)
    cases = random.Random(20250330)

    for _ in range(400):
        start = datetime(2024, 12, 20, tzinfo=BRUSSELS) + timedelta(minutes=cases.randrange(320 * 24 * 60))
        hours = cases.randrange(1, 200)
        theirs = due_by_pandas(frames, working_days, start, hours)
        ours = calendar.due_after(start, hours * 60)
        carried_on = calendar.due_after(ours, 1) - timedelta(minutes=1)  # the same moment, or the next opening after closing time
        closing = ours.astimezone(BRUSSELS).strftime("%H:%M") in {closes for _, closes in frames}

        assert theirs == (carried_on if closing else ours)
        assert calendar.minutes_between(start, theirs) == hours * 60
