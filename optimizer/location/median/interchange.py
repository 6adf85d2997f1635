"""SWAPS: good sets of open sites by local search, all swaps of one site for another at once.

Vectorised fast interchange (Whitaker 1983; Resende and Werneck 2007): with the nearest and the
second nearest open site of each point, what every swap gains is a sum over pairs that cost less
than the second nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Bools, Floats, Ints

#: Swaps tried together in one step.
TOGETHER = 64


@dataclass(frozen=True, eq=False)
class Siting:
    """Open sites, and for each point the nearest and the second nearest of them (I, 2).

    Where none is near, the site is -1 and the cost `far`.
    """

    is_open: Bools
    site: Ints
    cost: Floats
    objective: float

    @property
    def sites(self) -> Ints:
        """Rows of the open sites."""
        return np.flatnonzero(self.is_open)


@dataclass(frozen=True, eq=False)
class Search:
    """The near pairs of a problem, and what opening a site costs.

    far: (I,) what a point costs that no open site is near to: more than any near pair.
    count: number of sites that are open, None: any. held: (J,) sites that stay open.
    """

    near: NearPairs
    fixed: Floats
    far: Floats
    count: int | None
    held: Bools

    def siting(self, is_open: Bools) -> Siting:
        """These sites open."""
        site, cost = self.near.nearest_open(is_open, 2)
        cost = np.where(site >= 0, cost, self.far[:, None])
        objective = float(cost[:, 0].sum() + self.fixed[is_open].sum())
        return Siting(is_open, site, cost, objective)

    def improved(self, start: Siting, steps: int | None = None) -> Siting:
        """The best that can be reached from here by swaps, openings and closings."""
        now = start
        while steps is None or steps > 0:
            opening, closing, gain = self._moves(now)
            if not len(gain):
                break
            after = self.siting(_moved(now.is_open, opening, closing))
            if len(gain) > 1 and now.objective - after.objective < gain[0]:
                after = self.siting(_moved(now.is_open, opening[:1], closing[:1]))
            if after.objective >= now.objective - ROUNDING * abs(now.objective):
                break
            now = after
            steps = None if steps is None else steps - 1
        return now

    def _moves(self, now: Siting) -> tuple[Ints, Ints, Floats]:
        """Moves that gain, the best first, none in another's way: site to open, to close, gain.

        -1: nothing is opened, or closed.
        """
        near, sites = self.near, now.sites
        nearest, second = now.cost[near.point, 0], now.cost[near.point, 1]
        used = (near.cost < second) & ~now.is_open[near.site]
        site, cost = near.site[used], near.cost[used]
        home, nearest, second = now.site[near.point[used], 0], nearest[used], second[used]
        n = len(self.fixed)
        gain = np.bincount(site, np.maximum(nearest - cost, 0.0), minlength=n) - self.fixed
        gain[now.is_open] = -np.inf
        housed = now.site[:, 0] >= 0
        worse = (now.cost[:, 1] - now.cost[:, 0])[housed]
        loss = np.bincount(now.site[housed, 0], worse, minlength=n) - self.fixed
        loss[~now.is_open | self.held] = np.inf
        found = [np.empty((3, 0))]
        sites = sites[~self.held[sites]]
        if len(sites):
            cheapest = int(sites[np.argmin(loss[sites])])
            others = np.flatnonzero(np.isfinite(gain))
            found.append(
                np.array([others, np.full(len(others), cheapest), gain[others] - loss[cheapest]])
            )
            there = home >= 0
            shared = coo_array(
                ((second - np.maximum(cost, nearest))[there], (site[there], home[there])),
                shape=(n, n),
            ).tocsr()
            shared.sum_duplicates()
            opening = np.repeat(np.arange(n), np.diff(shared.indptr))
            closing = shared.indices
            found.append(np.array([opening, closing, gain[opening] - loss[closing] + shared.data]))
        if self.count is None or now.is_open.sum() < self.count:
            alone = np.flatnonzero(np.isfinite(gain))
            found.append(np.array([alone, np.full(len(alone), -1), gain[alone]]))
        if now.is_open.sum() > 1:
            found.append(np.array([np.full(len(sites), -1), sites, -loss[sites]]))
        opening, closing, worth = np.concatenate(found, axis=1)
        return self._apart(now, opening.astype(int), closing.astype(int), worth)

    def _apart(
        self, now: Siting, opening: Ints, closing: Ints, worth: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """The best moves of which no two touch the points of one open site."""
        good = np.flatnonzero(worth > ROUNDING * abs(now.objective))
        good = good[np.argsort(-worth[good], kind="stable")][: 8 * TOGETHER]
        if len(good) <= 1 or now.is_open.sum() < 8:
            good = good[:1]
            return opening[good], closing[good], worth[good]
        taken: set[int] = set()
        chosen = []
        for n in good.tolist():
            touched = self._touched(now, int(opening[n])) | {int(closing[n])} - {-1}
            if closing[n] >= 0:
                touched |= set(now.site[now.site[:, 0] == closing[n], 1].tolist())
            if taken.isdisjoint(touched):
                taken |= touched
                chosen.append(n)
                if len(chosen) == TOGETHER:
                    break
        return opening[chosen], closing[chosen], worth[chosen]

    def _touched(self, now: Siting, site: int) -> set[int]:
        """Open sites whose points look at this site."""
        if site < 0:
            return set()
        point, cost = self.near.points_near(site)
        return set(now.site[point[cost < now.cost[point, 1]], 0].tolist())


def _moved(is_open: Bools, opening: Ints, closing: Ints) -> Bools:
    after = is_open.copy()
    after[closing[closing >= 0]] = False
    after[opening[opening >= 0]] = True
    return after


def seeded(search: Search, random: np.random.Generator) -> Bools:
    """`count` sites far from each other: each the site of a point drawn by its cost so far.

    k-means++ (Arthur and Vassilvitskii 2007), on pairs.
    """
    near, n = search.near, len(search.fixed)
    is_open = search.held.copy()
    cost = np.minimum(search.far, near.nearest_open(is_open, 1)[1][:, 0])
    home = near.site[near.first[:-1]]
    for _ in range(min(search.count or 1, n) - int(is_open.sum())):
        total = cost.cumsum()
        point = int(np.searchsorted(total, random.random() * total[-1]))
        site = int(home[min(point, len(home) - 1)])
        if is_open[site]:
            others = near.site[~is_open[near.site]]
            if not len(others):
                break
            site = int(others[0])
        is_open[site] = True
        points, there = near.points_near(site)
        cost[points] = np.minimum(cost[points], there)
    return is_open
