"""REACHING: p sites that reach few points within a small radius, by local search.

The radius is a little less than the one that the best sites so far keep. A site comes in that
reaches a point out of reach, another one leaves, such that what is out of reach weighs least; and
what stays out of reach weighs one more (Zhang, Lu, Su, Li and Ding 2020, "VWTS" for p-centers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Bools, Floats, Ints

#: Sites that may come in, of more some at random.
CAME = 128

#: What a site weighs that has only just come: it does not leave at once.
STAYS = 1e12


def reaching(
    near: NearPairs, start: Ints, steps: int, enough: float, stop: Callable[[], bool]
) -> tuple[Ints, float]:
    """(p,) sites and the radius within which they reach all points, of what is near only.

    start: (p,) different sites. steps: swaps without a smaller radius after which it ends; it ends
    at a radius of `enough` too.
    """
    search = _Swaps(near, start)
    best, radius = start, search.radius_of(start)
    search.begin(radius)
    left = steps
    while radius > enough and left > 0:
        out = np.flatnonzero(search.count == 0)
        if len(out):
            search.step(out)
            left -= 1
            if left % 64 == 0 and stop():
                break
        else:
            best, left = search.site.copy(), steps
            radius = search.radius_of(best)
            search.begin(radius)
    return best, radius


@dataclass
class _Swaps:
    """Sites that stand, and what they reach at less than the radius.

    site: (p,); count: (points,) how many of them reach a point; places: the sum of their places in
    `site`, which is the place of the only one where the count is one; weight: (points,);
    moved: (sites,) the step of the last move, for none comes back at once.
    """

    near: NearPairs
    site: Ints

    def __post_init__(self) -> None:
        self.site = self.site.copy()
        self.random = np.random.default_rng(0)
        sites = int(max(self.near.site.max(initial=0), self.site.max())) + 1
        at = (self.near.cost, self.near.site, self.near.first)
        self.by_site = csr_array(csr_array(at, shape=(self.near.points, sites)).T.tocsr())
        self.weight = np.ones(self.near.points)
        self.moved = np.full(sites, -2)
        self.at = 0

    def radius_of(self, site: Ints) -> float:
        """The largest cost of a point; inf: one is not near to any of them."""
        _, point, cost = self._pairs(site)
        least = np.full(self.near.points, np.inf)
        np.minimum.at(least, point, cost)
        return float(least.max())

    def begin(self, radius: float) -> None:
        """From now on less than this radius is asked for."""
        self.radius = radius
        place, point = self._reached(self.site)
        self.count = np.bincount(point, minlength=self.near.points)
        self.places = np.bincount(point, place, self.near.points).astype(np.int64)

    def step(self, out: Ints) -> None:
        """The best swap that reaches one of the points `out`, which are out of reach."""
        self.at += 1
        p = len(self.site)
        worst = out[self.random.integers(len(out))]
        row = slice(*self.near.first[worst : worst + 2])
        came = self.near.site[row][self.near.cost[row] < self.radius]
        fresh = self.moved[came] < self.at - 1
        came = came[fresh] if fresh.any() else came
        if not len(came):  # nothing reaches it so near: the radius is the best
            self.weight[out] += 1.0
            return
        if len(came) > CAME:
            came = self.random.choice(came, CAME, replace=False)
        one, point = self._reached(came)
        weight, count = self.weight[point], self.count[point]
        gain = np.bincount(one, np.where(count == 0, weight, 0.0), len(came))
        single = np.flatnonzero(count == 1)
        kept = np.bincount(
            one[single] * p + self.places[point[single]], weight[single], len(came) * p
        ).reshape(len(came), p)
        alone = self.count == 1
        missed: Floats = np.bincount(self.places[alone], self.weight[alone], p).astype(float)
        missed[self.moved[self.site] >= self.at - 1] += STAYS
        change = gain[:, None] + kept - missed
        best = np.flatnonzero(change == change.max())
        new, place = divmod(int(best[self.random.integers(len(best))]), p)
        if change[new, place] <= 0:
            self.weight[out] += 1.0
        for site, sign in ((int(self.site[place]), -1), (int(came[new]), 1)):
            _, reached = self._reached(np.array([site]))
            self.count[reached] += sign
            self.places[reached] += sign * place
            self.moved[site] = self.at
        self.site[place] = came[new]

    def _reached(self, site: Ints) -> tuple[Ints, Ints]:
        """Pairs below the radius: the place of the site in `site`, and the point."""
        place, point, cost = self._pairs(site)
        inside: Bools = cost < self.radius
        return place[inside], point[inside]

    def _pairs(self, site: Ints) -> tuple[Ints, Ints, Floats]:
        """All pairs of these sites: the place of the site in `site`, the point, the cost."""
        first = self.by_site.indptr[site].astype(np.int64)
        count = self.by_site.indptr[site + 1] - first
        place = np.repeat(np.arange(len(site)), count)
        at = np.arange(len(place)) + (first - np.cumsum(count) + count)[place]
        return place, self.by_site.indices[at], self.by_site.data[at]
