"""REPEATING: levels that are sums of a few modules, as whole numbers of those.

An edge with levels of 20, 40, ..., 800 units, one of which is built, may cost what any number of
modules of 20 and of 40 cost. Then two whole numbers say what forty binaries would, with a bound on
the capacity. With F(w) what the cheapest level of at least w costs, and B the levels that are no
sum of two others at no more cost, it is the same where

    F(min(u_b + w, largest)) <= cost_b + F(w)       for b in B and each level w

as then no sum of levels in B is cheaper than the level of its capacity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.networks.demands import Modules
from optimizer.problem import Bools, Floats, Ints

#: Capacities and costs that differ by this share are the same.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Counted:
    """What the program of a design counts.

    modules: rows of `Modules`, those of B; of: (L', L) how many of each a level is; at_most: (L',)
    the most of each on its edge; one: (E,) edges that have one of their modules at most.
    """

    modules: Modules
    of: csr_array
    at_most: Floats
    one: Bools


def counted(modules: Modules, total: float) -> Counted:
    """The modules themselves where an edge may have several, else those of which levels are sums.

    total: all demands; nothing larger is of use.
    """
    count = len(modules.edge)
    if modules.several:
        identity = csr_array((np.ones(count), (np.arange(count), np.arange(count))))
        none = np.zeros(modules.edges, dtype=bool)
        return Counted(modules, identity, np.ceil(total / modules.capacity), none)
    one = np.ones(modules.edges, dtype=bool)
    kept: list[int] = []
    most: list[float] = []
    parts: list[tuple[int, int, float]] = []
    order = np.argsort(modules.edge, kind="stable")
    ends = np.searchsorted(modules.edge[order], np.arange(modules.edges + 1))
    for edge in range(modules.edges):
        here = order[ends[edge] : ends[edge + 1]]
        here = here[_undominated(modules.capacity[here], modules.cost[here])]
        size, cost = modules.capacity[here], modules.cost[here]
        sums = _sums(size, cost)
        one[edge] = sums is None
        if sums is None:
            sums = np.eye(len(here))
        used = np.flatnonzero(np.diag(sums))
        row = {int(level): len(kept) + number for number, level in enumerate(used)}
        parts += [(row[b], int(here[a]), sums[a, b]) for a, b in zip(*sums.nonzero(), strict=True)]
        kept += here[used].tolist()
        ends_at = size.max(initial=0.0) * (1 + SAME)
        most += [1.0 if one[edge] else float(ends_at // size[level]) for level in used]
    into, level, times = np.array(parts).reshape(-1, 3).T
    of = csr_array((times, (into.astype(int), level.astype(int))), shape=(len(kept), count))
    base = Modules(
        modules.edge[kept],
        modules.capacity[kept],
        modules.cost[kept],
        False,
        modules.existing,
        modules.flow_cost,
    )
    return Counted(base, of, np.array(most), one)


def _undominated(size: Floats, cost: Floats) -> Ints:
    """Rows of the levels of which none larger costs no more, by size."""
    order = np.lexsort((-cost, size))
    least = np.minimum.accumulate(np.append(cost[order], np.inf)[::-1])[::-1][1:]
    return np.asarray(order[cost[order] < least])


def _sums(size: Floats, cost: Floats) -> Floats | None:
    """(L, L) of which levels each is the sum, how often; None where there is no such way."""
    sums = np.zeros((len(size), len(size)))
    base: list[int] = []
    for level in range(len(size)):
        for b in base:
            rest = np.flatnonzero(np.abs(size + size[b] - size[level]) <= SAME * size[level])
            if len(rest) and cost[rest[0]] + cost[b] <= cost[level] * (1 + SAME):
                sums[level] = sums[rest[0]]
                sums[level, b] += 1
                break
        else:
            base.append(level)
            sums[level, level] = 1
    if len(base) == len(size):
        return None
    for b in base:
        reached = np.minimum(size + size[b], size[-1]) * (1 - SAME)
        if (cost[np.searchsorted(size, reached)] > (cost + cost[b]) * (1 + SAME)).any():
            return None
    return sums
