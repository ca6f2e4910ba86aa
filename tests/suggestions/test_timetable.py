"""What a clock and an answer line show, moment by moment."""

from datetime import date, timedelta

import pytest

from portal.city_days import end_of_day
from portal.models import Act, CalendarVersion, WorkingCalendar
from suggestions.actions.commitments import deliver
from suggestions.actions.decisions import decide
from suggestions.actions.responses import publish_response
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Decision, Response, Standing
from suggestions.templatetags import time_words
from suggestions.templatetags.answer_lines import AnswerLine
from suggestions.templatetags.clock_faces import ClockFace, State
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_calendar_version,
    a_criterion,
    a_suggestion,
    an_agent,
    the_author,
    the_obligation,
)

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome
MINUTE = timedelta(minutes=1)


def line_of(suggestion, now):
    return [station.reach.value for station in AnswerLine(Standing.objects.get(pk=suggestion.pk), now).stations()]


@pytest.mark.parametrize(
    ("after", "state", "left"),
    [
        (0 * HOUR, State.RUNNING, "5 working days left"),
        (3 * DAY, State.RUNNING, "2 working days left"),
        (4 * DAY, State.SOON, "8 working hours left"),
        (7 * DAY - MINUTE, State.SOON, "1 minute left"),
        (7 * DAY, State.SOON, "1 minute left"),  # the due moment itself is in time
        (7 * DAY + 5 * MINUTE, State.LATE, "5 minutes late"),
        (7 * DAY + 3 * HOUR, State.LATE, "3 hours late"),
        (9 * DAY, State.LATE, "2 days late"),
    ],
)
def test_clock_says_what_is_left_or_how_late_it_is(after, state, left):
    answer = the_obligation(a_suggestion(), Act.ANSWER)

    face = ClockFace(answer, MONDAY_NOON + after)

    assert (face.state, face.left) == (state, left)


def test_bar_is_used_up_to_the_due_moment_and_late_beyond_it():
    face = ClockFace(the_obligation(a_suggestion(), Act.ANSWER), MONDAY_NOON + 14 * DAY)

    assert [(piece.kind, piece.start, piece.length) for piece in face.bar] == [("used", "0.00%", "50.00%"), ("late", "50.00%", "50.00%")]
    assert face.due_mark == "50.00%"


def test_clock_met_late_keeps_its_lateness():
    suggestion = a_suggestion()
    publish_response(suggestion=suggestion, by=an_agent(), kind=Response.Kind.UPDATE, text="Hello.", at=MONDAY_NOON + 3 * DAY)

    face = ClockFace(the_obligation(suggestion, Act.ACKNOWLEDGE), MONDAY_NOON + 30 * DAY)

    assert (face.state, face.left) == (State.KEPT_LATE, "2 days late")
    assert face.sentence == "The Operator acknowledged, but late"


def test_clock_that_never_had_a_deadline_is_done_but_not_in_time():
    answer = the_obligation(a_suggestion(), Act.ANSWER)
    answer.due_basis, answer.due_at, answer.gross_due_at = "none", None, None
    waiting = ClockFace(answer, MONDAY_NOON)
    shown_while_open = waiting.state, waiting.left, waiting.bar
    answer.met_at = MONDAY_NOON + DAY

    face = ClockFace(answer, MONDAY_NOON + 2 * DAY)

    assert shown_while_open == (State.OPEN_ENDED, "", [])
    assert (face.state, face.sentence) == (State.DONE, "The Operator decided")


def test_clock_beyond_its_calendar_still_shows_plain_time():
    answer = the_obligation(a_suggestion(), Act.ANSWER)

    face = ClockFace(answer, MONDAY_NOON + 20 * 365 * DAY)

    assert face.state == State.LATE
    assert face.left == "7293 days late"
    assert face.bar == []


def test_calendar_that_never_closes_counts_days_and_not_working_days():
    calendar = WorkingCalendar.objects.create(code="always", name="Always")
    always: CalendarVersion = a_calendar_version(calendar, {weekday: [(0, 1440)] for weekday in range(7)})

    opening = always.opening_times()

    assert time_words.working_time_left(3 * 24 * 60, opening) == "3 days left"
    assert time_words.working_time_left(5 * 60, opening) == "5 hours left"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(), "just now"),
        (20 * MINUTE, "in 20 minutes"),
        (3 * HOUR, "in 3 hours"),
        (13 * HOUR, "tomorrow"),
        (2 * DAY, "in 2 days"),
        (-DAY, "yesterday"),
        (-40 * DAY, "40 days ago"),
        (200 * DAY, "in 7 months"),
    ],
)
def test_how_far_away_is_said_as_people_say_it(after, words):
    assert time_words.relative(MONDAY_NOON + after, now=MONDAY_NOON) == words


def test_end_of_a_day_is_the_day_alone_and_another_year_is_named():
    absolute = [time_words.absolute(moment, now=MONDAY_NOON) for moment in (MONDAY_NOON, end_of_day(date(2026, 3, 6)))]

    assert absolute == ["Mon 2 Mar, 12:00", "Fri 6 Mar"]
    assert time_words.absolute(end_of_day(date(2027, 3, 6)), now=MONDAY_NOON) == "Sat 6 Mar 2027"


def test_answer_line_fills_station_by_station():
    suggestion, agent = a_suggestion(kind="idea"), an_agent()
    lines = [line_of(suggestion, MONDAY_NOON)]
    publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text="Hello.", at=MONDAY_NOON)
    lines.append(line_of(suggestion, MONDAY_NOON))
    decide(
        suggestion=suggestion,
        by=agent,
        outcome=Outcome.ACCEPTED,
        reasons="Yes.",
        promise="A ramp",
        promised_on=date(2026, 3, 20),
        at=MONDAY_NOON,
    )
    lines.append(line_of(suggestion, MONDAY_NOON))
    lines.append(line_of(suggestion, MONDAY_NOON + 30 * DAY))  # no sweep ran yet
    deliver(suggestion=suggestion, by=agent, evidence="Here it is.", at=MONDAY_NOON + 30 * DAY)
    lines.append(line_of(suggestion, MONDAY_NOON + 30 * DAY))

    assert lines == [
        ["next", "ahead", "ahead", "ahead", "ahead"],
        ["reached", "next", "ahead", "ahead", "ahead"],
        ["reached", "reached", "reached", "next", "ahead"],
        ["reached", "reached", "broken", "next", "ahead"],
        ["reached", "reached", "broken", "reached", "next"],
    ]


def test_answer_line_ends_at_a_refusal_and_waits_for_nobody_after_a_withdrawal():
    refused, withdrawn = a_suggestion(kind="idea"), a_suggestion(kind="idea")
    decide(suggestion=refused, by=an_agent(), outcome=Outcome.DECLINED, reasons="No.", criterion=a_criterion(), at=MONDAY_NOON)
    withdraw_suggestion(suggestion=withdrawn, by=the_author(withdrawn), reason="No.", at=MONDAY_NOON)

    assert line_of(refused, MONDAY_NOON) == ["reached", "reached", "closed", "closed", "closed"]
    assert line_of(withdrawn, MONDAY_NOON) == ["ahead"] * 5
