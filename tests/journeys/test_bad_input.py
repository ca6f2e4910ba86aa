"""Whatever is sent to any door, nobody meets an error of ours; the time it takes is measured by tests/bench/bad_input.py."""

import pytest
from django.test import Client

from suggestions.actions.commitments import fix_with_evidence
from suggestions.actions.responses import ask_citizen
from tests.factories import HOUR, MONDAY_NOON, a_browser, a_citizen, a_clerk, a_suggestion, an_agent
from tests.odd_input import TYPED, Odd, odd_addresses, odd_reads, odd_writes, routes

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]

A_FEW = ("a null byte", "half a character", "very long", "a huge number")  # all of them are in the bench
FEW_BODIES = ("deep JSON", "JSON with wrong types", "multipart without a boundary")
LISTED = ("a null byte", "half a character", "a huge number", "a negative number")
COMES_BACK = {200, 422}


def a_case():
    """One of each thing that an address may name."""
    citizen, agent = a_citizen(), an_agent()
    suggestion, fixed = a_suggestion(by=citizen), a_suggestion(by=citizen)
    question, _standing = ask_citizen(suggestion=suggestion, by=agent, text="At what time?", at=MONDAY_NOON + HOUR)
    delivery = fix_with_evidence(suggestion=fixed, by=agent, evidence="New brakes.", at=MONDAY_NOON + HOUR)
    known = {"reference": suggestion.reference, "question": question.uuid, "delivery": delivery.uuid, "code": "bikes", "service": "bikes"}
    return known, {"nobody": None, "citizen": citizen, "agent": agent, "clerk": a_clerk()}


def send(browser: Client, odd: Odd) -> tuple[int, str]:
    browser.raise_request_exception = False
    response = browser.get(odd.line) if odd.method == "GET" else browser.generic("POST", odd.line, odd.body, odd.content_type)
    text = "" if response.streaming else response.content.decode(errors="replace")
    return response.status_code, text


@pytest.mark.parametrize("who", ["nobody", "citizen", "agent", "clerk"])
def test_no_write_ends_in_an_error_of_ours(who):
    known, people = a_case()
    browser = a_browser(people[who])

    errors = [str(odd) for odd in odd_writes(known, values=A_FEW, bodies=FEW_BODIES) if send(browser, odd)[0] >= 500]

    assert errors == []


@pytest.mark.parametrize("who", ["nobody", "clerk"])
def test_no_parameter_ends_in_an_error_of_ours(who):
    known, people = a_case()
    browser = a_browser(people[who])

    errors = [str(odd) for odd in [*odd_reads(known, values=LISTED), *odd_addresses(known)] if send(browser, odd)[0] >= 500]

    assert errors == []


def test_what_was_typed_is_still_there_when_a_form_comes_back():
    known, people = a_case()
    lost = []
    for who in ("citizen", "clerk"):
        browser = a_browser(people[who])
        for odd in odd_writes(known, values=["a huge number"], bodies=[]):
            status, text = send(browser, odd)
            if odd.keeps and status in COMES_BACK and "<textarea" in text and 'method="post"' in text and TYPED not in text:
                lost.append(f"{who}: {odd}")

    assert lost == []


def test_set_covers_every_route_and_is_large_enough():
    known, _people = a_case()

    names = {name for name, _line in routes(known)}

    assert {"suggestions:support", "suggestions:write_details", "suggestions:decide", "suggestions_api:suggestions"} <= names
    assert len(list(odd_writes(known))) + len(list(odd_reads(known))) >= 86
