"""What each role may do, in one table; the actions ask here."""

import enum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from portal.models import Actor, Role


class Permission(enum.StrEnum):
    SUBMIT = "submit"
    WITHDRAW_OWN = "withdraw_own"
    JUDGE_OWN = "judge_own"
    SUPPORT = "support"
    FOLLOW = "follow"
    SETTLE_DOUBT = "settle_doubt"
    HELP = "help"
    ENTER_PAPER = "enter_paper"
    MANAGE_KIOSKS = "manage_kiosks"
    READ_OWN_CONTRACT = "read_own_contract"
    RESPOND = "respond"
    PROMISE_BEYOND = "promise_beyond"
    READ_ALL = "read_all"
    CLEAR = "clear"
    TELL_BY_HAND = "tell_by_hand"
    MODERATE = "moderate"
    SETTLE_PROPOSAL = "settle_proposal"
    MANAGE_CONTRACTS = "manage_contracts"
    IMPORT = "import"
    EXPORT = "export"
    READ_LOGS = "read_logs"
    VIEW_CONTACT = "view_contact"
    ERASE = "erase"


CITIZEN = frozenset({Permission.SUBMIT, Permission.WITHDRAW_OWN, Permission.JUDGE_OWN, Permission.SUPPORT, Permission.FOLLOW})
_OPERATOR = frozenset({Permission.READ_OWN_CONTRACT, Permission.RESPOND})
_CLERK = frozenset(
    {
        Permission.ENTER_PAPER,
        Permission.MANAGE_KIOSKS,
        Permission.READ_ALL,
        Permission.RESPOND,
        Permission.CLEAR,
        Permission.MODERATE,
        Permission.SUBMIT,
        Permission.EXPORT,
        Permission.TELL_BY_HAND,
    }
)
_CLERK |= {Permission.VIEW_CONTACT, Permission.ERASE}  # each look and each erasure is logged

ROLE_MAY: dict[str, frozenset[Permission]] = {
    Role.HELPER: CITIZEN | {Permission.HELP, Permission.ENTER_PAPER},
    Role.GROUP_OFFICER: CITIZEN,
    Role.OPERATOR_AGENT: _OPERATOR,
    Role.OPERATOR_MANAGER: _OPERATOR | {Permission.PROMISE_BEYOND},
    Role.CITY_CLERK: _CLERK,
    Role.CITY_MANAGER: _CLERK | {Permission.SETTLE_PROPOSAL, Permission.MANAGE_CONTRACTS, Permission.IMPORT, Permission.PROMISE_BEYOND},
    Role.COUNCIL_SECRETARY: frozenset({Permission.READ_ALL}),
    Role.VERIFICATION_OFFICER: frozenset({Permission.READ_ALL, Permission.SETTLE_DOUBT}),
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
