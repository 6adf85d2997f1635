"""PROBLEMS: p-median and fixed-charge location as they are asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.costs import Costs, Given, Phi, amounts, costs_of, distinct_points
from optimizer.location.base.given import between
from optimizer.location.base.result import Opened, Tell, Watch
from optimizer.location.capacitated.exact import capacitated
from optimizer.location.median.exact import Median
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)


def p_median(
    costs: Given,
    p: int,
    weights: ArrayLike | None = None,
    phi: Phi | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """Open p sites so that the weighted sum of what serving costs is least (Hakimi 1964).

        minimise sum_i w_i phi(c_ij(i)),  j(i) the cheapest open site of point i

    costs: an array (I, J; inf: not admissible), a sparse matrix (what is stored is admissible) or
    `Coordinates`; weights: (I,), absent: 1; phi: an increasing function of arrays, for an additive
    measure of equity: Kolm-Pollak is expm1(kappa c). Where points can't all be served by p sites
    the status is infeasible. Raises ValueError for weights, costs or p that make no sense.
    """
    table = costs_of(costs, phi)
    points, sites = table.shape
    p = between(p, sites)
    return _median(
        table,
        np.ones(points) if weights is None else amounts(weights, points, "weights"),
        np.zeros(sites),
        p,
        limits,
        progress,
    )


def fixed_charge(
    costs: Given,
    fixed: ArrayLike,
    capacity: ArrayLike | None = None,
    demand: ArrayLike | None = None,
    single_source: bool = False,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """Open sites, as many as pay, so that fixed costs and what serving costs are least in sum.

        minimise sum_j f_j y_j + sum_ij c_ij x_ij,  sum_j x_ij = 1,  x_ij <= y_j
        with capacities: sum_i d_i x_ij <= s_j y_j

    costs: as in `p_median`, of serving all of a point; fixed: (J,). capacity: (J,) and demand:
    (I,) come together; single_source: a point is served by one site alone (Balinski 1965; Holmberg,
    Ronnqvist and Yuan 1999). Raises ValueError for numbers that make no sense.
    """
    table = costs_of(costs)
    points, sites = table.shape
    opening = amounts(fixed, sites, "fixed")
    if (capacity is None) != (demand is None):
        raise ValueError("capacity and demand: both or none")
    if capacity is None or demand is None:
        return _median(table, np.ones(points), opening, None, limits, progress)
    room, need = amounts(capacity, sites, "capacity"), amounts(demand, points, "demand")
    if not need.any():  # all sites have room for all
        found = _median(table, np.ones(points), opening, None, limits, progress)
        return found if found.plan is None else replace(found, plan=_shared(found.plan, sites))
    return capacitated(table, opening, room, need, single_source, limits, progress)


def _shared(plan: Opened, sites: int) -> Opened:
    """The plan, with shares (I, J) of the one site that serves each point."""
    points = len(plan.served)
    shares = csr_array((np.ones(points), plan.served, np.arange(points + 1)), (points, sites))
    return replace(plan, shares=shares)


def _median(
    costs: Costs,
    weights: Floats,
    fixed: Floats,
    count: int | None,
    limits: Limits,
    progress: Tell | None,
) -> Solved[Opened]:
    """Points that weigh something, alike ones as one; the plan is told for all of them."""
    with np.errstate(over="ignore"):
        total = costs.upper_bound * weights.sum() + fixed.sum()
    if not np.isfinite(total):
        raise ValueError("costs, weights and fixed: what all cost is beyond what doubles hold")
    watch = Watch(limits, progress)
    some, together = distinct_points(costs, weights)
    solved = Median(some, together, fixed, count, watch).solve()
    if solved.plan is None:
        return solved
    served, _ = costs.served(solved.plan.sites)
    return replace(solved, plan=Opened(solved.plan.sites, served[:, 0]))
