import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage

from portal.models import Criterion, Event, Role, Visibility
from suggestions.actions.photos import (
    PER_ADDRESS_AND_DAY,
    PER_SENDER_AND_DAY,
    AlreadyLookedAt,
    NeedsGround,
    PhotosClosed,
    SamePhotoAgain,
    TooManyPhotos,
    add_photo,
    delete_leftover_files,
    drop_expired_held_photos,
    forget_files,
    hold_photo,
    remove_photo,
    review_photo,
    senders_of,
)
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import HeldPhoto, Photo, PhotoQuota
from suggestions.models.photos import PHOTOS_PER_SUGGESTION
from suggestions.pictures import NotAPhoto
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_citizen,
    a_clerk,
    a_member,
    a_receipt,
    a_service,
    a_suggestion,
    an_agent,
    an_operator,
    nobody,
    the_author,
)
from tests.suggestions.pictures import a_picture

pytestmark = pytest.mark.django_db
State = Photo.State
GROUND = Photo.Ground.PEOPLE
FORM = "0197c1d2-0000-7000-8000-000000000001"
COLOURS = ["red", "green", "blue", "black", "white", "orange", "pink"]


def a_photo(suggestion=None, *, colour="red", by=None, at=MONDAY_NOON, **wishes) -> Photo:
    suggestion = suggestion or a_suggestion()
    sender = senders_of(sender=f"{suggestion.pk}")
    return add_photo(suggestion=suggestion, by=by or the_author(suggestion), sent=a_picture(colour=colour), senders=sender, at=at, **wishes)


def a_shown_photo(suggestion=None, **wishes) -> Photo:
    return review_photo(photo=a_photo(suggestion, **wishes), by=a_clerk(), shows=True, at=MONDAY_NOON + HOUR)


def a_held_photo(*, colour="red", key=FORM, at=MONDAY_NOON, sender="visit") -> HeldPhoto:
    senders = senders_of(sender=sender)
    return hold_photo(form_key=key, by=nobody(), sent=a_picture(colour=colour), senders=senders, at=at, description="A bicycle")


def files_of(photo) -> list[str]:
    return [photo.large.name, photo.small.name]


def there(names) -> list[bool]:
    return [default_storage.exists(name) for name in names]


# --- Adding ------------------------------------------------------------------------------------------------------------


def test_photo_is_kept_under_a_name_that_says_nothing_and_waits_for_a_look():
    photo = a_photo(description=" A flat tyre ")

    assert photo.state == State.AWAITING
    assert photo.description == "A flat tyre"
    assert there(files_of(photo)) == [True, True]
    assert photo.suggestion.reference not in photo.large.name
    assert bytes(photo.sha256) == hashlib.sha256(photo.large.read()).digest()
    assert photo.size == len(photo.large.open().read())


def test_log_says_that_a_photo_came_and_not_what_is_on_it():
    photo = a_photo(description="CANARY")

    event = Event.objects.get(kind=Event.Kind.PHOTO_ADDED)

    assert event.about == f"photo/{photo.uuid}"
    assert "CANARY" not in str(event.facts)


def test_suggestion_takes_so_many_photos_and_a_new_one_when_one_is_gone():
    suggestion = a_suggestion()
    photos = [a_photo(suggestion, colour=colour) for colour in COLOURS[:PHOTOS_PER_SUGGESTION]]

    with pytest.raises(TooManyPhotos, match="can have 5 photos"):
        a_photo(suggestion, colour="gold")
    remove_photo(photo=photos[0], by=the_author(suggestion), at=MONDAY_NOON)

    assert a_photo(suggestion, colour="gold").state == State.AWAITING


def test_same_photo_is_taken_once():
    suggestion = a_suggestion()
    a_photo(suggestion)

    with pytest.raises(SamePhotoAgain):
        a_photo(suggestion)


@pytest.mark.parametrize("by", [a_citizen, an_agent, nobody, lambda: a_member(Role.AUDITOR)])
def test_only_the_author_and_the_city_add_photos(by):
    with pytest.raises(PermissionDenied):
        a_photo(by=by())

    assert not Photo.objects.exists()


def test_closed_suggestion_takes_none():
    suggestion = a_suggestion()
    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Solved.", at=MONDAY_NOON)

    with pytest.raises(PhotosClosed):
        a_photo(suggestion)


# --- Quota -------------------------------------------------------------------------------------------------------------


def send(times, *, sender="visit", address="", at=MONDAY_NOON):
    for _ in range(times):
        with pytest.raises(NotAPhoto):
            hold_photo(form_key=FORM, by=nobody(), sent=b"?", senders=senders_of(sender=sender, address=address), at=at)


def test_one_sender_sends_so_many_a_day_and_what_is_no_photo_counts_too():
    send(PER_SENDER_AND_DAY)

    with pytest.raises(TooManyPhotos, match="come back tomorrow"):
        a_held_photo()

    assert a_held_photo(sender="another visit")
    assert a_held_photo(at=MONDAY_NOON + DAY, colour="blue")


def test_new_sessions_from_one_address_have_an_end():
    for visit in range(PER_ADDRESS_AND_DAY // PER_SENDER_AND_DAY):
        send(PER_SENDER_AND_DAY, sender=f"visit {visit}", address="192.0.2.7")

    with pytest.raises(TooManyPhotos):
        hold_photo(form_key=FORM, by=nobody(), sent=a_picture(), senders=senders_of(sender="new", address="192.0.2.7"), at=MONDAY_NOON)


def test_quota_names_nobody_and_is_forgotten_the_next_day():
    send(1, sender="visit", address="192.0.2.7")
    yesterday = set(PhotoQuota.objects.values_list("sender_hash", flat=True))
    send(1, sender="visit", address="192.0.2.7", at=MONDAY_NOON + DAY)

    drop_expired_held_photos(at=MONDAY_NOON + DAY)

    left = set(PhotoQuota.objects.values_list("sender_hash", flat=True))
    assert len(left) == 2
    assert not {bytes(hash_) for hash_ in left} & {bytes(hash_) for hash_ in yesterday}


# --- Held while writing ------------------------------------------------------------------------------------------------


def test_what_was_held_is_sent_with_the_form_in_its_order_and_keeps_its_files():
    held = [a_held_photo(colour=colour) for colour in ("red", "blue")]

    suggestion = a_receipt(form_key=FORM).suggestion

    photos = list(suggestion.photos.oldest_first())
    assert [photo.uuid for photo in photos] == [photo.uuid for photo in held]
    assert [photo.description for photo in photos] == ["A bicycle"] * 2
    assert there(files_of(photos[0])) == [True, True]
    assert not HeldPhoto.objects.exists()
    assert Event.objects.filter(kind=Event.Kind.PHOTO_ADDED, case=suggestion.reference).count() == 2


def test_form_sent_twice_has_its_photos_once():
    a_held_photo()

    for _ in range(2):
        a_receipt(form_key=FORM)

    assert Photo.objects.count() == 1


def test_held_photo_of_another_form_stays_where_it_is():
    a_held_photo(key="another")

    suggestion = a_receipt(form_key=FORM).suggestion

    assert not suggestion.photos.exists()
    assert HeldPhoto.objects.count() == 1


def test_held_photos_go_after_a_day_with_their_files():
    old, young = a_held_photo(at=MONDAY_NOON), a_held_photo(at=MONDAY_NOON + HOUR, colour="blue")

    runs = [drop_expired_held_photos(at=MONDAY_NOON + timedelta(hours=24)) for _ in range(2)]

    assert runs == [1, 0]
    assert list(HeldPhoto.objects.all()) == [young]
    assert there(files_of(old)) == [False, False]
    assert there(files_of(young)) == [True, True]


# --- The city's look ---------------------------------------------------------------------------------------------------


def test_photo_is_shown_by_the_city_alone():
    photo = a_photo()
    for by in (the_author(photo.suggestion), an_agent(), a_member(Role.AUDITOR), a_member(Role.HELPER)):
        with pytest.raises(PermissionDenied):
            review_photo(photo=photo, by=by, shows=True, at=MONDAY_NOON)

    shown = review_photo(photo=photo, by=a_clerk(), shows=True, at=MONDAY_NOON)

    assert shown.state == State.SHOWN


def test_refusal_names_a_published_ground_and_deletes_the_file(django_capture_on_commit_callbacks):
    photo, names = (photo := a_photo(description="Somebody")), files_of(photo)
    with pytest.raises(NeedsGround):
        review_photo(photo=photo, by=a_clerk(), shows=False, at=MONDAY_NOON)
    with pytest.raises(NeedsGround):
        review_photo(photo=photo, by=a_clerk(), shows=False, ground="I do not like it", at=MONDAY_NOON)

    with django_capture_on_commit_callbacks(execute=True):
        refused = review_photo(photo=photo, by=a_clerk(), shows=False, ground=GROUND, note="Two faces.", at=MONDAY_NOON)

    refused.refresh_from_db()
    assert (refused.state, refused.refused_ground, refused.refused_note, refused.description) == (State.REFUSED, GROUND, "Two faces.", "")
    assert there(names) == [False, False]
    assert refused.large.name == ""


def test_shown_photo_can_still_be_refused_but_never_shown_twice():
    photo = a_shown_photo()

    with pytest.raises(AlreadyLookedAt):
        review_photo(photo=photo, by=a_clerk(), shows=True, at=MONDAY_NOON)
    review_photo(photo=photo, by=a_clerk(), shows=False, ground=GROUND, at=MONDAY_NOON)
    with pytest.raises(AlreadyLookedAt):
        review_photo(photo=photo, by=a_clerk(), shows=True, at=MONDAY_NOON)


# --- Taking away -------------------------------------------------------------------------------------------------------


def test_author_takes_a_photo_away_with_its_file(django_capture_on_commit_callbacks):
    photo, names = (photo := a_shown_photo(description="CANARY")), files_of(photo)

    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo=photo, by=the_author(photo.suggestion), at=MONDAY_NOON + HOUR)

    photo.refresh_from_db()
    assert (photo.state, photo.removed_at, photo.description) == (State.REMOVED, MONDAY_NOON + HOUR, "")
    assert there(names) == [False, False]


@pytest.mark.parametrize("by", [a_citizen, an_agent, nobody, a_clerk])
def test_nobody_else_takes_it_away(by):
    photo = a_photo()

    with pytest.raises(PermissionDenied):
        remove_photo(photo=photo, by=by(), at=MONDAY_NOON)


def test_withdrawn_suggestion_keeps_no_photo(django_capture_on_commit_callbacks):
    photo, names = (photo := a_shown_photo()), files_of(photo)

    with django_capture_on_commit_callbacks(execute=True):
        withdraw_suggestion(suggestion=photo.suggestion, by=the_author(photo.suggestion), reason="Solved.", at=MONDAY_NOON + DAY)

    assert there(names) == [False, False]
    assert Photo.objects.get().state == State.REMOVED


def test_forgetting_takes_refused_ones_too_and_can_be_asked_twice():
    suggestion = a_suggestion()
    a_photo(suggestion)
    refused = a_photo(suggestion, colour="blue")
    review_photo(photo=refused, by=a_clerk(), shows=False, ground=GROUND, note="Ann is on it", at=MONDAY_NOON)

    forgotten = [forget_files(suggestion=suggestion, by=a_clerk(), at=MONDAY_NOON) for _ in range(2)]

    assert forgotten == [2, 0]
    assert set(suggestion.photos.values_list("state", "refused_note")) == {(State.REMOVED, "")}


def test_files_that_a_crash_left_behind_are_deleted_by_the_sweep():
    photo, names = (photo := a_photo()), files_of(photo)
    remove_photo(photo=photo, by=the_author(photo.suggestion), at=MONDAY_NOON)  # what runs after the commit never runs in this test
    assert there(names) == [True, True]

    runs = [delete_leftover_files() for _ in range(2)]

    assert runs == [1, 0]
    assert there(names) == [False, False]


# --- Who sees what -----------------------------------------------------------------------------------------------------


def readers(suggestion):
    return {
        "nobody": nobody(),
        "author": the_author(suggestion),
        "another citizen": a_citizen(),
        "another receipt": the_author(a_suggestion()),
        "operator": an_agent(),
        "another operator": an_agent(an_operator("another")),
        "clerk": a_clerk(),
        "helper": a_member(Role.HELPER),
        "auditor": a_member(Role.AUDITOR),
    }


INSIDE = {"author", "operator", "clerk"}
EVERYBODY = {*INSIDE, "nobody", "another citizen", "another receipt", "another operator", "helper", "auditor"}


@pytest.mark.parametrize(
    ("state", "visibility", "hidden", "seen_by"),
    [
        (State.AWAITING, Visibility.PUBLIC, False, INSIDE),
        (State.SHOWN, Visibility.PUBLIC, False, EVERYBODY),
        (State.SHOWN, Visibility.PUBLIC, True, INSIDE),
        (State.SHOWN, Visibility.AFTER_CHECK, False, INSIDE),
        (State.SHOWN, Visibility.CITY_AND_OPERATOR, False, INSIDE),
        (State.AWAITING, Visibility.CITY_AND_OPERATOR, False, INSIDE),
        (State.REFUSED, Visibility.PUBLIC, False, set()),
        (State.REMOVED, Visibility.PUBLIC, False, set()),
    ],
)
def test_who_sees_a_photo_by_its_state_and_the_suggestions(state, visibility, hidden, seen_by):
    service = a_service()
    suggestion = a_suggestion()
    photo = a_photo(suggestion)
    if state in {State.SHOWN, State.REFUSED}:
        review_photo(photo=photo, by=a_clerk(), shows=state == State.SHOWN, ground=GROUND, at=MONDAY_NOON)
    if state == State.REMOVED:
        remove_photo(photo=photo, by=the_author(suggestion), at=MONDAY_NOON)
    suggestion.visibility = visibility
    suggestion.save(update_fields=["visibility"])
    if hidden:
        conceal(suggestion)

    sees = {name for name, reader in readers(suggestion).items() if Photo.objects.visible_to(reader).filter(pk=photo.pk).exists()}

    assert service == suggestion.service
    assert sees == seen_by


def conceal(suggestion):
    """As a hiding in force leaves it."""
    use = Criterion.Use.MODERATION
    ground = Criterion.objects.create(code="insult", text={"en": "It insults."}, published_at=MONDAY_NOON - DAY, use=use)
    type(suggestion).objects.filter(pk=suggestion.pk).update(hidden_at=MONDAY_NOON, hidden_for=ground)
