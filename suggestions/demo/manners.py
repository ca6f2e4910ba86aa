"""How each party of the demo behaves; the indicators find it out again from what happened."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """Shares are of one; times are shares of what the clause gives, and working days."""

    acknowledges: float
    acknowledges_after: tuple[float, float]
    asks: float
    answers_in_time: float
    solves_in_time: float
    uses: tuple[float, float]
    late_by: float
    confirmed: float
    disputed: float


FRIENDLY_AND_SLOW = Manner(
    acknowledges=0.96,
    acknowledges_after=(0.02, 0.4),
    asks=0.16,
    answers_in_time=0.5,
    solves_in_time=0.35,
    uses=(0.55, 0.99),
    late_by=9,
    confirmed=0.42,
    disputed=0.26,
)
BRISK = Manner(
    acknowledges=0.86,
    acknowledges_after=(0.2, 0.95),
    asks=0.06,
    answers_in_time=0.92,
    solves_in_time=0.86,
    uses=(0.1, 0.8),
    late_by=2.5,
    confirmed=0.6,
    disputed=0.1,
)
CAREFUL = Manner(
    acknowledges=0.8,
    acknowledges_after=(0.3, 0.99),
    asks=0.2,
    answers_in_time=0.74,
    solves_in_time=0.74,
    uses=(0.4, 0.98),
    late_by=5,
    confirmed=0.55,
    disputed=0.12,
)
