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
from optimizer.model.admissible import always_open, useful_pairs
from optimizer.problem import KEEP, Bools, Ints, Pairs, Problem

#: The site of the pairs that are left out.
ELSEWHERE = -1

#: Pairs that are kept at first: so many times those that reach an open site if sites are opened as
#: needed, and no fewer than so many.
FIRST_SITES, LEAST_PAIRS = 2, 8


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


def first(problem: Problem) -> Restriction:
    """The pairs to so many nearest sites that some of those are open, in all likelihood.

    And those to nobody, where needs may stay unmet.
    """
    kept = list[Bools]()
    for level in range(len(problem.levels)):
        pairs = useful_pairs(problem, level)
        count = np.full(len(problem.demand.ids), _sites_at_first(problem, level))
        kept.append(nearest(pairs, count) | (pairs.site == problem.nobody))
    return Restriction(tuple(kept))


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


def _sites_at_first(problem: Problem, level: int) -> int:
    """FIRST_SITES times the possible sites for each that will be open, at a guess."""
    options, stands = problem.options, always_open(problem, level)
    capacity = np.where(options.site == problem.nobody, 0.0, options.capacity[:, level])
    possible, standing = len(np.unique(options.site[capacity > 0])), capacity[options.kind == KEEP]
    needed = float(stands[: problem.nobody].sum())
    if np.isfinite(capacity).all():
        short = float(problem.need(level).sum() - standing.sum())
        needed = len(np.flatnonzero(standing)) + max(short, 0.0) / capacity.max(initial=1.0)
    return max(LEAST_PAIRS, int(np.ceil(FIRST_SITES * possible / max(needed, 1.0))))
