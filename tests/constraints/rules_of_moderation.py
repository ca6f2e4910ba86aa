"""For each constraint and guard of reports, hidings and appeals, the ways to break it and nothing else."""

from typing import Any

from portal.references import uuid7
from suggestions.models import Appeal, Flag, Hiding, Photo
from tests.constraints.rows import (
    a_delivery_row,
    a_reply_row,
    a_response_row,
    a_suggestion_row,
    a_verdict_row,
    an_actor,
    an_obligation_row,
    change,
    remove,
)
from tests.factories import HOUR, MONDAY_NOON, a_ground, nobody

LATER = MONDAY_NOON + HOUR


def a_flag_row(**fields: Any) -> Flag:
    return Flag.objects.create(
        **{"suggestion": fields.get("suggestion") or a_suggestion_row(), "reason": Flag.Reason.INSULT, "reported_at": MONDAY_NOON} | fields
    )


def a_settled_flag_row() -> Flag:
    return a_flag_row(**settled())


def a_hiding_row(**fields: Any) -> Hiding:
    return Hiding.objects.create(
        **{
            "suggestion": fields.get("suggestion") or a_suggestion_row(),
            "criterion": a_ground(),
            "reasons": "It names a neighbour.",
            "by": nobody(),
            "hidden_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_lifted_hiding_row() -> Hiding:
    return a_hiding_row(**lifted())


def an_appeal_row(**fields: Any) -> Appeal:
    return Appeal.objects.create(
        **{
            "hiding": fields.get("hiding") or a_hiding_row(),
            "hidden_by": nobody(),
            "text": "It is my own name.",
            "by": nobody(),
            "made_at": MONDAY_NOON,
            "known_at": MONDAY_NOON,
        }
        | fields
    )


def a_ruled_appeal_row(**fields: Any) -> Appeal:
    return an_appeal_row(**ruled() | fields)


def settled() -> dict[str, Any]:
    return {"settled_at": LATER, "settled_by": nobody(), "upheld": True}


def lifted() -> dict[str, Any]:
    return {"lifted_at": LATER, "lifted_by": nobody(), "lifted_reason": "A mistake."}


def ruled() -> dict[str, Any]:
    return {"ruled_at": LATER, "ruled_by": an_actor(), "granted": True, "reasons": "So it is."}


def two_parts() -> dict[str, Any]:
    reply = a_reply_row()
    return {"suggestion": reply.suggestion, "reply": reply, "response": reply.question}


def twice(row, part="suggestion", **fields):
    """The same row about the same item twice: the suggestion itself, or its reply."""
    item = a_reply_row() if part == "reply" else a_suggestion_row()
    keys = {"suggestion": item.suggestion, "reply": item} if part == "reply" else {"suggestion": item}
    for _time in range(2):
        row(**keys, **fields)


def ways_to_miss_one(row, facts, *names):
    """For each fact that belongs with the others, the row without it."""
    return [lambda name=name: row(**{key: value for key, value in facts().items() if key != name}) for name in names]


RULES = {
    "suggestion_hidden_for_a_criterion": [
        lambda: a_suggestion_row(hidden_at=LATER),
        lambda: a_suggestion_row(hidden_for=a_ground()),
    ],
    "flag_is_about_one_item": [lambda: a_flag_row(**two_parts())],
    "flag_once_per_person": [lambda: twice(a_flag_row, by=an_actor()), lambda: twice(a_flag_row, "reply", by=an_actor())],
    "flag_settled_by_somebody": ways_to_miss_one(a_flag_row, settled, "settled_at", "settled_by", "upheld"),
    "flag_settled_after_reported": [lambda: a_flag_row(**settled() | {"settled_at": MONDAY_NOON - HOUR})],
    "hiding_is_about_one_item": [lambda: a_hiding_row(**two_parts())],
    "hiding_one_at_a_time": [lambda: twice(a_hiding_row), lambda: twice(a_hiding_row, "reply")],
    "hiding_gives_reasons": [lambda: a_hiding_row(reasons="")],
    "hiding_lifted_with_a_reason": ways_to_miss_one(a_hiding_row, lifted, "lifted_at", "lifted_by", "lifted_reason"),
    "hiding_lifted_after_hidden": [lambda: a_hiding_row(**lifted() | {"lifted_at": MONDAY_NOON - HOUR})],
    "appeal_says_something": [lambda: an_appeal_row(text="")],
    "appeal_ruled_with_reasons": ways_to_miss_one(an_appeal_row, ruled, "ruled_at", "ruled_by", "granted", "reasons"),
    "appeal_ruled_by_somebody_else": [lambda: a_ruled_appeal_row(ruled_by=nobody())],
    "appeal_ruled_after_made": [lambda: a_ruled_appeal_row(ruled_at=MONDAY_NOON - HOUR)],
    "obligation_appeal_is_reviewed": [lambda: an_obligation_row(appeal=an_appeal_row())],
}


# --- Guards ------------------------------------------------------------------------------------------------------------

NEVER_REMOVED = {
    "suggestions_flag": [lambda: remove(a_flag_row())],
    "suggestions_hiding": [lambda: remove(a_hiding_row())],
    "suggestions_appeal": [lambda: remove(an_appeal_row())],
}


def a_photo_row() -> Photo:
    return Photo.objects.create(
        **{"suggestion": a_suggestion_row(), "by": nobody(), "added_at": MONDAY_NOON},
        **{"large": "l.jpg", "small": "s.jpg", "width": 1, "height": 1, "size": 1, "sha256": b"1"},
    )


def another_item(row):
    """For each key of the item, the change that makes the row about something else."""
    return {
        "suggestion_id": lambda: change(row(), suggestion=a_suggestion_row()),
        "response_id": lambda: change(row(), response=a_response_row()),
        "reply_id": lambda: change(row(), reply=a_reply_row()),
        "delivery_id": lambda: change(row(), delivery=a_delivery_row()),
        "verdict_id": lambda: change(row(), verdict=a_verdict_row()),
        "photo_id": lambda: change(row(), photo=a_photo_row()),
    }


FROZEN = {
    "suggestions_flag": {
        "uuid": lambda: change(a_flag_row(), uuid=uuid7()),
        **another_item(a_flag_row),
        "reason": lambda: change(a_flag_row(), reason=Flag.Reason.UNLAWFUL),
        "reported_at": lambda: change(a_flag_row(), reported_at=LATER),
    },
    "suggestions_hiding": {
        "uuid": lambda: change(a_hiding_row(), uuid=uuid7()),
        **another_item(a_hiding_row),
        "criterion_id": lambda: change(a_hiding_row(), criterion=a_ground("another")),
        "by_id": lambda: change(a_hiding_row(), by=an_actor()),
        "hidden_at": lambda: change(a_hiding_row(), hidden_at=LATER),
        "known_at": lambda: change(a_hiding_row(), known_at=LATER),
    },
    "suggestions_appeal": {
        "uuid": lambda: change(an_appeal_row(), uuid=uuid7()),
        "hiding_id": lambda: change(an_appeal_row(), hiding=a_hiding_row()),
        "hidden_by_id": lambda: change(an_appeal_row(), hidden_by=an_actor()),
        "by_id": lambda: change(an_appeal_row(), by=an_actor()),
        "made_at": lambda: change(an_appeal_row(), made_at=LATER),
        "known_at": lambda: change(an_appeal_row(), known_at=LATER),
    },
}

ONCE_SET = {
    "suggestions_flag": {
        "settled_at": lambda: change(a_settled_flag_row(), settled_at=LATER + HOUR),
        "settled_by_id": lambda: change(a_settled_flag_row(), settled_by=an_actor()),
        "upheld": lambda: change(a_settled_flag_row(), upheld=False),
    },
    "suggestions_hiding": {
        "lifted_at": lambda: change(a_lifted_hiding_row(), lifted_at=LATER + HOUR),
        "lifted_by_id": lambda: change(a_lifted_hiding_row(), lifted_by=an_actor()),
    },
    "suggestions_appeal": {
        "ruled_at": lambda: change(a_ruled_appeal_row(), ruled_at=LATER + HOUR),
        "ruled_by_id": lambda: change(a_ruled_appeal_row(), ruled_by=an_actor()),
        "granted": lambda: change(a_ruled_appeal_row(), granted=False),
    },
}
