from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from portal.actions.events import record_event
from portal.actions.notices import ATTEMPTS, choose_notices, forget_person, mail_counts, unsubscribe
from portal.models import Actor, Event, Mail, Notice, Pace, Person, Scope, Topic, Visibility
from suggestions.actions.decisions import decide
from suggestions.actions.follows import follow
from suggestions.actions.notices import send_notices, tell_followers
from suggestions.actions.obligations import breach_overdue
from suggestions.actions.responses import ask_citizen, publish_response
from suggestions.actions.suggestions import Contact, withdraw_suggestion
from suggestions.models import Decision, Response, Suggestion, Telling
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_citizen,
    a_clerk,
    a_contact,
    a_person,
    a_suggestion,
    an_agent,
    the_author,
)

MINUTE = timedelta(minutes=1)
TUESDAY_AT_SEVEN = datetime(2026, 3, 3, 6, tzinfo=UTC)  # seven o'clock in Brussels


def a_reader(**fields) -> Actor:
    """A citizen with an account whose address was proven."""
    person = a_person(**fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return Actor.objects.person(person.pk)


def answered(suggestion: Suggestion, *, at: datetime = MONDAY_NOON + HOUR, by: Actor | None = None) -> Response:
    return publish_response(suggestion=suggestion, by=by or an_agent(), kind=Response.Kind.UPDATE, text="We look at it.", at=at)


def addressees() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


@pytest.mark.django_db
def test_author_is_mailed_at_once_by_the_address_they_left():
    suggestion = a_suggestion(answer_by="email", contact=Contact(email="author@example.org"))
    answered(suggestion)

    tell_followers(at=MONDAY_NOON + HOUR)
    sent = send_notices(at=MONDAY_NOON + HOUR)

    assert sent == 1
    [message] = mail.outbox
    assert message.to == ["author@example.org"]
    assert suggestion.reference in message.subject
    for part in (message.body, message.alternatives[0].content):
        assert "The Operator wrote an update. This is not a decision." in part
        assert "Next: The Operator must decide, with reasons by" in part
        assert f"/suggestions/{suggestion.reference}/" in part


@pytest.mark.django_db
def test_follower_gets_one_digest_on_the_next_morning_and_no_second_on_that_day():
    reader, first, second = a_reader(), a_suggestion(), a_suggestion()
    for suggestion in (first, second):
        follow(subject=suggestion, by=reader, at=MONDAY_NOON)
        answered(suggestion)
    sweep(MONDAY_NOON + HOUR)
    before = len(mail.outbox)

    sweep(TUESDAY_AT_SEVEN)
    answered(first, at=TUESDAY_AT_SEVEN + HOUR)
    for hours in range(16):
        sweep(TUESDAY_AT_SEVEN + hours * HOUR)

    assert before == 0
    [digest] = mail.outbox
    assert first.reference in digest.body
    assert second.reference in digest.body
    assert digest.subject == "News of 2 suggestions you follow"


def sweep(at: datetime) -> int:
    tell_followers(at=at)
    return send_notices(at=at)


@pytest.mark.django_db
def test_what_was_known_after_seven_waits_for_the_digest_of_the_next_day():
    reader, suggestion = a_reader(), a_suggestion()
    follow(subject=suggestion, by=reader, at=MONDAY_NOON)
    answered(suggestion, at=TUESDAY_AT_SEVEN)
    sweep(TUESDAY_AT_SEVEN + HOUR)
    on_tuesday = len(mail.outbox)

    sweep(TUESDAY_AT_SEVEN + DAY)

    assert (on_tuesday, len(mail.outbox)) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "seven",
    [
        datetime(2026, 3, 29, 5, tzinfo=UTC),  # summer time began in the night: seven comes after 23 hours
        datetime(2026, 10, 25, 6, tzinfo=UTC),  # it ended in the night: after 25
    ],
)
def test_digest_leaves_at_seven_on_the_wall_when_the_clocks_change(seven):
    reader, suggestion = a_reader(), a_suggestion(at=seven - 2 * DAY)
    follow(subject=suggestion, by=reader, at=seven - 2 * DAY)
    answered(suggestion, at=seven - 10 * HOUR)

    sweep(seven - MINUTE)
    before = len(mail.outbox)
    sweep(seven)

    assert (before, len(mail.outbox)) == (0, 1)
    assert Mail.objects.get().digest_on == seven.date()


@pytest.mark.django_db
def test_follower_of_a_service_or_an_area_hears_of_its_cases_and_of_new_ones():
    service = a_suggestion().service
    reader = a_reader()
    follow(subject=service, by=reader, at=MONDAY_NOON + MINUTE)

    suggestion = a_suggestion(at=MONDAY_NOON + HOUR)
    answered(suggestion, at=MONDAY_NOON + 2 * HOUR)
    tell_followers(at=MONDAY_NOON + 2 * HOUR)

    told = Notice.objects.filter(person=reader.person, case=suggestion.reference).values_list("kind", flat=True)
    assert set(told) == {Event.Kind.SUGGESTION_SUBMITTED, Event.Kind.RESPONSE_PUBLISHED}


@pytest.mark.django_db
def test_somebody_who_follows_the_case_and_its_service_is_told_once():
    suggestion, reader = a_suggestion(), a_reader()
    for subject in (suggestion, suggestion.service):
        follow(subject=subject, by=reader, at=MONDAY_NOON)
    answered(suggestion)

    tell_followers(at=MONDAY_NOON + HOUR)

    assert Notice.objects.filter(person=reader.person, kind=Event.Kind.RESPONSE_PUBLISHED).count() == 1


@pytest.mark.django_db
def test_nobody_is_mailed_at_an_address_that_was_not_proven():
    suggestion, careless = a_suggestion(), a_citizen()
    follow(subject=suggestion, by=careless, at=MONDAY_NOON)
    EmailAddress.objects.create(user=careless.person, email=careless.person.email, verified=False)
    answered(suggestion)

    tell_followers(at=MONDAY_NOON + HOUR)

    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_address_left_for_one_case_is_mailed_about_that_case_only():
    mine = a_suggestion(answer_by="email", contact=Contact(email="author@example.org"))
    other = a_suggestion(by=a_citizen())
    for suggestion in (mine, other):
        answered(suggestion)

    tell_followers(at=MONDAY_NOON + HOUR)

    assert {notice.case for notice in Notice.objects.all()} == {mine.reference}


@pytest.mark.django_db
def test_case_that_is_not_public_is_told_to_its_author_and_to_no_follower():
    reader = a_reader()
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR, **a_contact())
    follow(subject=suggestion.service, by=reader, at=MONDAY_NOON)
    answered(suggestion)

    tell_followers(at=MONDAY_NOON + HOUR)

    assert [notice.scope for notice in Notice.objects.all()] == [Scope.OWN]


@pytest.mark.django_db
def test_whoever_did_it_is_not_told_of_it():
    suggestion, agent = a_suggestion(), an_agent()
    person = agent.membership.person
    EmailAddress.objects.create(user=person, email=person.email, verified=True)
    as_citizen = Actor.objects.person(person.pk)
    follow(subject=suggestion, by=as_citizen, at=MONDAY_NOON)
    answered(suggestion, by=agent)
    answered(suggestion, by=an_agent(), at=MONDAY_NOON + 2 * HOUR)

    tell_followers(at=MONDAY_NOON + 2 * HOUR)

    [notice] = Notice.objects.all()
    assert notice.known_at == MONDAY_NOON + 2 * HOUR


@pytest.mark.django_db
def test_author_is_not_told_what_they_did_themselves():
    suggestion = a_suggestion(**a_contact())
    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Settled.", at=MONDAY_NOON + HOUR)

    tell_followers(at=MONDAY_NOON + HOUR)

    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_hidden_item_is_told_to_the_author_alone_with_the_way_to_appeal():
    suggestion, follower = a_suggestion(**a_contact()), a_reader()
    follow(subject=suggestion, by=follower, at=MONDAY_NOON)
    record_event(Event.Kind.ITEM_HIDDEN, about=suggestion, by=a_clerk(), at=MONDAY_NOON + HOUR, case=suggestion.reference)

    sweep(MONDAY_NOON + DAY)

    [message] = mail.outbox
    assert message.to != [follower.person.email]
    assert "On the page you read why, and can appeal." in message.body


@pytest.mark.django_db
def test_history_is_no_news():
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)

    tell_followers(at=MONDAY_NOON + 30 * DAY)

    assert not Notice.objects.exists()
    assert not Telling.objects.exists()


@pytest.mark.django_db
def test_sweep_that_slept_for_a_day_tells_each_thing_once_and_says_when_it_was():
    a_suggestion(**a_contact())
    breach_overdue(at=MONDAY_NOON + 3 * DAY)  # the acknowledgement ran out on Tuesday at noon

    for _ in range(2):
        sweep(MONDAY_NOON + 4 * DAY)

    [message] = mail.outbox
    assert "* Tue 3 Mar, 12:00: The Operator is late: it had to acknowledge." in message.body


@pytest.mark.django_db
def test_what_happened_together_to_one_case_is_one_mail():
    suggestion = a_suggestion(**a_contact())
    decide(
        suggestion=suggestion,
        by=an_agent(),
        outcome=Decision.Outcome.ACCEPTED,
        reasons="We shall.",
        promise="New brakes",
        promised_on=(MONDAY_NOON + 10 * DAY).date(),
        at=MONDAY_NOON + HOUR,
    )

    sweep(MONDAY_NOON + HOUR)

    [message] = mail.outbox
    assert "The Operator decided: Accepted." in message.body
    assert "The Operator promised it for Thu 12 Mar." in message.body
    assert "Did this answer you?" in message.body


@pytest.mark.django_db
def test_wishes_decide_whether_and_how_often():
    suggestion, never, hasty = a_suggestion(), a_reader(), a_reader()
    for reader in (never, hasty):
        follow(subject=suggestion, by=reader, at=MONDAY_NOON)
    choose_notices(person=never.person, paces={(Scope.FOLLOWED, Topic.ANSWERS): Pace.NEVER}, at=MONDAY_NOON)
    choose_notices(person=hasty.person, paces={(Scope.FOLLOWED, Topic.ANSWERS): Pace.AT_ONCE}, at=MONDAY_NOON)
    answered(suggestion)

    sweep(MONDAY_NOON + HOUR)

    assert addressees() == [hasty.person.email]
    assert not Notice.objects.filter(person=never.person).exists()


@pytest.mark.django_db
def test_new_wish_holds_for_what_waits_already():
    suggestion, reader = a_suggestion(), a_reader()
    follow(subject=suggestion, by=reader, at=MONDAY_NOON)
    answered(suggestion)
    tell_followers(at=MONDAY_NOON + HOUR)

    choose_notices(person=reader.person, paces={(Scope.FOLLOWED, Topic.ANSWERS): Pace.AT_ONCE}, at=MONDAY_NOON + HOUR)
    send_notices(at=MONDAY_NOON + HOUR)

    assert addressees() == [reader.person.email]


@pytest.mark.django_db
def test_mail_quotes_nobody_and_follows_nobody():
    suggestion = a_suggestion(**a_contact())
    ask_citizen(suggestion=suggestion, by=an_agent(), text="Which bicycle?", at=MONDAY_NOON + HOUR)

    sweep(MONDAY_NOON + HOUR)

    [message] = mail.outbox
    html = message.alternatives[0].content
    assert "The Operator asks you something." in message.body
    assert "Which bicycle?" not in message.body + html  # what people wrote stays on the page
    assert "<img" not in html
    assert message.to[0] not in message.body + html + str(message.extra_headers)


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "wrote", "language"), [("nl", "en", "nl"), ("", "nl", "nl"), ("", "tlh", "en"), ("xx", "nl", "en")])
def test_mail_is_in_the_own_language_of_the_author_where_the_portal_speaks_it(settings, chosen, wrote, language):
    settings.LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
    suggestion = a_suggestion(lang=wrote, **a_contact())
    Person.objects.filter(pk=suggestion.contact_id).update(language=chosen)
    answered(suggestion)

    sweep(MONDAY_NOON + HOUR)

    assert f'<html lang="{language}"' in mail.outbox[0].alternatives[0].content


@pytest.mark.django_db
def test_mail_that_the_server_refuses_is_tried_again_later_and_given_up_in_the_end(monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    at, tries = MONDAY_NOON + HOUR, 0
    tell_followers(at=at)

    while tries < 20 and not Mail.objects.given_up().exists():
        send_notices(at=at)
        [letter] = Mail.objects.all()
        assert letter.given_up_at or letter.due_at > at
        at, tries = letter.due_at, tries + 1

    assert tries == ATTEMPTS
    assert mail_counts(at=at)["given_up"] == 1


def refuse(self, messages):
    raise SMTPDataError(452, b"Too many messages")


@pytest.mark.django_db
def test_mail_of_which_nobody_knows_whether_it_left_is_counted_and_never_sent_again(monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", break_off)
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    sweep(MONDAY_NOON + HOUR)
    monkeypatch.undo()

    sent = [sweep(MONDAY_NOON + HOUR + minutes * MINUTE) for minutes in range(0, 120, 10)]

    assert sum(sent) == 0
    assert mail_counts(at=MONDAY_NOON + 2 * HOUR)["uncertain"] == 1


def break_off(self, messages):
    raise SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.mark.django_db
def test_mails_wait_untouched_while_no_server_answers(monkeypatch):
    monkeypatch.setattr(EmailBackend, "open", nobody_there, raising=False)
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    sweep(MONDAY_NOON + HOUR)
    waiting = Mail.objects.get()
    monkeypatch.undo()

    sent = sweep(MONDAY_NOON + 2 * HOUR)

    assert (waiting.attempts, sent) == (0, 1)


def nobody_there(self):
    raise ConnectionRefusedError


@pytest.mark.django_db
def test_every_mail_can_be_stopped_by_one_request_without_a_session():
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    sweep(MONDAY_NOON + HOUR)
    headers = mail.outbox[0].extra_headers

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http")


@pytest.mark.django_db
def test_unsubscribing_stops_the_mails_that_wait_as_well():
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    tell_followers(at=MONDAY_NOON + HOUR)
    person = Notice.objects.get().person
    from_now = MONDAY_NOON + HOUR

    unsubscribe(person=person, scopes=[Scope.OWN], at=from_now)
    answered(suggestion, at=from_now + HOUR)
    sweep(from_now + HOUR)

    assert not mail.outbox
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_nothing_leaves_for_a_person_who_was_erased_in_between():
    suggestion = a_suggestion(**a_contact())
    answered(suggestion)
    tell_followers(at=MONDAY_NOON + HOUR)
    person = Notice.objects.get().person

    forgotten = forget_person(person=person)
    Person.objects.filter(pk=person.pk).update(email=None, is_active=False, erased_at=MONDAY_NOON + HOUR)
    answered(suggestion, at=MONDAY_NOON + 2 * HOUR)
    sweep(MONDAY_NOON + 2 * HOUR)

    assert forgotten == 1
    assert not mail.outbox
    assert not Notice.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("pairs", [1, 3])
def test_telling_takes_as_many_queries_for_three_events_as_for_one(pairs, django_assert_num_queries):
    reader = a_reader()
    for _ in range(pairs):
        suggestion = a_suggestion(**a_contact())
        follow(subject=suggestion, by=reader, at=MONDAY_NOON)
        answered(suggestion)

    with django_assert_num_queries(8):  # claim, public cases, fan-out and a claim that finds nothing, in two savepoints
        tell_followers(at=MONDAY_NOON + HOUR)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_tell_and_send_each_thing_once():
    readers = [a_reader() for _ in range(5)]
    for _ in range(12):
        suggestion = a_suggestion(**a_contact())
        for reader in readers:
            follow(subject=suggestion, by=reader, at=MONDAY_NOON)
        answered(suggestion)

    def run(_number: int) -> tuple[int, int]:
        try:
            return tell_followers(at=TUESDAY_AT_SEVEN), send_notices(at=TUESDAY_AT_SEVEN)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    run(5)  # what a sweep left to another that was on it

    assert Notice.objects.count() == 12 + 12 * len(readers)
    assert not Notice.objects.filter(mail=None).exists()
    assert len(mail.outbox) == 12 + len(readers) == len({message.extra_headers["Message-ID"] for message in mail.outbox})
    assert Mail.objects.sent().count() == len(mail.outbox)
