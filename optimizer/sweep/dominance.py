"""DOMINANCE: efficiency and equity of a plan, lower is better in both; which ones are best."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

#: Two values are the same to a planner below this relative difference.
TOLERANCE = 1e-6

#: Efficiency and equity, in their own units.
Place = tuple[float, float]


def dominates(a: Place, b: Place) -> bool:
    """Whether a is at least as good as b in both respects and better in one."""
    pairs = list(zip(a, b, strict=True))
    no_worse = all(x <= y + TOLERANCE * abs(y) for x, y in pairs)
    return no_worse and any(x < y - TOLERANCE * abs(y) for x, y in pairs)


def same(a: Place, b: Place) -> bool:
    """Whether nobody could tell them apart."""
    return all(abs(x - y) <= TOLERANCE * abs(y) for x, y in zip(a, b, strict=True))


def best_of(places: Iterable[Place]) -> list[Place]:
    """Those that no other dominates, by efficiency; of places that are the same, the first."""
    best: list[Place] = []
    known = sorted(places)
    for place in known:
        alike = bool(best) and same(best[-1], place)
        if not alike and not any(dominates(other, place) for other in known):
            best.append(place)
    return best


def scale_of(best: Sequence[Place]) -> Place:
    """What a resolution is a share of, in both respects. best: not dominated, by efficiency.

    What the most efficient place has, or the range between the two ends where that is wider: a
    frontier that hardly bends is not split into hairs, a wide one is split evenly.
    """
    (efficiency, first), (farthest, last) = best[0], best[-1]
    equity = max(abs(first), first - last) if math.isfinite(first) else abs(last)
    return max(abs(efficiency), farthest - efficiency) or 1.0, equity or 1.0
