"""KNAPSACKS: what the sites of a capacitated problem can gain at most, all sites at once.

For each site j: maximise sum_i gain_ij x_ij  subject to  sum_i demand_i x_ij <= capacity_j, with x
in [0, 1] (`fractional`) or in {0, 1} (`whole`); and which sites give room for everybody (`cover`).
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.given import edge
from optimizer.problem import Bools, Floats, Ints

#: Most cells of the table of one dynamic program: points x capacity x sites.
CELLS = 4_000_000

#: Most units into which the demand of all is cut when sites are chosen for their room.
UNITS = 2000


def fractional(gain: Floats, demand: Floats, capacity: Floats) -> tuple[Floats, Floats, Floats]:
    """(J,) the most gained, (I, J) by what, and (J,) what one more unit of room would gain.

    gain: (I, J), -inf where not admissible. By gain per demand (Dantzig 1957), exact.
    """
    sites = gain.shape[1]
    j, i = np.nonzero(gain.T > 0)
    gained, need = gain[i, j], demand[i]
    with np.errstate(divide="ignore"):
        worth = np.where(need > 0, gained / need, np.inf)
    order = np.lexsort((-worth, j))
    i, j, gained, need, worth = i[order], j[order], gained[order], need[order], worth[order]
    total = np.concatenate([[0.0], np.cumsum(need)])
    before = total[:-1] - total[np.searchsorted(j, np.arange(sites))][j]
    share = np.ones(len(i))
    some = need > 0
    share[some] = np.clip((capacity[j] - before)[some] / need[some], 0, 1)
    price = np.zeros(sites)
    np.maximum.at(price, j[share < 1], worth[share < 1])
    chosen = np.zeros(gain.shape)
    chosen[i, j] = share
    most = np.bincount(j, gained * share, minlength=sites).astype(float)
    return most, chosen, price


def whole_units(demand: Floats, capacity: Floats) -> tuple[Ints, Ints] | None:
    """Demands and capacities in the largest common unit of the demands; None where there is none
    or the tables would be too large."""
    if not np.array_equal(demand, np.floor(demand)) or demand.max(initial=0) > 2**53:
        return None
    unit = math.gcd(*(int(one) for one in demand)) or 1
    room = np.minimum(np.floor(edge(capacity, whole=True) / unit), demand.sum() / unit)
    if (room.max(initial=0) + 1) * len(demand) * len(capacity) > CELLS:
        return None
    return (demand / unit).astype(np.int64), room.astype(np.int64)


def whole(gain: Floats, demand: Ints, capacity: Ints) -> tuple[Floats, Floats]:
    """(J,) the most gained and (I, J) by what. A dynamic program over the room used; exact."""
    most = int(capacity.max(initial=0))
    best = np.zeros((most + 1, gain.shape[1]))
    taken: dict[int, Bools] = {}
    for i in map(int, np.flatnonzero((gain > 0).any(axis=1) & (demand <= most))):
        need = int(demand[i])
        with_it = best[: most + 1 - need] + gain[i]
        better = with_it > best[need:]
        best[need:] = np.where(better, with_it, best[need:])
        taken[i] = better
    site = np.arange(gain.shape[1])
    chosen = np.zeros(gain.shape)
    room = capacity.copy()
    for i, better in reversed(taken.items()):
        fits = room >= demand[i]
        takes = fits & better[np.where(fits, room - demand[i], 0), site]
        chosen[i] = takes
        room = room - takes * demand[i]
    return best[capacity, site], chosen


def with_item(best: Floats, gain: Floats, need: int) -> Floats:
    """The table of a dynamic program (room, J) with one item more."""
    if need >= len(best):
        return best
    more = best.copy()
    np.maximum(more[need:], best[: len(best) - need] + gain, out=more[need:])
    return more


def whole_with(gain: Floats, demand: Ints, capacity: Ints) -> Floats:
    """(I, J) the most gained by a site that serves the point; -inf where it cannot."""
    points, sites = gain.shape
    most = int(capacity.max(initial=0))
    after = np.zeros((points + 1, most + 1, sites))
    for i in range(points - 1, -1, -1):
        after[i] = with_item(after[i + 1], gain[i], int(demand[i]))
    best = np.full(gain.shape, -np.inf)
    before = np.zeros((most + 1, sites))
    for i in range(points):
        need = int(demand[i])
        for j in np.flatnonzero((capacity >= need) & np.isfinite(gain[i])):
            room = int(capacity[j]) - need
            best[i, j] = gain[i, j] + np.max(
                before[: room + 1, j] + after[i + 1, room::-1, j][: room + 1]
            )
        before = with_item(before, gain[i], need)
    return best


def room_units(capacity: Floats, demand: float) -> tuple[Ints, int]:
    """Capacities and the demand of all in one unit; rounded so that nothing is lost."""
    unit = demand / UNITS
    if np.array_equal(capacity, np.floor(capacity)):
        unit = max(unit, float(math.gcd(*(int(one) for one in capacity))))
    if unit == 0:
        return np.zeros(len(capacity), dtype=np.int64), 0
    need = math.ceil(demand / unit * (1 - ROUNDING))
    room = np.ceil(np.minimum(capacity / unit, need) * (1 - ROUNDING))
    return room.astype(np.int64), need


def cover(cost: Floats, room: Ints, need: int) -> tuple[float, Bools]:
    """minimise sum_j cost_j y_j  subject to  sum_j room_j y_j >= need, y in {0, 1}.

    inf: there is too little. What costs less than nothing is in; the others by a dynamic program
    over the room that is still needed.
    """
    chosen = cost < 0
    total = float(cost[chosen].sum())
    rest = need - int(room[chosen].sum())
    if rest <= 0:
        return total, chosen
    best = np.full(rest + 1, np.inf)
    best[0] = 0
    others = np.flatnonzero(~chosen & (room > 0))
    taken = np.zeros((len(others), rest + 1), dtype=bool)
    for row, j in enumerate(others):
        gives = min(int(room[j]), rest)
        with_it = cost[j] + np.concatenate([np.full(gives, best[0]), best[: rest + 1 - gives]])
        taken[row] = with_it < best
        best = np.where(taken[row], with_it, best)
    total += float(best[rest])
    for row in range(len(others) - 1, -1, -1):
        if taken[row, rest]:
            chosen[others[row]] = True
            rest = max(0, rest - int(room[others[row]]))
    return total, chosen


def cover_flipped(cost: Floats, room: Ints, need: int, chosen: Bools) -> Floats:
    """(J,) what `cover` costs when this one site is in where it is out, and out where it is in."""
    flipped = np.empty(len(cost))
    for j in range(len(cost)):
        others = np.arange(len(cost)) != j
        given, paid = (0, 0.0) if chosen[j] else (int(room[j]), float(cost[j]))
        flipped[j] = paid + cover(cost[others], room[others], need - given)[0]
    return flipped
