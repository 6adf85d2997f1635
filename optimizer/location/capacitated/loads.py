"""LOADS: columns of set partitioning, one for each set of points that a site may serve.

A site with a capacity for few points has few such sets in plans below a cutoff. As columns they
describe what fits exactly, which capacity rows do not. Baldacci, Christofides and Mingozzi 2008
enumerate the routes of vehicles in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.location.capacitated.assignment import Instance
from optimizer.location.capacitated.bound import Multipliers, Relaxation
from optimizer.location.capacitated.knapsack import table_with_item
from optimizer.problem import Bools, Floats, Ints

#: Most sets of one site; beyond that pairs are the better columns.
MAX_SETS = 500


@dataclass(frozen=True, eq=False)
class Loads:
    """N sets. site: (N,); serves: (N, I) the points; is_listed: (J,) sites with all their sets."""

    site: Ints
    serves: Bools
    is_listed: Bools


def no_loads(instance: Instance) -> Loads:
    """No sets of any site."""
    points, sites = instance.cost.shape
    nothing = np.zeros(0, dtype=np.int64)
    return Loads(nothing, np.zeros((0, points), dtype=bool), np.zeros(sites, dtype=bool))


def loads_below(relaxation: Relaxation, dual: Multipliers, is_open: Floats, cutoff: float) -> Loads:
    """All sets of plans that may cost less than the cutoff, of the sites with few of them.

    is_open: (J,) L(u) with y_j fixed at 1.
    """
    nothing = no_loads(relaxation.instance)
    if relaxation.knapsack_units is None or not np.isfinite(cutoff):
        return nothing
    site, serves, is_listed = [nothing.site], [nothing.serves], nothing.is_listed
    demand, capacity = relaxation.knapsack_units
    gain = dual.u[:, None] - relaxation.instance.cost
    min_gain = relaxation.instance.fixed - dual.cost - (cutoff - is_open)
    for j in np.flatnonzero(is_open < cutoff):
        sets = _sets(gain[:, j], demand, int(capacity[j]), float(min_gain[j]))
        if sets is not None:
            is_listed[j] = True
            site.append(np.full(len(sets), j))
            serves.append(sets)
    return Loads(np.concatenate(site), np.vstack(serves), is_listed)


def _sets(gain: Floats, demand: Ints, capacity: int, min_gain: float) -> Bools | None:
    """(N, I) all feasible sets of at least this gain; None: more than `MAX_SETS`.

    Point by point: a partial set is kept while it and the best of the remaining points (`after`)
    gain enough. So each partial set is completed at least once.
    """
    points = len(gain)
    after = np.zeros((points + 1, capacity + 1, 1))
    for i in range(points - 1, -1, -1):
        after[i] = table_with_item(after[i + 1], gain[i : i + 1], int(demand[i]))
    set_gain, remaining = np.zeros(1), np.full(1, capacity)
    serves = np.zeros((1, points), dtype=bool)
    for i in range(points):
        best_rest = after[i + 1, :, 0]
        without_i = set_gain + best_rest[remaining] >= min_gain
        fits = (remaining >= demand[i]) & np.isfinite(gain[i])
        after_i = np.where(fits, remaining - demand[i], 0)
        with_i = fits & (set_gain + gain[i] + best_rest[after_i] >= min_gain)
        extended = serves[with_i]
        extended[:, i] = True
        serves = np.vstack([serves[without_i], extended])
        set_gain = np.concatenate([set_gain[without_i], set_gain[with_i] + gain[i]])
        remaining = np.concatenate([remaining[without_i], after_i[with_i]])
        if len(serves) > MAX_SETS:
            return None
    return serves
