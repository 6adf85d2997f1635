"""COVERING: the fewest hubs over which each place reaches each other within a radius.

Campbell 1994, Kara and Tansel 2003. With all hubs for each place, h_km says that both k and m are
hubs (h_kk: that k is one), and for each pair of places

    sum of h_km over the k, m that are within the radius >= 1,   h_km <= h_kk, h_mm

With one hub for each place, z_ik says that i has hub k (Ernst et al. 2018):

    sum_k z_ik = 1,   z_ik <= z_kk,   z_ik + sum of z_jm over the m beyond the radius <= 1
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import Coordinates, amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import inclusive, radii
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.hubs.exact import Best, proven
from optimizer.location.hubs.flows import Hubs, Traffic, dense, factors
from optimizer.location.hubs.program import Blocks, Form
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
    """The fewest hubs, or the cheapest by `fixed` (N,), such that every two places are near.

        chi c_ik + alpha c_km + delta c_mj <= radius  for all i, j,  k a hub of i, m one of j

    costs: (N, N), 0 to itself; multiple: a place may use all hubs, not one alone. objective: number
    of hubs, or their cost. Infeasible where no hubs do; the reasons say what is too far.
    Raises ValueError for numbers that make no sense.
    """
    table = dense(costs)
    n = len(table)
    most = float(inclusive(radii(radius, 1))[0])
    factors(collection=collection, transfer=transfer, distribution=distribution)
    price = np.ones(n) if fixed is None else amounts(fixed, n, "fixed")
    traffic = Traffic(np.zeros_like(table), table, collection, transfer, distribution)
    best = Best(traffic, price, Watch(limits, progress))
    far = (traffic.units(np.ones_like(table, dtype=bool)) > most) & ~np.eye(n, dtype=bool)
    if far.any():
        best.note(np.inf)
        told = f"{far.sum()} of {n * (n - 1)} pairs are beyond the radius though all are hubs"
        return replace(best.watch.answer(None, "flow form"), reasons=(told,))
    whole = are_whole(price)

    def note(bound: float, nodes: int) -> None:
        best.note(rounded_up(bound) if whole else bound, nodes)

    def run() -> bool:
        form = (_multiple if multiple else _one)(traffic, most, price)
        return proven(form, 1.0, best, note)[1]

    interrupted = until_interrupted(run)
    found = best.watch.answer(best.plan, "cover", interrupted)
    if best.watch.bound == np.inf:
        return replace(found, reasons=("no hubs bring every two places within the radius",))
    return found


def _units(traffic: Traffic, i: int, j: int) -> Floats:
    """(N, N) what a unit costs from i to j over hubs k (row) and m."""
    first, last = traffic.collection * traffic.costs[i], traffic.distribution * traffic.costs[:, j]
    return np.asarray(first[:, None] + traffic.transfer * traffic.costs + last)


def _multiple(traffic: Traffic, most: float, price: Floats) -> Form:
    """All hubs for each place."""
    n = len(traffic)
    blocks = Blocks()
    is_hub = blocks.variables(price, integer=True)
    one, other = np.triu_indices(n, 1)
    both = blocks.variables(np.zeros(len(one)))
    for hub in (one, other):
        below = blocks.ranges(both.shape, -np.inf, 0)
        blocks.put(below, both, 1.0)
        blocks.put(below, is_hub[hub], -1.0)
    within = [_units(traffic, i, j) <= most for i in range(n) for j in range(n) if i != j]
    for near in _different(within, one, other):
        blocks.put(blocks.ranges((1,), 1, np.inf), np.append(is_hub, both)[near], 1.0)
    blocks.put(blocks.ranges((1,), 1, np.inf), is_hub, 1.0)
    return Form(blocks.program(), np.arange(n), np.broadcast_to(is_hub, (n, n)))


def _different(within: list[Bools], one: np.ndarray, other: np.ndarray) -> Bools:
    """Different rows over single hubs and pairs of them; a pair with a single one in it is out."""
    if not within:
        return np.empty((0, len(one)), dtype=bool)
    near = np.array(within)
    alone = np.diagonal(near, axis1=1, axis2=2)
    both = (near | near.transpose(0, 2, 1))[:, one, other]
    both &= ~alone[:, one] & ~alone[:, other]
    return np.asarray(np.unique(np.hstack([alone, both]), axis=0))


def _one(traffic: Traffic, most: float, price: Floats) -> Form:
    """One hub for each place."""
    n = len(traffic)
    blocks = Blocks()
    joined = blocks.variables(np.diag(price), integer=True)
    blocks.put(blocks.ranges((n, 1), 1, 1), joined, 1.0)
    below = blocks.ranges((n, n), -np.inf, 0)
    blocks.put(below, joined, 1.0)
    blocks.put(below, joined.diagonal(), -1.0)
    for i in range(n):
        for j in range(n):
            beyond = _units(traffic, i, j) > most
            hub, other = np.nonzero(beyond & (i != j))
            some = np.unique(hub)
            rows = blocks.ranges(some.shape, -np.inf, 1)
            blocks.put(rows, joined[i, some], 1.0)
            blocks.put(rows[np.searchsorted(some, hub)], joined[j, other], 1.0)
    return Form(blocks.program(), np.arange(n), joined)
