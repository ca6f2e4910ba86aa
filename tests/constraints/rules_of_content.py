"""For each constraint and guard of photos, versions and places, the ways to break it and nothing else."""

from decimal import Decimal
from itertools import count
from typing import Any

from portal.references import uuid7
from suggestions.models import HeldPhoto, Photo, SuggestionVersion
from tests.constraints.rows import a_suggestion_row, an_actor, change, remove
from tests.factories import HOUR, MONDAY_NOON, nobody

EARLIER, LATER = MONDAY_NOON - HOUR, MONDAY_NOON + HOUR
HOME = {"is_home": True, "latitude": Decimal("51.021"), "longitude": Decimal("3.911")}
FILES = {"large": "large.jpg", "small": "small.jpg", "width": 1, "height": 1, "size": 1}
GONE = {"state": Photo.State.REMOVED, "removed_at": LATER}
SHOWN = {"state": Photo.State.SHOWN, "reviewed_at": LATER}
REFUSED = {"state": Photo.State.REFUSED, "reviewed_at": LATER, "refused_ground": Photo.Ground.PEOPLE}

_number = count(1)


def a_photo_row(**fields: Any) -> Photo:
    if fields.get("reviewed_at") and "reviewed_by" not in fields:
        fields["reviewed_by"] = nobody()
    own = {"sha256": b"%d" % next(_number), "suggestion": fields.get("suggestion") or a_suggestion_row()}
    return Photo.objects.create(**FILES | own | {"by": nobody(), "added_at": MONDAY_NOON} | fields)


def a_held_row(**fields: Any) -> HeldPhoto:
    return HeldPhoto.objects.create(
        **FILES | {"sha256": b"1", "form_hash": b"%d" % next(_number), "held_at": MONDAY_NOON, "expires_at": LATER} | fields
    )


def a_version_row(**fields: Any) -> SuggestionVersion:
    suggestion = fields.get("suggestion") or a_suggestion_row()
    return SuggestionVersion.objects.create(
        **{"suggestion": suggestion, "title": "Before", "said_at": MONDAY_NOON, "replaced_at": LATER, "by": nobody()} | fields
    )


def one_photo_twice(**fields: Any) -> None:
    first = a_photo_row(sha256=b"same")
    a_photo_row(suggestion=first.suggestion, sha256=b"same", **fields)


def one_held_twice() -> None:
    first = a_held_row()
    a_held_row(form_hash=first.form_hash)


RULES = {
    "suggestion_home_is_rounded": [
        lambda: a_suggestion_row(**HOME | {"latitude": Decimal("51.02104")}),
        lambda: a_suggestion_row(**HOME | {"longitude": Decimal("3.91051")}),
    ],
    "photo_once_per_suggestion": [one_photo_twice, lambda: one_photo_twice(**SHOWN)],
    "photo_review_says_who_and_when": [
        lambda: a_photo_row(**SHOWN | {"reviewed_by": None}),
        lambda: a_photo_row(**GONE, reviewed_by=nobody()),
    ],
    "photo_public_only_after_review": [
        lambda: a_photo_row(state=Photo.State.SHOWN),
        lambda: a_photo_row(**REFUSED | {"reviewed_at": None}),
        lambda: a_photo_row(reviewed_at=LATER),
    ],
    "photo_refusal_names_a_ground": [
        lambda: a_photo_row(**REFUSED | {"refused_ground": ""}),
        lambda: a_photo_row(refused_ground=Photo.Ground.PEOPLE),
    ],
    "photo_removal_is_dated": [lambda: a_photo_row(state=Photo.State.REMOVED), lambda: a_photo_row(removed_at=LATER)],
    "photo_that_stands_has_its_files": [
        lambda: a_photo_row(large=""),
        lambda: a_photo_row(small=""),
        lambda: a_photo_row(**SHOWN, large=""),
    ],
    "held_photo_once_per_draft": [one_held_twice],
    "held_photo_expires_after_held": [lambda: a_held_row(expires_at=MONDAY_NOON)],
    "version_has_a_title": [lambda: a_version_row(title="")],
    "version_replaced_after_said": [lambda: a_version_row(replaced_at=EARLIER)],
}

NEVER_REMOVED = {
    "suggestions_photo": [lambda: remove(a_photo_row())],
    "suggestions_suggestionversion": [lambda: remove(a_version_row())],
}

FROZEN = {
    "suggestions_photo": {
        "uuid": lambda: change(a_photo_row(), uuid=uuid7()),
        "suggestion_id": lambda: change(a_photo_row(), suggestion=a_suggestion_row()),
        "by_id": lambda: change(a_photo_row(), by=an_actor()),
        "added_at": lambda: change(a_photo_row(), added_at=LATER),
        "sha256": lambda: change(a_photo_row(), sha256=b"other"),
    },
    "suggestions_suggestionversion": {
        "uuid": lambda: change(a_version_row(), uuid=uuid7()),
        "suggestion_id": lambda: change(a_version_row(), suggestion=a_suggestion_row()),
        "by_id": lambda: change(a_version_row(), by=an_actor()),
        "said_at": lambda: change(a_version_row(), said_at=EARLIER),
        "replaced_at": lambda: change(a_version_row(), replaced_at=LATER + HOUR),
        "is_home": lambda: change(a_version_row(), is_home=True),
    },
}

ONCE_SET = {
    "suggestions_photo": {"removed_at": lambda: change(a_photo_row(**GONE), removed_at=LATER + HOUR)},
}
