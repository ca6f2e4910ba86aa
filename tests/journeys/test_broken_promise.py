"""The life that the portal was made for: friendly words, a promise, and what happens when it is not kept; without JavaScript."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from portal.models import Act, Event, Notification, Role
from reports.tasks import compute_so_far
from suggestions import tasks
from suggestions.models import Status, Suggestion
from tests.factories import a_browser, a_contract, a_member, the_obligation

MONDAY_MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def beat() -> None:
    """What Celery's beat wakes, as it would."""
    tasks.warn_due_soon()
    tasks.resume_exhausted_pauses()
    tasks.breach_overdue()
    tasks.climb_ladders()
    tasks.close_verdict_windows()
    compute_so_far()


def submit(client: Client) -> str:
    """Through every screen a citizen sees; gives the receipt's page."""
    about = client.get("/write/", follow=True)
    details = client.get("/write/about/", {"service": "bikes", "kind": "problem", "sent": "1"}, follow=True)
    address = details.redirect_chain[-1][0]
    key = re.search(r'name="form_key" value="([^"]+)"', details.content.decode())[1]
    check = client.post(
        address, {"form_key": key, "title": "No brakes at the station", "text": "Three bicycles.", "answer_by": "come_back"}, follow=True
    )
    receipt = client.post("/write/check/", {"form_key": key}, follow=True)
    assert [page.status_code for page in (about, details, check, receipt)] == [200] * 4
    return receipt.content.decode()


def test_friendly_words_then_a_promise_then_nothing_is_seen_by_everybody():
    a_contract()
    agent, clerk = a_member(Role.OPERATOR_AGENT), a_member(Role.CITY_CLERK)
    citizen, operator, city = Client(), a_browser(agent), a_browser(clerk)

    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        receipt = submit(citizen)
        suggestion = Suggestion.objects.get()
        assert suggestion.reference in receipt
        assert "3 March" in receipt or "3 Mar" in receipt  # the acknowledgement is due on Tuesday
        assert suggestion.title in city.get("/board/").content.decode()

        clock.shift(timedelta(hours=1))
        desk = f"/desk/{suggestion.reference}/"
        assert operator.get(desk).status_code == 200
        operator.post(f"{desk}acknowledge/", {"text": "Thank you, nice that you tell us!"}, follow=True)
        assert not the_obligation(suggestion, Act.ACKNOWLEDGE).is_open
        assert the_obligation(suggestion, Act.ANSWER).is_open

        clock.shift(timedelta(hours=1))
        operator.post(
            f"{desk}decide/",
            {"outcome": "accepted", "reasons": "You are right.", "promise": "New brakes on all three", "promised_on": "2026-03-04"},
            follow=True,
        )
        suggestion.refresh_from_db()
        assert suggestion.status == Status.PROMISED

        clock.shift(timedelta(days=4))
        beat()

        page = Client().get(suggestion.get_absolute_url()).content.decode()
        so_far = Client().get("/indicators/so-far/").content.decode()

    suggestion.refresh_from_db()
    assert the_obligation(suggestion, Act.DELIVER).is_late
    assert suggestion.standing.promise_broken_at is not None
    assert "broke" in page.lower()
    assert "late" in page
    assert "1 promise fell due" in so_far
    assert Notification.objects.filter(kind=Notification.Kind.ESCALATED, case=suggestion.reference).exists()
    assert Event.objects.filter(kind=Event.Kind.COMMITMENT_BROKEN, case=suggestion.reference).count() == 1
