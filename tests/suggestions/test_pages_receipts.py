import secrets
from itertools import count

import pytest

from portal.models import Visibility
from portal.references import new_reference
from suggestions.models import Suggestion
from tests.factories import a_contract, a_receipt
from tests.suggestions.test_pages_writing import send

pytestmark = pytest.mark.django_db
_place = count(1)


def somewhere() -> str:
    """An address of its own for each test, so that counted tries do not meet."""
    return f"2001:db8::{secrets.token_hex(2)}:{next(_place):x}"


def open_receipt(client, reference, phrase, place=None):
    return client.post("/follow/", {"reference": reference, "phrase": phrase}, REMOTE_ADDR=place or somewhere())


def test_receipt_shows_reference_phrase_and_every_due_moment(client):
    a_contract()
    send(client)

    shown = client.get("/receipt/").content.decode()

    suggestion = Suggestion.objects.get()
    assert suggestion.reference in shown
    assert client.get("/receipt/").context["phrase"] in shown
    for obligation in suggestion.obligations.all():
        assert f"The Operator must {obligation.get_act_display()}" in shown


def test_phrase_of_the_receipt_opens_the_case_on_another_screen(client):
    a_contract()
    send(client)
    phrase = client.get("/receipt/").context["phrase"]
    suggestion = Suggestion.objects.get()
    client.cookies.clear()

    opened = open_receipt(client, suggestion.reference, phrase)

    assert opened.url == suggestion.get_absolute_url()
    assert "This is yours" in client.get(opened.url).content.decode()


def test_receipt_may_be_shown_again_in_this_session_only(client):
    a_contract()
    send(client)

    first, again = (client.get("/receipt/").context["phrase"] for _ in range(2))
    client.cookies.clear()

    assert first == again
    assert client.get("/receipt/").url == "/follow/"


def test_second_receipt_does_not_hide_the_first(client):
    a_contract()
    send(client)
    first = Suggestion.objects.get()
    send(client)

    newest = client.get("/receipt/").context
    chosen = client.get("/receipt/", {"reference": first.reference}).context

    assert newest["others"] == [first.reference]
    assert chosen["suggestion"] == first


def test_receipt_of_somebody_else_cannot_be_asked_for(client):
    other = a_receipt().suggestion
    send(client)

    assert client.get("/receipt/", {"reference": other.reference}).context["suggestion"] != other


def test_end_of_a_visit_leaves_nothing_for_the_next_person(client):
    a_contract()
    send(client)

    client.post("/receipt/forget/")

    assert client.get("/receipt/").url == "/follow/"
    assert "This is yours" not in client.get(Suggestion.objects.get().get_absolute_url()).content.decode()


def test_spelling_of_both_halves_is_forgiven(client):
    receipt = a_receipt()
    sloppy = receipt.suggestion.reference.lower().replace("-", " ").removeprefix("an")

    opened = open_receipt(client, f" {sloppy} ", f"  {receipt.phrase.upper().replace(' ', ', ')} ")

    assert opened.status_code == 302


def test_receipt_opens_what_is_not_public(client):
    receipt = a_receipt(visibility=Visibility.CITY_AND_OPERATOR)

    opened = open_receipt(client, receipt.suggestion.reference, receipt.phrase)

    assert client.get(opened.url).status_code == 200


def test_answer_is_the_same_whether_the_reference_or_the_words_are_wrong(client):
    receipt = a_receipt()

    known = open_receipt(client, receipt.suggestion.reference, "wrong words are here").content.decode()
    unknown = open_receipt(client, new_reference(), receipt.phrase).content.decode()

    sentence = "This reference and these four words do not belong together."
    assert sentence in known
    assert sentence in unknown


@pytest.mark.parametrize("reference", ["", "AN", "AN-0000-0000-1", "\0", "x" * 5000, "ÄÖÜ"])
def test_reference_that_cannot_be_one_is_explained_at_the_field(client, reference):
    shown = open_receipt(client, reference, "apple boat lamp sofa").content.decode()

    assert "<title>Error: " in shown
    assert 'href="#id_reference"' in shown
    assert "apple boat lamp sofa" in shown


def test_after_too_many_wrong_tries_even_the_right_words_must_wait(client):
    receipt = a_receipt()
    place = somewhere()

    wrong = [open_receipt(client, receipt.suggestion.reference, "wrong words are here", place) for _ in range(10)]
    right = open_receipt(client, receipt.suggestion.reference, receipt.phrase, place)
    elsewhere = open_receipt(client, receipt.suggestion.reference, receipt.phrase)

    assert {answer.status_code for answer in wrong} == {200}
    assert right.status_code == 429
    assert "Wait" in right.content.decode()
    assert elsewhere.status_code == 302  # nobody is locked out by somebody else's guesses


def test_phrase_is_never_taken_from_the_address(client):
    receipt = a_receipt()

    response = client.get("/follow/", {"reference": receipt.suggestion.reference, "phrase": receipt.phrase})

    assert response.status_code == 200
    assert receipt.phrase not in response.content.decode()
