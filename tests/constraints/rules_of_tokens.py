"""For each constraint of the keys for other software, the ways to break it and nothing else."""

from itertools import count

from portal.models import ApiToken, TokenScope
from tests.factories import DAY, MONDAY_NOON, a_citizen, a_person, an_agent

_number = count(1)


def a_token_row(**fields):
    holder = {} if {"person", "membership"} & fields.keys() else {"person": a_person()}
    return ApiToken.objects.create(
        **{
            "name": "Our app",
            "prefix": "abcdef",
            "secret_hash": next(_number).to_bytes(32, "big"),
            "scopes": [TokenScope.READ],
            "created_at": MONDAY_NOON,
            "expires_at": MONDAY_NOON + 30 * DAY,
        }
        | holder
        | fields
    )


RULES = {
    "api_token_has_one_holder": [
        lambda: a_token_row(person=None),
        lambda: a_token_row(person=a_citizen().person, membership=an_agent().membership),
    ],
    "api_token_can_be_known": [lambda: a_token_row(name=""), lambda: a_token_row(prefix="")],
    "api_token_ends_within_a_year": [
        lambda: a_token_row(expires_at=MONDAY_NOON),
        lambda: a_token_row(expires_at=MONDAY_NOON + 367 * DAY),
    ],
    "api_token_has_known_scopes": [lambda: a_token_row(scopes=[]), lambda: a_token_row(scopes=["read", "all"])],
    "api_token_revoked_after_made": [lambda: a_token_row(revoked_at=MONDAY_NOON - DAY)],
}
