"""HUB COVERING: fewest hubs such that every two places are within a radius.

Campbell 1994, Kara and Tansel 2003. With multiple allocation, h_km = 1 if both k and m are hubs
(h_kk: if k is one), and for each pair of places i, j

    sum of h_km over routes i, k, m, j within the radius >= 1,   h_km <= h_kk, h_mm

With single allocation, z_ik = 1 if k is the hub of i (Ernst et al. 2018):

    sum_k z_ik = 1,   z_ik <= z_kk
    z_ik + sum of z_jm over routes i, k, m, j beyond the radius <= 1   for all i, j, k
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import Coordinates, amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import inclusive, radii
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.hubs.exact import Incumbent, solve_program
from optimizer.location.hubs.flows import Hubs, Traffic, check_factors, cost_matrix
from optimizer.location.hubs.program import HubProgram, ProgramBuilder
from optimizer.problem import Bools, Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)


def hub_cover(
    costs: ArrayLike | Coordinates,
    radius: float,
    fixed: ArrayLike | None = None,
    multiple: bool = False,
    collection: float = 1.0,
    transfer: float = 1.0,
    distribution: float = 1.0,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Hubs]:
    """Hub set covering: fewest hubs, or cheapest by `fixed` (N,), within a radius.

        chi c_ik + alpha c_km + delta c_mj <= radius  for all i, j,  k a hub of i, m one of j

    costs: (N, N), c_ii = 0; multiple: multiple allocation, not single. objective: number of hubs,
    or their cost. Infeasible where no hubs suffice; the reasons say what is too far.
    Raises ValueError for numbers that make no sense.
    """
    table = cost_matrix(costs)
    n = len(table)
    limit = float(inclusive(radii(radius, 1))[0])
    check_factors(collection=collection, transfer=transfer, distribution=distribution)
    hub_cost = np.ones(n) if fixed is None else amounts(fixed, n, "fixed")
    traffic = Traffic(np.zeros_like(table), table, collection, transfer, distribution)
    incumbent = Incumbent(traffic, hub_cost, Watch(limits, progress))
    unreachable = (traffic.unit_costs(np.ones_like(table, dtype=bool)) > limit) & ~np.eye(
        n, dtype=bool
    )
    if unreachable.any():
        incumbent.note(np.inf)
        reason = (
            f"{unreachable.sum()} of {n * (n - 1)} pairs are beyond the radius though all are hubs"
        )
        return replace(incumbent.watch.answer(None, "flow form"), reasons=(reason,))
    integral = are_whole(hub_cost)

    def on_bound(bound: float, nodes: int) -> None:
        incumbent.note(rounded_up(bound) if integral else bound, nodes)

    def run() -> bool:
        form = (_multiple_allocation_program if multiple else _single_allocation_program)(
            traffic, limit, hub_cost
        )
        return solve_program(form, 1.0, incumbent, on_bound)[1]

    interrupted = until_interrupted(run)
    solved = incumbent.watch.answer(incumbent.plan, "cover", interrupted)
    if incumbent.watch.bound == np.inf:
        return replace(solved, reasons=("no hubs bring every two places within the radius",))
    return solved


def _route_costs(traffic: Traffic, i: int, j: int) -> Floats:
    """(N, N) unit cost from i to j over hubs k (row) and m (column)."""
    collection, distribution = (
        traffic.collection * traffic.costs[i],
        traffic.distribution * traffic.costs[:, j],
    )
    return np.asarray(collection[:, None] + traffic.transfer * traffic.costs + distribution)


def _multiple_allocation_program(traffic: Traffic, limit: float, hub_cost: Floats) -> HubProgram:
    """The covering program with multiple allocation."""
    n = len(traffic)
    builder = ProgramBuilder()
    h = builder.add_columns(hub_cost, integer=True)
    k, m = np.triu_indices(n, 1)
    h_pair = builder.add_columns(np.zeros(len(k)))
    for hub in (k, m):
        link_rows = builder.add_rows(h_pair.shape, -np.inf, 0)
        builder.add_entries(link_rows, h_pair, 1.0)
        builder.add_entries(link_rows, h[hub], -1.0)
    within = [_route_costs(traffic, i, j) <= limit for i in range(n) for j in range(n) if i != j]
    for covering in _distinct_rows(within, k, m):
        builder.add_entries(builder.add_rows((1,), 1, np.inf), np.append(h, h_pair)[covering], 1.0)
    builder.add_entries(builder.add_rows((1,), 1, np.inf), h, 1.0)
    return HubProgram(builder.program(), np.arange(n), np.broadcast_to(h, (n, n)))


def _distinct_rows(within: list[Bools], k: np.ndarray, m: np.ndarray) -> Bools:
    """Distinct covering rows over single hubs and pairs; pairs with a covering hub are dropped."""
    if not within:
        return np.empty((0, len(k)), dtype=bool)
    covered = np.array(within)
    single = np.diagonal(covered, axis1=1, axis2=2)
    pair = (covered | covered.transpose(0, 2, 1))[:, k, m]
    pair &= ~single[:, k] & ~single[:, m]
    return np.asarray(np.unique(np.hstack([single, pair]), axis=0))


def _single_allocation_program(traffic: Traffic, limit: float, hub_cost: Floats) -> HubProgram:
    """The covering program with single allocation."""
    n = len(traffic)
    builder = ProgramBuilder()
    z = builder.add_columns(np.diag(hub_cost), integer=True)
    builder.add_entries(builder.add_rows((n, 1), 1, 1), z, 1.0)
    hub_rows = builder.add_rows((n, n), -np.inf, 0)
    builder.add_entries(hub_rows, z, 1.0)
    builder.add_entries(hub_rows, z.diagonal(), -1.0)
    for i in range(n):
        for j in range(n):
            beyond = _route_costs(traffic, i, j) > limit
            first_hub, last_hub = np.nonzero(beyond & (i != j))
            first_hubs = np.unique(first_hub)
            rows = builder.add_rows(first_hubs.shape, -np.inf, 1)
            builder.add_entries(rows, z[i, first_hubs], 1.0)
            builder.add_entries(rows[np.searchsorted(first_hubs, first_hub)], z[j, last_hub], 1.0)
    return HubProgram(builder.program(), np.arange(n), z)
