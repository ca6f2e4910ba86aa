import pytest
import time_machine
from django.urls import reverse

from portal.models import Act
from suggestions.actions.commitments import fix_with_evidence
from suggestions.actions.responses import ask_citizen
from suggestions.models import Reply, Status, Verdict
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_citizen,
    a_contact,
    a_receipt,
    a_suggestion,
    an_agent,
    the_obligation,
)
from tests.suggestions.test_pages_receipts import open_receipt

pytestmark = pytest.mark.django_db


def own(client, **fields):
    """A suggestion whose receipt this session has shown."""
    receipt = a_receipt(**fields)
    assert open_receipt(client, receipt.suggestion.reference, receipt.phrase).status_code == 302
    return receipt.suggestion


def asked(suggestion):
    question, _standing = ask_citizen(suggestion=suggestion, by=an_agent(), text="Which bicycle?", at=MONDAY_NOON + HOUR)
    return reverse("suggestions:reply", args=[suggestion.reference, question.uuid])


def delivered(suggestion):
    delivery = fix_with_evidence(suggestion=suggestion, by=an_agent(), evidence="New blocks.", at=MONDAY_NOON + HOUR)
    return reverse("suggestions:verdict", args=[suggestion.reference, delivery.uuid])


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_author_replies_and_the_clock_runs_again(client):
    suggestion = own(client, **a_contact())
    address = asked(suggestion)

    offered = client.get(suggestion.get_absolute_url()).content.decode()
    answer = client.post(address, {"text": "Number 12"}, follow=True).content.decode()

    assert address in offered
    assert "Number 12" in answer
    assert address not in answer
    assert the_obligation(suggestion, Act.ANSWER).paused_at is None


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_empty_reply_is_refused_and_a_second_one_too(client):
    suggestion = own(client, **a_contact())
    address = asked(suggestion)

    empty = client.post(address, {"text": " "}).content.decode()
    client.post(address, {"text": "Number 12"})
    second = client.post(address, {"text": "Or 13"}).content.decode()

    assert empty.count("Write your reply first.") == 2
    assert "You have already replied to this question." in second
    assert "Or 13" in second  # nothing typed is lost
    assert Reply.objects.count() == 1


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
@pytest.mark.parametrize(("value", "status"), [("confirmed", Status.CONFIRMED), ("not_done", Status.DISPUTED)])
def test_author_says_whether_it_was_really_done(client, value, status):
    suggestion = own(client)
    address = delivered(suggestion)

    offered = client.get(suggestion.get_absolute_url()).content.decode()
    answer = client.post(address, {"value": value, "note": "I looked."}, follow=True).content.decode()

    suggestion.refresh_from_db()
    assert address in offered
    assert "I looked." in answer
    assert suggestion.status == status
    assert Verdict.objects.get().is_author


@time_machine.travel(MONDAY_NOON + 60 * DAY, tick=False)
def test_verdict_after_its_time_is_refused_in_words(client):
    suggestion = own(client)
    address = delivered(suggestion)

    shown = client.post(address, {"value": "confirmed"}).content.decode()

    assert "The time to judge this delivery is over." in shown
    assert address not in client.get(suggestion.get_absolute_url()).content.decode()


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_author_takes_it_back_with_a_reason(client):
    suggestion = own(client)
    address = reverse("suggestions:withdraw", args=[suggestion.reference])

    without_reason = client.post(address, {"reason": ""}).content.decode()
    answer = client.post(address, {"reason": "I found my glove."}, follow=True).content.decode()
    again = client.post(address, {"reason": "Once more."}).content.decode()

    suggestion.refresh_from_db()
    assert without_reason.count("Say in a few words why you take it back.") == 2
    assert "I found my glove." in answer
    assert suggestion.status == Status.WITHDRAWN
    assert "This suggestion can no longer be withdrawn." in again


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_nothing_is_asked_of_an_author_who_took_it_back(client):
    suggestion = own(client, **a_contact())
    address = asked(suggestion)

    shown = client.post(reverse("suggestions:withdraw", args=[suggestion.reference]), {"reason": "Found."}, follow=True).content.decode()

    assert address not in shown


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_author_at_a_shared_screen_leaves_no_page_behind(client):
    suggestion = own(client)

    assert "no-store" in client.get(suggestion.get_absolute_url())["Cache-Control"]


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_signed_in_author_needs_no_receipt(client):
    author = a_citizen()
    suggestion = a_suggestion(by=author)
    client.force_login(author.person)

    assert "This is yours" in client.get(suggestion.get_absolute_url()).content.decode()


@time_machine.travel(MONDAY_NOON + 3 * HOUR, tick=False)
def test_receipt_of_one_case_opens_no_act_on_another(client):
    own(client)
    other = a_suggestion(**a_contact())
    addresses = [asked(other), delivered(other), reverse("suggestions:withdraw", args=[other.reference])]

    answers = [client.post(address, {"text": "x", "value": "confirmed", "reason": "x"}).status_code for address in addresses]

    assert answers == [403, 403, 403]
    assert "This is yours" not in client.get(other.get_absolute_url()).content.decode()


def test_question_of_another_case_is_not_found(client):
    suggestion = own(client)
    other = asked(a_suggestion(**a_contact()))

    assert client.get(other.replace(other.split("/")[2], suggestion.reference)).status_code == 404
