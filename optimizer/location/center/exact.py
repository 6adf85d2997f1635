"""CENTER: p sites such that the largest cost of a point is as small as can be (Hakimi 1964).

A radius is enough when p sites reach all points within it, so the search is one over radii, each
a covering problem (Minieka 1970). It is asked about few points only: when p sites do not reach
these, no p sites reach all, and when they do, the points that are left out join in (Chen and Chen
2009; Contardo, Iori and Kramer 2019). So what is proven about few is proven about all. A good
plan is there before (`center_plan.py`), so mostly it is only to be proven that none is better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import Costs, costs_of
from optimizer.location.base.farthest_first import farthest_beyond, farthest_first
from optimizer.location.base.given import count
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import Opened, Tell, Watch, until_interrupted
from optimizer.location.center.heuristic import center_plan
from optimizer.location.center.packing_bound import Packing, too_few
from optimizer.location.covering.row_reductions import ones
from optimizer.location.covering.set_cover import fewest
from optimizer.problem import Ints
from optimizer.question import Limits
from optimizer.solution import Solved, Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import sparray

#: Radii closer than this, relative, are not worth a search of their own.
NARROW = 0.02

#: Seconds for the programs of one radius at first.
BUDGET = 8.0

#: Points that are asked about at first, for each site to be opened, and at most.
PER_SITE, FEW = 10, 4_000

#: Points that join in at most at a time.
JOIN = 20

#: Of more sites than this a packing is looked for first.
MANY_SITES = 2_000


def p_center(
    costs: ArrayLike | sparray | Costs,
    p: int,
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """p sites (all, where there are fewer) whose largest cost of a point is smallest.

    costs: (I, J), see `costs_of`. Infeasible where no p sites may serve all points.
    Raises ValueError for p below 1.
    """
    given = costs_of(costs)
    p = min(count(p, "p"), given.shape[1])
    search = _Search(given, p, Watch(limits or Limits(gap=0), progress))
    interrupted = until_interrupted(search.run)
    plan = None
    if search.site is not None:
        spare = np.setdiff1d(np.arange(given.shape[1]), search.site)
        site = np.sort(np.concatenate([search.site, spare[: search.p - len(search.site)]]))
        plan = Opened(site, given.served(site)[0][:, 0])
    found = search.watch.answer(plan, "p-center", interrupted)
    if found.status is not Status.INFEASIBLE:
        return found
    if len(given.nearest(1)) < given.shape[0]:
        return replace(found, reasons=("a point has no site that may serve it",))
    return replace(found, reasons=(f"no {p} sites may serve all points",))


@dataclass
class _Search:
    """The radii between what is proven too small and what p sites keep.

    near: pairs of the points that are asked about, those that cost no more than the best plan;
    home: (I,) the cheapest site of each point.
    """

    costs: Costs
    p: int
    watch: Watch
    site: Ints | None = None

    def run(self) -> bool:
        """Search to the end or to a limit; True: interrupted.

        Radii that a budget of time does not decide are held to be too small. When no other is
        left, the largest radius below the best plan is decided for good: mostly the only proof.
        Where p sites reach the few points only, smaller radii come first: they lift the bound.
        """
        points = self.costs.shape[0]
        nearest = self.costs.nearest(1)
        if len(nearest) < points:
            self.watch.note(bound=math.inf)
            return False
        self.home = nearest.site
        self.watch.note(bound=float(nearest.cost.max()))
        self.site, interrupted = center_plan(self.costs, self.home, self.p, self.watch)
        if interrupted:
            return True
        first = farthest_first(self.costs, self.home, max(self.p + 1, min(PER_SITE * self.p, FEW)))
        self.near = NearPairs(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
        self._ask(first)
        packed = Packing(np.empty(0, dtype=np.int64))
        held, budget, ceiling = self.watch.bound, BUDGET, np.inf
        while not self.watch.proven and not self.watch.out_of_time:
            self.near = self.near.only(self.near.cost <= self.watch.objective)
            cost = np.unique(self.near.cost)
            cost = cost[(cost >= self.watch.bound) & (cost < self.watch.objective)]
            if not len(cost):
                self.watch.note(bound=self.watch.objective)
                break
            if ceiling - held <= NARROW * ceiling or not ((cost >= held) & (cost < ceiling)).any():
                ceiling = np.inf
            open_ones = cost[(cost >= held) & (cost < ceiling)]
            quick = len(open_ones) > 0
            radius = float(open_ones[(len(open_ones) - 1) // 2] if quick else cost[-1])
            reach = ones(self.near.only(self.near.cost <= radius), self.costs.shape[1])
            found = None
            enough = bool((np.diff(reach.indptr) > 0).all())
            inner = Watch(replace(self.watch.left, gap=0))
            if enough and self.costs.shape[1] > MANY_SITES:
                packed = too_few(reach, self.p, packed.start, inner)
                if packed.interrupted:
                    return True
                enough = not packed.proven
            if enough:
                price = np.ones(reach.shape[1])
                found = fewest(reach, price, inner, self.p, budget if quick else np.inf)
                self.watch.nodes += inner.nodes
                if found.interrupted:
                    return True
            larger = cost[cost > radius]
            after = float(larger[0]) if len(larger) else self.watch.objective
            if found is None or inner.bound > self.p:
                self.watch.note(bound=after)
            elif inner.objective > self.p:
                held = after
            else:
                join = self._try(found.site, radius)
                if len(join):
                    self._ask(join)
                    ceiling = radius
                if not quick:
                    held, budget = self.watch.bound, 2 * budget
            held = max(held, self.watch.bound)
        return False

    def _ask(self, points: Ints) -> None:
        """These points are asked about too."""
        costs = self.costs.of(points)
        near = costs.within(np.full(len(points), self.watch.objective))
        self.near = NearPairs(
            np.concatenate([self.near.first, len(self.near) + near.first[1:]]),
            np.concatenate([self.near.site, near.site]),
            np.concatenate([self.near.cost, near.cost]),
        )

    def _try(self, site: Ints, radius: float) -> Ints:
        """Take the plan if it is better, and tell points that it leaves beyond the radius."""
        cost = self.costs.served(site)[1][:, 0]
        if cost.max() < self.watch.objective:
            self.site = site
            self.watch.note(float(cost.max()))
        return farthest_beyond(self.costs, self.home, cost, radius, JOIN)
