from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.working_time import BeyondCalendar, OpeningTimes
from suggestions.clocks import Clock, Pause

BRUSSELS = ZoneInfo("Europe/Brussels")
MINUTE = timedelta(minutes=1)

OFFICE = OpeningTimes(BRUSSELS, dict.fromkeys(range(5), ((9 * 60, 17 * 60),)), frozenset(), date(2026, 1, 1), date(2028, 1, 1))
SHOP = replace(OFFICE, weekly=dict.fromkeys(range(6), ((9 * 60, 10 * 60), (11 * 60, 12 * 60))))


def march(day: int, clock_time: str) -> datetime:
    """A moment in March 2026, whose 2nd is a Monday."""
    return datetime.fromisoformat(f"2026-03-{day:02} {clock_time}").replace(tzinfo=BRUSSELS)


MONDAY_TEN = march(2, "10:00")


def clock(*pauses: Pause, opened_at: datetime = MONDAY_TEN, allowance: int = 240, limit: int = 120) -> Clock:
    return Clock(OFFICE, opened_at, allowance, limit, pauses)


def test_clock_without_pauses_is_due_after_its_allowance() -> None:
    undisturbed = clock()

    assert undisturbed.due_at() == undisturbed.gross_due_at() == march(2, "14:00")
    assert undisturbed.honoured_pauses() == ()
    assert undisturbed.pause_runs_out_at() is None


def test_ended_pause_moves_the_due_moment_and_never_the_gross_one() -> None:
    paused = clock(Pause(march(2, "11:00"), march(2, "12:30")))

    assert paused.due_at() == march(2, "15:30")
    assert paused.gross_due_at() == march(2, "14:00")
    assert paused.pause_runs_out_at() is None


def test_pause_over_night_costs_only_its_working_minutes() -> None:
    paused = clock(Pause(march(2, "16:30"), march(3, "10:00")), opened_at=march(2, "15:00"))

    assert paused.due_at() == march(3, "12:30")
    assert paused.minutes_paused(march(4, "09:00")) == 90


def test_overlapping_pauses_count_once() -> None:
    paused = clock(Pause(march(2, "11:30"), march(2, "12:30")), Pause(march(2, "11:00"), march(2, "12:00")))

    assert paused.honoured_pauses() == ((march(2, "11:00"), march(2, "12:30")),)
    assert paused.due_at() == march(2, "15:30")


def test_open_pause_shows_the_latest_possible_due_moment() -> None:
    standing = clock(Pause(march(2, "11:00"), None))

    assert standing.due_at() == march(2, "16:00")
    assert standing.pause_runs_out_at() == march(2, "13:00")
    assert standing.honoured_pauses() == ((march(2, "11:00"), march(2, "13:00")),)


def test_ending_an_open_pause_early_brings_the_due_moment_back() -> None:
    started_at = march(2, "11:00")

    standing, resumed = clock(Pause(started_at, None)), clock(Pause(started_at, march(2, "11:20")))

    assert standing.due_at() - resumed.due_at() == timedelta(minutes=100)


def test_limit_reached_inside_a_pause_sets_the_clock_running_again() -> None:
    paused = clock(Pause(march(2, "11:00"), march(2, "12:00")), Pause(march(2, "12:30"), march(2, "16:00")))

    assert paused.honoured_pauses() == ((march(2, "11:00"), march(2, "12:00")), (march(2, "12:30"), march(2, "13:30")))
    assert paused.due_at() == march(2, "16:00")
    assert paused.minutes_used(march(2, "14:00")) == 120


def test_limit_counts_working_minutes_so_a_pause_may_last_over_the_weekend() -> None:
    paused = clock(Pause(march(6, "16:00"), None), opened_at=march(6, "15:00"))

    assert paused.pause_runs_out_at() == march(9, "10:00")
    assert paused.due_at() == march(9, "13:00")


def test_limit_is_kept_to_the_second() -> None:
    paused = clock(Pause(march(2, "11:00:00"), march(2, "11:00:40")), Pause(march(2, "12:00"), None), limit=1)

    assert paused.pause_runs_out_at() == march(2, "12:00:20")
    assert paused.due_at() == march(2, "14:01")


def test_pause_used_up_exactly_leaves_nothing_for_the_next() -> None:
    paused = clock(Pause(march(2, "10:30"), march(2, "12:30")), Pause(march(2, "13:00"), None))

    assert paused.honoured_pauses() == ((march(2, "10:30"), march(2, "12:30")),)
    assert paused.pause_runs_out_at() == march(2, "13:00")
    assert paused.due_at() == march(2, "16:00")


def test_no_pause_is_honoured_under_a_limit_of_nothing() -> None:
    paused = clock(Pause(march(2, "11:00"), march(2, "12:00")), limit=0)

    assert paused.honoured_pauses() == ()
    assert paused.due_at() == paused.gross_due_at()


@pytest.mark.parametrize("started_at", [march(2, "14:00"), march(2, "14:30")], ids=["at", "after"])
def test_pause_that_begins_at_or_after_the_due_moment_does_nothing(started_at: datetime) -> None:
    paused = clock(Pause(started_at, None))

    assert paused.due_at() == march(2, "14:00")
    assert paused.pause_runs_out_at() is None
    assert paused.minutes_paused(march(3, "12:00")) == 0
    assert paused.minutes_left(march(2, "16:00")) == -120


def test_pause_after_the_gross_due_moment_counts_when_an_earlier_pause_moved_the_due_moment_past_it() -> None:
    paused = clock(Pause(march(2, "11:00"), march(2, "12:00")), Pause(march(2, "14:30"), march(2, "15:00")))

    assert paused.due_at() == march(2, "15:30")


def test_pause_from_before_the_opening_counts_from_the_opening() -> None:
    paused = clock(Pause(march(2, "09:00"), march(2, "09:30")), Pause(march(2, "09:45"), march(2, "11:00")))

    assert paused.honoured_pauses() == ((march(2, "10:00"), march(2, "11:00")),)
    assert paused.due_at() == march(2, "15:00")


def test_open_pause_from_before_the_opening_runs_out_at_once_when_no_minute_may_be_paused() -> None:
    paused = clock(Pause(march(2, "09:00"), None), limit=0)

    assert paused.pause_runs_out_at() == march(2, "10:00")


def test_second_open_pause_does_not_hide_the_first() -> None:
    standing = clock(Pause(march(2, "11:00"), None), Pause(march(3, "11:00"), None))

    assert standing.pause_runs_out_at() == march(2, "13:00")
    assert standing.due_at() == march(2, "16:00")


def test_minutes_used_stand_while_the_clock_stands() -> None:
    paused = clock(Pause(march(2, "11:00"), march(2, "12:00")))

    used = [paused.minutes_used(march(2, moment)) for moment in ("09:00", "10:00", "11:00", "11:59", "12:00", "12:01")]

    assert used == [0, 0, 60, 60, 60, 61]


def test_minutes_paused_are_those_so_far() -> None:
    standing = clock(Pause(march(2, "11:00"), None))

    paused = [standing.minutes_paused(march(2, moment)) for moment in ("09:00", "11:00", "11:30", "13:00", "15:00")]

    assert paused == [0, 0, 30, 120, 120]


def test_minutes_left_turn_negative_once_a_working_minute_late() -> None:
    due_at_noon = clock(allowance=120)

    moments = [march(2, "09:00"), march(2, "10:00"), march(2, "11:59:30"), march(2, "12:00:30"), march(2, "12:01"), march(3, "09:00")]

    assert [due_at_noon.minutes_left(at) for at in moments] == [120, 120, 1, 0, -1, -300]


def test_warning_share_honours_pauses_and_is_rounded_up_to_the_minute() -> None:
    paused = clock(Pause(march(2, "11:00"), march(2, "12:00")), allowance=241)

    moments = [paused.moment_used(percent) for percent in (0, 25, 75, 100)]

    assert moments == [march(2, "10:00"), march(2, "12:01"), march(2, "14:01"), paused.due_at()]


def test_clock_without_allowance_is_due_at_once_whatever_is_paused() -> None:
    opened_at = march(7, "11:00")

    assert clock(Pause(opened_at, None), opened_at=opened_at, allowance=0).due_at() == opened_at


def test_open_pause_whose_limit_lies_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(BeyondCalendar):
        clock(Pause(march(2, "11:00"), None), limit=10_000_000).due_at()


def test_ended_pause_needs_no_calendar_for_the_limit_it_never_reaches() -> None:
    assert clock(Pause(march(2, "11:00"), march(2, "12:00")), limit=10_000_000).due_at() == march(2, "15:00")


def test_clock_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Pause(march(2, "11:00"), march(2, "10:00"))
    with pytest.raises(ValueError, match="zone"):
        Pause(datetime(2026, 3, 2, 11), None)
    with pytest.raises(ValueError, match="zone"):
        clock(opened_at=datetime(2026, 3, 2, 11))
    with pytest.raises(ValueError, match="zone"):
        clock().minutes_used(datetime(2026, 3, 2, 11))
    with pytest.raises(ValueError, match="less than no minutes"):
        clock(limit=-1)
    with pytest.raises(ValueError, match="cannot be worked"):
        clock().moment_used(-50)


def test_pause_in_the_doubled_hour_is_measured_by_the_instants_and_not_by_the_wall() -> None:
    started_at, ended_at = datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS), datetime(2026, 10, 25, 2, 20, fold=1, tzinfo=BRUSSELS)
    always = replace(OFFICE, weekly=dict.fromkeys(range(7), ((0, 24 * 60),)))

    paused = Clock(always, started_at - timedelta(hours=1), 240, 120, (Pause(started_at, ended_at),))

    assert paused.minutes_paused(datetime(2026, 10, 25, 12, tzinfo=BRUSSELS)) == 50


# Against a slow walk


def walk(slow: Clock) -> Iterator[tuple[datetime, int, int]]:
    """Every minute from the opening until half an hour late, with the shop's minutes used and paused before it."""
    minute, used, paused = slow.opened_at, 0, 0
    while used < slow.allowance_minutes + 30:
        yield minute, used, paused
        local = minute.astimezone(BRUSSELS)
        is_paused = any(pause.started_at <= minute and (pause.ended_at is None or minute < pause.ended_at) for pause in slow.pauses)
        if local.weekday() < 6 and local.hour in (9, 11):
            may_pause = used < slow.allowance_minutes and paused < slow.pause_limit_minutes
            used, paused = (used, paused + 1) if is_paused and may_pause else (used + 1, paused)
        minute += MINUTE


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """A shop's clock with up to three pauses in the days around the clock change of 29 March."""
    moments = st.integers(0, 3 * 24 * 12).map(lambda count: datetime(2026, 3, 27, 8, tzinfo=UTC) + count * 5 * MINUTE)
    spans = st.tuples(moments, st.one_of(moments, st.none()))
    pauses = [Pause(a, b) if b is None or a <= b else Pause(b, a) for a, b in draw(st.lists(spans, max_size=3))]
    return Clock(SHOP, draw(moments), draw(st.integers(1, 120)), draw(st.integers(0, 90)), tuple(pauses))


@settings(deadline=None)
@given(clocks())
def test_clock_is_that_of_a_walk_minute_by_minute(fast: Clock) -> None:
    walked = list(walk(fast))

    due_at = next(minute for minute, used, _ in walked if used == fast.allowance_minutes)

    assert fast.due_at() == due_at
    for minute, used, paused in walked[::61]:
        assert (fast.minutes_used(minute), fast.minutes_paused(minute)) == (used, paused)
        assert fast.minutes_left(minute) == fast.allowance_minutes - used


@settings(deadline=None)
@given(clocks())
def test_honoured_pauses_never_exceed_the_limit_and_explain_the_due_moment(any_clock: Clock) -> None:
    honoured = any_clock.honoured_pauses()

    lasting = sum((SHOP.open_time(*span) for span in honoured), timedelta())

    assert lasting <= any_clock.pause_limit_minutes * MINUTE
    assert SHOP.open_time(any_clock.gross_due_at(), any_clock.due_at()) == lasting
