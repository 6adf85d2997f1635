"""Trip-by-trip lower bound: everybody at the nearest possible site."""

from __future__ import annotations

import numpy as np

from optimizer.problem import Bools, Floats, Problem
from optimizer.solution import Assignment, Plan
from optimizer.solution.accessibility import Access, access


def nearest_possible(problem: Problem, level: int) -> Floats:
    """(I,) minutes to the nearest site that could offer the level, all corridors built.

    In an unfolded problem, at most those that being served by nobody counts as.
    """
    pairs = problem.trips[level]
    minutes = np.full(len(problem.demand.ids), np.inf)
    np.minimum.at(minutes, pairs.origin, pairs.minutes)
    return minutes


def possibly_covered(problem: Problem, level: int) -> Bools:
    """(I,) who has a site within the standard that could offer the level, all corridors built."""
    pairs, possible = problem.trips[level], np.zeros(len(problem.demand.ids), dtype=bool)
    possible[pairs.origin[problem.within_standard(level, pairs.site, pairs.minutes)]] = True
    return possible


def nearest_plan(problem: Problem) -> Plan:
    """Everybody at the nearest site that could offer the level, whether anything stands there."""
    assignments = []
    for pairs in problem.trips:
        _, first = np.unique(pairs.origin, return_index=True)
        everybody = np.ones(len(first))
        assignments.append(
            Assignment(pairs.origin[first], pairs.site[first], pairs.minutes[first], everybody)
        )
    return Plan(np.zeros(0, dtype=np.int64), tuple(assignments))


def levels_at_nearest(problem: Problem) -> list[Access]:
    """The access of `nearest_plan` at each level."""
    ideal = nearest_plan(problem)
    return [access(problem, ideal, row) for row in range(len(problem.levels))]
