from collections.abc import Sequence
from math import floor


def quantile(values: Sequence[float], share: float) -> float | None:
    """
    The value below which `share` of the values lie, in their unit and in any order; None of no values.

    Linear interpolation between order statistics, at place (n - 1) * share counted from 0; ValueError where `share` is outside 0..1.
    Source: Hyndman and Fan 1996, The American Statistician 50, 361-365, type 7 (the default of R and NumPy).
    """
    if not 0 <= share <= 1:
        raise ValueError(f"A share of {share} is not between 0 and 1")
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))
