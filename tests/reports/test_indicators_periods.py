from datetime import UTC, date, datetime

import pytest

from reports.indicators.periods import NoSuchMoment, NoSuchPeriod, Window, last_ended, parse_as_of


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2011-07", date(2011, 7, 1), date(2011, 8, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-02-10..2026-03-01", date(2026, 2, 10), date(2026, 3, 1)),
    ],
)
def test_period_is_read_and_written_the_same_way(text, first, after):
    window = Window.parse(text)

    assert (window.first, window.after, window.code) == (first, after, text)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-13", "yesterday", "2026-03-01..2026-03-01", "2026-02-30..2026-03-01", ""])
def test_period_that_does_not_exist_is_refused(text):
    with pytest.raises(NoSuchPeriod):
        Window.parse(text)


def test_period_begins_and_ends_at_midnight_of_the_city_through_both_clock_changes():
    march, october = Window.parse("2026-03"), Window.parse("2026-10")

    assert (march.from_at, march.until_at) == (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert (october.from_at, october.until_at) == (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert march.holds(march.from_at)
    assert not march.holds(march.until_at)


@pytest.mark.parametrize(
    ("text", "as_of"),
    [("2026-Q3", "2026-11-01"), ("2026-12", "2027-02-01"), ("2026", "2027-02-01"), ("2026-02-10..2026-02-20", "2026-04-01")],
)
def test_default_as_of_is_the_end_of_the_month_that_follows(text, as_of):
    assert Window.parse(text).default_as_of == parse_as_of(as_of)


@pytest.mark.parametrize(
    ("text", "before"),
    [("2026-Q1", "2025-Q4"), ("2026-01", "2025-12"), ("2026", "2025"), ("2026-02-10..2026-02-20", "2026-01-31..2026-02-10")],
)
def test_period_before_is_of_the_same_length(text, before):
    assert Window.parse(text).before.code == before


def test_period_is_provisional_until_it_is_over():
    window = Window.parse("2026-Q3")

    assert window.is_provisional(parse_as_of("2026-09-30"))
    assert not window.is_provisional(parse_as_of("2026-10-01"))


def test_last_ended_quarter_is_found_from_a_moment():
    running = Window.quarter(date(2011, 8, 1))

    assert last_ended(running, parse_as_of("2011-08-01")).code == "2011-Q2"
    assert last_ended(running, parse_as_of("2011-10-01")).code == "2011-Q3"


def test_day_stands_for_its_first_moment_in_the_city_and_a_moment_is_taken_as_it_is():
    assert parse_as_of("2026-07-01") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert parse_as_of("2026-07-01T00:00:00-04:00") == datetime(2026, 7, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-07-01T00:00:00", "soon", "2026-02-30"])
def test_moment_without_a_zone_is_refused(text):
    with pytest.raises(NoSuchMoment):
        parse_as_of(text)
