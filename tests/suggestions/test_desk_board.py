"""The city's board: everything the moment it arrives, and a look that costs next to nothing while nothing happens."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import Role, Visibility
from suggestions.actions.decisions import decide
from suggestions.actions.obligations import breach_overdue
from suggestions.models import Channel, Decision
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_city_manager,
    a_clerk,
    a_member,
    a_suggestion,
    an_agent,
    the_city,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _an_hour_later():
    with time_machine.travel(MONDAY_NOON + HOUR, tick=False):
        yield


def look_again(browser, page):
    """What the page asks every two seconds, with what it has seen."""
    return browser.get(reverse("suggestions:board_rows"), {"seen": page.context["seen"], "newest": page.context["newest"]})


def section(page, name):
    return next(section for section in page.context["sections"] if section.name == name)


def test_board_shows_a_suggestion_the_moment_it_arrives():
    a_suggestion(title="First")
    browser = a_browser(a_clerk())
    page = browser.get(reverse("suggestions:board"))
    a_suggestion(title="Second", at=MONDAY_NOON + MINUTE)

    news = look_again(browser, page)

    text = news.content.decode()
    assert news.status_code == 200
    assert [suggestion.title for suggestion in news.context["arrivals"]] == ["Second", "First"]
    assert "1 new suggestion" in text
    assert "<html" not in text


def test_look_at_a_board_where_nothing_happened_is_empty_and_reads_only_one_small_row_more_than_who_asks():
    a_suggestion()
    browser = a_browser(a_clerk())
    page = browser.get(reverse("suggestions:board"))
    with CaptureQueriesContext(connection) as whole:
        browser.get(reverse("suggestions:board"))

    with CaptureQueriesContext(connection) as queries:
        news = look_again(browser, page)

    asked = [query["sql"] for query in queries if "portal_event" in query["sql"]]
    assert (news.status_code, news.content) == (204, b"")
    assert len(asked) == 1
    assert not [query for query in queries if "suggestions_" in query["sql"]]
    assert len(queries) < len(whole)


def test_act_that_began_earlier_and_was_written_later_is_not_missed():
    a_suggestion()
    browser = a_browser(a_clerk())
    page = browser.get(reverse("suggestions:board"))
    with connection.cursor() as cursor:  # an event whose number was taken before those that the page has seen
        cursor.execute(
            'INSERT INTO portal_event (id, uuid, kind, "case", about, actor, at, known_at, facts)'
            " SELECT min(id) - 1, gen_random_uuid(), 'reply_given', '', 'reply/1', 'citizen', now(), now(), '{}' FROM portal_event"
        )

    assert look_again(browser, page).status_code == 200


def test_board_shows_every_channel_and_what_is_not_public():
    a_suggestion(title="By phone", channel=Channel.PHONE)
    a_suggestion(title="Hidden", visibility=Visibility.CITY_AND_OPERATOR)
    typed_in_late = a_suggestion(title="On paper", channel=Channel.PAPER, at=MONDAY_NOON + MINUTE, received_at=MONDAY_NOON - 7 * DAY)

    page = a_browser(a_clerk()).get(reverse("suggestions:board"))

    assert {suggestion.title for suggestion in page.context["arrivals"]} == {"By phone", "Hidden", "On paper"}
    assert page.context["arrivals"][0] == typed_in_late


def test_board_names_what_is_late_due_today_and_proposed():
    late = a_suggestion(at=MONDAY_NOON - 4 * DAY)
    today = a_suggestion(at=MONDAY_NOON - 3 * DAY + 2 * HOUR, title="Due today")
    proposed = a_suggestion(at=MONDAY_NOON, title="Not ours")
    decide(
        suggestion=proposed,
        by=an_agent(),
        outcome=Decision.Outcome.HANDED_OVER,
        reasons="The road is not ours.",
        handed_to=the_city(),
        at=MONDAY_NOON,
    )
    breach_overdue(at=MONDAY_NOON + HOUR)

    page = a_browser(a_city_manager()).get(reverse("suggestions:board"))

    assert section(page, "late").rows == [late]
    assert section(page, "today").rows == [today]
    assert section(page, "proposals").rows == [proposed]
    assert [told.case for told in page.context["told"]] == [proposed.reference]


def test_board_costs_the_same_for_one_and_three_suggestions():
    browser = a_browser(a_clerk())
    costs = []
    for _ in range(2):
        a_suggestion(at=MONDAY_NOON - 3 * DAY)
        breach_overdue(at=MONDAY_NOON + HOUR)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("suggestions:board"))
        costs.append(len(queries))
        a_suggestion()

    assert costs[0] == costs[1]


def test_board_is_the_citys_own():
    doors = [reverse("suggestions:board"), reverse("suggestions:board_rows")]
    outsiders = {role.__name__: role() for role in (an_agent, a_citizen)} | {"helper": a_member(Role.HELPER)}

    refused = {name: [a_browser(actor).get(door).status_code for door in doors] for name, actor in outsiders.items()}

    assert refused == dict.fromkeys(outsiders, [403, 403])
    assert [a_browser().get(door).status_code for door in doors] == [302, 302]


def test_auditor_sees_the_board_without_the_words_of_what_is_not_public():
    a_suggestion(title="A private title", visibility=Visibility.CITY_AND_OPERATOR)

    page = a_browser(a_member(Role.AUDITOR)).get(reverse("suggestions:board"))

    assert page.status_code == 200
    assert "A private title" not in page.content.decode()


def test_board_that_stands_still_asks_for_nothing():
    a_suggestion()

    page = a_browser(a_clerk()).get(reverse("suggestions:board") + "?still").content.decode()

    assert "every 2s" not in page
    assert 'http-equiv="refresh"' not in page
