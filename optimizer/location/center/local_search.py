"""VERTEX WEIGHTING TABU SEARCH for the p-center (Zhang, Lu, Su, Li and Ding 2020, "VWTS").

The radius is the largest cost below that of the best plan. A site that covers an uncovered point is
opened and another one closed, so that the weight of uncovered points is least; the weight of points
that stay uncovered rises by 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Bools, Floats, Ints

#: Most sites that may be opened in a step; of more a random sample.
MAX_CANDIDATES = 128

#: Steps between two looks at the clock.
CHECK_EVERY = 64

#: Added loss of closing a site that was opened in the last step: it is tabu.
TABU_WEIGHT = 1e12


def vertex_weighting_search(
    near: NearPairs, start: Ints, steps: int, target: float, stop: Callable[[], bool]
) -> tuple[Ints, float]:
    """(p,) sites and the radius within which they cover all points, among near pairs.

    start: (p,) different sites; steps: swaps without a smaller radius after which it ends; target:
    a radius at which it ends too.
    """
    search = _Search(near, start)
    best, radius = start, search.radius_of(start)
    search.set_radius(radius)
    remaining = steps
    while radius > target and remaining > 0:
        uncovered = np.flatnonzero(search.count == 0)
        if len(uncovered):
            search.step(uncovered)
            remaining -= 1
            if remaining % CHECK_EVERY == 0 and stop():
                break
        else:
            best, remaining = search.site.copy(), steps
            radius = search.radius_of(best)
            search.set_radius(radius)
    return best, radius


@dataclass
class _Search:
    """Open sites, and the points that they cover below the radius.

    site: (p,); count: (points,) how many of them cover a point; position_sum: (points,) the sum of
    their positions in `site`, which is the position of the only one where the count is 1; weight:
    (points,); moved_at: (sites,) the step of the last move, for the tabu rule.
    """

    near: NearPairs
    site: Ints

    def __post_init__(self) -> None:
        self.site = self.site.copy()
        self.random = np.random.default_rng(0)
        sites = int(max(self.near.site.max(initial=0), self.site.max())) + 1
        rows = (self.near.cost, self.near.site, self.near.first)
        self.by_site = csr_array(csr_array(rows, shape=(self.near.points, sites)).T.tocsr())
        self.weight = np.ones(self.near.points)
        self.moved_at = np.full(sites, -2)
        self.step_number = 0

    def radius_of(self, site: Ints) -> float:
        """The largest cost of a point at its nearest site; inf: one has no near site."""
        _, point, cost = self._pairs(site)
        least = np.full(self.near.points, np.inf)
        np.minimum.at(least, point, cost)
        return float(least.max())

    def set_radius(self, radius: float) -> None:
        """Cover with costs below this radius from now on."""
        self.radius = radius
        position, point = self._covered(self.site)
        self.count = np.bincount(point, minlength=self.near.points)
        self.position_sum = np.bincount(point, position, self.near.points).astype(np.int64)

    def step(self, uncovered: Ints) -> None:
        """The best swap that covers one of these uncovered points."""
        self.step_number += 1
        p = len(self.site)
        point_to_cover = uncovered[self.random.integers(len(uncovered))]
        row = slice(*self.near.first[point_to_cover : point_to_cover + 2])
        entering = self.near.site[row][self.near.cost[row] < self.radius]
        is_allowed = self.moved_at[entering] < self.step_number - 1
        entering = entering[is_allowed] if is_allowed.any() else entering
        if not len(entering):  # no site is so near: the radius is optimal for these sites
            self.weight[uncovered] += 1.0
            return
        if len(entering) > MAX_CANDIDATES:
            entering = self.random.choice(entering, MAX_CANDIDATES, replace=False)
        candidate, point = self._covered(entering)
        weight, count = self.weight[point], self.count[point]
        gain = np.bincount(candidate, np.where(count == 0, weight, 0.0), len(entering))
        once = np.flatnonzero(count == 1)
        saved = np.bincount(
            candidate[once] * p + self.position_sum[point[once]], weight[once], len(entering) * p
        ).reshape(len(entering), p)
        single_cover = self.count == 1
        loss: Floats = np.bincount(
            self.position_sum[single_cover], self.weight[single_cover], p
        ).astype(float)
        loss[self.moved_at[self.site] >= self.step_number - 1] += TABU_WEIGHT
        change = gain[:, None] + saved - loss
        best = np.flatnonzero(change == change.max())
        entering_row, position = divmod(int(best[self.random.integers(len(best))]), p)
        if change[entering_row, position] <= 0:
            self.weight[uncovered] += 1.0
        for site, sign in ((int(self.site[position]), -1), (int(entering[entering_row]), 1)):
            _, reached = self._covered(np.array([site]))
            self.count[reached] += sign
            self.position_sum[reached] += sign * position
            self.moved_at[site] = self.step_number
        self.site[position] = entering[entering_row]

    def _covered(self, site: Ints) -> tuple[Ints, Ints]:
        """Pairs below the radius: the position in `site`, and the point."""
        position, point, cost = self._pairs(site)
        is_within: Bools = cost < self.radius
        return position[is_within], point[is_within]

    def _pairs(self, site: Ints) -> tuple[Ints, Ints, Floats]:
        """All pairs of these sites: the position in `site`, the point, the cost."""
        first = self.by_site.indptr[site].astype(np.int64)
        count = self.by_site.indptr[site + 1] - first
        position = np.repeat(np.arange(len(site)), count)
        entry = np.arange(len(position)) + (first - np.cumsum(count) + count)[position]
        return position, self.by_site.indices[entry], self.by_site.data[entry]
