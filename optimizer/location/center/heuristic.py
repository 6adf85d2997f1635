"""CENTER PLAN: p sites with a small largest cost, from few points and few sites.

Local search on few points is asked about few sites: at first some of all, then those that are
close to the sites of the plan, ever closer. Points that the plan leaves out join the few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.location.base.costs import Costs
from optimizer.location.base.farthest_first import farthest_beyond, farthest_first
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import Watch, until_interrupted
from optimizer.location.center.local_search import reaching
from optimizer.problem import Bools, Floats, Ints

#: As many sites or fewer are all asked about, at once.
SITES = 2_000

#: Points at first, for each site to be opened, and at most; how many join at a time.
PER_SITE, FEW, JOIN = 40, 4_000, 20

#: How far from a site of the plan others are asked about, as part of the radius, in turn.
CLOSE = (np.inf, 0.3, 0.1, 0.03, 0.01)

#: Times that points join before the next turn.
JOINS = 6

#: Swaps without success at the end of a search.
STEPS = 300

#: A turn through all that brings less than this, relative, is the last but one.
WORTH = 0.001

#: Share of the time limit after which it ends: the proof needs time too.
SHARE = 0.4


def center_plan(costs: Costs, home: Ints, p: int, watch: Watch) -> tuple[Ints | None, bool]:
    """At most p sites that reach all points, the best that were found; whether Ctrl-C ended it.

    home: (I,) the cheapest site of each point. None: nothing was found that reaches them. The
    watch is told.
    """
    search = _Search(costs, home, p, watch)
    interrupted = until_interrupted(search.run)
    return search.best, interrupted


@dataclass
class _Search:
    """The few points and the sites that stand, (p,), where p is below the number of sites."""

    costs: Costs
    home: Ints
    p: int
    watch: Watch
    best: Ints | None = None

    def run(self) -> bool:
        """Turn by turn, as long as it is worth it; False: nothing interrupted it."""
        sites = self.costs.shape[1]
        self.random = np.random.default_rng(0)
        self.points = farthest_first(
            self.costs, self.home, max(self.p + 1, min(PER_SITE * self.p, FEW))
        )
        first = np.unique(self.home[self.points[: self.p]])
        spare = np.setdiff1d(np.arange(sites), first)
        self.site = np.concatenate([first, spare[: self.p - len(first)]])
        self._join(np.inf)
        if sites <= SITES:
            if sites > self.p:
                self._turn(np.arange(sites))
            return False
        before, stale = np.inf, 0
        while stale < 2 and not self._done:
            for close in CLOSE:
                self._turn(self._chosen(close))
            stale = 0 if self.watch.objective < before * (1 - WORTH) else stale + 1
            before = self.watch.objective
        return False

    @property
    def _done(self) -> bool:
        """Whether nothing is left to be found, or its share of the time is spent."""
        seconds = self.watch.limits.seconds or np.inf
        return self.watch.proven or self.watch.seconds >= SHARE * seconds

    def _turn(self, sites: Ints) -> None:
        """Local search among these sites, ascending."""
        near = self._near(self.points, sites)
        for _ in range(JOINS):
            if self._done:
                return
            start = np.searchsorted(sites, self.site)
            place, radius = reaching(near, start, STEPS, self.watch.bound, lambda: self._done)
            self.site = sites[place]
            joined = self._join(radius)
            if not len(joined):
                return
            more = self._near(joined, sites)
            near = NearPairs(
                np.concatenate([near.first, len(near) + more.first[1:]]),
                np.concatenate([near.site, more.site]),
                np.concatenate([near.cost, more.cost]),
            )

    def _join(self, radius: float) -> Ints:
        """Take the plan if it is better; points that it leaves beyond the radius join."""
        cost = self.costs.served(self.site)[1][:, 0]
        if cost.max() < self.watch.objective:
            self.best = np.sort(self.site)
            self.watch.note(float(cost.max()))
        joined = farthest_beyond(self.costs, self.home, cost, radius, JOIN)
        self.points = np.concatenate([self.points, joined])
        return joined

    def _near(self, points: Ints, sites: Ints) -> NearPairs:
        """Pairs of these points and rows of `sites` that cost no more than the best plan."""
        site, cost = self.costs.of(points).served(sites, len(sites))
        inside: Bools = np.isfinite(cost) & (cost <= self.watch.objective)
        first = np.concatenate([[0], np.cumsum(inside.sum(axis=1))])
        return NearPairs(first, np.searchsorted(sites, site[inside]), cost[inside])

    def _chosen(self, close: float) -> Ints:
        """Sites of the plan and some that are close to them; inf: wherever they are."""
        random, sites = self.random, self.costs.shape[1]
        if close == np.inf:
            return np.union1d(self.site, random.choice(sites, SITES, replace=False))
        served, cost = (all_of[:, 0] for all_of in self.costs.served(self.site))
        order = np.lexsort((cost, served))
        of, first = np.unique(served[order], return_index=True)
        beside = order[first[of >= 0]]  # the point that is closest to its site
        radius: Floats = np.add(cost[beside], close * self.watch.objective, dtype=float)
        near = self.costs.of(beside).within(radius)
        each = SITES // self.p + 1
        some = [
            random.permutation(near.site[start:end])[:each]
            for start, end in zip(near.first[:-1], near.first[1:], strict=True)
        ]
        return np.unique(np.concatenate([self.site, *some]))
