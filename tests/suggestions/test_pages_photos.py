from io import BytesIO

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from portal import uploads
from portal.models import Role
from suggestions.actions.photos import review_photo
from suggestions.models import HeldPhoto, Photo, Suggestion
from tests.factories import (
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_clerk,
    a_contract,
    a_member,
    a_receipt,
    a_suggestion,
    an_agent,
    an_operator,
)
from tests.suggestions.pictures import NOT_PHOTOS, a_picture, a_picture_that_tells_where
from tests.suggestions.test_pages_writing import type_in
from tests.suggestions.test_photos import a_photo, a_shown_photo, conceal
from tests.suggestions.test_versions import with_receipt

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:Image size:PIL.Image.DecompressionBombWarning")]


def a_file(sent: bytes | None = None, name="IMG_0001.JPG", kind="image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_picture() if sent is None else sent, content_type=kind)


def a_draft(client) -> str:
    a_contract()
    key, _response = type_in(client)
    return key


def add(client, key, file=None, **fields):
    return client.post("/write/photos/", {"form_key": key, "photo": file or a_file(), **fields})


# --- While writing -----------------------------------------------------------------------------------------------------


def test_step_can_be_left_out_and_is_offered_at_the_check(client):
    key = a_draft(client)

    check = client.get("/write/check/", {"draft": key}).content.decode()
    photos = client.get("/write/photos/", {"draft": key}).content.decode()

    assert f"/write/photos/?draft={key}" in check
    assert "Go on without a photo" in photos


def test_photos_survive_going_back_and_are_sent_with_the_rest(client):
    key = a_draft(client)

    added = add(client, key, description="A flat tyre")
    client.get("/write/details/", {"service": "bikes", "kind": "problem", "draft": key})
    check = client.get("/write/check/", {"draft": key}).content.decode()
    client.post("/write/check/", {"form_key": key})

    photo = Suggestion.objects.get().photos.get()
    assert added.url == f"/write/photos/?draft={key}"
    assert "1 photo" in check
    assert 'alt="A flat tyre"' in check
    assert photo.description == "A flat tyre"
    assert photo.state == Photo.State.AWAITING


def test_held_photo_is_seen_by_its_session_alone(client):
    key = a_draft(client)
    add(client, key)
    address = f"/write/photos/{HeldPhoto.objects.get().uuid}/large/"

    own, foreign = client.get(address), a_browser().get(address)

    assert own.status_code == 200
    assert own["Cache-Control"] == "no-store"
    assert foreign.status_code == 404


def test_held_photo_is_taken_away_by_its_session_alone(client):
    key = a_draft(client)
    add(client, key)
    address = f"/write/photos/{HeldPhoto.objects.get().uuid}/remove/"

    foreign = a_browser().post(address, {"form_key": key})
    there_still = HeldPhoto.objects.exists()
    client.post(address, {"form_key": key})

    assert foreign.status_code == 410
    assert there_still
    assert not HeldPhoto.objects.exists()


def test_draft_thrown_away_takes_its_photos_along(client):
    key = a_draft(client)
    add(client, key)
    name = HeldPhoto.objects.get().large.name

    thrown = client.post("/write/throw-away/", {"form_key": key}, follow=True).content.decode()

    assert "is thrown away" in thrown
    assert "You have begun something" not in thrown
    assert not HeldPhoto.objects.exists()
    assert not default_storage.exists(name)
    assert client.get("/write/check/", {"draft": key}).status_code == 410


def test_somebody_elses_draft_is_not_thrown_away(client):
    key = a_draft(client)
    add(client, key)

    a_browser().post("/write/throw-away/", {"form_key": key})

    assert HeldPhoto.objects.exists()


@pytest.mark.parametrize("key", ["", "nonsense", "\0", "00000000-0000-0000-0000-000000000000"])
def test_photo_without_a_draft_is_explained(client, key):
    a_contract()

    assert client.get("/write/photos/", {"draft": key}).status_code == 410
    assert add(client, key).status_code == 410
    assert not HeldPhoto.objects.exists()


@pytest.mark.parametrize("sent", NOT_PHOTOS.values(), ids=NOT_PHOTOS)
def test_what_is_no_photo_is_refused_with_words_at_the_field_whatever_it_calls_itself(client, sent):
    key = a_draft(client)

    response = add(client, key, a_file(sent), description="What I typed")

    shown = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: " in shown
    assert 'href="#id_photo"' in shown
    assert "What I typed" in shown
    assert not HeldPhoto.objects.exists()


def test_photo_by_another_name_and_type_is_taken_for_what_it_is(client):
    key = a_draft(client)

    add(client, key, a_file(a_picture(kind="PNG"), name="../../etc/passwd.exe", kind="text/html"))

    assert HeldPhoto.objects.get().large.name.endswith(".jpg")
    assert "passwd" not in HeldPhoto.objects.get().large.name


def test_no_file_is_asked_for(client):
    key = a_draft(client)

    shown = client.post("/write/photos/", {"form_key": key}).content.decode()

    assert shown.count("Choose a photo first.") == 2


def test_file_too_large_stops_growing_and_is_explained(client, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_OF_ONE_FILE", 100_000)
    key = a_draft(client)

    shown = add(client, key, a_file(b"\xff\xd8\xff" + b"0" * 200_000)).content.decode()

    assert shown.count("This file is larger than 10 MB.") == 2


def test_body_too_large_is_not_read(client, monkeypatch):
    key = a_draft(client)
    monkeypatch.setattr(uploads, "MOST_IN_ALL", 1000)

    assert add(client, key).status_code in {400, 413}


# --- One's own suggestion ----------------------------------------------------------------------------------------------


def test_author_adds_a_photo_later_and_reads_what_became_of_it():
    receipt = a_receipt()
    author, address = with_receipt(receipt), f"{receipt.suggestion.get_absolute_url()}photos/"

    added = author.post(address, {"photo": a_file(), "description": ""}, follow=True).content.decode()
    review_photo(
        photo=Photo.objects.get(), by=a_clerk(), shows=False, ground=Photo.Ground.PEOPLE, note="Two faces.", at=MONDAY_NOON
    )
    refused = author.get(address).content.decode()

    assert "Not public yet: the city looks at it first." in added
    assert "This photo is not shown. Its file is deleted." in refused
    assert "People can be recognised" in refused
    assert "Two faces." in refused


def test_author_takes_a_photo_away():
    receipt = a_receipt()
    author, photo = with_receipt(receipt), a_photo(receipt.suggestion)

    author.post(f"{receipt.suggestion.get_absolute_url()}photos/{photo.uuid}/remove/")

    photo.refresh_from_db()
    assert photo.state == Photo.State.REMOVED


def test_photo_of_another_suggestion_is_not_taken_away_through_ones_own():
    receipt, foreign = a_receipt(), a_photo()

    answer = with_receipt(receipt).post(f"{receipt.suggestion.get_absolute_url()}photos/{foreign.uuid}/remove/")

    assert answer.status_code == 404


@pytest.mark.parametrize("by", [lambda: None, a_citizen, an_agent, a_clerk])
def test_strangers_do_not_reach_the_photos_of_an_author(by):
    suggestion = a_suggestion()

    assert a_browser(by()).get(f"{suggestion.get_absolute_url()}photos/").status_code == 403


# --- Seeing ------------------------------------------------------------------------------------------------------------


def test_photo_is_served_as_a_picture_and_nothing_else(client):
    response = client.get(a_shown_photo().get_absolute_url())

    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("inline; ")
    assert Image.open(BytesIO(b"".join(response.streaming_content))).format == "JPEG"


def test_served_photo_does_not_tell_where_it_was_taken(client):
    key = a_draft(client)
    add(client, key, a_file(a_picture_that_tells_where()))
    client.post("/write/check/", {"form_key": key})
    photo = Photo.objects.get()
    review_photo(photo=photo, by=a_clerk(), shows=True, at=MONDAY_NOON)

    for size in ("large", "small"):
        served = b"".join(a_browser().get(f"/photos/{photo.uuid}/{size}/").streaming_content)
        assert not Image.open(BytesIO(served)).getexif()
        assert b"CANARY" not in served


INSIDE = {"author", "operator", "clerk", "manager"}
OUTSIDE = {"nobody", "citizen", "another operator", "auditor"}


def browsers(receipt):
    return {
        "author": with_receipt(receipt),
        "operator": a_browser(an_agent()),
        "clerk": a_browser(a_clerk()),
        "manager": a_browser(a_member(Role.CITY_MANAGER)),
        "nobody": a_browser(),
        "citizen": a_browser(a_citizen()),
        "another operator": a_browser(an_agent(an_operator("another"))),
        "auditor": a_browser(a_member(Role.AUDITOR)),
    }


@pytest.mark.parametrize(
    ("state", "hidden", "seen_by"),
    [("awaiting", False, INSIDE), ("shown", False, INSIDE | OUTSIDE), ("shown", True, INSIDE), ("refused", False, set())],
)
@time_machine.travel(MONDAY_NOON, tick=False)
def test_file_and_page_show_a_photo_to_the_same_people(state, hidden, seen_by):
    receipt = a_receipt()
    suggestion = receipt.suggestion
    photo = a_photo(suggestion)
    if state != "awaiting":
        review_photo(photo=photo, by=a_clerk(), shows=state == "shown", ground=Photo.Ground.PEOPLE, at=MONDAY_NOON)
    if hidden:
        conceal(suggestion)

    reached = browsers(receipt)
    served = {name: browser.get(photo.get_absolute_url()) for name, browser in reached.items()}
    pages = {name: browser.get(suggestion.get_absolute_url()).content.decode() for name, browser in reached.items()}

    assert {name for name, response in served.items() if response.status_code == 200} == seen_by
    assert {name for name, page in pages.items() if photo.get_absolute_url() in page} == seen_by
    public = state == "shown" and not hidden
    assert {response["Cache-Control"] for response in served.values() if response.status_code == 200} <= (
        {"private, max-age=300"} if public else {"no-store"}
    )


@pytest.mark.parametrize("size", ["huge", "LARGE", "..", "large.jpg"])
def test_other_sizes_do_not_exist(client, size):
    assert client.get(f"/photos/{a_shown_photo().uuid}/{size}/").status_code == 404


def test_photo_whose_file_is_lost_is_not_there(client):
    photo = a_shown_photo()
    default_storage.delete(photo.large.name)

    assert client.get(photo.get_absolute_url()).status_code == 404


# --- The city's look ---------------------------------------------------------------------------------------------------


def test_clerk_sees_what_waits_and_shows_it():
    photo, clerk = a_photo(description="A flat tyre"), a_browser(a_clerk())
    a_shown_photo()

    queue = clerk.get("/desk/photos/").content.decode()
    decided = clerk.post(f"/desk/photos/{photo.uuid}/", {"verdict": "show"}, follow=True).content.decode()

    photo.refresh_from_db()
    assert "1 photo waits." in queue
    assert "A flat tyre" in queue
    assert "Everybody can see the photo now." in decided
    assert "No photo waits." in decided
    assert photo.state == Photo.State.SHOWN


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose whether the photo is shown."),
        ({"verdict": "burn"}, "Choose whether the photo is shown."),
        ({"verdict": "refuse", "note": "Typed"}, "Say on which ground the photo is not shown."),
        ({"verdict": "refuse", "ground": "taste"}, "Choose one of the grounds in the list."),
        ({"verdict": "refuse", "ground": "people", "note": "x" * 301}, "Keep it within 300 characters."),
    ],
)
def test_wrong_look_is_explained_and_loses_nothing(typed, said):
    photo = a_photo()

    response = a_browser(a_clerk()).post(f"/desk/photos/{photo.uuid}/", typed)

    assert response.status_code == 422
    assert response.content.decode().count(said) == 2
    assert typed.get("note", "") in response.content.decode()
    assert Photo.objects.get().state == Photo.State.AWAITING


@pytest.mark.parametrize("by", [a_citizen, an_agent, lambda: a_member(Role.AUDITOR), lambda: a_member(Role.HELPER)])
def test_queue_is_the_citys_alone(by):
    photo, browser = a_photo(), a_browser(by())

    assert browser.get("/desk/photos/").status_code == 403
    assert browser.post(f"/desk/photos/{photo.uuid}/", {"verdict": "show"}).status_code == 403


def test_queue_takes_as_many_queries_for_three_as_for_one(django_assert_num_queries):
    clerk = a_browser(a_clerk())
    a_photo()
    clerk.get("/desk/photos/")
    with_one = count_of(clerk)
    for colour in ("green", "blue"):
        a_photo(colour=colour)

    with django_assert_num_queries(with_one):
        clerk.get("/desk/photos/")


def count_of(browser, address="/desk/photos/"):
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return len(queries)
