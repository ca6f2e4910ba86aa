"""One person with a name, an address and a number like nobody else's, sent in by every channel: who sees them, and what is left after."""

import logging
from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from portal.actions.people import view_contact
from portal.models import Event
from suggestions.actions.notices import send_notices, tell_followers
from suggestions.actions.personal_requests import erase_own, erase_own_case
from suggestions.actions.suggestions import Contact
from suggestions.actions.supports import Declaration, give_support
from suggestions.models import Channel, Follow, Suggestion
from tests.factories import DAY, HOUR, MONDAY_NOON, a_browser, a_clerk, a_receipt, a_suggestion, nobody, the_author
from tests.journeys.roles import ROLES, a_city, named_routes
from tests.journeys.test_role_matrix import address_of

pytestmark = pytest.mark.django_db(transaction=False)

CANARY = Contact(
    name="Zebulon Quirkwhistle",
    email="zebulon.quirkwhistle@canary.example",
    phone="0499 777 31 41",
    postal_address="Kanariestraat 4242, 9999 Quirkdorp",
)
STRINGS = (
    "Zebulon",
    "Quirkwhistle",
    "zebulon.quirkwhistle",
    "canary.example",
    "0499 777 31 41",
    "0499777314",
    "Kanariestraat",
    "Quirkdorp",
)
BORN = Declaration(name=CANARY.name, born_on=date(1971, 3, 14), postcode="9999")

SEES_OWN = "w"  # the author, signed in as themselves


def found_in(text: str) -> list[str]:
    lower = text.lower()
    return [string for string in STRINGS if string.lower() in lower]


def text_of(answer) -> str:
    body = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return headers + body.decode("utf-8", "replace")


def every_text_of_the_database() -> Iterator[tuple[str, str, str]]:
    """Each table and column that holds text, documents or bytes, with everything in it as one text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY', 'tsvector', 'inet')"
        )
        for table, column, kind in cursor.fetchall():
            written = (
                f"encode({connection.ops.quote_name(column)}, 'escape')"
                if kind == "bytea"
                else f"{connection.ops.quote_name(column)}::text"
            )
            cursor.execute(f"SELECT string_agg({written}, ' ') FROM {connection.ops.quote_name(table)}")
            yield table, column, cursor.fetchone()[0] or ""
    yield "django_session", "decoded", " ".join(str(session.get_decoded()) for session in Session.objects.all())


def left_behind() -> list[tuple[str, str, list[str]]]:
    return [(table, column, found) for table, column, text in every_text_of_the_database() if (found := found_in(text))]


def visit(city, letter, method, address, **data):
    return getattr(city.browser(letter), method)(address, data)


@pytest.fixture
def city():
    return a_city(CANARY, declared=BORN)


def test_canary_is_in_the_database_before(city):
    """Else the tests below prove nothing."""
    tables = {table for table, _column, _found in left_behind()}

    assert {"portal_person"} <= tables


THEIR_OWN = {"r": {"suggestions:case_data", "suggestions:case_data_json"}}  # who holds the receipt reads what is held about them


@pytest.mark.parametrize("letter", [letter for letter in ROLES if letter != SEES_OWN])
def test_no_page_feed_or_export_shows_the_canary(city, letter):
    seen = set()
    for name, pattern in named_routes().items():
        if not pattern.startswith("^") and found_in(text_of(visit(city, letter, "get", address_of(name, pattern, city)))):
            seen.add(name)

    assert seen == THEIR_OWN.get(letter, set())


@pytest.mark.parametrize("name", ["detail", "case"])
@pytest.mark.parametrize("case", ["public", "private", "hidden", "done", "decided"])
def test_no_case_says_who_wrote_it(city, case, name):
    address = reverse(f"suggestions:{name}", args=[city.cases[case].reference])

    assert not {letter for letter in ROLES if letter != SEES_OWN and found_in(text_of(visit(city, letter, "get", address)))}


def test_only_a_look_with_a_reason_shows_it_and_only_to_the_city(city):
    address = reverse("suggestions:contact", args=[city.cases["private"].reference])

    shown = {letter for letter in ROLES if found_in(text_of(visit(city, letter, "post", address, reason="To call back.")))}

    assert shown == {"k", "y"}
    assert city.author.person.contact_views.count() == 2


def test_log_and_logs_never_name_anybody(city, caplog):
    caplog.set_level(logging.DEBUG)
    by_mail = a_suggestion(answer_by="email", contact=CANARY, title="The bell is broken")
    tell_followers(at=MONDAY_NOON + HOUR)
    send_notices(at=MONDAY_NOON + HOUR)
    a_browser().post(reverse("suggestions:follow"), {"reference": by_mail.reference, "phrase": "no such four words"})

    assert not found_in(" ".join(str((event.facts, event.about, event.case)) for event in Event.objects.all()))
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not found_in(" ".join(ours))


def test_cache_holds_nobodys_address(city):
    a_browser().post(reverse("portal:sign_in"), {"email": CANARY.email})
    a_browser().post(reverse("account_login_by_password"), {"login": CANARY.email, "password": "no such password"})
    client = cache._cache.get_client()

    texts = [key for key in client.keys("*") if client.type(key) == b"string"]

    kept = [key.decode("utf-8", "replace") + (client.get(key) or b"").decode("utf-8", "replace") for key in texts]

    assert not found_in(" ".join(kept))


def test_erased_means_nowhere(city, django_capture_on_commit_callbacks):
    clerk = a_clerk()
    view_contact(person=city.author.person, by=clerk, reason=f"{CANARY.name} asked to be called.", at=MONDAY_NOON)
    by_receipt = a_receipt(answer_by="letter", contact=CANARY, title=f"{CANARY.name} says hello", text=f"Call {CANARY.phone}")
    Follow.objects.get_or_create(person=city.author.person, suggestion=city.cases["public"], defaults={"since_at": MONDAY_NOON})
    give_support(suggestion=city.cases["decided"], by=nobody(), channel=Channel.PAPER, declaration=BORN, at=MONDAY_NOON)
    tell_followers(at=MONDAY_NOON + 3 * HOUR)
    send_notices(at=MONDAY_NOON + 3 * HOUR)
    mail.outbox.clear()
    assert found_in(Suggestion.objects.get(pk=by_receipt.suggestion.pk).text)

    with django_capture_on_commit_callbacks(execute=True):
        erase_own_case(suggestion=by_receipt.suggestion, by=the_author(by_receipt.suggestion), words_too=True, at=MONDAY_NOON + 4 * HOUR)
        erase_own(by=city.author, words_too=True, at=MONDAY_NOON + 4 * HOUR)

    assert left_behind() == []
    assert send_notices(at=MONDAY_NOON + 2 * DAY) == 0
    assert mail.outbox == []


def test_words_that_stay_say_nothing_of_who_wrote_them(city):
    erase_own(by=city.author, words_too=False, at=MONDAY_NOON + 4 * HOUR)

    assert left_behind() == []
    assert Suggestion.objects.get(pk=city.cases["public"].pk).text == "Every morning at the station."
