"""CAPACITY LEVELS as sums of a few base modules: integer variables instead of many binaries.

An edge with levels of 20, 40, ..., 800 units, of which one is built, may cost as much as repeated
modules of 20 and of 40. Then two integers replace forty binaries, with a bound on the capacity.
With F(w) the cost of the cheapest level of at least w, and B the levels that are no sum of two
others at no more cost, this is equivalent where

    F(min(u_b + w, largest)) <= cost_b + F(w)       for b in B and each level w

as then no sum of levels in B is cheaper than the level of its capacity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.networks.demands import Modules
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class BaseModules:
    """The modules that are columns of the program.

    modules: of B, L' rows; multiples: (L', L) how many of each make a level; max_counts: (L',) of
    each on its edge; at_most_one: (E,) edges with one of their modules at most.
    """

    modules: Modules
    multiples: csr_array
    max_counts: Floats
    at_most_one: Bools


def base_modules(modules: Modules, total: float) -> BaseModules:
    """The modules themselves where an edge may have several, else the base modules of its levels.

    total: of all demands; no larger capacity is of use.
    """
    count = len(modules.edge)
    if modules.several:
        identity = csr_array((np.ones(count), (np.arange(count), np.arange(count))))
        exclusive = np.zeros(modules.edges, dtype=bool)
        return BaseModules(modules, identity, np.ceil(total / modules.capacity), exclusive)
    at_most_one = np.ones(modules.edges, dtype=bool)
    base_rows: list[int] = []
    max_counts: list[float] = []
    multiples: list[tuple[int, int, float]] = []
    order = np.argsort(modules.edge, kind="stable")
    first_of = np.searchsorted(modules.edge[order], np.arange(modules.edges + 1))
    for edge in range(modules.edges):
        levels = order[first_of[edge] : first_of[edge + 1]]
        levels = levels[_undominated(modules.capacity[levels], modules.cost[levels])]
        size, cost = modules.capacity[levels], modules.cost[levels]
        sums = _decompositions(size, cost)
        at_most_one[edge] = sums is None
        if sums is None:
            sums = np.eye(len(levels))
        base_levels = np.flatnonzero(np.diag(sums))
        row_of = {int(level): len(base_rows) + number for number, level in enumerate(base_levels)}
        multiples += [
            (row_of[b], int(levels[a]), sums[a, b]) for a, b in zip(*sums.nonzero(), strict=True)
        ]
        base_rows += levels[base_levels].tolist()
        largest = size.max(initial=0.0) * (1 + ROUNDING)
        max_counts += [
            1.0 if at_most_one[edge] else float(largest // size[level]) for level in base_levels
        ]
    base_row, level, times = np.array(multiples).reshape(-1, 3).T
    matrix = csr_array(
        (times, (base_row.astype(int), level.astype(int))), shape=(len(base_rows), count)
    )
    base = Modules(
        modules.edge[base_rows],
        modules.capacity[base_rows],
        modules.cost[base_rows],
        False,
        modules.existing,
        modules.flow_cost,
    )
    return BaseModules(base, matrix, np.array(max_counts), at_most_one)


def _undominated(size: Floats, cost: Floats) -> Ints:
    """Rows of the undominated levels, by size: every larger level costs more."""
    order = np.lexsort((-cost, size))
    cheapest_above = np.minimum.accumulate(np.append(cost[order], np.inf)[::-1])[::-1][1:]
    return np.asarray(order[cost[order] < cheapest_above])


def _decompositions(size: Floats, cost: Floats) -> Floats | None:
    """(L, L) multiples of base levels in each level; None where they are not equivalent."""
    sums = np.zeros((len(size), len(size)))
    base_levels: list[int] = []
    for level in range(len(size)):
        for b in base_levels:
            remainder = np.flatnonzero(
                np.abs(size + size[b] - size[level]) <= ROUNDING * size[level]
            )
            if len(remainder) and cost[remainder[0]] + cost[b] <= cost[level] * (1 + ROUNDING):
                sums[level] = sums[remainder[0]]
                sums[level, b] += 1
                break
        else:
            base_levels.append(level)
            sums[level, level] = 1
    if len(base_levels) == len(size):
        return None
    for b in base_levels:
        reached = np.minimum(size + size[b], size[-1]) * (1 - ROUNDING)
        if (cost[np.searchsorted(size, reached)] > (cost + cost[b]) * (1 + ROUNDING)).any():
            return None
    return sums
