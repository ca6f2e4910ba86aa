"""For each constraint of supports, the ways to break it and nothing else."""

from itertools import count
from typing import Any

from portal.models import Act, Assurance
from portal.references import uuid7
from suggestions.models import Channel, Crossing, KeyScheme, Suggestion, Support, SupportClaim, SupportDelta, SupportTally
from tests.constraints.rows import a_clause_row, a_suggestion_row, an_actor, an_obligation_row, change, remove
from tests.factories import DAY, HOUR, MONDAY_NOON

LATER = MONDAY_NOON + HOUR
HELD = {"held_at": LATER, "held_because": Support.Doubt.SOME_KEYS_MATCH}

_number = count(1)


def a_support_row(suggestion: Suggestion | None = None, **fields: Any) -> Support:
    return Support.objects.create(
        **{
            "suggestion": suggestion or a_suggestion_row(),
            "by": an_actor(),
            "channel": Channel.WEB,
            "assurance": Assurance.EMAIL,
            "given_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
            "qualified_at": MONDAY_NOON,
        }
        | fields
    )


def settled(**fields: Any) -> dict[str, Any]:
    return HELD | {"settled_by": an_actor(), "settled_reason": "Seen at the desk.", "cleared_at": LATER} | fields


def a_taken_back_row() -> Support:
    return a_support_row(withdrawn_at=LATER, withdrawn_known_at=LATER)


def two_claims_of_one_key() -> None:
    suggestion = a_suggestion_row()
    for _ in range(2):
        support = a_support_row(suggestion)
        SupportClaim.objects.create(suggestion=suggestion, support=support, scheme=KeyScheme.EMAIL, key=b"k" * 32)


def two_tallies() -> None:
    suggestion = a_suggestion_row()
    for _ in range(2):
        SupportTally.objects.create(suggestion=suggestion, channel=Channel.WEB, assurance=Assurance.EMAIL, count=1)


def a_crossing_row(**fields: Any) -> Crossing:
    suggestion = fields.pop("suggestion", None) or a_suggestion_row()
    return Crossing.objects.create(
        **{
            "suggestion": suggestion,
            "service_level": a_threshold_row(),
            "support": a_support_row(suggestion),
            "crossed_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_threshold_row(**fields: Any):
    return a_clause_row(**{"act": Act.HEAR, "support_threshold": 300, "threshold_assurance": Assurance.EMAIL} | fields)


def one_threshold_crossed_twice() -> None:
    suggestion, level = a_suggestion_row(), a_threshold_row()
    for _ in range(2):
        a_crossing_row(suggestion=suggestion, service_level=level)


RULES = {
    "support_known_after_given": [lambda: a_support_row(given_at=LATER)],
    "support_qualified_once_known": [lambda: a_support_row(qualified_at=MONDAY_NOON - HOUR)],
    "support_withdrawn_after_given": [
        lambda: a_support_row(withdrawn_at=MONDAY_NOON - HOUR, withdrawn_known_at=LATER),
        lambda: a_support_row(withdrawn_at=LATER),
        lambda: a_support_row(withdrawn_known_at=LATER),
        lambda: a_support_row(withdrawn_at=LATER, withdrawn_known_at=MONDAY_NOON),
    ],
    "support_held_for_a_reason": [
        lambda: a_support_row(held_at=LATER),
        lambda: a_support_row(held_because=Support.Doubt.SOME_KEYS_MATCH),
    ],
    "support_doubt_is_settled_once": [
        lambda: a_support_row(**settled(rejected_at=LATER)),
        lambda: a_support_row(**settled(cleared_at=None)),
        lambda: a_support_row(**settled(settled_by=None)),
        lambda: a_support_row(**settled(settled_reason="")),
        lambda: a_support_row(**settled(held_at=None, held_because="")),
    ],
    "support_receipt_is_whole": [
        lambda: a_support_row(reference=f"AN-{next(_number)}"),
        lambda: a_support_row(phrase_hash=b"h" * 32),
    ],
    "support_once_per_key": [two_claims_of_one_key],
    "support_delta_is_one_step": [
        lambda: SupportDelta.objects.create(
            suggestion=(support := a_support_row()).suggestion, support=support, channel=Channel.WEB, assurance=Assurance.EMAIL, step=2
        )
    ],
    "tally_once_per_kind": [two_tallies],
    "crossing_once": [one_threshold_crossed_twice],
    "crossing_known_after_it_happened": [lambda: a_crossing_row(crossed_at=MONDAY_NOON + DAY)],
    "service_level_threshold_says_who_counts": [
        lambda: a_threshold_row(threshold_assurance=None),
        lambda: a_threshold_row(act=Act.ANSWER, support_threshold=None),
        lambda: a_threshold_row(support_threshold=0),
        lambda: a_threshold_row(act=Act.REVIEW),
    ],
    "service_level_hear_has_a_threshold": [lambda: a_clause_row(act=Act.HEAR)],
}

NEVER_REMOVED = {
    "suggestions_support": [lambda: remove(a_support_row())],
    "suggestions_crossing": [lambda: remove(a_crossing_row())],
}

FROZEN = {
    "suggestions_support": {
        "uuid": lambda: change(a_support_row(), uuid=uuid7()),
        "suggestion_id": lambda: change(a_support_row(), suggestion=a_suggestion_row()),
        "by_id": lambda: change(a_support_row(), by=an_actor()),
        "channel": lambda: change(a_support_row(), channel=Channel.PAPER),
        "given_at": lambda: change(a_support_row(), given_at=MONDAY_NOON - HOUR),
        "known_at": lambda: change(a_support_row(qualified_at=LATER), known_at=LATER),
    },
    "suggestions_crossing": {
        "suggestion_id": lambda: change(a_crossing_row(), suggestion=a_suggestion_row()),
        "service_level_id": lambda: change(a_crossing_row(), service_level=a_threshold_row()),
        "support_id": lambda: change(a_crossing_row(), support=a_support_row()),
        "obligation_id": lambda: change(a_crossing_row(), obligation=an_obligation_row()),
        "crossed_at": lambda: change(a_crossing_row(), crossed_at=MONDAY_NOON - HOUR),
        "known_at": lambda: change(a_crossing_row(), known_at=LATER),
    },
}

ONCE_SET = {
    "suggestions_support": {
        "withdrawn_at": lambda: change(a_taken_back_row(), withdrawn_at=MONDAY_NOON),
        "withdrawn_known_at": lambda: change(a_taken_back_row(), withdrawn_known_at=LATER + HOUR),
        "held_at": lambda: change(a_support_row(**HELD), held_at=LATER + HOUR),
        "cleared_at": lambda: change(a_support_row(**settled()), cleared_at=LATER + HOUR),
        "rejected_at": lambda: change(a_support_row(**settled(cleared_at=None, rejected_at=LATER)), rejected_at=LATER + HOUR),
        "settled_by_id": lambda: change(a_support_row(**settled()), settled_by=an_actor()),
    },
}
