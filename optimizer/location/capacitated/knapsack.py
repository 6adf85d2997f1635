"""KNAPSACKS of all sites of a capacitated problem at once.

    v_j = max sum_i gain_ij x_ij,  sum_i demand_i x_ij <= capacity_j

with x in [0, 1] (`fractional`) or in {0, 1} (`binary`); and the covering knapsack of the sites that
have the capacity for all demand (`cheapest_cover`).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.given import inclusive
from optimizer.problem import Bools, Floats, Ints

#: Most cells of the table of one dynamic program: points x capacity x sites.
MAX_TABLE_CELLS = 4_000_000

#: Most units of the demand of all in the covering knapsack, whose table has as many rows.
COVER_UNITS = 2000


def fractional(gain: Floats, demand: Floats, capacity: Floats) -> tuple[Floats, Floats, Floats]:
    """Continuous knapsacks by gain per demand (Dantzig 1957): (J,) v, (I, J) x, and (J,) duals.

    gain: (I, J), -inf: inadmissible.
    """
    sites = gain.shape[1]
    j, i = np.nonzero(gain.T > 0)
    value, weight = gain[i, j], demand[i]
    with np.errstate(divide="ignore"):
        density = np.where(weight > 0, value / weight, np.inf)
    order = np.lexsort((-density, j))
    i, j, value, weight, density = i[order], j[order], value[order], weight[order], density[order]
    cumulated = np.concatenate([[0.0], np.cumsum(weight)])
    used = cumulated[:-1] - cumulated[np.searchsorted(j, np.arange(sites))][j]
    share = np.ones(len(i))
    has_weight = weight > 0
    share[has_weight] = np.clip((capacity[j] - used)[has_weight] / weight[has_weight], 0, 1)
    capacity_price = np.zeros(sites)
    np.maximum.at(capacity_price, j[share < 1], density[share < 1])
    x = np.zeros(gain.shape)
    x[i, j] = share
    best = np.bincount(j, value * share, minlength=sites).astype(float)
    return best, x, capacity_price


def integer_units(demand: Floats, capacity: Floats) -> tuple[Ints, Ints] | None:
    """Demands and capacities in the greatest common divisor of the demands.

    None: demands are no whole numbers, or the tables would be too large.
    """
    if not np.array_equal(demand, np.floor(demand)) or demand.max(initial=0) > 2**53:
        return None
    unit = math.gcd(*(int(one) for one in demand)) or 1
    units = np.minimum(np.floor(inclusive(capacity, whole=True) / unit), demand.sum() / unit)
    if (units.max(initial=0) + 1) * len(demand) * len(capacity) > MAX_TABLE_CELLS:
        return None
    return (demand / unit).astype(np.int64), units.astype(np.int64)


def binary(gain: Floats, demand: Ints, capacity: Ints) -> tuple[Floats, Floats]:
    """Binary knapsacks by dynamic programming over the capacity used: (J,) v, and (I, J) x."""
    max_capacity = int(capacity.max(initial=0))
    table = np.zeros((max_capacity + 1, gain.shape[1]))
    taken: dict[int, Bools] = {}
    for i in map(int, np.flatnonzero((gain > 0).any(axis=1) & (demand <= max_capacity))):
        weight = int(demand[i])
        with_item_i = table[: max_capacity + 1 - weight] + gain[i]
        better = with_item_i > table[weight:]
        table[weight:] = np.where(better, with_item_i, table[weight:])
        taken[i] = better
    site = np.arange(gain.shape[1])
    x = np.zeros(gain.shape)
    remaining = capacity.copy()
    for i, better in reversed(taken.items()):
        fits = remaining >= demand[i]
        takes = fits & better[np.where(fits, remaining - demand[i], 0), site]
        x[i] = takes
        remaining = remaining - takes * demand[i]
    return table[capacity, site], x


def table_with_item(table: Floats, gain: Floats, weight: int) -> Floats:
    """The table, (capacity, J), with one item more; gain: (J,)."""
    if weight >= len(table):
        return table
    extended = table.copy()
    np.maximum(extended[weight:], table[: len(table) - weight] + gain, out=extended[weight:])
    return extended


def binary_with_item(gain: Floats, demand: Ints, capacity: Ints) -> Floats:
    """(I, J) v_j with x_ij = 1; -inf: inadmissible."""
    points, sites = gain.shape
    max_capacity = int(capacity.max(initial=0))
    after = np.zeros((points + 1, max_capacity + 1, sites))
    for i in range(points - 1, -1, -1):
        after[i] = table_with_item(after[i + 1], gain[i], int(demand[i]))
    best = np.full(gain.shape, -np.inf)
    before = np.zeros((max_capacity + 1, sites))
    for i in range(points):
        weight = int(demand[i])
        for j in np.flatnonzero((capacity >= weight) & np.isfinite(gain[i])):
            remaining = int(capacity[j]) - weight
            best[i, j] = gain[i, j] + np.max(
                before[: remaining + 1, j] + after[i + 1, remaining::-1, j][: remaining + 1]
            )
        before = table_with_item(before, gain[i], weight)
    return best


def capacity_units(capacity: Floats, demand: float) -> tuple[Ints, int]:
    """Capacities and the demand of all in one unit, rounded so that every cover remains one."""
    unit = demand / COVER_UNITS
    if np.array_equal(capacity, np.floor(capacity)):
        unit = max(unit, float(math.gcd(*(int(one) for one in capacity))))
    if unit == 0:
        return np.zeros(len(capacity), dtype=np.int64), 0
    needed = math.ceil(demand / unit * (1 - ROUNDING))
    units = np.ceil(np.minimum(capacity / unit, needed) * (1 - ROUNDING))
    return units.astype(np.int64), needed


def cheapest_cover(cost: Floats, capacity: Ints, needed: int) -> tuple[float, Bools]:
    """Covering knapsack: min sum_j cost_j y_j, sum_j capacity_j y_j >= needed, y in {0, 1}.

    Its value, inf: infeasible, and (J,) y. Sites with a negative cost are in; the others by dynamic
    programming over the capacity that is still needed.
    """
    y = cost < 0
    total = float(cost[y].sum())
    remaining = needed - int(capacity[y].sum())
    if remaining <= 0:
        return total, y
    table = np.full(remaining + 1, np.inf)
    table[0] = 0
    others = np.flatnonzero(~y & (capacity > 0))
    taken = np.zeros((len(others), remaining + 1), dtype=bool)
    for row, j in enumerate(others):
        units = min(int(capacity[j]), remaining)
        with_j = cost[j] + np.concatenate(
            [np.full(units, table[0]), table[: remaining + 1 - units]]
        )
        taken[row] = with_j < table
        table = np.where(taken[row], with_j, table)
    total += float(table[remaining])
    for row in range(len(others) - 1, -1, -1):
        if taken[row, remaining]:
            y[others[row]] = True
            remaining = max(0, remaining - int(capacity[others[row]]))
    return total, y


def cover_flipped(cost: Floats, capacity: Ints, needed: int, y: Bools) -> Floats:
    """(J,) the value of `cheapest_cover` with y_j fixed at 1 - y_j; y: (J,) its solution."""
    flipped = np.empty(len(cost))
    for j in range(len(cost)):
        others = np.arange(len(cost)) != j
        opened_units, opened_cost = (0, 0.0) if y[j] else (int(capacity[j]), float(cost[j]))
        rest, _ = cheapest_cover(cost[others], capacity[others], needed - opened_units)
        flipped[j] = opened_cost + rest
    return flipped
