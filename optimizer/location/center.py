"""CENTER: p sites such that the largest cost of a point is as small as can be (Hakimi 1964).

A radius is enough when p sites reach all points within it, so the search is one over radii, each
a covering problem (Minieka 1970). It is asked about few points only: when p sites do not reach
these, no p sites reach all, and when they do, the points that are left out join in (Chen and Chen
2009; Contardo, Iori and Kramer 2019). So what is proven about few is proven about all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.costs import Costs, costs_of
from optimizer.location.fewest import fewest
from optimizer.location.merging import reach_of
from optimizer.location.opened import Opened, Tell, Watch
from optimizer.policy import Limits
from optimizer.problem import Floats, Ints
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import sparray

#: As many points or fewer are all asked about from the start.
FEW = 1_000

#: Points that join in at most at a time.
JOIN = 20


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
    if p < 1:
        raise ValueError("p: must be 1 or more")
    search = _Search(given, min(p, given.shape[1]), Watch(limits or Limits(gap=0), progress))
    interrupted = search.run()
    plan = None
    if search.site is not None:
        spare = np.setdiff1d(np.arange(given.shape[1]), search.site)
        site = np.sort(np.concatenate([search.site, spare[: search.p - len(search.site)]]))
        plan = Opened(site, given.served(site)[0][:, 0])
    return search.watch.answer(plan, "p-center", interrupted)


@dataclass
class _Search:
    """The radii between what is proven too small and what p sites keep.

    asked: the points that are asked about; near: (of those) what costs less than the best plan.
    """

    costs: Costs
    p: int
    watch: Watch
    site: Ints | None = None

    def run(self) -> bool:
        """Search to the end or to a limit; True: interrupted."""
        points = self.costs.shape[0]
        nearest = self.costs.nearest(1)
        if len(nearest) < points:
            self.watch.note(bound=math.inf)
            return False
        self.watch.note(bound=float(nearest.cost.max()))
        asked = self._farthest_first(nearest.site)
        if points <= FEW:
            asked = np.arange(points)
        radius = np.full(points, np.inf)
        while not self.watch.proven and not self.watch.out_of_time:
            radius[:] = self.watch.objective
            near = self.costs.of(asked).within(radius[asked])
            values = np.unique(near.cost)
            values = values[(values >= self.watch.bound) & (values < self.watch.objective)]
            if not len(values):
                self.watch.note(bound=self.watch.objective)
                break
            middle = float(values[(len(values) - 1) // 2])
            inner = Watch(replace(self.watch.left, gap=0))
            reach = reach_of(self.costs.of(asked), np.full(len(asked), middle))
            reach.sort_indices()
            if (np.diff(reach.indptr) == 0).any():
                self._too_small(values, middle)
                continue
            found = fewest(reach, np.ones(reach.shape[1]), inner, enough=self.p)
            self.watch.nodes += inner.nodes
            if found.interrupted:
                return True
            if inner.bound > self.p:
                self._too_small(values, middle)
            elif inner.objective <= self.p:
                asked = np.union1d(asked, self._try(found.site, middle))
        return False

    def _too_small(self, values: Floats, radius: float) -> None:
        """No p sites keep this radius: the next one is the bound."""
        larger = values[values > radius]
        self.watch.note(bound=float(larger[0]) if len(larger) else self.watch.objective)

    def _try(self, site: Ints, radius: float) -> Ints:
        """Take the plan if it is better, and tell points that it leaves beyond the radius."""
        cost = self.costs.served(site)[1][:, 0]
        self._take(site, cost)
        join: list[int] = []
        while len(join) < JOIN and cost.max() > radius:
            worst = int(cost.argmax())
            join.append(worst)
            home = self.costs.of(np.array([worst])).nearest(1).site
            cost = np.minimum(cost, self.costs.served(home)[1][:, 0])
            cost[worst] = 0.0
        return np.array(join, dtype=np.int64)

    def _take(self, site: Ints, cost: Floats) -> None:
        if cost.max() < self.watch.objective:
            self.site = site
            self.watch.note(float(cost.max()))

    def _farthest_first(self, home: Ints) -> Ints:
        """Points far from each other: always the one that the sites of the others serve worst.

        The sites that are nearest to the first p are a plan.
        """
        cost = np.full(self.costs.shape[0], np.inf)
        point: list[int] = []
        site: list[int] = []
        while len(site) < self.p and cost.max() > 0 and not self.watch.out_of_time:
            point.append(int(cost.argmax()))
            site.append(int(home[point[-1]]))
            cost = np.minimum(cost, self.costs.served(np.array(site[-1:]))[1][:, 0])
        self._take(np.array(site, dtype=np.int64), cost)
        return np.unique([*point, int(cost.argmax())])
