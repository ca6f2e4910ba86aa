import re
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from portal.actions.help_sessions import NoPlace, end_help, start_help
from portal.actions.kiosks import WrongCode, enrol_kiosk, kiosk_of, put_up_kiosk, take_down_kiosk
from portal.models import Event, HelpSession, Kiosk, Role, Visibility
from suggestions.models import Channel, OpenedBy, Suggestion, Support
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_clerk,
    a_contract,
    a_member,
    a_receipt,
    a_suggestion,
    an_agent,
    the_obligation,
)

pytestmark = pytest.mark.django_db

HELP = {"reason": "reading", "confirmed": "screen", "place": "Library, first floor"}


def a_kiosk():
    """A kiosk in use, with the secret its screen keeps."""
    _kiosk, code = put_up_kiosk(name="Library", place="Market 1", by=a_clerk(), at=MONDAY_NOON)
    return enrol_kiosk(code=code, at=MONDAY_NOON)


def a_screen():
    """A browser on a kiosk."""
    _kiosk, credential = a_kiosk()
    browser = a_browser()
    browser.cookies["kiosk"] = credential
    return browser


def send(browser, **fields):
    """Write a suggestion through the pages and send it; the suggestion."""
    service = a_contract().service
    page = browser.get(f"/write/details/?service={service.code}&kind=problem")
    key = re.search(r'name="form_key" value="([^"]+)"', page.text)[1]
    typed = {"form_key": key, "title": "The door is too heavy", "answer_by": "come_back"} | fields
    browser.post(f"/write/details/?service={service.code}&kind=problem", typed)
    response = browser.post("/write/check/", {"form_key": key})
    assert response.status_code == 302, response.text
    return Suggestion.objects.latest("id")


# --- Kiosks ------------------------------------------------------------------------------------------------------------


def test_code_makes_one_screen_the_kiosk_and_works_once():
    kiosk, code = put_up_kiosk(name="Library", place="Market 1", by=a_clerk(), at=MONDAY_NOON)

    _kiosk, credential = enrol_kiosk(code=code.lower().replace("-", " "), at=MONDAY_NOON + timedelta(minutes=59))

    assert kiosk_of(credential) == kiosk
    with pytest.raises(WrongCode):
        enrol_kiosk(code=code, at=MONDAY_NOON + timedelta(minutes=59))


def test_code_is_good_for_an_hour():
    _kiosk, code = put_up_kiosk(name="Library", place="Market 1", by=a_clerk(), at=MONDAY_NOON)

    with pytest.raises(WrongCode):
        enrol_kiosk(code=code, at=MONDAY_NOON + HOUR)


def test_kiosk_taken_down_is_an_ordinary_screen():
    kiosk, credential = a_kiosk()

    take_down_kiosk(kiosk=kiosk, by=a_clerk(), at=MONDAY_NOON + DAY)

    assert kiosk_of(credential) is None


@pytest.mark.parametrize("role", [Role.OPERATOR_AGENT, Role.HELPER, Role.AUDITOR])
def test_only_clerks_and_managers_put_kiosks_up(role):
    with pytest.raises(PermissionDenied):
        put_up_kiosk(name="Library", place="Market 1", by=a_member(role), at=MONDAY_NOON)


def test_clerk_sees_the_code_once_and_the_screen_becomes_a_kiosk():
    clerk, screen = a_browser(a_clerk()), a_browser()
    page = clerk.post("/kiosks/", {"name": "Library", "place": "Market 1"})
    code = re.search(r'receipt-code">([0-9A-Z-]+)<', page.text)[1]

    screen.post("/kiosk/enrol/", {"code": code})

    assert 'data-skin="kiosk"' in screen.get("/kiosk/").text
    assert code not in clerk.get("/kiosks/").text


def test_wrong_code_gets_one_sentence():
    response = a_browser().post("/kiosk/enrol/", {"code": "AAAAA-BBBBB"})

    assert response.status_code == 422
    assert "This code is wrong, used or older than an hour." in response.text


def test_kiosk_keeps_no_page_and_asks_before_it_forgets():
    page = a_screen().get("/suggestions/")

    assert page["Cache-Control"] == "no-store"
    assert 'data-idle="90" data-warn="120"' in page.text


def test_what_is_sent_at_a_kiosk_says_so():
    assert send(a_screen()).channel == Channel.KIOSK


def test_support_at_a_kiosk_says_so():
    suggestion, screen = a_suggestion(), a_screen()

    screen.post(f"/suggestions/{suggestion.reference}/support/", {"form_key": "8a3f8f0e-52a4-4c3c-8f6c-0c9d7f3f4b11"})

    assert Support.objects.get().channel == Channel.KIOSK


def test_wipe_leaves_nothing_of_the_visit_but_the_kiosk_stays_one():
    screen = a_screen()
    suggestion = send(screen, is_private="on")
    before = screen.get(f"/suggestions/{suggestion.reference}/")

    response = screen.post("/kiosk/wipe/")

    assert before.status_code == 200
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert screen.get(f"/suggestions/{suggestion.reference}/").status_code == 404
    assert screen.get("/receipt/").status_code == 302
    assert screen.get("/kiosk/").status_code == 200
    assert Kiosk.objects.get().wiped_at is not None


def test_screen_that_is_no_kiosk_is_not_wiped():
    browser = a_browser()
    suggestion = send(browser, is_private="on")

    browser.post("/kiosk/wipe/")

    assert browser.get(f"/suggestions/{suggestion.reference}/").status_code == 200


# --- Helpers -----------------------------------------------------------------------------------------------------------


def test_help_needs_a_reason_an_agreement_and_a_place():
    helper = a_browser(a_member(Role.HELPER))

    for missing in HELP:
        response = helper.post("/help/", HELP | {missing: ""})
        assert response.status_code == 422

    assert not HelpSession.objects.exists()


def test_helper_without_a_place_is_refused_by_the_act_too():
    with pytest.raises(NoPlace):
        start_help(by=a_member(Role.HELPER), **HELP | {"place": "  "}, at=MONDAY_NOON)


def test_others_do_not_help():
    for other in (a_clerk(), an_agent(), a_member(Role.AUDITOR)):
        assert a_browser(other).get("/help/").status_code == 403


def test_what_is_sent_with_a_helper_says_so_and_names_the_session():
    helper = a_browser(a_member(Role.HELPER))
    helper.post("/help/", HELP)

    suggestion = send(helper)

    assert (suggestion.channel, suggestion.opened_by) == (Channel.ASSISTED, OpenedBy.CITIZEN)
    assert suggestion.author.subject == str(HelpSession.objects.get().uuid)


def test_next_person_ends_the_help_of_the_one_before():
    helper = a_member(Role.HELPER)
    first = start_help(by=helper, **HELP, at=MONDAY_NOON)

    start_help(by=helper, **HELP, at=MONDAY_NOON + timedelta(minutes=10))

    first.refresh_from_db()
    assert first.ended_at == MONDAY_NOON + timedelta(minutes=10)


def test_help_ends_by_itself_after_half_an_hour_also_on_record():
    helper = a_member(Role.HELPER)
    session = start_help(by=helper, **HELP, at=MONDAY_NOON)

    end_help(by=helper, at=MONDAY_NOON + 5 * HOUR)

    session.refresh_from_db()
    assert session.ended_at == MONDAY_NOON + timedelta(minutes=30)
    assert not session.is_open(MONDAY_NOON + timedelta(minutes=30))
    assert Event.objects.filter(kind=Event.Kind.HELP_ENDED).count() == 1


def test_after_the_person_has_gone_nothing_of_theirs_is_open():
    helper = a_browser(a_member(Role.HELPER))
    helper.post("/help/", HELP)
    suggestion = send(helper, is_private="on")

    helper.post("/help/end/")

    assert helper.get(f"/suggestions/{suggestion.reference}/").status_code == 404
    assert helper.get("/receipt/").status_code == 302


def test_helper_sees_an_earlier_case_only_with_its_receipt():
    receipt = a_receipt(visibility=Visibility.CITY_AND_OPERATOR)
    reference = receipt.suggestion.reference
    helper = a_browser(a_member(Role.HELPER))
    helper.post("/help/", HELP)
    before = helper.get(f"/suggestions/{reference}/").status_code

    helper.post("/follow/", {"reference": reference, "phrase": receipt.phrase})

    assert (before, helper.get(f"/suggestions/{reference}/").status_code) == (404, 200)
    assert HelpSession.objects.get().receipts == [reference]


# --- Paper -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.HELPER, Role.CITY_CLERK])
def test_form_typed_in_a_week_later_has_the_clocks_of_its_stamp(role):
    clerk = a_browser(a_member(role))
    clerk.post("/paper/", {"channel": "paper", "received_at": "2026-03-02T12:00"})

    suggestion = send(clerk)

    assert (suggestion.channel, suggestion.opened_by) == (Channel.PAPER, OpenedBy.CITIZEN)
    assert suggestion.received_at == MONDAY_NOON
    assert suggestion.known_at > MONDAY_NOON
    assert the_obligation(suggestion, "acknowledge").due_at == MONDAY_NOON + DAY


@pytest.mark.parametrize(
    ("received_at", "sentence"),
    [
        ("", "Say when it was received"),
        ("2999-01-01T10:00", "This moment has not come yet."),
        ("1950-01-01T10:00", "This is too long ago."),
        ("soon", "Write day and hour"),
    ],
)
def test_wrong_stamp_gets_one_sentence(received_at, sentence):
    response = a_browser(a_clerk()).post("/paper/", {"channel": "paper", "received_at": received_at})

    assert response.status_code == 422
    assert sentence in response.text


def test_what_a_clerk_writes_after_typing_in_is_the_citys_own_again():
    clerk = a_browser(a_clerk())
    clerk.post("/paper/", {"channel": "phone", "received_at": "2026-03-02T12:00"})
    clerk.post("/paper/end/")

    suggestion = send(clerk)

    assert (suggestion.channel, suggestion.opened_by) == (Channel.WEB, OpenedBy.STAFF)
    assert suggestion.received_at > datetime(2026, 3, 3, tzinfo=MONDAY_NOON.tzinfo)


def test_citizens_do_not_type_in_forms():
    assert a_browser(an_agent()).get("/paper/").status_code == 403
