"""Outlines for the areas of the demo city: each holds what lies nearest to its middle, within the city's own edge."""

import math
from collections.abc import Mapping
from typing import Any

Point = tuple[float, float]  # longitude, latitude

EDGE = (1.0, 0.93, 1.04, 0.9, 0.97, 1.06, 0.95, 1.02, 0.9, 1.0, 1.05, 0.94, 0.98, 1.03, 0.92, 1.01)  # how far out, in each direction
REACH = 0.0315  # degrees of longitude
SQUEEZE = 0.63  # a degree of longitude is so much shorter than one of latitude, at 51 degrees north


def outlines_around(middles: Mapping[str, Point]) -> dict[str, dict[str, Any]]:
    """A GeoJSON polygon for each area, from the middles of all."""
    longitude = sum(middle[0] for middle in middles.values()) / len(middles)
    latitude = sum(middle[1] for middle in middles.values()) / len(middles)
    turns = [2 * math.pi * step / len(EDGE) for step in range(len(EDGE))]
    city = [
        (longitude + REACH * far * math.cos(turn), latitude + REACH * SQUEEZE * far * math.sin(turn))
        for far, turn in zip(EDGE, turns, strict=True)
    ]
    outlines = {}
    for code, own in middles.items():
        cell = city
        for other in middles.values():
            if other != own:
                cell = _nearer(cell, own, other)
        ring = [[round(corner[0], 5), round(corner[1], 5)] for corner in [*cell, cell[0]]]
        outlines[code] = {"type": "Polygon", "coordinates": [ring]}
    return outlines


def _nearer(cell: list[Point], own: Point, other: Point) -> list[Point]:
    """The part of a convex cell that lies nearer to one point than to the other (Sutherland and Hodgman's clipping)."""
    across = ((other[0] - own[0]) * SQUEEZE**2, other[1] - own[1])
    between = ((own[0] + other[0]) / 2, (own[1] + other[1]) / 2)
    kept: list[Point] = []
    for here, there in zip(cell, [*cell[1:], cell[0]], strict=True):
        ours, theirs = _beyond(here, between, across), _beyond(there, between, across)
        if ours <= 0:
            kept.append(here)
        if ours * theirs < 0:
            share = ours / (ours - theirs)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return kept


def _beyond(point: Point, between: Point, across: Point) -> float:
    return (point[0] - between[0]) * across[0] + (point[1] - between[1]) * across[1]
