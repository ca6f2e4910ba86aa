from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from portal.models import Event, Role, Visibility
from suggestions.actions.responses import publish_response
from suggestions.actions.suggestions import clear_suggestion, withdraw_suggestion
from suggestions.actions.versions import NoLongerEditable, can_be_edited, edit_suggestion
from suggestions.models import Response, SuggestionVersion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_clerk,
    a_contract,
    a_member,
    a_receipt,
    a_suggestion,
    an_agent,
    nobody,
    the_author,
)

pytestmark = pytest.mark.django_db
SOON = MONDAY_NOON + timedelta(minutes=10)
WINDOW = timedelta(minutes=60)


def corrected(suggestion, *, at=SOON, by=None, **fields):
    said = {"title": suggestion.title, "text": suggestion.text, "place": suggestion.place, "is_home": suggestion.is_home}
    return edit_suggestion(suggestion=suggestion, by=by or the_author(suggestion), at=at, **said | fields)


def test_author_corrects_and_what_it_said_before_stays():
    suggestion = a_suggestion(place="Market 1")

    corrected(suggestion, title="The brakes scream", place="Market 2", latitude=Decimal("51.02"), longitude=Decimal("3.91"))

    suggestion.refresh_from_db()
    version = SuggestionVersion.objects.get()
    assert (suggestion.title, suggestion.place, suggestion.latitude) == ("The brakes scream", "Market 2", Decimal("51.02"))
    assert (version.title, version.place, version.latitude) == ("The brakes squeal", "Market 1", None)
    assert (version.said_at, version.replaced_at) == (MONDAY_NOON, SOON)


def test_second_correction_says_since_when_the_first_stood():
    suggestion = a_suggestion()

    corrected(suggestion, title="Second")
    suggestion.refresh_from_db()
    corrected(suggestion, title="Third", at=SOON + timedelta(minutes=5))

    versions = SuggestionVersion.objects.order_by("replaced_at")
    assert [version.title for version in versions] == ["The brakes squeal", "Second"]
    assert versions[1].said_at == SOON


def test_no_clock_moves():
    suggestion = a_suggestion()
    before = list(suggestion.obligations.order_by("id").values())

    corrected(suggestion, title="The brakes scream")

    assert list(suggestion.obligations.order_by("id").values()) == before
    assert suggestion.received_at == MONDAY_NOON


def test_log_says_what_was_changed_and_not_a_word_of_it():
    suggestion = a_suggestion()

    corrected(suggestion, title="CANARY", text="CANARY")

    event = Event.objects.get(kind=Event.Kind.SUGGESTION_EDITED)
    assert event.facts == {"changed": "title,text"}


def test_nothing_changed_leaves_no_trace():
    suggestion = a_suggestion(place="Market 1")

    corrected(suggestion, title=f" {suggestion.title} ")

    assert not SuggestionVersion.objects.exists()
    assert not Event.objects.filter(kind=Event.Kind.SUGGESTION_EDITED).exists()


@pytest.mark.parametrize(
    ("after", "open_"), [(timedelta(0), True), (WINDOW - timedelta(microseconds=1), True), (WINDOW, False), (DAY, False)]
)
def test_window_ends_to_the_moment(after, open_):
    assert can_be_edited(a_suggestion(), at=MONDAY_NOON + after) is open_


def test_window_is_the_citys_to_choose(settings):
    settings.EDIT_MINUTES = 5

    with pytest.raises(NoLongerEditable):
        corrected(a_suggestion())


def test_paper_typed_in_later_can_be_corrected_from_then_on():
    suggestion = a_suggestion(received_at=MONDAY_NOON - 3 * DAY)

    assert can_be_edited(suggestion, at=MONDAY_NOON + timedelta(minutes=59))


@pytest.mark.parametrize("kind", [Response.Kind.ACKNOWLEDGEMENT, Response.Kind.UPDATE, Response.Kind.QUESTION])
def test_first_official_word_ends_it(kind):
    suggestion = a_suggestion()
    publish_response(suggestion=suggestion, by=an_agent(), kind=kind, text="Thank you.", at=MONDAY_NOON + timedelta(minutes=1))

    with pytest.raises(NoLongerEditable):
        corrected(suggestion)


def test_what_the_city_has_checked_stays_as_it_was_checked():
    contract = a_contract()
    contract.service.visibility = Visibility.AFTER_CHECK
    contract.service.save()
    suggestion = a_suggestion(service=contract.service)
    assert can_be_edited(suggestion, at=SOON)
    clear_suggestion(suggestion=suggestion, by=a_clerk(), at=MONDAY_NOON)

    with pytest.raises(NoLongerEditable):
        corrected(suggestion)


def test_withdrawn_suggestion_is_no_longer_corrected():
    suggestion = a_suggestion()
    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Solved.", at=MONDAY_NOON)

    with pytest.raises(NoLongerEditable):
        corrected(suggestion)


@pytest.mark.parametrize("by", [a_citizen, nobody, an_agent, a_clerk, lambda: a_member(Role.AUDITOR), lambda: a_member(Role.HELPER)])
def test_nobody_else_corrects_it(by):
    with pytest.raises(PermissionDenied):
        corrected(a_suggestion(), by=by(), title="Somebody else's words")


def test_place_that_turns_out_to_be_a_home_is_rounded_in_every_version():
    pin = {"latitude": Decimal("51.02104"), "longitude": Decimal("3.91051")}
    suggestion = a_suggestion(place="Kaai 12", **pin)

    corrected(suggestion, is_home=True, **pin)

    version = SuggestionVersion.objects.get()
    suggestion.refresh_from_db()
    assert (suggestion.latitude, suggestion.longitude) == (Decimal("51.021"), Decimal("3.911"))
    assert (version.latitude, version.longitude) == (Decimal("51.021"), Decimal("3.911"))
    assert (version.public_place, suggestion.public_place) == ("", "")


# --- Pages -------------------------------------------------------------------------------------------------------------


def with_receipt(receipt):
    client = a_browser()
    client.post("/follow/", {"reference": receipt.suggestion.reference, "phrase": receipt.phrase})
    return client


@pytest.fixture
def ten_minutes_later(time_machine):
    time_machine.move_to(SOON, tick=False)


@pytest.mark.usefixtures("ten_minutes_later")
def test_author_is_offered_the_correction_and_everybody_reads_what_changed(client):
    receipt = a_receipt(place="Market 1")
    author, address = with_receipt(receipt), receipt.suggestion.get_absolute_url()
    offered = author.get(address).content.decode()

    sent = author.post(f"{address}edit/", {"title": "The brakes scream", "text": "", "place": "Market 1", "pin": ""})

    seen = client.get(address).content.decode()
    assert "Correct it" in offered
    assert sent.url == address
    assert "The brakes scream" in seen
    assert "The author corrected it" in seen
    assert "See what it said before" in seen
    assert "Every morning at the station." in seen
    assert "Correct it" not in seen


@pytest.mark.usefixtures("ten_minutes_later")
def test_home_named_before_it_was_called_one_is_read_by_nobody_afterwards(client):
    receipt = a_receipt(place="Kaai 12 CANARY")
    author, address = with_receipt(receipt), receipt.suggestion.get_absolute_url()

    author.post(f"{address}edit/", {"title": "The brakes squeal", "text": "", "place": "Kaai 12 CANARY", "pin": "", "is_home": "on"})

    assert "CANARY" not in client.get(address).content.decode()
    assert "CANARY" in author.get(address).content.decode()


@pytest.mark.usefixtures("ten_minutes_later")
def test_wrong_correction_keeps_what_was_typed():
    receipt = a_receipt()
    author, address = with_receipt(receipt), receipt.suggestion.get_absolute_url()

    shown = author.post(f"{address}edit/", {"title": "", "text": "New words", "place": "", "pin": "nowhere"}).content.decode()

    assert "<title>Error: " in shown
    assert shown.count("Say in one sentence what it is about.") == 2
    assert shown.count("Write two numbers: first the latitude") == 2
    assert "New words" in shown
    assert "nowhere" in shown


@pytest.mark.usefixtures("ten_minutes_later")
def test_too_late_is_said_with_what_was_typed_still_there(time_machine):
    receipt = a_receipt()
    author, address = with_receipt(receipt), receipt.suggestion.get_absolute_url()
    time_machine.move_to(MONDAY_NOON + 2 * HOUR, tick=False)

    opened = author.get(f"{address}edit/")
    sent = author.post(f"{address}edit/", {"title": "Too late", "text": "", "place": "", "pin": ""})

    assert opened.url == address
    assert "This can no longer be changed" in sent.content.decode()
    assert "Too late" in sent.content.decode()
    assert "Correct it</a>" not in author.get(address).content.decode()


def test_stranger_meets_a_refusal(client):
    assert client.get(f"{a_suggestion().get_absolute_url()}edit/").status_code == 403
