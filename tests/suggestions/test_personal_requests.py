import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied

from portal.actions.people import AlreadyErased, StillEmployed, erase_person, learn_key, view_contact
from portal.data_register import Whose
from portal.models import Act, Actor, ContactView, Erasure, Event, Person, PersonKey
from portal.own_data import own_data
from suggestions.actions.obligations import breach_overdue
from suggestions.actions.personal_requests import (
    AlreadyDone,
    NobodyKnown,
    NotYetReceived,
    erase_for,
    erase_own,
    erase_own_case,
    finish_request,
    receive_request,
)
from suggestions.actions.suggestions import Contact
from suggestions.actions.supports import give_support
from suggestions.models import Channel, Follow, Obligation, PersonalRequest, Support
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_clause,
    a_clerk,
    a_person,
    a_receipt,
    a_suggestion,
    an_agent,
    the_author,
    the_city,
)

pytestmark = pytest.mark.django_db

Kind, Identity = PersonalRequest.Kind, Erasure.Identity
LATER = MONDAY_NOON + 2 * HOUR


def the_rule():
    the_city()
    return a_clause(Act.PERSONAL_DATA, None, within_minutes=20 * 8 * 60)


def anna(**fields):
    person = a_person(**{"name": "Anna Peeters", "email": "anna@example.org", "phone": "0470 12 34 56"} | fields)
    return Actor.objects.person(person.pk)


def asked(**fields):
    return receive_request(
        **{
            "kind": Kind.ERASE,
            "by": fields.get("by") or a_clerk(),
            "channel": Channel.ASSISTED,
            "identity": Identity.DOCUMENT,
            "received_at": MONDAY_NOON,
            "at": MONDAY_NOON,
        }
        | fields
    )


def a_recent_browser(actor):
    """Signed in a moment ago, as an erasure asks."""
    client = a_browser(actor)
    session = client.session

    class Visit:
        pass

    visit = Visit()
    visit.session = session
    record_authentication(visit, actor.person, "code", email=actor.person.email)
    session.save()
    return client


# --- The clock ---------------------------------------------------------------------------------------------------------


def test_a_letter_starts_the_citys_clock_on_the_day_it_came():
    the_rule()

    letter = asked(channel=Channel.PAPER, received_at=MONDAY_NOON - 3 * DAY)

    clock = letter.obligation
    assert (clock.act, clock.owner, clock.suggestion) == (Act.PERSONAL_DATA, the_city(), None)
    assert (clock.opened_at, clock.known_at) == (MONDAY_NOON - 3 * DAY, MONDAY_NOON)


def test_it_is_met_when_done_and_late_when_not():
    the_rule()
    in_time, too_late = asked(kind=Kind.ACCESS), asked(kind=Kind.ACCESS)
    finish_request(asked=in_time, by=a_clerk(), at=LATER)

    late = breach_overdue(at=MONDAY_NOON + 60 * DAY)
    finish_request(asked=too_late, by=a_clerk(), at=MONDAY_NOON + 61 * DAY)

    clocks = Obligation.objects.in_bulk(field_name="personal_request_id")
    assert late == 1
    assert (clocks[in_time.pk].met_at, clocks[in_time.pk].breached_at) == (LATER, None)
    assert clocks[too_late.pk].breached_at == clocks[too_late.pk].due_at
    assert clocks[too_late.pk].met_at == MONDAY_NOON + 61 * DAY


def test_a_city_without_a_rule_still_takes_the_request():
    the_city()

    assert not hasattr(asked(), "obligation")


def test_a_request_cannot_come_tomorrow():
    with pytest.raises(NotYetReceived):
        asked(received_at=MONDAY_NOON + HOUR)


def test_done_is_done_once():
    request = asked(kind=Kind.ACCESS)
    finish_request(asked=request, by=a_clerk(), at=LATER)

    with pytest.raises(AlreadyDone):
        finish_request(asked=request, by=a_clerk(), at=LATER)


@pytest.mark.parametrize("role", [an_agent, a_citizen])
def test_only_the_city_takes_requests_of_others(role):
    with pytest.raises(PermissionDenied):
        asked(by=role(), person=a_person())


# --- Erasing -----------------------------------------------------------------------------------------------------------


def test_erasing_oneself_blanks_the_row_and_gives_a_receipt():
    the_rule()
    me = anna()
    EmailAddress.objects.create(user=me.person, email="anna@example.org", verified=True, primary=True)
    learn_key(person=me.person, scheme=PersonKey.Scheme.EMAIL, attribute="anna@example.org", at=MONDAY_NOON)
    view_contact(person=me.person, by=a_clerk(), reason="Anna asked for a call.", at=MONDAY_NOON)
    a_browser(me)

    erasure = erase_own(by=me, words_too=False, at=LATER)

    person = Person.objects.get(pk=me.person_id)
    assert (person.email, person.name, person.phone, person.is_active, person.erased_at) == (None, "", "", False, LATER)
    assert not person.has_usable_password()
    assert not EmailAddress.objects.exists()
    assert not PersonKey.objects.exists()
    assert ContactView.objects.get().reason == ""
    assert not any(session.get_decoded().get("_auth_user_id") == str(person.pk) for session in Session.objects.all())
    assert erasure.removed["account.EmailAddress"] == 1
    assert erasure.removed["sessions.Session"] == 1
    assert (erasure.role, erasure.identity, erasure.erased_at) == ("citizen", Identity.SIGN_IN, LATER)


def test_erasing_oneself_opens_and_meets_the_clock_at_once():
    the_rule()

    erasure = erase_own(by=anna(), words_too=False, at=LATER)

    request = PersonalRequest.objects.get(erasure=erasure)
    assert request.obligation.met_at == LATER
    assert request.done_at == LATER


def test_the_log_says_that_somebody_was_erased_with_counts_and_nothing_of_them():
    me = anna()

    erase_own(by=me, words_too=False, at=LATER)

    event = Event.objects.get(kind=Event.Kind.PERSON_ERASED)
    assert event.facts["removed"]["portal.Person"] == 1
    assert "anna" not in str(event.facts).lower()


def test_words_stay_without_their_author():
    me = anna()
    case = a_suggestion(by=me, title="The brakes squeal", place="Kerkstraat 1", is_home=True)

    erase_own(by=me, words_too=False, at=LATER)

    case.refresh_from_db()
    assert (case.title, case.text) == ("The brakes squeal", "Every morning at the station.")
    assert case.place == ""
    assert (case.author_erased_at, case.words_removed_at) == (LATER, None)


def test_words_go_too_and_leave_a_tombstone_with_every_clock():
    me = anna()
    case = a_suggestion(by=me)
    clocks = case.obligations.count()

    erasure = erase_own(by=me, words_too=True, at=LATER)

    case.refresh_from_db()
    assert (case.title, case.text, case.words_removed_at) == ("Removed by its author", "", LATER)
    assert case.obligations.running().count() == clocks
    assert "suggestions.Suggestion" not in erasure.stays or erasure.words_too


def test_a_tombstone_is_written_in_the_language_of_the_words():
    me = anna()
    case = a_suggestion(by=me, lang="nl")

    erase_own(by=me, words_too=True, at=LATER)

    case.refresh_from_db()
    assert case.title == "Weggehaald door de auteur"


def test_supports_stay_counted_and_their_salt_is_destroyed():
    me, case = anna(), a_suggestion()
    learn_key(person=me.person, scheme=PersonKey.Scheme.EMAIL, attribute="anna@example.org", at=MONDAY_NOON)
    give_support(suggestion=case, by=me, channel=Channel.WEB, at=MONDAY_NOON)

    erase_own(by=me, words_too=True, at=LATER)

    support = Support.objects.get()
    assert support.is_counted
    assert support.salt is None


def test_nobody_counts_twice_by_being_erased_in_between():
    me, case = anna(), a_suggestion()
    learn_key(person=me.person, scheme=PersonKey.Scheme.EMAIL, attribute="anna@example.org", at=MONDAY_NOON)
    give_support(suggestion=case, by=me, channel=Channel.WEB, at=MONDAY_NOON)
    erase_own(by=me, words_too=False, at=LATER)

    again = anna()
    learn_key(person=again.person, scheme=PersonKey.Scheme.EMAIL, attribute="anna@example.org", at=LATER)
    give_support(suggestion=case, by=again, channel=Channel.WEB, at=LATER + HOUR)

    assert sum(support.is_counted for support in Support.objects.all()) == 1


def test_what_was_followed_is_forgotten():
    me, case = anna(), a_suggestion()
    Follow.objects.create(person=me.person, suggestion=case, since_at=MONDAY_NOON)

    erase_own(by=me, words_too=False, at=LATER)

    assert not Follow.objects.exists()


def test_who_works_here_is_not_erased_before_the_role_ends():
    clerk = a_clerk()

    with pytest.raises(StillEmployed):
        erase_own(by=Actor.objects.person(clerk.membership.person_id), words_too=False, at=LATER)


def test_nobody_is_erased_twice():
    me = anna()
    erase_person(person=me.person, by=me, at=LATER)

    with pytest.raises(AlreadyErased):
        erase_person(person=me.person, by=me, at=LATER)


@pytest.mark.parametrize("role", [a_citizen, an_agent])
def test_nobody_erases_somebody_else(role):
    with pytest.raises(PermissionDenied):
        erase_person(person=a_person(), by=role(), at=LATER)


def test_a_role_erases_no_citizen_by_acting_in_it():
    with pytest.raises(PermissionDenied):
        erase_own(by=a_clerk(), words_too=False, at=LATER)


# --- By receipt, and at the desk ---------------------------------------------------------------------------------------


def test_the_holder_of_a_receipt_is_erased_from_one_case():
    case = a_suggestion(answer_by="email", contact=Contact(name="Anna", email="anna@example.org"))

    erasure = erase_own_case(suggestion=case, by=the_author(case), words_too=True, at=LATER)

    case.refresh_from_db()
    assert Person.objects.get(pk=case.contact_id).erased_at == LATER
    assert (case.phrase_hash, case.title) == (None, "Removed by its author")
    assert erasure.scope == Erasure.Scope.CASE


def test_an_account_with_the_same_address_is_left_alone():
    me = anna()
    me.person.set_password("a long password of mine")
    me.person.save()
    case = a_suggestion(answer_by="email", contact=Contact(email="anna@example.org"))

    erase_own_case(suggestion=case, by=the_author(case), words_too=False, at=LATER)

    case.refresh_from_db()
    me.person.refresh_from_db()
    assert me.person.email == "anna@example.org"
    assert case.contact is None


def test_a_receipt_opens_nothing_after_the_erasure():
    receipt = a_receipt(answer_by="email", contact=Contact(email="anna@example.org"), visibility="city_and_operator")
    case, browser = receipt.suggestion, a_browser()
    browser.post("/follow/", {"reference": case.reference, "phrase": receipt.phrase})
    assert browser.get(case.get_absolute_url()).status_code == 200

    erase_own_case(suggestion=case, by=the_author(case), words_too=False, at=LATER)

    assert browser.get(case.get_absolute_url()).status_code == 404
    assert a_browser().post("/follow/", {"reference": case.reference, "phrase": receipt.phrase}).status_code != 302


def test_another_receipt_erases_nothing():
    case, other = a_suggestion(), a_suggestion()

    with pytest.raises(PermissionDenied):
        erase_own_case(suggestion=case, by=the_author(other), words_too=True, at=LATER)


def test_a_clerk_erases_for_somebody_at_the_desk():
    the_rule()
    me = anna()
    request = asked(person=me.person)

    erasure = erase_for(asked=request, by=a_clerk(), words_too=False, at=LATER)

    request.refresh_from_db()
    assert request.erasure == erasure
    assert (erasure.role, erasure.identity) == ("city_clerk", Identity.DOCUMENT)
    assert request.obligation.met_at == LATER
    assert Person.objects.get(pk=me.person_id).erased_at == LATER


def test_a_clerk_reaches_the_cases_where_only_the_address_was_left():
    case = a_suggestion(answer_by="email", contact=Contact(name="Anna", email="anna@example.org"))
    request = asked(person=case.contact)

    erase_for(asked=request, by=a_clerk(), words_too=True, at=LATER)

    case.refresh_from_db()
    assert case.words_removed_at == LATER
    assert case.contact.email is None


def test_nobody_known_cannot_be_erased():
    with pytest.raises(NobodyKnown):
        erase_for(asked=asked(), by=a_clerk(), words_too=False, at=LATER)


# --- The pages ---------------------------------------------------------------------------------------------------------


def test_erasing_asks_to_sign_in_once_more_when_the_visit_is_old():
    me = anna()

    answer = a_browser(me).post("/mine/erase/", {"words": "keep", "confirm": "ERASE"})

    assert answer.status_code == 302
    assert Person.objects.get(pk=me.person_id).erased_at is None


def test_erasing_ends_on_a_receipt_and_leaves_the_browser_empty():
    browser = a_recent_browser(anna())

    answer = browser.post("/mine/erase/", {"words": "away", "confirm": "erase"})
    receipt = browser.get(answer["Location"])

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert Erasure.objects.get().reference in receipt.content.decode()
    assert "anna" not in receipt.content.decode().lower()
    assert browser.get("/mine/data/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": "keep"}, "ERASE"),
        ({"confirm": "ERASE"}, "Choose whether the words stay."),
        ({"words": "keep", "confirm": "yes"}, "ERASE"),
    ],
)
def test_a_slip_erases_nothing(typed, said):
    me = anna()

    answer = a_recent_browser(me).post("/mine/erase/", typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Person.objects.get(pk=me.person_id).erased_at is None


def test_who_works_here_reads_one_clear_sentence():
    clerk = a_clerk()

    page = a_recent_browser(Actor.objects.person(clerk.membership.person_id)).get("/mine/erase/")

    assert "You have a role at the city or an operator." in page.content.decode()


def test_the_holder_of_a_receipt_erases_on_a_page_of_the_case():
    receipt = a_receipt(answer_by="email", contact=Contact(email="anna@example.org"))
    browser = a_browser()
    browser.post("/follow/", {"reference": receipt.suggestion.reference, "phrase": receipt.phrase})

    answer = browser.post(f"/suggestions/{receipt.suggestion.reference}/erase/", {"words": "keep", "confirm": "ERASE"})

    assert answer["Location"].startswith("/privacy/erasures/")
    assert not Person.objects.filter(email="anna@example.org").exists()


def test_a_clerk_takes_a_letter_in_and_erases():
    the_rule()
    me, clerk = anna(), a_browser(a_clerk())
    letter = {"kind": "erase", "channel": "paper", "received_on": "2026-03-02", "identity": "known", "email": "Anna@example.org"}

    taken = clerk.post("/personal-requests/new/", letter)
    page = clerk.get(taken["Location"])
    done = clerk.post(f"{taken['Location']}erase/", {"words": "keep"})

    assert page.status_code == 200
    assert "anna@" not in page.content.decode()
    assert done["Location"].startswith("/privacy/erasures/")
    assert Person.objects.get(pk=me.person_id).email is None
    assert clerk.get("/personal-requests/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "", "reference": ""},
        {"reference": "AN-XXXX-XXXX-X"},
        {"received_on": "2999-01-01"},
        {"received_on": "soon"},
        {"kind": "burn"},
        {"identity": ""},
    ],
)
def test_a_wrong_entry_is_one_sentence_and_loses_nothing(wrong):
    entry = {"kind": "erase", "channel": "paper", "received_on": "2026-03-02", "identity": "known", "email": "anna@example.org"}

    answer = a_browser(a_clerk()).post("/personal-requests/new/", entry | wrong)

    assert answer.status_code == 422
    assert not PersonalRequest.objects.exists()


def test_a_clerk_hands_over_a_copy_and_the_person_can_read_that_it_was_in_hands():
    me = anna()
    request = asked(kind=Kind.ACCESS, person=me.person)

    copy = a_browser(a_clerk()).post(f"/personal-requests/{request.reference}/copy.json")

    assert copy.json()["held"]["portal.Person"][0]["email"] == "anna@example.org"
    assert ContactView.objects.get().person == me.person


def test_own_data_are_whole_and_leave_nobody_else_in():
    me, other = anna(), a_citizen()
    a_suggestion(by=me, title="My own words")
    theirs = a_suggestion(by=other, title="Words of somebody else")
    give_support(suggestion=theirs, by=me, channel=Channel.WEB, at=MONDAY_NOON)
    Follow.objects.get_or_create(person=me.person, suggestion=theirs, defaults={"since_at": MONDAY_NOON})

    held = {section.label: section.rows for section in own_data(Whose(person_id=me.person_id))}

    assert held["suggestions.Suggestion"][0]["title"] == "My own words"
    assert held["suggestions.Support"][0]["suggestion"] == theirs.reference
    assert held["suggestions.Follow"][0]["suggestion"] == theirs.reference
    assert other.person.email not in str(held)
    assert "Words of somebody else" not in str(held)


def test_own_data_come_as_json_and_as_zipped_csv_and_stay_in_no_cache():
    me = anna()
    a_suggestion(by=me, title="=1+1")
    browser = a_browser(me)

    as_json, as_zip, page = browser.get("/mine/data/copy.json"), browser.get("/mine/data/copy.zip"), browser.get("/mine/data/")

    assert as_json.json()["held"]["suggestions.Suggestion"][0]["title"] == "=1+1"
    assert "Anna Peeters" in page.content.decode()
    assert as_zip.content[:2] == b"PK"
    assert all("no-store" in answer["Cache-Control"] for answer in (as_json, as_zip, page))


def test_in_a_role_nobody_reads_own_data():
    assert a_browser(a_clerk()).get("/mine/data/").status_code == 403
