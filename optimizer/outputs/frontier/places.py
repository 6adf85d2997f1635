"""Where the points of a sweep stand: efficiency across, equity up, lower is better in both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

from optimizer.problem import Floats
from optimizer.sweep.task import Frontier, Point

Place = tuple[float, float]


def numbered(frontiers: Sequence[Frontier]) -> Iterator[tuple[int, Frontier, Point]]:
    """All points of a family, numbered from 1 in their order."""
    pairs = ((frontier, point) for frontier in frontiers for point in frontier.points)
    for number, (frontier, point) in enumerate(pairs, 1):
        yield number, frontier, point


def loosest(frontiers: Sequence[Frontier]) -> Frontier:
    """The member of a family with most money."""
    caps = (math.inf if one.cost_bound is None else one.cost_bound for one in frontiers)
    return max(zip(caps, frontiers, strict=True), key=lambda pair: pair[0])[1]


def solved(frontier: Frontier) -> list[Point]:
    """The points that have a plan, from the most efficient on; of equal ones the fairest first."""
    return sorted((one for one in frontier.points if one.indicators is not None), key=place)


def most_efficient(frontier: Frontier) -> Point | None:
    """The first of the points that have a plan."""
    return next(iter(solved(frontier)), None)


def place(point: Point) -> Place:
    """Efficiency and equity of a point that has a plan, without rounding's noise."""
    assert point.indicators is not None
    return round(point.indicators.efficiency, 6), round(point.indicators.equity, 6)


def by_place(frontier: Frontier) -> list[tuple[Place, list[Point]]]:
    """The points that stand at one place, from the most efficient on."""
    return [(at, list(here)) for at, here in groupby(solved(frontier), key=place)]


def steps(frontier: Frontier) -> Floats:
    """(P, 2) corners of the line that divides what the points attain from what they do not."""
    best = sorted({place(one) for one in solved(frontier) if not one.dominated})
    corners = [(right[0], left[1]) for left, right in pairwise(best)]
    line = [at for pair in zip(best, corners, strict=False) for at in pair] + best[-1:]
    return np.array(line).reshape(-1, 2)
