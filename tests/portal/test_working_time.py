import json
import os
import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.working_time import BeyondCalendar, OpeningTimes, Span, in_utc, united

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "business-hours-vectors" / "vectors.json"

BRUSSELS = ZoneInfo("Europe/Brussels")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks change by half an hour
SANTIAGO = ZoneInfo("America/Santiago")  # its clocks change at midnight
MINUTE = timedelta(minutes=1)

Frames = tuple[tuple[int, int], ...]


def workdays(*frames: tuple[int, int]) -> dict[int, Frames]:
    return dict.fromkeys(range(5), frames)


def every_day(*frames: tuple[int, int]) -> dict[int, Frames]:
    return dict.fromkeys(range(7), frames)


OFFICE = workdays((9 * 60, 17 * 60))
SPLIT_DAY = workdays((8 * 60 + 30, 12 * 60 + 30), (13 * 60 + 15, 16 * 60 + 45))
NIGHT_SHIFT = every_day((0, 6 * 60), (22 * 60, 24 * 60))
ALWAYS = every_day((0, 24 * 60))


def opening(weekly: dict[int, Frames] = OFFICE, *closed_on: str, zone: ZoneInfo = BRUSSELS) -> OpeningTimes:
    return OpeningTimes(zone, weekly, frozenset(map(date.fromisoformat, closed_on)), date(2023, 1, 1), date(2030, 1, 1))


def brussels(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The shared vectors


def the_vectors() -> list[dict[str, Any]]:
    return json.loads(VECTORS.read_text())["vectors"] if VECTORS.exists() else []


def vector_calendar(name: str) -> OpeningTimes:
    calendar = json.loads(VECTORS.read_text())["calendars"][name]
    weekly = {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(day): tuple((minutes(opens), minutes(closes)) for opens, closes in frames)
        for day, frames in calendar["weekly"].items()
    }
    closed_on = frozenset(map(date.fromisoformat, calendar["holidays"]))
    return OpeningTimes(ZoneInfo(calendar["tz"]), weekly, closed_on, date(2023, 1, 1), date(2026, 1, 1))


def minutes(clock_time: str) -> int:
    hours, rest = clock_time.split(":")
    return int(hours) * 60 + int(rest)


def test_all_shared_vectors_are_at_hand() -> None:
    if not VECTORS.exists() and not os.environ.get("CI"):
        pytest.skip("The shared vectors lie beside the repository, and this machine has only the repository.")

    assert len(the_vectors()) == 16


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["id"]) for vector in the_vectors()])
def test_shared_vector_comes_out_as_the_minute_by_minute_walk_had_it(vector: dict[str, Any]) -> None:
    calendar = vector_calendar(vector["calendar"])
    start = datetime.fromisoformat(vector["start"])
    pauses = [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in vector["pauses"]]

    if vector["kind"] == "due":
        assert calendar.due_after(start, vector["minutes"], pauses) == datetime.fromisoformat(vector["expected"])
    else:
        assert calendar.minutes_between(start, datetime.fromisoformat(vector["end"]), pauses) == vector["expected_minutes"]


# Days and frames


def test_minutes_run_through_several_frames_of_a_day() -> None:
    due_at = opening(SPLIT_DAY).due_after(brussels("2026-03-02 12:00"), 60)

    assert due_at == brussels("2026-03-02 13:45")


def test_deadline_on_closing_time_stays_on_that_day() -> None:
    due_at = opening().due_after(brussels("2026-03-06 15:00"), 120)

    assert due_at == brussels("2026-03-06 17:00")


def test_deadline_before_a_break_stays_before_it() -> None:
    due_at = opening(SPLIT_DAY).due_after(brussels("2026-03-02 08:30"), 240)

    assert due_at == brussels("2026-03-02 12:30")


def test_start_on_closing_time_counts_from_the_next_opening() -> None:
    due_at = opening().due_after(brussels("2026-03-06 17:00"), 1)

    assert due_at == brussels("2026-03-09 09:01")


def test_start_before_opening_counts_from_opening() -> None:
    due_at = opening().due_after(brussels("2026-03-09 03:00"), 30)

    assert due_at == brussels("2026-03-09 09:30")


def test_no_minutes_are_due_at_the_start_even_when_closed() -> None:
    sunday = brussels("2026-03-08 11:00")

    assert opening().due_after(sunday, 0) == sunday


def test_night_shift_runs_across_midnight() -> None:
    due_at = opening(NIGHT_SHIFT).due_after(brussels("2026-03-02 23:00"), 120)

    assert due_at == brussels("2026-03-03 01:00")


def test_night_shift_of_a_closed_day_loses_both_its_ends() -> None:
    due_at = opening(NIGHT_SHIFT, "2026-03-03").due_after(brussels("2026-03-02 23:00"), 120)

    assert due_at == brussels("2026-03-04 01:00")


def test_local_closure_on_11_july_holds_for_who_is_closed_and_not_for_who_works() -> None:
    start = brussels("2025-07-10 16:00")

    closed, working = (calendar.due_after(start, 120) for calendar in (opening(OFFICE, "2025-07-11"), opening()))

    assert closed == brussels("2025-07-14 10:00")
    assert working == brussels("2025-07-11 10:00")


def test_year_end_is_crossed_with_its_holidays() -> None:
    due_at = opening(OFFICE, "2026-12-25", "2027-01-01").due_after(brussels("2026-12-31 16:00"), 90)

    assert due_at == brussels("2027-01-04 09:30")


def test_leap_day_is_worked() -> None:
    due_at = opening().due_after(brussels("2028-02-28 16:00"), 60 + 480 + 60)

    assert due_at == brussels("2028-03-01 10:00")


def test_seconds_are_kept_in_moments_and_dropped_from_whole_minutes() -> None:
    start, end = brussels("2026-03-02 16:59:30"), brussels("2026-03-03 09:00:29.5")

    assert opening().due_after(start, 1) == brussels("2026-03-03 09:00:30")
    assert opening().open_time(start, end) == timedelta(seconds=59.5)
    assert opening().minutes_between(start, end) == 0


# Clock changes


def test_frame_across_the_spring_change_is_an_hour_shorter() -> None:
    day = opening(every_day((1 * 60, 5 * 60)))

    assert day.minutes_between(brussels("2026-03-29 00:00"), brussels("2026-03-30 00:00")) == 3 * 60
    assert day.due_after(brussels("2026-03-29 01:30"), 60) == brussels("2026-03-29 03:30")


def test_frame_across_the_autumn_change_is_an_hour_longer() -> None:
    day = opening(every_day((1 * 60, 5 * 60)))

    assert day.minutes_between(brussels("2026-10-25 00:00"), brussels("2026-10-26 00:00")) == 5 * 60
    assert day.due_after(brussels("2026-10-25 01:30"), 120) == utc("2026-10-25 01:30")


def test_frame_that_opens_in_the_skipped_hour_opens_at_the_jump() -> None:
    due_at = opening(every_day((2 * 60 + 20, 4 * 60))).due_after(brussels("2026-03-29 00:00"), 1)

    assert due_at == utc("2026-03-29 01:01")


def test_frame_that_closes_in_the_skipped_hour_closes_at_the_jump() -> None:
    day = opening(every_day((1 * 60, 2 * 60 + 40)))

    assert day.minutes_between(brussels("2026-03-29 00:00"), brussels("2026-03-30 00:00")) == 60


def test_frame_inside_the_skipped_hour_is_not_there() -> None:
    due_at = opening(every_day((2 * 60, 2 * 60 + 50))).due_after(brussels("2026-03-29 00:00"), 10)

    assert due_at == brussels("2026-03-30 02:10")


def test_edge_in_the_doubled_hour_is_its_first_showing() -> None:
    early, late = opening(every_day((0, 2 * 60 + 30))), opening(every_day((2 * 60 + 30, 6 * 60)))
    midnight, six = brussels("2026-10-25 00:00"), brussels("2026-10-25 06:00")

    assert early.minutes_between(midnight, six) == 2 * 60 + 30
    assert late.minutes_between(midnight, six) == 4 * 60 + 30
    assert late.due_after(midnight, 1) == utc("2026-10-25 00:31")


def test_half_hour_change_makes_half_an_hour() -> None:
    day = opening(ALWAYS, zone=LORD_HOWE)

    assert day.minutes_between(datetime(2026, 4, 5, tzinfo=LORD_HOWE), datetime(2026, 4, 6, tzinfo=LORD_HOWE)) == 24 * 60 + 30
    assert day.minutes_between(datetime(2026, 10, 4, tzinfo=LORD_HOWE), datetime(2026, 10, 5, tzinfo=LORD_HOWE)) == 24 * 60 - 30


def test_same_wall_time_before_and_after_the_autumn_change_is_an_hour_apart() -> None:
    first = brussels("2026-10-25 02:30")
    second = first.replace(fold=1)

    assert opening(ALWAYS).minutes_between(first, second) == 60


# Pauses


def test_pause_over_night_costs_only_its_open_minutes() -> None:
    pause = brussels("2026-03-02 16:00"), brussels("2026-03-03 10:00")

    due_at = opening().due_after(brussels("2026-03-02 15:00"), 120, [pause])

    assert due_at == brussels("2026-03-03 11:00")


def test_overlapping_and_touching_pauses_count_once() -> None:
    ten, eleven, noon, one = (brussels(f"2026-03-02 {hour}:00") for hour in (10, 11, 12, 13))

    due_at = opening().due_after(brussels("2026-03-02 09:00"), 120, [(eleven, one), (ten, noon), (ten, eleven)])

    assert due_at == brussels("2026-03-02 14:00")


def test_pause_that_begins_before_the_start_counts_from_the_start() -> None:
    pause = brussels("2026-03-02 09:00"), brussels("2026-03-02 11:00")

    due_at = opening().due_after(brussels("2026-03-02 10:00"), 60, [pause])

    assert due_at == brussels("2026-03-02 12:00")


def test_pause_that_begins_on_the_due_moment_does_nothing() -> None:
    pause = brussels("2026-03-02 11:00"), brussels("2026-03-02 15:00")

    due_at = opening().due_after(brussels("2026-03-02 10:00"), 60, [pause])

    assert due_at == brussels("2026-03-02 11:00")


def test_pause_is_left_out_of_the_time_between() -> None:
    pause = brussels("2026-03-02 16:30"), brussels("2026-03-04 09:30")

    open_minutes = opening().minutes_between(brussels("2026-03-02 16:00"), brussels("2026-03-03 12:00"), [pause])

    assert open_minutes == 30


def test_united_spans_are_in_order_and_apart() -> None:
    nine, ten, eleven, noon = (utc(f"2026-03-02 {hour:02}:00") for hour in (9, 10, 11, 12))

    assert united([(eleven, noon), (nine, ten), (ten, ten)]) == ((nine, ten), (eleven, noon))


# Refusals


def test_empty_week_ends_beyond_the_calendar() -> None:
    with pytest.raises(BeyondCalendar):
        opening({}).due_after(brussels("2026-03-02 10:00"), 1)


def test_endless_pause_ends_beyond_the_calendar() -> None:
    endless = brussels("2026-03-02 11:00"), datetime.max.replace(tzinfo=UTC)

    with pytest.raises(BeyondCalendar):
        opening().due_after(brussels("2026-03-02 10:00"), 120, [endless])


@pytest.mark.parametrize("moment", ["2022-12-31 23:59:59", "2030-01-01 00:00:01"])
def test_moment_outside_the_known_days_is_refused(moment: str) -> None:
    inside = brussels("2026-03-02 10:00")
    outside = brussels(moment)

    with pytest.raises(BeyondCalendar):
        opening().due_after(outside, 0)
    with pytest.raises(BeyondCalendar):
        opening().open_time(min(inside, outside), max(inside, outside))


def test_the_last_known_minute_can_be_reached_and_not_passed() -> None:
    start = brussels("2029-12-31 23:00")

    assert opening(ALWAYS).due_after(start, 60) == brussels("2030-01-01 00:00")
    with pytest.raises(BeyondCalendar):
        opening(ALWAYS).due_after(start, 61)


def test_naive_moments_are_refused() -> None:
    naive, aware = datetime(2026, 3, 2, 10), brussels("2026-03-02 10:00")

    with pytest.raises(ValueError, match="zone"):
        opening().due_after(naive, 1)
    with pytest.raises(ValueError, match="zone"):
        opening().open_time(aware, naive)
    with pytest.raises(ValueError, match="zone"):
        opening().due_after(aware, 1, [(naive, aware)])
    with pytest.raises(ValueError, match="zone"):
        in_utc(naive)


def test_time_never_runs_backwards() -> None:
    earlier, later = brussels("2026-03-02 10:00"), brussels("2026-03-02 11:00")

    with pytest.raises(ValueError, match="-1 minutes"):
        opening().due_after(earlier, -1)
    with pytest.raises(ValueError, match="before"):
        opening().open_time(later, earlier)
    with pytest.raises(ValueError, match="cannot begin"):
        opening().due_after(earlier, 1, [(later, earlier)])


@pytest.mark.parametrize(
    "weekly",
    [
        {7: ((540, 1020),)},
        {0: ((540, 540),)},
        {0: ((780, 1020), (540, 720))},
        {0: ((540, 780), (720, 1020))},
        {0: ((-1, 60),)},
        {0: ((1320, 1441),)},
    ],
    ids=["no weekday", "no length", "out of order", "overlapping", "before midnight", "after midnight"],
)
def test_impossible_frames_are_refused(weekly: dict[int, Frames]) -> None:
    with pytest.raises(ValueError, match="weekday"):
        opening(weekly)


def test_calendar_that_knows_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="no day"):
        OpeningTimes(BRUSSELS, OFFICE, frozenset(), date(2026, 1, 1), date(2026, 1, 1))


# As a value


def test_equal_calendars_are_one_key_and_survive_a_copy() -> None:
    one, other, split = opening(OFFICE, "2026-05-01"), opening(OFFICE, "2026-05-01"), opening(SPLIT_DAY, "2026-05-01")

    assert {one, other, pickle.loads(pickle.dumps(one))} == {one}
    assert one != split


def test_week_changed_by_its_maker_does_not_change_the_calendar() -> None:
    weekly = dict(OFFICE)
    calendar = opening(weekly)

    weekly[0] = ()

    assert calendar.due_after(brussels("2026-03-02 10:00"), 60) == brussels("2026-03-02 11:00")


# Against a slow walk, and against itself

unhurried = settings(deadline=None)  # a busy machine is no reason to fail

NEAR_A_CHANGE = [
    (BRUSSELS, date(2026, 3, 28)),
    (BRUSSELS, date(2026, 10, 24)),
    (BRUSSELS, date(2027, 12, 30)),
    (BRUSSELS, date(2028, 2, 28)),
    (LORD_HOWE, date(2026, 4, 4)),
    (LORD_HOWE, date(2026, 10, 3)),
    (SANTIAGO, date(2026, 4, 3)),
    (SANTIAGO, date(2026, 9, 4)),
]


@st.composite
def calendars(draw: st.DrawFn, days: int) -> OpeningTimes:
    zone, first_day = draw(st.sampled_from(NEAR_A_CHANGE))
    edges = st.lists(st.integers(0, 96), unique=True, max_size=6).map(lambda quarters: [quarter * 15 for quarter in sorted(quarters)])
    frames = edges.map(lambda minutes: tuple(zip(minutes[::2], minutes[1::2], strict=False)))
    weekly = draw(st.dictionaries(st.integers(0, 6), frames, min_size=3))
    closed_on = draw(st.frozensets(st.integers(0, days).map(lambda number: first_day + timedelta(days=number)), max_size=2))
    return OpeningTimes(zone, weekly, closed_on, first_day, first_day + timedelta(days=days))


def known(calendar: OpeningTimes) -> Span:
    first, last = (datetime.combine(day, time.min, calendar.zone) for day in (calendar.covers_from, calendar.covers_until))
    return in_utc(first), in_utc(last)


@st.composite
def moments(draw: st.DrawFn, calendar: OpeningTimes, count: int, unit: timedelta = timedelta(seconds=1)) -> list[datetime]:
    first, last = known(calendar)
    return sorted(first + draw(st.integers(0, (last - first) // unit)) * unit for _ in range(count))


@st.composite
def pauses_within(draw: st.DrawFn, calendar: OpeningTimes, unit: timedelta = timedelta(seconds=1)) -> list[Span]:
    pairs = [draw(moments(calendar, 2, unit)) for _ in range(draw(st.integers(0, 3)))]
    return [(begins, ends) for begins, ends in pairs]


def walk(calendar: OpeningTimes, start: datetime) -> Iterator[tuple[datetime, bool]]:
    """Every minute from the start and whether it is open, by a clock whose hands wait rather than turn back."""
    hands, minute = datetime.min, start - timedelta(hours=3)
    while True:
        hands = max(hands, minute.astimezone(calendar.zone).replace(tzinfo=None))
        if hands.date() >= calendar.covers_until:
            return
        if minute >= start:
            frames = () if hands.date() in calendar.closed_on else calendar.weekly.get(hands.weekday(), ())
            yield minute, any(opens <= hands.hour * 60 + hands.minute < closes for opens, closes in frames)
        minute += MINUTE


def worked_minutes(calendar: OpeningTimes, start: datetime, pauses: Sequence[Span]) -> Iterator[datetime]:
    for minute, is_open in walk(calendar, start):
        if is_open and not any(begins <= minute < ends for begins, ends in pauses):
            yield minute


@unhurried
@given(st.data())
def test_due_moment_is_that_of_a_walk_minute_by_minute(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=4))
    [start], pauses = data.draw(moments(calendar, 1, MINUTE)), data.draw(pauses_within(calendar, MINUTE))
    worked = list(worked_minutes(calendar, start, pauses))

    if worked:
        count = data.draw(st.integers(1, len(worked)))
        assert calendar.due_after(start, count, pauses) == worked[count - 1] + MINUTE
    with pytest.raises(BeyondCalendar):
        calendar.due_after(start, len(worked) + 1, pauses)


@unhurried
@given(st.data())
def test_minutes_between_are_those_of_a_walk_minute_by_minute(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=4))
    (start, end), pauses = data.draw(moments(calendar, 2, MINUTE)), data.draw(pauses_within(calendar, MINUTE))

    walked = sum(minute < end for minute in worked_minutes(calendar, start, pauses))

    assert calendar.minutes_between(start, end, pauses) == walked


def some_minutes(calendar: OpeningTimes, start: datetime, pauses: Sequence[Span] = ()) -> st.SearchStrategy[int]:
    return st.integers(0, calendar.minutes_between(start, known(calendar)[1], pauses))


@unhurried
@given(st.data())
def test_minutes_added_are_the_minutes_measured(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=30))
    [start], pauses = data.draw(moments(calendar, 1)), data.draw(pauses_within(calendar))
    count = data.draw(some_minutes(calendar, start, pauses))

    due_at = calendar.due_after(start, count, pauses)

    assert calendar.open_time(start, due_at, pauses) == count * MINUTE


@unhurried
@given(st.data())
def test_more_minutes_or_a_later_start_never_fall_due_earlier(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=30))
    (start, later), pauses = data.draw(moments(calendar, 2)), data.draw(pauses_within(calendar))
    fewer, more = sorted(data.draw(some_minutes(calendar, later, pauses)) for _ in range(2))

    due_at = calendar.due_after(start, fewer, pauses)

    assert due_at <= calendar.due_after(start, more, pauses)
    assert due_at <= calendar.due_after(later, fewer, pauses)


@unhurried
@given(st.data())
def test_pause_moves_the_due_moment_by_exactly_its_open_time(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=30))
    start, *pause = data.draw(moments(calendar, 3))
    count = data.draw(some_minutes(calendar, start, [tuple(pause)]))

    due_at, due_with_pause_at = calendar.due_after(start, count), calendar.due_after(start, count, [tuple(pause)])

    counts = pause[0] < due_at
    assert calendar.open_time(due_at, due_with_pause_at) == (calendar.open_time(*pause) if counts else timedelta())
    assert counts or due_with_pause_at == due_at


@unhurried
@given(st.data())
def test_minutes_may_be_added_in_two_steps(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=30))
    [start] = data.draw(moments(calendar, 1))
    first, both = sorted(data.draw(some_minutes(calendar, start)) for _ in range(2))

    in_two_steps = calendar.due_after(calendar.due_after(start, first), both - first)

    assert in_two_steps == calendar.due_after(start, both)


@unhurried
@given(st.data())
def test_time_before_and_after_a_moment_add_up(data: st.DataObject) -> None:
    calendar = data.draw(calendars(days=30))
    (start, middle, end), pauses = data.draw(moments(calendar, 3, MINUTE)), data.draw(pauses_within(calendar, MINUTE))

    parts = calendar.minutes_between(start, middle, pauses) + calendar.minutes_between(middle, end, pauses)

    assert parts == calendar.minutes_between(start, end, pauses)
