"""For each constraint of privacy, the ways to break it and nothing else."""

from typing import Any

from portal.models import AccountWarning, Act, ContactView, Erasure, RetentionRun
from suggestions.models import Channel, PersonalRequest
from tests.constraints.rows import a_suggestion_row, an_actor, an_obligation_row
from tests.factories import HOUR, MONDAY_NOON, a_person

EARLIER, LATER = MONDAY_NOON - HOUR, MONDAY_NOON + HOUR


def a_look_row(**fields: Any) -> ContactView:
    return ContactView.objects.create(
        **{"person": a_person(), "by": an_actor(), "details": ["phone"], "reason": "To call.", "seen_at": MONDAY_NOON} | fields
    )


def an_erasure_row(**fields: Any) -> Erasure:
    return Erasure.objects.create(
        **{"scope": "person", "role": "citizen", "identity": "sign_in", "words_too": False, "removed": {}, "erased_at": MONDAY_NOON}
        | fields
    )


def a_request_row(**fields: Any) -> PersonalRequest:
    return PersonalRequest.objects.create(
        **{"kind": "erase", "channel": Channel.WEB, "identity": "sign_in", "received_at": MONDAY_NOON, "known_at": MONDAY_NOON} | fields
    )


def two_warnings() -> None:
    person = a_person()
    for _ in range(2):
        AccountWarning.objects.create(person=person, days_left=7, warned_at=MONDAY_NOON)


DONE = {"done_at": LATER, "done_known_at": LATER}

RULES = {
    "contact_view_saw_something": [lambda: a_look_row(details=[])],
    "erasure_says_who": [lambda: an_erasure_row(role="")],
    "account_warning_once": [two_warnings],
    "account_warning_30_or_7_days": [lambda: AccountWarning.objects.create(person=a_person(), days_left=8, warned_at=MONDAY_NOON)],
    "retention_run_says_which_rule": [lambda: RetentionRun.objects.create(rule="", ran_at=MONDAY_NOON, removed=0)],
    "personal_request_known_after_received": [lambda: a_request_row(known_at=EARLIER)],
    "personal_request_done_is_dated_twice": [
        lambda: a_request_row(done_at=LATER),
        lambda: a_request_row(done_known_at=LATER),
        lambda: a_request_row(done_at=EARLIER, done_known_at=LATER),
        lambda: a_request_row(done_at=LATER, done_known_at=MONDAY_NOON),
    ],
    "personal_request_erasure_is_its_answer": [
        lambda: a_request_row(erasure=an_erasure_row()),
        lambda: a_request_row(kind="access", erasure=an_erasure_row(), **DONE),
    ],
    "personal_request_person_or_case": [lambda: a_request_row(person=a_person(), case="AN-0000-0000-0")],
    "suggestion_removed_words_are_gone": [
        lambda: a_suggestion_row(words_removed_at=LATER, text="Still here."),
        lambda: a_suggestion_row(words_removed_at=LATER, place="At home"),
        lambda: a_suggestion_row(words_removed_at=LATER, answers={"colour": "red"}),
        lambda: a_suggestion_row(words_removed_at=LATER, latitude=51, longitude=4),
    ],
    "suggestion_of_an_erased_author_opens_to_nobody": [lambda: a_suggestion_row(author_erased_at=LATER, phrase_hash=b"p" * 32)],
    "obligation_has_one_subject": [
        lambda: an_obligation_row(suggestion=None),
        lambda: an_obligation_row(act=Act.PERSONAL_DATA, personal_request=a_request_row()),
        lambda: an_obligation_row(suggestion=None, personal_request=a_request_row()),
    ],
}
