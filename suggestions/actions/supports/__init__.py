from suggestions.actions.supports.casting import (
    CannotBeSupported,
    Cast,
    Declaration,
    DeclarationIncomplete,
    NotSupported,
    give_support,
    prove_support_receipt,
    take_back_support,
)
from suggestions.actions.supports.counting import check_tallies, roll_up
from suggestions.actions.supports.doubts import AlreadyLookedAt, DoubtWithoutReason, raise_assurances, settle_doubt
from suggestions.actions.supports.thresholds import find_crossings

__all__ = [
    "AlreadyLookedAt",
    "CannotBeSupported",
    "Cast",
    "Declaration",
    "DeclarationIncomplete",
    "DoubtWithoutReason",
    "NotSupported",
    "check_tallies",
    "find_crossings",
    "give_support",
    "prove_support_receipt",
    "raise_assurances",
    "roll_up",
    "settle_doubt",
    "take_back_support",
]
