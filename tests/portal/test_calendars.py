import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from portal.actions.calendars import legal_holidays
from portal.models import Act, Closure
from tests.factories import MONDAY_NOON, a_calendar, a_calendar_version, a_suggestion, the_obligation
from tests.outside import outside_data


def test_holidays_of_belgium_are_the_ten_of_the_law_and_no_others():
    judge = json.loads(outside_data("holidays-belgium", "belgium-ten-legal-holidays-2000-2035.json").read_text())

    found = legal_holidays("BE", years=range(2000, 2036))

    assert {day.isoformat() for day in found} == set(judge)


def test_days_that_are_worked_are_no_holidays():
    found = legal_holidays("BE", years=range(2026, 2027))

    worked = [date(2026, 4, 3), date(2026, 4, 5), date(2026, 5, 15), date(2026, 5, 24), date(2026, 12, 26)]
    assert not set(worked) & set(found)


@pytest.mark.django_db
def test_calendar_changed_later_leaves_a_running_clock_alone():
    suggestion = a_suggestion()
    before = the_obligation(suggestion, Act.ANSWER)

    a_calendar_version(a_calendar(), weekly={2: [(600, 660)]})

    after = the_obligation(suggestion, Act.ANSWER)
    assert after.calendar_version == before.calendar_version
    assert after.clock().due_at() == before.due_at
    assert the_obligation(a_suggestion(), Act.ANSWER).calendar_version.number == 2


@pytest.mark.django_db
def test_published_calendar_refuses_another_closed_day():
    version = a_calendar().versions.get()

    with pytest.raises(IntegrityError, match="published calendar"), transaction.atomic():
        Closure.objects.create(version=version, day=date(2026, 7, 21), reason="National Day")


@pytest.mark.django_db
def test_version_reads_back_as_the_opening_times_it_was_published_with():
    opening = a_calendar().versions.get().opening_times()

    assert opening.weekly[0] == ((540, 1020),)
    assert date(2026, 5, 1) in opening.closed_on
    assert opening.due_after(MONDAY_NOON, 60).hour == MONDAY_NOON.hour + 1
