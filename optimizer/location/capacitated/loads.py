"""LOADS: every set of points that one site may serve, where these are few.

A site whose room is for few points has few sets of points that can be part of a cheap plan. As
columns of the MIP they say exactly what fits, which rows of demand and room do not. Baldacci,
Christofides and Mingozzi 2008 enumerate tours in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.location.capacitated.assignment import Siting
from optimizer.location.capacitated.bound import Priced, Relaxation
from optimizer.location.capacitated.knapsack import with_item
from optimizer.problem import Bools, Floats, Ints

#: Most sets of one site; where there are more, pairs are the better columns.
MOST = 500


@dataclass(frozen=True, eq=False)
class Loads:
    """site: (N,) whose set it is; serves: (N, I) the points; of: (J,) sites that have all sets."""

    site: Ints
    serves: Bools
    of: Bools


def no_loads(siting: Siting) -> Loads:
    """No site has its sets."""
    points, sites = siting.cost.shape
    nothing = np.zeros(0, dtype=np.int64)
    return Loads(nothing, np.zeros((0, points), dtype=bool), np.zeros(sites, dtype=bool))


def loads_below(relaxation: Relaxation, priced: Priced, is_open: Floats, limit: float) -> Loads:
    """All sets in plans that may cost less than the limit, of the sites where these are few.

    is_open: (J,) bound where the site is open, with the best of its sets.
    """
    none = no_loads(relaxation.siting)
    if relaxation.units is None or not np.isfinite(limit):
        return none
    site, serves, listed = [none.site], [none.serves], none.of
    demand, room = relaxation.units
    gain = priced.prices[:, None] - relaxation.siting.cost
    least = relaxation.siting.fixed - priced.cost - (limit - is_open)
    for j in np.flatnonzero(is_open < limit):
        found = _sets(gain[:, j], demand, int(room[j]), float(least[j]))
        if found is not None:
            listed[j] = True
            site.append(np.full(len(found), j))
            serves.append(found)
    return Loads(np.concatenate(site), np.vstack(serves), listed)


def _sets(gain: Floats, demand: Ints, room: int, least: float) -> Bools | None:
    """(N, I) all sets that fit and gain at least so much; None: more than MOST.

    Point by point; a set goes on while the best that may still come (`after`) gains enough. So
    each set that goes on becomes one that is wanted, and no work is lost.
    """
    points = len(gain)
    after = np.zeros((points + 1, room + 1, 1))
    for i in range(points - 1, -1, -1):
        after[i] = with_item(after[i + 1], gain[i : i + 1], int(demand[i]))
    gained, left = np.zeros(1), np.full(1, room)
    serves = np.zeros((1, points), dtype=bool)
    for i in range(points):
        best = after[i + 1, :, 0]
        goes_on = gained + best[left] >= least
        fits = (left >= demand[i]) & np.isfinite(gain[i])
        then = np.where(fits, left - demand[i], 0)
        takes = fits & (gained + gain[i] + best[then] >= least)
        more = serves[takes]
        more[:, i] = True
        serves = np.vstack([serves[goes_on], more])
        gained = np.concatenate([gained[goes_on], gained[takes] + gain[i]])
        left = np.concatenate([left[goes_on], then[takes]])
        if len(serves) > MOST:
            return None
    return serves
