"""MEDIAN PROBLEMS: the public functions for p-median and fixed-charge facility location."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.costs import Costs, CostsLike, Phi, amounts, costs_of, distinct_points
from optimizer.location.base.given import between
from optimizer.location.base.result import Opened, Tell, Watch
from optimizer.location.capacitated.exact import capacitated
from optimizer.location.median.exact import Median
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: The default: proven to the last digit.
EXACT = Limits(gap=0)


def p_median(
    costs: CostsLike,
    p: int,
    weights: ArrayLike | None = None,
    phi: Phi | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """p-median: p open sites of least weighted cost to serve all points (Hakimi 1964).

        minimise sum_i w_i phi(c_ij(i)),  j(i) the cheapest open site of point i

    costs: an array (I, J; inf: not admissible), a sparse matrix (what is stored is admissible) or
    `Coordinates`; weights: (I,), absent: 1; phi: an increasing function of arrays, for an additive
    measure of equity: Kolm-Pollak is expm1(kappa c). The status is infeasible where p sites cannot
    serve all points. Raises ValueError for invalid weights, costs or p.
    """
    table = costs_of(costs, phi)
    points, sites = table.shape
    p = between(p, sites)
    return _solve_median(
        table,
        np.ones(points) if weights is None else amounts(weights, points, "weights"),
        np.zeros(sites),
        p,
        limits,
        progress,
    )


def fixed_charge(
    costs: CostsLike,
    fixed: ArrayLike,
    capacity: ArrayLike | None = None,
    demand: ArrayLike | None = None,
    single_source: bool = False,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """Fixed-charge facility location: least sum of fixed costs and costs to serve all points.

        minimise sum_j f_j y_j + sum_ij c_ij x_ij,  sum_j x_ij = 1,  x_ij <= y_j
        with capacities: sum_i d_i x_ij <= s_j y_j

    costs: as in `p_median`, of serving all the demand of a point; fixed: (J,). capacity: (J,) and
    demand: (I,) come together; single_source: x in {0, 1}, a point is served by one site alone
    (Balinski 1965; Holmberg, Ronnqvist and Yuan 1999). Raises ValueError for invalid numbers.
    """
    table = costs_of(costs)
    points, sites = table.shape
    opening = amounts(fixed, sites, "fixed")
    if (capacity is None) != (demand is None):
        raise ValueError("capacity and demand: both or none")
    if capacity is None or demand is None:
        return _solve_median(table, np.ones(points), opening, None, limits, progress)
    capacities, demands = amounts(capacity, sites, "capacity"), amounts(demand, points, "demand")
    if not demands.any():  # no capacity binds
        solved = _solve_median(table, np.ones(points), opening, None, limits, progress)
        if solved.plan is None:
            return solved
        return replace(solved, plan=_with_shares(solved.plan, sites))
    return capacitated(table, opening, capacities, demands, single_source, limits, progress)


def _with_shares(plan: Opened, sites: int) -> Opened:
    """The plan with shares x_ij, (I, J), of 1 at the site that serves each point."""
    points = len(plan.served)
    shares = csr_array((np.ones(points), plan.served, np.arange(points + 1)), (points, sites))
    return replace(plan, shares=shares)


def _solve_median(
    costs: Costs,
    weights: Floats,
    fixed: Floats,
    count: int | None,
    limits: Limits,
    progress: Tell | None,
) -> Solved[Opened]:
    """Solve with equal points aggregated; the plan is for all points."""
    with np.errstate(over="ignore"):
        total = costs.upper_bound * weights.sum() + fixed.sum()
    if not np.isfinite(total):
        raise ValueError("costs, weights and fixed: what all cost is beyond what doubles hold")
    watch = Watch(limits, progress)
    distinct_costs, distinct_weights = distinct_points(costs, weights)
    solved = Median(distinct_costs, distinct_weights, fixed, count, watch).solve()
    if solved.plan is None:
        return solved
    served, _ = costs.served(solved.plan.sites)
    return replace(solved, plan=Opened(solved.plan.sites, served[:, 0]))
