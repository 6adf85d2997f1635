"""Restricted model: the near pairs of each demand point, and the nearest of the others as one.

A pair to ELSEWHERE is as short as the shortest pair that is left out, and is there whatever stands,
for any number of persons. Where a shorter trip never makes a plan worse, the restricted model is a
relaxation of the whole: what is proven of it is proven of the whole, and a solution of it in which
nobody goes elsewhere is one of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.case import Case
from optimizer.model.admissible import useful_pairs
from optimizer.problem import Bools, Ints, Pairs, Problem

#: The site of the pairs that are left out.
ELSEWHERE = -1

#: Pairs of a demand point that are kept at least.
LEAST_PAIRS = 8


def is_relaxation(case: Case) -> bool:
    """Whether a shorter trip never makes a plan of this question worse, nor breaks a rule."""
    nearer = not case.nearest_levels.any() and case.problem.states is None
    return nearer and all(equity.of != "catchment" for equity in case.policy.equities())


@dataclass(frozen=True, eq=False)
class Restriction:
    """Which of the useful pairs of each level are kept: of each, (N,)."""

    kept: tuple[Bools, ...]

    def of(self, level: int, pairs: Pairs) -> Pairs:
        """The pairs (N,) that are kept, and for each demand point with others one to ELSEWHERE."""
        kept = self.kept[level]
        if kept.all():
            return pairs
        others = pairs.only(~kept)
        points, shortest = np.unique(others.origin, return_index=True)
        away = Pairs(points, np.full(len(points), ELSEWHERE), others.minutes[shortest])
        return pairs.only(kept) + away


def first(problem: Problem, most: int) -> Restriction:
    """The nearest pairs of each demand point, as many of each level as make `most` in all.

    And those to nobody, where needs may stay unmet.
    """
    useful = [useful_pairs(problem, level) for level in range(len(problem.levels))]
    counts = np.concatenate([np.bincount(pairs.origin) for pairs in useful])
    few, many = LEAST_PAIRS, int(counts.max(initial=LEAST_PAIRS)) + 1
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if np.minimum(counts, middle).sum() <= most else (few, middle)
    each = np.full(len(problem.demand.ids), few)
    return Restriction(
        tuple(nearest(pairs, each) | (pairs.site == problem.nobody) for pairs in useful)
    )


def wider(problem: Problem, narrow: Restriction, away: tuple[Bools, ...]) -> Restriction:
    """With all pairs of those demand points (by level, (I,)) that go elsewhere."""
    return Restriction(
        tuple(
            held | far[useful_pairs(problem, level).origin]
            for level, (held, far) in enumerate(zip(narrow.kept, away, strict=True))
        )
    )


def nearest(pairs: Pairs, count: Ints) -> Bools:
    """(N,) the first `count` (I,) pairs of each demand point."""
    first = np.searchsorted(pairs.origin, pairs.origin)
    return np.asarray(np.arange(len(pairs)) - first < count[pairs.origin])
