"""RELIABLE LOCATION: the public functions for p-median and fixed charge with failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import CostsLike, amounts, costs_of
from optimizer.location.base.given import between
from optimizer.location.base.given import count as count_of
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.reliable.exact import BranchAndCut, Reliable, ReliableProblem
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)


def reliable_p_median(
    costs: CostsLike,
    p: int,
    failure: float,
    penalty: float,
    weights: ArrayLike | None = None,
    levels: int | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Reliable]:
    """Reliable p-median (Snyder and Daskin 2005): p sites of least expected cost under failures.

        minimise sum_i w_i (sum_r q^r (1 - q) min(c_i(r), penalty) + q^R penalty)

    c_i(r), r = 0 .. R - 1: costs of the open sites of point i in ascending order; failures are
    independent. costs, weights: as in `p_median`; failure: q of every site; penalty: of a unit of
    weight that is not served, as all sites have failed or are dearer; levels: R, sites that a point
    tries at most; absent, all, and with fewer the cost is an upper bound of that, which falls as R
    grows. Raises ValueError for numbers that make no sense.
    """
    sites = costs_of(costs).shape[1]
    p = between(p, sites)
    none = np.zeros(sites)
    return _solved(costs, none, p, failure, penalty, weights, levels, limits, progress)


def reliable_fixed_charge(
    costs: CostsLike,
    fixed: ArrayLike,
    failure: float,
    penalty: float,
    weights: ArrayLike | None = None,
    levels: int | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Reliable]:
    """Reliable uncapacitated fixed charge (Snyder and Daskin 2005): as many sites as pay.

    fixed: (J,) f_j of the open sites is added to the objective of `reliable_p_median`. With no site
    open everybody pays the penalty.
    """
    opening = amounts(fixed, costs_of(costs).shape[1], "fixed")
    return _solved(costs, opening, None, failure, penalty, weights, levels, limits, progress)


def _solved(
    costs: CostsLike,
    fixed: Floats,
    count: int | None,
    failure: float,
    penalty: float,
    weights: ArrayLike | None,
    levels: int | None,
    limits: Limits,
    progress: Tell | None,
) -> Solved[Reliable]:
    """Check the common arguments, and solve."""
    table = costs_of(costs)
    points, sites = table.shape
    if not 0 <= failure < 1:
        raise ValueError(f"failure: a chance from 0 to below 1, not {failure}")
    if levels is not None:
        levels = count_of(levels, "levels")
    weight = np.ones(points) if weights is None else amounts(weights, points, "weights")
    (penalty_cost,) = amounts([penalty], 1, "penalty")
    max_open = sites if count is None else count
    levels_tried = max_open if levels is None else min(levels, max_open)
    problem = ReliableProblem(
        table, weight, fixed, float(failure), float(penalty_cost), levels_tried, count
    )
    watch = Watch(limits, progress)
    search = BranchAndCut(problem, watch)
    interrupted = until_interrupted(search.run)
    plan = None
    if search.best is not None:
        plan = Reliable(search.best, problem.expected(search.best)[1])
    return watch.answer(plan, "expected costs", interrupted, search.proven)
