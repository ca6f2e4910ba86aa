from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal import wall_clock

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_demo_clock(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_CLOCK_FILE = tmp_path / "clock"


def test_demo_clock_is_the_real_one_until_it_is_moved(settings, tmp_path):
    a_demo_clock(settings, tmp_path)

    with time_machine.travel(MONDAY_NOON, tick=False):
        assert wall_clock.now() == MONDAY_NOON
    assert wall_clock.offset() == timedelta()


def test_steps_add_up(settings, tmp_path):
    a_demo_clock(settings, tmp_path)

    for step in ("+3d", "+1d12h", "30m"):
        call_command("demo_clock", step)

    with time_machine.travel(MONDAY_NOON, tick=False):
        assert wall_clock.now() == MONDAY_NOON + timedelta(days=4, hours=12, minutes=30)


def test_a_step_is_seen_at_once(settings, tmp_path):
    a_demo_clock(settings, tmp_path)
    seen = []

    for _ in range(5):
        call_command("demo_clock", "+1h")
        seen.append(wall_clock.offset())

    assert seen == [timedelta(hours=hours) for hours in range(1, 6)]


@pytest.mark.parametrize("step", ["-3d", "3", "+3w", "tomorrow", "+", "+1d-2h"])
def test_clock_refuses_to_go_back_or_nowhere(settings, tmp_path, step):
    a_demo_clock(settings, tmp_path)

    with pytest.raises(CommandError):
        call_command("demo_clock", "--", step)

    assert wall_clock.offset() == timedelta()


def test_clock_stands_outside_the_demo(settings, tmp_path):
    a_demo_clock(settings, tmp_path)
    call_command("demo_clock", "+3d")
    settings.DEMO = False

    with pytest.raises(CommandError, match="in the demo only"):
        call_command("demo_clock", "+3d")

    assert wall_clock.offset() == timedelta()
