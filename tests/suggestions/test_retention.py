import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail

from portal.actions.people import learn_key, view_contact
from portal.data_register import register
from portal.models import AccountWarning, ContactView, Erasure, Person, PersonKey, RetentionRun
from suggestions.actions.retention import apply_retention
from suggestions.actions.suggestions import Contact, withdraw_suggestion
from suggestions.actions.supports import give_support
from suggestions.models import Channel, Follow, PersonalRequest, Support, SupportClaim
from suggestions.tasks import apply_retention as nightly
from tests.factories import DAY, HOUR, MONDAY_NOON, a_browser, a_citizen, a_clerk, a_member, a_person, a_suggestion, the_author

pytestmark = pytest.mark.django_db

ANNA = {"answer_by": "email", "contact": Contact(name="Anna", email="anna@example.org")}


def days_of(rule):
    return register().rules[rule].days * DAY


def a_settled_case(*, at=MONDAY_NOON, **fields):
    case = a_suggestion(at=at, **ANNA | fields)
    return withdraw_suggestion(suggestion=case, by=the_author(case), reason="Mended.", at=at + HOUR)


def made(person, at):
    Person.objects.filter(pk=person.pk).update(created_at=at)


def an_account(*, at=MONDAY_NOON, **fields):
    person = a_person(**{"email": "anna@example.org", "last_login": at} | fields)
    made(person, at)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def test_contact_data_go_once_nothing_was_owed_for_so_long():
    case = a_settled_case()
    made(case.contact, MONDAY_NOON)
    over = MONDAY_NOON + HOUR + days_of("contact")

    on_the_day = apply_retention(at=over)
    after = apply_retention(at=over + HOUR)

    case.contact.refresh_from_db()
    assert (on_the_day["contact"], after["contact"]) == (0, 1)
    assert (case.contact.email, case.contact.name, case.contact.erased_at) == (None, "", over + HOUR)


def test_contact_data_stay_while_anything_is_owed():
    case = a_suggestion(**ANNA)
    made(case.contact, MONDAY_NOON)

    apply_retention(at=MONDAY_NOON + 3 * days_of("contact"))

    case.contact.refresh_from_db()
    assert case.contact.email == "anna@example.org"


def test_contact_data_stay_while_another_case_moves():
    over = a_settled_case()
    a_suggestion(at=MONDAY_NOON + days_of("contact"), **ANNA)
    made(over.contact, MONDAY_NOON)

    removed = apply_retention(at=MONDAY_NOON + days_of("contact") + 10 * DAY)

    assert removed["contact"] == 0


def test_an_account_is_not_taken_for_a_left_address():
    person = an_account(at=MONDAY_NOON + 300 * DAY)
    made(person, MONDAY_NOON)
    a_settled_case()

    removed = apply_retention(at=MONDAY_NOON + days_of("contact") + 120 * DAY)

    assert removed["contact"] == 0


def test_marks_of_supports_go_and_the_count_stays():
    case, citizen = a_settled_case(), a_citizen()
    other = a_suggestion()
    learn_key(person=citizen.person, scheme=PersonKey.Scheme.EMAIL, attribute="me@example.org", at=MONDAY_NOON)
    give_support(suggestion=other, by=citizen, channel=Channel.WEB, at=MONDAY_NOON)
    withdraw_suggestion(suggestion=other, by=the_author(other), reason="Mended.", at=MONDAY_NOON + HOUR)
    assert SupportClaim.objects.exists()

    apply_retention(at=MONDAY_NOON + days_of("support_mark") + DAY)

    assert not SupportClaim.objects.exists()
    assert Support.objects.get().is_counted
    assert Support.objects.get().salt is None
    assert case.pk


def test_an_unused_account_is_warned_twice_and_then_erased():
    person = an_account()
    end = MONDAY_NOON + days_of("account")

    apply_retention(at=end - 31 * DAY)
    assert len(mail.outbox) == 0
    for _night in range(2):
        apply_retention(at=end - 29 * DAY)
    assert [message.subject for message in mail.outbox] == ["Your account will be erased in 30 days"]
    apply_retention(at=end - 6 * DAY)
    assert len(mail.outbox) == 2
    soon = apply_retention(at=end + HOUR)
    late = apply_retention(at=end + 2 * DAY)

    person.refresh_from_db()
    assert (soon["account"], late["account"]) == (0, 1)  # seven whole days after the second mail, not one less
    assert person.erased_at == end + 2 * DAY
    assert Erasure.objects.get().identity == Erasure.Identity.INACTIVE


def test_signing_in_again_makes_the_warnings_void():
    person = an_account()
    end = MONDAY_NOON + days_of("account")
    apply_retention(at=end - 29 * DAY)
    apply_retention(at=end - 7 * DAY + HOUR)
    Person.objects.filter(pk=person.pk).update(last_login=end - DAY)

    removed = apply_retention(at=end + 30 * DAY)
    apply_retention(at=end - DAY + days_of("account") - 29 * DAY)

    assert removed["account"] == 0
    assert AccountWarning.objects.get(days_left=30).warned_at > end
    assert len(mail.outbox) == 3


def test_a_clock_that_slept_warns_before_it_erases():
    person = an_account()
    long_after = MONDAY_NOON + days_of("account") + 400 * DAY

    first = apply_retention(at=long_after)
    second = apply_retention(at=long_after + 8 * DAY)

    person.refresh_from_db()
    assert (first["account"], second["account"]) == (0, 1)
    assert len(mail.outbox) == 2


def test_who_works_here_is_never_erased_for_being_quiet():
    clerk = a_clerk()
    Person.objects.filter(pk=clerk.membership.person_id).update(last_login=MONDAY_NOON, created_at=MONDAY_NOON)

    for extra in (0, 10, 20):
        apply_retention(at=MONDAY_NOON + 2 * days_of("account") + extra * DAY)

    assert Person.objects.get(pk=clerk.membership.person_id).erased_at is None


def test_an_account_that_was_never_confirmed_goes_after_thirty_days():
    person = an_account(last_login=None)
    EmailAddress.objects.update(verified=False)

    early = apply_retention(at=MONDAY_NOON + days_of("unconfirmed"))
    late = apply_retention(at=MONDAY_NOON + days_of("unconfirmed") + HOUR)

    assert (early["unconfirmed"], late["unconfirmed"]) == (0, 1)
    assert Person.objects.get(pk=person.pk).erased_at


def test_sessions_that_ended_go_and_those_that_run_stay():
    a_browser(a_citizen())
    a_browser(a_citizen())
    Session.objects.filter(pk=Session.objects.order_by("pk").first().pk).update(expire_date=MONDAY_NOON)

    removed = apply_retention(at=MONDAY_NOON + HOUR)

    assert removed["session"] == 1
    assert Session.objects.count() == 1


def test_looks_and_ended_follows_go_in_their_time():
    citizen = a_citizen()
    view_contact(person=citizen.person, by=a_clerk(), reason="To call.", at=MONDAY_NOON)
    Follow.objects.create(person=citizen.person, suggestion=a_suggestion(), since_at=MONDAY_NOON, until_at=MONDAY_NOON + HOUR)

    early = apply_retention(at=MONDAY_NOON + HOUR)
    late = apply_retention(at=MONDAY_NOON + days_of("contact_view") + DAY)

    assert (early["contact_view"], early["follow"]) == (0, 0)
    assert (late["contact_view"], late["follow"]) == (1, 1)
    assert not ContactView.objects.exists()


def test_a_request_forgets_whose_it_was():
    request = PersonalRequest.objects.create(
        kind="access",
        person=a_person(),
        channel=Channel.PAPER,
        identity="known",
        received_at=MONDAY_NOON,
        known_at=MONDAY_NOON,
        done_at=MONDAY_NOON,
        done_known_at=MONDAY_NOON,
    )

    apply_retention(at=MONDAY_NOON + days_of("personal_request") + DAY)

    request.refresh_from_db()
    assert request.person is None


def test_a_second_run_finds_nothing_and_every_run_is_counted():
    a_settled_case()
    Person.objects.update(created_at=MONDAY_NOON)
    night = MONDAY_NOON + days_of("contact") + DAY

    first, second = apply_retention(at=night), apply_retention(at=night + HOUR)

    assert sum(first.values()) > 0
    assert sum(second.values()) == 0
    assert RetentionRun.objects.filter(ran_at=night).count() == len(first)


def test_the_last_runs_are_shown_to_those_who_must_see_that_it_happens():
    apply_retention(at=MONDAY_NOON)

    assert a_browser(a_clerk()).get("/retention/").status_code == 200
    assert a_browser(a_member("auditor")).get("/retention/").status_code == 200
    assert a_browser(a_member("operator_agent")).get("/retention/").status_code == 403


def test_the_night_is_on_the_beat(settings):
    assert "suggestions.tasks.apply_retention" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert nightly()["contact"] == 0
