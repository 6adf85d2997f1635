"""COVERING PROBLEMS: location set covering and maximal covering (Toregas et al. 1971; Church and
ReVelle 1974).

A site covers the points with c_ij <= radius_i, but for the rounding of sums: 0.1 + 0.2 is within
0.3. Points that are covered by the same sites are one row, so a million points are as many rows as
there are different sets of sites.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import Costs, amounts, costs_of
from optimizer.location.base.given import count, inclusive, radii
from optimizer.location.base.result import Opened, Tell, Watch, until_interrupted
from optimizer.location.covering.max_cover import Incumbent, solve_max_cover, subproblem_of
from optimizer.location.covering.row_reductions import distinct_coverage
from optimizer.location.covering.set_cover import solve_set_cover
from optimizer.problem import Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Progress, Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import sparray

#: The default: proven to the last digit.
EXACT = Limits(gap=0)


def set_cover(
    costs: ArrayLike | sparray | Costs,
    radius: ArrayLike,
    fixed: ArrayLike | None = None,
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """Location set covering: the fewest, or the cheapest sites that cover all points.

        minimise sum_j f_j y_j,  sum of y_j over c_ij <= radius_i at least 1 for each point i

    costs: (I, J), see `costs_of`; radius: one, or (I,); fixed: (J,), absent: 1, so the objective is
    the number of sites. Infeasible where a point has no site within its radius; the reasons say how
    many. Raises ValueError for invalid numbers.
    """
    table = costs_of(costs)
    points, sites = table.shape
    within = inclusive(radii(radius, points), table.integral)
    cost = np.ones(sites) if fixed is None else amounts(fixed, sites, "fixed")
    watch = Watch(limits or EXACT, progress)
    coverage, row = distinct_coverage(table, within)
    uncoverable = int((np.diff(coverage.indptr) == 0)[row].sum())
    if uncoverable:
        watch.note(bound=math.inf)
        reason = f"{uncoverable} of {points} points have no site within their radius"
        return replace(watch.answer(None, "set cover"), reasons=(reason,))
    cover = solve_set_cover(coverage, cost, watch)
    return watch.answer(_opened(table, cover.site, within), "set cover", cover.interrupted)


def max_cover(
    costs: ArrayLike | sparray | Costs,
    radius: ArrayLike,
    p: int,
    weights: ArrayLike | None = None,
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """Maximal covering: p sites (all, if there are fewer) that cover the most weight.

    costs: (I, J), see `costs_of`; radius: one, or (I,); weights: (I,), absent: 1. It is a
    maximisation: objective is the covered weight, bound an upper bound. An uncovered point is
    served by -1. Raises ValueError for invalid numbers.
    """
    table = costs_of(costs)
    points, sites = table.shape
    within = inclusive(radii(radius, points), table.integral)
    weight = np.ones(points) if weights is None else amounts(weights, points, "weights")
    p = min(count(p, "p"), sites)
    watch = Watch(limits or EXACT, _negated_callback(progress))
    coverage, row = distinct_coverage(table, within)
    total = np.bincount(row, weight, minlength=coverage.shape[0]).astype(float)
    incumbent = Incumbent(np.empty(0, dtype=np.int64))
    problem = subproblem_of(coverage, total, p)
    interrupted = until_interrupted(lambda: solve_max_cover(problem, watch, incumbent))
    unused = np.setdiff1d(np.arange(sites), incumbent.site)[: p - len(incumbent.site)]
    plan = _opened(table, np.concatenate([incumbent.site, unused]), within)
    return _maximised(watch.answer(plan, "maximal cover", interrupted))


def _opened(costs: Costs, site: Ints, radius: Floats) -> Opened:
    """The plan of these sites: each point at the nearest one within its radius."""
    site = np.sort(site)
    if not len(site):
        return Opened(site, np.full(len(radius), -1))
    served, cost = costs.served(site)
    return Opened(site, np.where(cost[:, 0] <= radius, served[:, 0], -1))


def _negated_callback(tell: Tell | None) -> Callable[[Progress], None] | None:
    """Progress of a minimisation of negative weights, as that of a maximisation."""
    if tell is None:
        return None
    return lambda progress: tell(_negated(progress))


def _negated(progress: Progress) -> Progress:
    return replace(progress, objective=-progress.objective, bound=-progress.bound)


def _maximised(solved: Solved[Opened]) -> Solved[Opened]:
    """The result of a minimisation of negative weights, as that of a maximisation."""
    return replace(
        solved,
        objective=-solved.objective,
        bound=-solved.bound,
        trace=tuple(_negated(seen) for seen in solved.trace),
    )
