"""For each constraint of kiosks and help sessions, the ways to break it and nothing else."""

from datetime import timedelta
from typing import Any

from portal.models import HelpSession, Kiosk, Role
from tests.constraints.rows import an_actor
from tests.factories import HOUR, MONDAY_NOON, a_member

IN_USE = {"enrolled_at": MONDAY_NOON, "credential_hash": b"c" * 32}
HALF_AN_HOUR = timedelta(minutes=30)


def a_kiosk_row(**fields: Any) -> Kiosk:
    return Kiosk.objects.create(**{"name": "Library", "place": "Market 1", "made_by": an_actor(), "made_at": MONDAY_NOON} | fields)


def a_help_row(**fields: Any) -> HelpSession:
    return HelpSession.objects.create(
        **{
            "membership": fields.pop("membership", None) or a_member(Role.HELPER).membership,
            "reason": HelpSession.Reason.ASKED,
            "confirmed": HelpSession.Confirmed.SCREEN,
            "place": "Library",
            "started_at": MONDAY_NOON,
            "expires_at": MONDAY_NOON + HALF_AN_HOUR,
        }
        | fields
    )


def two_people_at_once() -> None:
    membership = a_member(Role.HELPER).membership
    for _ in range(2):
        a_help_row(membership=membership)


RULES = {
    "kiosk_can_be_found": [lambda: a_kiosk_row(name=""), lambda: a_kiosk_row(place="")],
    "kiosk_code_runs_out": [lambda: a_kiosk_row(code_hash=b"h" * 32), lambda: a_kiosk_row(code_until=MONDAY_NOON)],
    "kiosk_has_a_credential_while_in_use": [
        lambda: a_kiosk_row(enrolled_at=MONDAY_NOON),
        lambda: a_kiosk_row(credential_hash=b"c" * 32),
        lambda: a_kiosk_row(**IN_USE, revoked_at=MONDAY_NOON + HOUR),
        lambda: a_kiosk_row(**IN_USE, code_hash=b"h" * 32, code_until=MONDAY_NOON + HOUR),
    ],
    "help_session_has_a_place": [lambda: a_help_row(place="")],
    "help_session_lasts_half_an_hour_at_most": [
        lambda: a_help_row(expires_at=MONDAY_NOON + HALF_AN_HOUR + timedelta(seconds=1)),
        lambda: a_help_row(expires_at=MONDAY_NOON),
    ],
    "help_session_ends_after_start": [lambda: a_help_row(ended_at=MONDAY_NOON - HOUR)],
    "help_session_one_person_at_a_time": [two_people_at_once],
}
