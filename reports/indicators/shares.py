from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Share:
    """`numerator` out of `denominator`, both counted; ValueError unless 0 <= numerator <= denominator."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no share")

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None when nothing was counted, which is not the same as 0."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson score interval at 95 %, from 0 to 1; None when nothing was counted."""
        return wilson(self.numerator, self.denominator) if self.denominator else None


def wilson(numerator: int, denominator: int, confidence: float = 0.95) -> tuple[float, float]:
    """
    The score interval of a share, without continuity correction: (low, high), both from 0 to 1, of use also when none or all were counted.

    ValueError where the denominator is 0, the numerator is outside 0..denominator, or `confidence` is not between 0 and 1.
    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    """
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError(f"{numerator} of {denominator} is no share")
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence of {confidence} is not between 0 and 1")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    spread = z * z / denominator
    share = numerator / denominator
    centre = (share + spread / 2) / (1 + spread)
    half_width = z * sqrt(share * (1 - share) / denominator + spread / (4 * denominator)) / (1 + spread)
    # The formula gives exactly 0 and 1 at the ends; floating point does not.
    low = centre - half_width if numerator else 0.0
    high = centre + half_width if numerator < denominator else 1.0
    return low, high


def newcombe(first: Share, second: Share) -> tuple[float, float]:
    """
    The hybrid score interval at 95 % of `first` minus `second`: (low, high), both from -1 to 1.

    The two shares must come from different, independent groups. ValueError where either has nothing counted.
    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10 (without continuity correction).
    """
    if first.denominator == 0 or second.denominator == 0:
        raise ValueError("A difference needs two shares of something")
    first_share, second_share = first.numerator / first.denominator, second.numerator / second.denominator
    first_low, first_high = wilson(first.numerator, first.denominator)
    second_low, second_high = wilson(second.numerator, second.denominator)
    difference = first_share - second_share
    return (
        difference - hypot(first_share - first_low, second_high - second_share),
        difference + hypot(first_high - first_share, second_share - second_low),
    )
