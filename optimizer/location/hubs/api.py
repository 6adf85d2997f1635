"""PROBLEMS: hub location as it is asked."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import Coordinates, amounts
from optimizer.location.base.given import between, count
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.hubs.enumeration import by_sets
from optimizer.location.hubs.exact import Best, proven
from optimizer.location.hubs.flows import Hubs, single, traffic_of
from optimizer.location.hubs.heuristic import Search
from optimizer.location.hubs.hub_set_costs import work
from optimizer.location.hubs.multiple_allocation import several_form
from optimizer.location.hubs.single_allocation import single_form
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: Additions that looking at each set of hubs may take: half a minute.
MOST_WORK = 5e9

#: Ways to take r of p hubs that are weighed beside each other.
MOST_WAYS = 20

#: How often a plan is shaken where HiGHS has to prove it alone.
SHAKES = 10

#: What it costs to send all over hubs without room, as a multiple of what sending costs.
FINE = 10.0

#: What the best plan that is known counts in a program.
SIZE = 1e5


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
    """p hubs, and over which of them each place sends and gets, so that flows cost least.

        minimise sum_ij w_ij min_km (chi c_ik + alpha c_km + delta c_mj),  k a hub of i, m one of j

    flows, costs: (N, N) from row to column; costs of a unit, 0 to itself. allocation: how many hubs
    a place may have: 1 (O'Kelly 1987), r (Yaman 2011), None for all (Campbell 1994). collection,
    transfer, distribution: chi, alpha, delta. Between hubs the way is direct.
    Raises ValueError for numbers that make no sense.
    """
    traffic = traffic_of(flows, costs, collection, transfer, distribution)
    n = len(traffic)
    p = between(p, n, "places")
    r = _most(allocation, p)
    best = Best(traffic, np.zeros(n), Watch(limits, progress))
    few = work(n, p) <= MOST_WORK and comb(p, r) <= MOST_WAYS

    def run() -> bool:
        unit = _started(best, p, r, None, 0 if few else SHAKES)
        return by_sets(best, p, r, unit) if few else _by_flows(best, p, r, None, unit)

    interrupted = until_interrupted(run)
    name = "sets of hubs" if few else "flow form"
    return best.watch.answer(best.plan, name, interrupted, best.rounded)


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
    """Hubs, as many as pay, so that fixed costs and what flows cost are least in sum.

    fixed: (N,) of a hub; capacity: (N,) how much a hub can gather: what its places send, its own
    too (Ernst and Krishnamoorthy 1999); with capacities a place has one hub. The rest as in
    `p_hub`. Infeasible where all hubs together have too little room.
    Raises ValueError for numbers that make no sense.
    """
    traffic = traffic_of(flows, costs, collection, transfer, distribution)
    n = len(traffic)
    opening = amounts(fixed, n, "fixed")
    r = _most(allocation, n)
    room = None if capacity is None else amounts(capacity, n, "capacity")
    if room is not None and r > 1:
        raise ValueError("allocation: 1 where hubs have capacities")
    best = Best(traffic, opening, Watch(limits, progress), room)
    interrupted = until_interrupted(
        lambda: _by_flows(best, None, r, room, _started(best, None, r, room, SHAKES))
    )
    return best.watch.answer(best.plan, "flow form", interrupted, best.rounded)


def _most(allocation: int | None, hubs: int) -> int:
    """How many hubs a place has at most."""
    return hubs if allocation is None else min(count(allocation, "allocation"), hubs)


def _started(
    best: Best, count: int | None, most: int, capacity: Floats | None, shakes: int
) -> float:
    """A plan by local search, if it finds one; what a program counts 1 of."""
    traffic, n = best.traffic, len(best.traffic)
    joined = np.eye(n, dtype=bool)
    all_hubs = traffic.cost(joined) + best.fixed.sum()
    room = np.full(n, np.inf) if capacity is None else capacity
    fine = FINE * all_hubs / max(traffic.sent.sum(), 1e-300)
    search = Search(traffic, count, best.fixed, room, fine)
    random = np.random.default_rng(best.watch.limits.seed)
    hub = search.best(shakes, lambda: best.watch.out_of_time, random)
    if search.fits(hub):
        best.take(_widened(single(hub), traffic.costs, most))
    best.note(traffic.cost(np.ones_like(joined)))  # as if every place were a hub of all
    size = search.cost(hub) / SIZE
    return size if size > 0 else 1.0


def _widened(plan: Hubs, costs: Floats, most: int) -> Hubs:
    """The same hubs, and each place joined to the nearest too, so many in all."""
    distance = np.where(plan.joined, -1.0, costs)[:, plan.sites]
    nearest = plan.sites[np.argsort(distance, axis=1, kind="stable")[:, :most]]
    joined = np.zeros_like(plan.joined)
    np.put_along_axis(joined, nearest, True, axis=1)
    return Hubs(plan.sites, joined)


def _by_flows(
    best: Best, count: int | None, most: int, capacity: Floats | None, unit: float
) -> bool:
    """Prove by the flow form; True: interrupted."""
    if best.done:
        return False
    sites = np.arange(len(best.traffic))
    if most == 1:
        form = single_form(best.traffic, sites, count, best.fixed, capacity, unit)
    else:
        some = None if most == (count or len(sites)) else most
        form = several_form(best.traffic, sites, count, some, best.fixed, unit)
    return proven(form, unit, best, best.note)[1]
