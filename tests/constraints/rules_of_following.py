"""For each constraint of following, notices and satisfactions, the ways to break it and nothing else."""

from datetime import date
from uuid import UUID

from portal.models import Area, Event, Mail, Notice, NoticePreference, Pace, Scope, Topic
from portal.references import uuid7
from suggestions.models import Follow, Satisfaction
from tests.constraints.rows import a_decision_row, a_suggestion_row, an_actor, change, remove
from tests.factories import HOUR, MONDAY_NOON, a_person, a_service

LATER = MONDAY_NOON + HOUR


def an_area_row():
    return Area.objects.get_or_create(code="harbour", defaults={"name": {"en": "Old harbour"}})[0]


def a_follow(**fields):
    return Follow.objects.create(**{"person": a_person(), "since_at": MONDAY_NOON} | fields)


def followed_twice(**subject):
    person = a_person()
    for _ in range(2):
        a_follow(person=person, **subject)


def a_mail(**fields):
    return Mail.objects.create(**{"person": a_person(), "case": "AN-7Q4K-2M9C-X", "made_at": MONDAY_NOON, "due_at": MONDAY_NOON} | fields)


def two_digests():
    person = a_person()
    for _ in range(2):
        a_mail(person=person, case="", digest_on=date(2026, 3, 2))


def a_notice(**fields):
    return Notice.objects.create(
        **{
            "person": a_person(),
            "kind": Event.Kind.DELIVERED,
            "scope": Scope.OWN,
            "case": "AN-7Q4K-2M9C-X",
            "event": UUID(int=1),
            "way": Notice.Way.LETTER,
            "pace": Pace.AT_ONCE,
            "known_at": MONDAY_NOON,
            "told_at": MONDAY_NOON,
        }
        | fields
    )


def told_twice():
    person = a_person()
    for _ in range(2):
        a_notice(person=person)


def wished_twice():
    person = a_person()
    for pace in (Pace.DAILY, Pace.NEVER):
        NoticePreference.objects.create(person=person, scope=Scope.OWN, topic=Topic.ANSWERS, pace=pace, changed_at=MONDAY_NOON)


def answered_twice():
    decision = a_decision_row()
    for value in ("yes", "no"):
        a_satisfaction(decision=decision, value=value)


def a_satisfaction(**fields):
    return Satisfaction.objects.create(
        **{"decision": a_decision_row(), "by": an_actor(), "value": "yes", "answered_at": MONDAY_NOON, "known_at": MONDAY_NOON} | fields
    )


NEVER_REMOVED = {"suggestions_satisfaction": [lambda: remove(a_satisfaction())]}

FROZEN = {
    "suggestions_satisfaction": {
        "uuid": lambda: change(a_satisfaction(), uuid=uuid7()),
        "decision_id": lambda: change(a_satisfaction(), decision=a_decision_row()),
        "by_id": lambda: change(a_satisfaction(), by=an_actor()),
        "value": lambda: change(a_satisfaction(), value="no"),
        "answered_at": lambda: change(a_satisfaction(), answered_at=LATER),
        "known_at": lambda: change(a_satisfaction(), known_at=LATER),
    }
}

RULES = {
    "follow_has_one_subject": [
        lambda: a_follow(),
        lambda: a_follow(service=a_service(), area=an_area_row()),
        lambda: a_follow(suggestion=a_suggestion_row(), service=a_service()),
        lambda: a_follow(suggestion=a_suggestion_row(), area=an_area_row()),
    ],
    "follow_ends_after_start": [lambda: a_follow(service=a_service(), until_at=MONDAY_NOON - HOUR)],
    "follow_suggestion_once": [lambda: followed_twice(suggestion=a_suggestion_row())],
    "follow_service_once": [lambda: followed_twice(service=a_service())],
    "follow_area_once": [lambda: followed_twice(area=an_area_row())],
    "mail_one_digest_a_day": [two_digests],
    "mail_one_case_or_a_digest": [lambda: a_mail(case=""), lambda: a_mail(digest_on=date(2026, 3, 2))],
    "mail_taken_before_sent": [lambda: a_mail(sent_at=LATER)],
    "mail_sent_or_given_up": [lambda: a_mail(taken_at=MONDAY_NOON, sent_at=LATER, given_up_at=LATER)],
    "notice_once_per_person_and_way": [told_twice],
    "notice_has_a_case": [lambda: a_notice(case="")],
    "notice_is_never_never": [lambda: a_notice(pace=Pace.NEVER)],
    "notice_mailed_only_by_mail": [lambda: a_notice(mail=a_mail())],
    "notice_done_by_somebody": [
        lambda: a_notice(done_at=LATER),
        lambda: a_notice(done_by=an_actor()),
        lambda: a_notice(way=Notice.Way.EMAIL, done_at=LATER, done_by=an_actor()),
    ],
    "notice_preference_once_per_topic": [wished_twice],
    "satisfaction_once_per_decision": [answered_twice],
}
