import re

import pytest
from django.core import mail

from portal.actions.notices import unsubscribe_token, wishes_of
from portal.models import ContactView, Notice, NoticePreference, Pace, Scope, Topic
from suggestions.actions.notices import send_notices, tell_followers
from suggestions.actions.suggestions import Contact
from suggestions.models import Suggestion
from tests.factories import HOUR, MONDAY_NOON, a_browser, a_citizen, a_city_manager, a_clerk, a_contact, a_person, a_suggestion, an_agent
from tests.suggestions.test_notices import answered

ADDRESS = "Appelstraat 1, 9000 Demostad"


def a_letter(**fields) -> Suggestion:
    """A case whose author is to be told something by post."""
    way = {"answer_by": "letter", "contact": Contact(name="Jo Peeters", postal_address=ADDRESS)}
    suggestion = a_suggestion(**way | fields)
    answered(suggestion)
    tell_followers(at=MONDAY_NOON + HOUR)
    return suggestion


def the_stop_address() -> str:
    """From the header of the one mail that was sent."""
    header = mail.outbox[0].extra_headers["List-Unsubscribe"]
    return re.fullmatch(r"<https?://[^/]+(/.*)>", header)[1]


@pytest.mark.django_db
def test_one_post_of_a_mail_program_stops_the_mails_without_session_or_token():
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    tell_followers(at=MONDAY_NOON + HOUR)
    send_notices(at=MONDAY_NOON + HOUR)
    program = type(a_browser())(enforce_csrf_checks=True)

    looked = program.get(the_stop_address())
    wishes_after_a_look = NoticePreference.objects.count()
    stopped = program.post(the_stop_address(), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    answered(suggestion, at=MONDAY_NOON + 3 * HOUR)

    assert (looked.status_code, wishes_after_a_look, stopped.status_code) == (200, 0, 200)
    assert tell_followers(at=MONDAY_NOON + 3 * HOUR) == 0


@pytest.mark.django_db
def test_stopping_twice_is_fine_and_a_forged_address_is_unknown():
    token = unsubscribe_token(a_person(), [Scope.FOLLOWED])
    forged = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")

    answers = [a_browser().post(f"/unsubscribe/{token}/").status_code for _ in range(2)]

    assert answers == [200, 200]
    for wrong in (forged, "x", "x:y", "%00"):
        assert a_browser().post(f"/unsubscribe/{wrong}/").status_code == 404


@pytest.mark.django_db
def test_stop_address_holds_nothing_personal():
    person = a_person(email="jo.peeters@example.org", name="Jo Peeters")

    token = unsubscribe_token(person, [Scope.OWN])

    assert not re.search("jo|peeters", token, re.IGNORECASE)
    assert str(person.pk) != token


@pytest.mark.django_db
def test_citizen_chooses_for_each_topic():
    citizen = a_citizen()
    browser = a_browser(citizen)
    wishes = {f"{scope}_{topic}": Pace.DAILY for scope in Scope for topic in Topic} | {"followed_lateness": Pace.NEVER}

    answer = browser.post("/mine/notices/", wishes)
    page = browser.get("/mine/notices/").content.decode()

    kept = wishes_of(citizen.person)
    assert answer.status_code == 302
    assert kept[Scope.FOLLOWED, Topic.LATENESS] == Pace.NEVER
    assert kept[Scope.OWN, Topic.ANSWERS] == Pace.DAILY
    assert page.count("selected") == len(wishes)


@pytest.mark.django_db
def test_wrong_wish_is_explained_and_nothing_is_kept():
    citizen = a_citizen()

    answer = a_browser(citizen).post("/mine/notices/", {"own_answers": "hourly"})

    assert answer.status_code == 422
    assert "Choose one of the three." in answer.content.decode()
    assert not NoticePreference.objects.exists()


@pytest.mark.django_db
def test_wishes_are_for_somebody_who_is_there_for_themselves():
    assert a_browser(a_clerk()).get("/mine/notices/").status_code == 403
    assert a_browser().get("/mine/notices/").status_code == 302


@pytest.mark.django_db
def test_letter_waits_at_the_desk_and_no_mail_is_made():
    suggestion = a_letter()

    sent = send_notices(at=MONDAY_NOON + HOUR)
    page = a_browser(a_clerk()).get("/letters/").content.decode()

    assert sent == 0
    assert suggestion.reference in page
    assert ADDRESS not in page


@pytest.mark.django_db
def test_address_of_a_letter_is_shown_at_a_press_that_leaves_a_line():
    suggestion, clerk = a_letter(), a_clerk()
    browser = a_browser(clerk)

    before = browser.get(f"/letters/{suggestion.reference}/").content.decode()
    lines_before = ContactView.objects.count()
    after = browser.post(f"/letters/{suggestion.reference}/").content.decode()

    assert (ADDRESS in before, lines_before, ADDRESS in after) == (False, 0, True)
    [seen] = ContactView.objects.all()
    assert (seen.by, seen.case) == (clerk, suggestion.reference)
    assert "The Operator wrote an update. This is not a decision." in after


@pytest.mark.django_db
def test_letter_is_done_once_and_what_came_meanwhile_stays():
    suggestion, browser = a_letter(), a_browser(a_clerk())
    in_the_letter = Notice.objects.get()
    answered(suggestion, at=MONDAY_NOON + 2 * HOUR)
    tell_followers(at=MONDAY_NOON + 2 * HOUR)

    pages = [
        browser.post(f"/letters/{suggestion.reference}/done/", {"notice": in_the_letter.pk}, follow=True).content.decode() for _ in range(2)
    ]

    in_the_letter.refresh_from_db()
    assert in_the_letter.done_at
    assert "Done: 1 notice told." in pages[0]
    assert "Somebody else has just marked this as done." in pages[1]
    assert Notice.objects.by_hand().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("notices", [["x"], ["-1"], ["9" * 30], []])
def test_done_without_a_notice_is_one_sentence(notices):
    suggestion = a_letter()

    answer = a_browser(a_clerk()).post(f"/letters/{suggestion.reference}/done/", {"notice": notices}, follow=True)

    assert answer.status_code == 200
    assert Notice.objects.by_hand().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("way", "contact"), [("call", Contact(phone="000 11 22 33")), ("sms", Contact(phone="000 11 22 33"))])
def test_call_and_text_message_wait_with_the_letters(way, contact):
    suggestion = a_letter(answer_by=way, contact=contact)

    page = a_browser(a_city_manager()).post(f"/letters/{suggestion.reference}/").content.decode()

    assert "000 11 22 33" in page


@pytest.mark.django_db
def test_letters_are_for_the_city_alone():
    suggestion = a_letter()

    for actor in (an_agent(), a_citizen()):
        for address in ("/letters/", f"/letters/{suggestion.reference}/"):
            assert a_browser(actor).get(address).status_code == 403
    assert a_browser().get("/letters/").status_code == 302


@pytest.mark.django_db
def test_who_comes_back_with_a_receipt_is_told_nothing_by_us():
    suggestion = a_suggestion()
    answered(suggestion)

    assert tell_followers(at=MONDAY_NOON + HOUR) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_queue_of_letters_takes_as_many_queries_for_three_as_for_one(rows, django_assert_max_num_queries):
    browser = a_browser(a_clerk())
    for _ in range(rows):
        a_letter()
    browser.get("/letters/")

    with django_assert_max_num_queries(12):
        browser.get("/letters/")
