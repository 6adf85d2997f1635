"""HUB MEDIAN: the public functions for p hubs, and for hubs with fixed costs."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from optimizer.foundation.tolerances import NEARLY_ZERO
from optimizer.location.base.costs import Coordinates, amounts
from optimizer.location.base.given import between, count
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.hubs.enumeration import enumerate_hub_sets
from optimizer.location.hubs.exact import Incumbent, solve_program
from optimizer.location.hubs.flows import Hubs, single, traffic_of
from optimizer.location.hubs.heuristic import LocalSearch
from optimizer.location.hubs.hub_set_costs import enumeration_work
from optimizer.location.hubs.multiple_allocation import multiple_allocation_program
from optimizer.location.hubs.single_allocation import single_allocation_program
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: Additions that enumerating all sets of hubs may take: half a minute.
MAX_ENUMERATION_WORK = 5e9

#: Allocations of a place to r of p hubs at most where sets are enumerated: the dual bound compares
#: every two of them.
MAX_ALLOCATION_WAYS = 20

#: Penalty of sending all flow over hubs without capacity, as a multiple of the cost of all flow.
OVERLOAD_PENALTY = 10.0

#: Objective of the incumbent in the units of a program, where the tolerances of HiGHS fit.
OBJECTIVE_SCALE = 1e5


def p_hub(
    flows: ArrayLike,
    costs: ArrayLike | Coordinates,
    p: int,
    allocation: int | None = 1,
    collection: float = 1.0,
    transfer: float = 1.0,
    distribution: float = 1.0,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Hubs]:
    """p-hub median: p hubs and the allocation of places to them at least cost of flows.

        minimise sum_ij w_ij min_km (chi c_ik + alpha c_km + delta c_mj),  k a hub of i, m one of j

    flows, costs: (N, N), w_ij and c_ij from row to column, c_ii = 0. allocation: hubs that a place
    may use: 1 (single allocation, O'Kelly 1987), r (Yaman 2011), None for all (multiple allocation,
    Campbell 1994). collection, transfer, distribution: the factors chi, alpha, delta. Transfers
    between two hubs are direct.
    Raises ValueError for numbers that make no sense.
    """
    traffic = traffic_of(flows, costs, collection, transfer, distribution)
    n = len(traffic)
    p = between(p, n, "places")
    r = _hubs_per_place(allocation, p)
    incumbent = Incumbent(traffic, np.zeros(n), Watch(limits, progress))
    enumerable = (
        enumeration_work(n, p) <= MAX_ENUMERATION_WORK and comb(p, r) <= MAX_ALLOCATION_WAYS
    )

    def run() -> bool:
        unit = _initial_plan(incumbent, p, r, None)
        return (
            enumerate_hub_sets(incumbent, p, r, unit)
            if enumerable
            else _solve_flow_form(incumbent, p, r, None, unit)
        )

    interrupted = until_interrupted(run)
    name = "sets of hubs" if enumerable else "flow form"
    return incumbent.watch.answer(incumbent.plan, name, interrupted, incumbent.proven_by_solver)


def fixed_hub(
    flows: ArrayLike,
    costs: ArrayLike | Coordinates,
    fixed: ArrayLike,
    capacity: ArrayLike | None = None,
    allocation: int | None = 1,
    collection: float = 1.0,
    transfer: float = 1.0,
    distribution: float = 1.0,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Hubs]:
    """Hub location with fixed costs: hubs, as many as pay, at least fixed and flow cost.

        minimise sum_k f_k + sum_ij w_ij min_km (chi c_ik + alpha c_km + delta c_mj)

    fixed: (N,) f_k of a hub; capacity: (N,) of the flow that a hub collects from its places, itself
    among them (CSAHLP, Ernst and Krishnamoorthy 1999); with capacities each place has one hub. The
    rest as in `p_hub`. Infeasible where the capacities of all hubs together are too small.
    Raises ValueError for numbers that make no sense.
    """
    traffic = traffic_of(flows, costs, collection, transfer, distribution)
    n = len(traffic)
    opening = amounts(fixed, n, "fixed")
    r = _hubs_per_place(allocation, n)
    capacities = None if capacity is None else amounts(capacity, n, "capacity")
    if capacities is not None and r > 1:
        raise ValueError("allocation: 1 where hubs have capacities")
    incumbent = Incumbent(traffic, opening, Watch(limits, progress), capacities)
    interrupted = until_interrupted(
        lambda: _solve_flow_form(
            incumbent,
            None,
            r,
            capacities,
            _initial_plan(incumbent, None, r, capacities),
        )
    )
    return incumbent.watch.answer(
        incumbent.plan, "flow form", interrupted, incumbent.proven_by_solver
    )


def _hubs_per_place(allocation: int | None, hubs: int) -> int:
    """r, the number of hubs that a place may use."""
    return hubs if allocation is None else min(count(allocation, "allocation"), hubs)


def _initial_plan(
    incumbent: Incumbent, count: int | None, r: int, capacity: Floats | None
) -> float:
    """Update the incumbent by local search; the unit of the objective for a program."""
    traffic, n = incumbent.traffic, len(incumbent.traffic)
    joined = np.eye(n, dtype=bool)
    all_hubs = traffic.cost(joined) + incumbent.fixed.sum()
    capacities = np.full(n, np.inf) if capacity is None else capacity
    overload_penalty = OVERLOAD_PENALTY * all_hubs / max(traffic.outflow.sum(), NEARLY_ZERO)
    search = LocalSearch(traffic, count, incumbent.fixed, capacities, overload_penalty)
    allocation = search.best(lambda: incumbent.watch.out_of_time)
    if search.within_capacity(allocation):
        incumbent.update(_with_nearest_hubs(single(allocation), traffic.costs, r))
    incumbent.note(traffic.cost(np.ones_like(joined)))  # a bound: all are hubs, at no cost
    scale = search.cost(allocation) / OBJECTIVE_SCALE
    return scale if scale > 0 else 1.0


def _with_nearest_hubs(plan: Hubs, costs: Floats, r: int) -> Hubs:
    """The same hubs, and each place joined to its nearest ones too, r in all."""
    distance = np.where(plan.joined, -1.0, costs)[:, plan.sites]
    nearest = plan.sites[np.argsort(distance, axis=1, kind="stable")[:, :r]]
    joined = np.zeros_like(plan.joined)
    np.put_along_axis(joined, nearest, True, axis=1)
    return Hubs(plan.sites, joined)


def _solve_flow_form(
    incumbent: Incumbent, count: int | None, r: int, capacity: Floats | None, unit: float
) -> bool:
    """Prove by the flow formulation; True: interrupted."""
    if incumbent.finished:
        return False
    sites = np.arange(len(incumbent.traffic))
    if r == 1:
        model = single_allocation_program(
            incumbent.traffic, sites, count, incumbent.fixed, capacity, unit
        )
    else:
        limit = None if r == (count or len(sites)) else r
        model = multiple_allocation_program(
            incumbent.traffic, sites, count, limit, incumbent.fixed, unit
        )
    return solve_program(model, unit, incumbent, incumbent.note)[1]
