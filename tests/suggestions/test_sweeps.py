from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from portal.models import Act, Event, Notification
from suggestions.actions.obligations import breach_overdue, climb_ladders, resume_exhausted_pauses, warn_due_soon
from suggestions.actions.responses import ask_citizen, publish_response
from suggestions.actions.verdicts import close_verdict_windows
from suggestions.models import Obligation, Response
from tests.factories import DAY, HOUR, MONDAY_NOON, a_contact, a_suggestion, an_agent, the_obligation


@pytest.mark.django_db
def test_overdue_obligation_is_late_once_and_from_the_moment_it_fell_due():
    suggestion = a_suggestion()
    answer = the_obligation(suggestion, Act.ANSWER)

    runs = [breach_overdue(at=answer.due_at + DAY) for _ in range(2)]

    answer.refresh_from_db()
    assert runs == [2, 0]  # the acknowledgement is late as well
    assert answer.breached_at == answer.due_at
    assert Event.objects.filter(kind=Event.Kind.OBLIGATION_LATE, about=f"obligation/{answer.uuid}").count() == 1


@pytest.mark.django_db
def test_clock_is_not_late_at_its_due_moment_itself():
    suggestion = a_suggestion()
    acknowledge = the_obligation(suggestion, Act.ACKNOWLEDGE)

    assert breach_overdue(at=acknowledge.due_at) == 0


@pytest.mark.django_db
def test_clock_that_stands_is_neither_warned_nor_late():
    suggestion = a_suggestion(**a_contact())
    agent = an_agent()
    ask_citizen(suggestion=suggestion, by=agent, text="Which bicycle?", at=MONDAY_NOON + HOUR)
    answer = the_obligation(suggestion, Act.ANSWER)

    warned = warn_due_soon(at=answer.due_at - HOUR)
    late = breach_overdue(at=answer.gross_due_at + HOUR)

    answer.refresh_from_db()
    assert (warned, late) == (0, 0)
    assert answer.breached_at is None


@pytest.mark.django_db
def test_act_after_the_due_moment_leaves_both_facts_late_and_done():
    suggestion = a_suggestion()
    acknowledge = the_obligation(suggestion, Act.ACKNOWLEDGE)
    done_at = acknowledge.due_at + HOUR

    publish_response(suggestion=suggestion, by=an_agent(), kind=Response.Kind.UPDATE, text="We are looking.", at=done_at)

    acknowledge.refresh_from_db()
    assert (acknowledge.breached_at, acknowledge.met_at) == (acknowledge.due_at, done_at)


@pytest.mark.django_db
def test_whole_ladder_is_told_in_order_after_a_long_silence():
    suggestion = a_suggestion()
    answer = the_obligation(suggestion, Act.ANSWER)
    breach_overdue(at=answer.due_at + 30 * DAY)

    told = climb_ladders(at=answer.due_at + 30 * DAY)

    escalations = list(answer.escalations.order_by("told_at").values_list("step__level", "told_at"))
    assert told == 2
    assert [level for level, _ in escalations] == ["operator_manager", "city_manager"]
    assert escalations[0][1] == answer.due_at + DAY  # eight working hours after the due moment: the next working day
    assert Notification.objects.filter(kind=Notification.Kind.ESCALATED).count() == 2


@pytest.mark.django_db
def test_sweeps_of_one_case_leave_the_others_alone():
    mine, other = a_suggestion(), a_suggestion()
    late = MONDAY_NOON + 60 * DAY

    breach_overdue(at=late, suggestion=mine)

    assert Obligation.objects.filter(suggestion=mine, breached_at=None).count() == 0
    assert Obligation.objects.filter(suggestion=other, breached_at__isnull=False).count() == 0


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_over_many_late_clocks_mark_each_once():
    for _ in range(20):
        a_suggestion()
    late = MONDAY_NOON + 60 * DAY
    clocks = Obligation.objects.count()

    def sweep(_number: int) -> int:
        try:
            breached = breach_overdue(at=late)
            climb_ladders(at=late)
            resume_exhausted_pauses(at=late)
            close_verdict_windows(at=late)
            return breached
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        breached = sum(pool.map(sweep, range(4)))

    late_events = Event.objects.filter(kind=Event.Kind.OBLIGATION_LATE)
    assert breached == clocks == late_events.count() == late_events.values("about").distinct().count()
    assert Event.objects.filter(kind=Event.Kind.OBLIGATION_ESCALATED).count() == 2 * 20
