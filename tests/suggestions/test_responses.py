import pytest
from django.core.exceptions import PermissionDenied

from portal.models import Act
from suggestions.actions.obligations import breach_overdue, climb_ladders, resume_exhausted_pauses, warn_due_soon
from suggestions.actions.responses import ask_citizen, publish_response, reply_to_question
from suggestions.models import Response
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_citizen,
    a_contact,
    a_suggestion,
    an_agent,
    an_operator,
    the_author,
    the_obligation,
)

pytestmark = pytest.mark.django_db


def test_courtesy_stops_only_the_first_clock():
    suggestion = a_suggestion()

    publish_response(
        suggestion=suggestion, by=an_agent(), kind=Response.Kind.ACKNOWLEDGEMENT, text="Thank you, nice idea!", at=MONDAY_NOON + HOUR
    )

    assert the_obligation(suggestion, Act.ACKNOWLEDGE).met_at == MONDAY_NOON + HOUR
    assert the_obligation(suggestion, Act.ANSWER).is_open
    assert the_obligation(suggestion, Act.SOLVE).is_open


def test_question_lets_the_answer_clock_stand_until_the_reply():
    suggestion = a_suggestion(**a_contact())
    asked_at, replied_at = MONDAY_NOON + HOUR, MONDAY_NOON + 4 * HOUR
    due_before = the_obligation(suggestion, Act.ANSWER).due_at

    question, standing = ask_citizen(suggestion=suggestion, by=an_agent(), text="Which bicycle?", at=asked_at)
    paused = the_obligation(suggestion, Act.ANSWER)
    reply_to_question(question=question, by=the_author(suggestion), text="Number 12", at=replied_at)

    answer = the_obligation(suggestion, Act.ANSWER)
    assert standing == 1
    assert paused.paused_at == asked_at
    assert paused.due_at == due_before + 2 * DAY  # the latest moment: a limit of two working days
    assert (answer.paused_at, answer.due_at, answer.gross_due_at) == (None, due_before + 3 * HOUR, due_before)
    assert [term.cause for term in answer.terms.order_by("id")] == ["opened", "paused", "resumed"]


def test_question_to_somebody_who_cannot_be_reached_stops_no_clock():
    suggestion = a_suggestion()

    _question, standing = ask_citizen(suggestion=suggestion, by=an_agent(), text="Which bicycle?", at=MONDAY_NOON + HOUR)

    assert standing == 0
    assert the_obligation(suggestion, Act.ANSWER).paused_at is None


def test_pause_ends_by_itself_at_its_limit():
    suggestion = a_suggestion(**a_contact())
    due_before = the_obligation(suggestion, Act.ANSWER).due_at
    ask_citizen(suggestion=suggestion, by=an_agent(), text="Which bicycle?", at=MONDAY_NOON + HOUR)

    runs = [resume_exhausted_pauses(at=MONDAY_NOON + 30 * DAY) for _ in range(2)]

    answer = the_obligation(suggestion, Act.ANSWER)
    assert runs == [1, 0]
    assert (answer.paused_at, answer.due_at) == (None, due_before + 2 * DAY)


def test_strangers_and_other_operators_may_not_respond():
    suggestion = a_suggestion()

    for stranger in (a_citizen(), an_agent(an_operator("other"))):
        with pytest.raises(PermissionDenied):
            publish_response(suggestion=suggestion, by=stranger, kind=Response.Kind.UPDATE, text="Hello", at=MONDAY_NOON)


def test_late_clock_is_told_up_the_ladder_step_by_step_and_each_step_once():
    suggestion = a_suggestion()
    answer = the_obligation(suggestion, Act.ANSWER)
    warned = [warn_due_soon(at=answer.due_at - HOUR) for _ in range(2)]
    breached = [breach_overdue(at=answer.due_at + DAY) for _ in range(2)]

    told = [
        climb_ladders(at=answer.due_at + 1.5 * DAY),
        climb_ladders(at=answer.due_at + 1.5 * DAY),
        climb_ladders(at=answer.due_at + 30 * DAY),
    ]

    answer.refresh_from_db()
    suggestion.refresh_from_db()
    assert warned == [2, 0]  # acknowledge and answer
    assert breached == [2, 0]
    assert answer.breached_at == answer.due_at
    assert told == [1, 0, 1]
    assert suggestion.standing.late_since is not None


def test_form_of_the_desk_sent_twice_is_published_once():
    suggestion = a_suggestion(**a_contact())
    agent = an_agent()

    for minute in (0, 1):
        at = MONDAY_NOON + minute * HOUR / 60
        publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text="We are looking.", at=at)
        ask_citizen(suggestion=suggestion, by=agent, text="Which bicycle?", at=at)

    assert suggestion.responses.count() == 2
    assert the_obligation(suggestion, Act.ANSWER).pauses.count() == 1


def test_same_words_on_another_day_are_said_again():
    suggestion = a_suggestion()
    agent = an_agent()

    for day in (0, 1):
        publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text="Still looking.", at=MONDAY_NOON + day * DAY)

    assert suggestion.responses.count() == 2
