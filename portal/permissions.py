"""What each role may do, in one table; the actions ask here."""

import enum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from portal.models import Actor, Role


class Permission(enum.StrEnum):
    SUBMIT = "submit"
    WITHDRAW_OWN = "withdraw_own"
    JUDGE_OWN = "judge_own"
    HELP = "help"
    READ_OWN_CONTRACT = "read_own_contract"
    RESPOND = "respond"
    PROMISE_BEYOND = "promise_beyond"
    READ_ALL = "read_all"
    CLEAR = "clear"
    SETTLE_PROPOSAL = "settle_proposal"
    MANAGE_CONTRACTS = "manage_contracts"
    IMPORT = "import"
    READ_LOGS = "read_logs"


CITIZEN = frozenset({Permission.SUBMIT, Permission.WITHDRAW_OWN, Permission.JUDGE_OWN})
_OPERATOR = frozenset({Permission.READ_OWN_CONTRACT, Permission.RESPOND})
_CLERK = frozenset({Permission.READ_ALL, Permission.RESPOND, Permission.CLEAR, Permission.SUBMIT})

ROLE_MAY: dict[str, frozenset[Permission]] = {
    Role.HELPER: CITIZEN | {Permission.HELP},
    Role.GROUP_OFFICER: CITIZEN,
    Role.OPERATOR_AGENT: _OPERATOR,
    Role.OPERATOR_MANAGER: _OPERATOR | {Permission.PROMISE_BEYOND},
    Role.CITY_CLERK: _CLERK,
    Role.CITY_MANAGER: _CLERK | {Permission.SETTLE_PROPOSAL, Permission.MANAGE_CONTRACTS, Permission.IMPORT, Permission.PROMISE_BEYOND},
    Role.COUNCIL_SECRETARY: frozenset({Permission.READ_ALL}),
    Role.VERIFICATION_OFFICER: frozenset({Permission.READ_ALL}),
    Role.AUDITOR: frozenset({Permission.READ_ALL, Permission.READ_LOGS}),
}


def can(by: Actor, permission: Permission) -> bool:
    """Whether this capacity may do it at all; on which case is asked by the app that owns the case."""
    if by.kind == Actor.Kind.SYSTEM:
        return True
    if by.membership:
        return by.membership.until_at is None and permission in ROLE_MAY[by.membership.role]
    return permission in CITIZEN


def require(by: Actor, permission: Permission) -> None:
    """Raises PermissionDenied, which every door turns into 403."""
    if not can(by, permission):
        raise PermissionDenied(_("Your role may not do this."))
