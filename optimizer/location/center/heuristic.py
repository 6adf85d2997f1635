"""P-CENTER HEURISTIC: local search on few points and few sites, both of which change.

The sites are a sample of all at first, then a sample of those close to the sites of the plan, ever
closer. Points that the plan leaves beyond the radius are added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.location.base.costs import Costs
from optimizer.location.base.farthest_first import farthest_beyond, farthest_first
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import Watch, until_interrupted
from optimizer.location.center.local_search import vertex_weighting_search
from optimizer.problem import Bools, Floats, Ints

#: Sites of one local search; as many or fewer are all in it.
MAX_SITES = 2_000

#: First points, for each site to be opened, and at most; most points that are added at a time.
POINTS_PER_SITE, MAX_POINTS, MAX_NEW_POINTS = 40, 4_000, 20

#: Distances from the sites of the plan within which others are sampled, relative to the radius.
NEIGHBOURHOODS = (np.inf, 0.3, 0.1, 0.03, 0.01)

#: Times that points are added before the next sample of sites.
MAX_ADDITIONS = 6

#: Swaps without a smaller radius that end a local search.
PATIENCE = 300

#: After two passes through all distances that gain less than this, relative, it ends.
MIN_GAIN = 0.001

#: Share of the time limit for it: the proof needs time too.
TIME_SHARE = 0.4


def center_heuristic(costs: Costs, nearest: Ints, p: int, watch: Watch) -> tuple[Ints | None, bool]:
    """At most p sites that serve all points, and whether Ctrl-C ended it; None: none were found.

    nearest: (I,) the nearest site of each point. The radius is recorded by the watch.
    """
    search = _Search(costs, nearest, p, watch)
    interrupted = until_interrupted(search.run)
    return search.best, interrupted


@dataclass
class _Search:
    """points: those in the local search; site: (p,) the sites of the plan."""

    costs: Costs
    nearest: Ints
    p: int
    watch: Watch
    best: Ints | None = None

    def run(self) -> bool:
        """Passes through the distances, as long as they gain; False: it was not interrupted."""
        sites = self.costs.shape[1]
        self.random = np.random.default_rng(0)
        first_points = max(self.p + 1, min(POINTS_PER_SITE * self.p, MAX_POINTS))
        self.points = farthest_first(self.costs, self.nearest, first_points)
        first_sites = np.unique(self.nearest[self.points[: self.p]])
        others = np.setdiff1d(np.arange(sites), first_sites)
        self.site = np.concatenate([first_sites, others[: self.p - len(first_sites)]])
        self._add_points(np.inf)
        if sites <= MAX_SITES:
            if sites > self.p:
                self._search_sites(np.arange(sites))
            return False
        radius_before, failures = np.inf, 0
        while failures < 2 and not self._is_done:
            for share in NEIGHBOURHOODS:
                self._search_sites(self._candidate_sites(share))
            failures = 0 if self.watch.objective < radius_before * (1 - MIN_GAIN) else failures + 1
            radius_before = self.watch.objective
        return False

    @property
    def _is_done(self) -> bool:
        """Whether the plan is proven, or its share of the time is spent."""
        seconds = self.watch.limits.seconds or np.inf
        return self.watch.proven or self.watch.seconds >= TIME_SHARE * seconds

    def _search_sites(self, sites: Ints) -> None:
        """Local search among these sites, which ascend."""
        near = self._near_pairs(self.points, sites)
        for _ in range(MAX_ADDITIONS):
            if self._is_done:
                return
            start = np.searchsorted(sites, self.site)
            position, radius = vertex_weighting_search(
                near, start, PATIENCE, self.watch.bound, lambda: self._is_done
            )
            self.site = sites[position]
            new_points = self._add_points(radius)
            if not len(new_points):
                return
            added = self._near_pairs(new_points, sites)
            near = NearPairs(
                np.concatenate([near.first, len(near) + added.first[1:]]),
                np.concatenate([near.site, added.site]),
                np.concatenate([near.cost, added.cost]),
            )

    def _add_points(self, radius: float) -> Ints:
        """Take the plan if it is better; add points that it leaves beyond the radius."""
        cost = self.costs.served(self.site)[1][:, 0]
        if cost.max() < self.watch.objective:
            self.best = np.sort(self.site)
            self.watch.note(float(cost.max()))
        new_points = farthest_beyond(self.costs, self.nearest, cost, radius, MAX_NEW_POINTS)
        self.points = np.concatenate([self.points, new_points])
        return new_points

    def _near_pairs(self, points: Ints, sites: Ints) -> NearPairs:
        """Pairs of these points and positions in `sites` that cost no more than the incumbent."""
        site, cost = self.costs.of(points).served(sites, len(sites))
        is_useful: Bools = np.isfinite(cost) & (cost <= self.watch.objective)
        first = np.concatenate([[0], np.cumsum(is_useful.sum(axis=1))])
        return NearPairs(first, np.searchsorted(sites, site[is_useful]), cost[is_useful])

    def _candidate_sites(self, share: float) -> Ints:
        """The plan and a sample of the sites within this share of its radius; inf: of all."""
        random, sites = self.random, self.costs.shape[1]
        if share == np.inf:
            return np.union1d(self.site, random.choice(sites, MAX_SITES, replace=False))
        served, cost = (column[:, 0] for column in self.costs.served(self.site))
        order = np.lexsort((cost, served))
        assigned_site, first = np.unique(served[order], return_index=True)
        nearest_point = order[
            first[assigned_site >= 0]
        ]  # of each open site the nearest of its points
        radius: Floats = np.add(cost[nearest_point], share * self.watch.objective, dtype=float)
        near = self.costs.of(nearest_point).within(radius)
        per_site = MAX_SITES // self.p + 1
        samples = [
            random.permutation(near.site[start:end])[:per_site]
            for start, end in zip(near.first[:-1], near.first[1:], strict=True)
        ]
        return np.unique(np.concatenate([self.site, *samples]))
