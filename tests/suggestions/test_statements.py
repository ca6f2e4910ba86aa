"""How many statements each door asks of the database: few, and as many with a hundred rows as with three (PERFORMANCE.md, P11)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import Visibility
from suggestions.actions.responses import publish_response
from suggestions.actions.suggestions import submit_suggestion
from suggestions.actions.supports import give_support
from suggestions.models import Channel, Response
from tests.factories import DAY, HOUR, MONDAY_NOON, a_citizen, a_contract, a_suggestion, an_agent

pytestmark = pytest.mark.django_db

OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def statements(act):
    with CaptureQueriesContext(connection) as asked:
        act()
    return [query["sql"] for query in asked if not query["sql"].startswith(OF_A_TRANSACTION)]


def test_list_asks_at_most_six_however_many_there_are():
    counts = []
    for _more in range(2):
        for _number in range(25):
            a_suggestion()
        counts.append(len(statements(lambda: Client().get(reverse("suggestions:list")))))

    assert counts[0] == counts[1] <= 6


@pytest.mark.parametrize("query", ["?service=bikes&kind=problem&status=published", "?q=brakes", "?late=true", "?order=due"])
def test_filtered_list_asks_at_most_six(query):
    a_suggestion()

    assert len(statements(lambda: Client().get(reverse("suggestions:list") + query))) <= 6


def test_page_of_a_suggestion_asks_at_most_eight_however_much_was_said():
    suggestion, agent = a_suggestion(), an_agent()
    counts = []
    for day in (1, 2, 3):
        for number in range(3):
            at = MONDAY_NOON + day * DAY + number * HOUR
            publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text=f"Day {day}, {number}", at=at)
        counts.append(len(statements(lambda: Client().get(suggestion.get_absolute_url()))))

    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_creating_asks_at_most_twelve():
    service, by = a_contract().service, a_citizen()
    a_suggestion()  # opening times are read once by each process: a published version never changes

    def submit():
        facts = {"channel": Channel.WEB, "service": service, "kind": "problem", "title": "The brakes squeal", "form_key": "one"}
        submit_suggestion(by=by, at=MONDAY_NOON, **facts)

    assert len(statements(submit)) <= 12


def test_creating_what_waits_for_a_check_asks_at_most_twelve():
    service, by = a_contract().service, a_citizen()
    service.visibility = Visibility.AFTER_CHECK
    service.save()

    def submit():
        submit_suggestion(by=by, channel=Channel.WEB, service=service, kind="idea", title="A quiet hour", at=MONDAY_NOON)

    assert len(statements(submit)) <= 12


def test_supporting_asks_at_most_five_and_no_more_when_many_did():
    suggestion = a_suggestion()
    counts = []
    for _number in range(4):
        by = a_citizen()
        at = MONDAY_NOON + HOUR
        counts.append(len(statements(lambda by=by, at=at: give_support(suggestion=suggestion, by=by, channel=Channel.WEB, at=at))))

    assert max(counts) <= 5
    assert len(set(counts)) == 1
