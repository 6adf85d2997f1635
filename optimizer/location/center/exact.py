"""P-CENTER: p sites with the smallest largest cost of a point (Hakimi 1964), exactly.

p sites serve all points within a radius if that set covering problem has a cover of at most p, so
the solve is a search over radii (Minieka 1970). It has the constraints of few points only: if p
sites cannot cover these, they cannot cover all; if they can, the points that are left uncovered are
added (Chen and Chen 2009; Contardo, Iori and Kramer 2019). So a bound for few points holds for all.
A heuristic gives a plan before (`heuristic`), and mostly it remains to prove it.
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
from optimizer.location.center.heuristic import center_heuristic
from optimizer.location.covering.row_reductions import coverage_of_pairs
from optimizer.location.covering.set_cover import solve_set_cover
from optimizer.problem import Ints
from optimizer.question import Limits
from optimizer.solution import Solved, Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import sparray

#: A relative interval of radii below this is not searched any further.
MIN_INTERVAL = 0.02

#: Seconds for the programs of the first radii.
FIRST_BUDGET = 8.0

#: First points, for each site to be opened, and at most.
POINTS_PER_SITE, MAX_FIRST_POINTS = 10, 4_000

#: Most points that are added at a time.
MAX_NEW_POINTS = 20


def p_center(
    costs: ArrayLike | sparray | Costs,
    p: int,
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """p-center: p sites (all, if there are fewer) with the smallest largest cost of a point.

        minimise max_i min_j c_ij over the open sites j, at most p of them

    costs: (I, J), see `costs_of`. Infeasible where p sites cannot serve all points.
    Raises ValueError for p below 1.
    """
    table = costs_of(costs)
    p = min(count(p, "p"), table.shape[1])
    search = _Search(table, p, Watch(limits or Limits(gap=0), progress))
    interrupted = until_interrupted(search.run)
    plan = None
    if search.site is not None:
        unused = np.setdiff1d(np.arange(table.shape[1]), search.site)
        site = np.sort(np.concatenate([search.site, unused[: search.p - len(search.site)]]))
        plan = Opened(site, table.served(site)[0][:, 0])
    solved = search.watch.answer(plan, "p-center", interrupted)
    if solved.status is not Status.INFEASIBLE:
        return solved
    if len(table.nearest(1)) < table.shape[0]:
        return replace(solved, reasons=("a point has no site that may serve it",))
    return replace(solved, reasons=(f"no {p} sites may serve all points",))


@dataclass
class _Search:
    """The search over radii between the bound and the incumbent.

    near: pairs of the added points that cost no more than the incumbent; nearest: (I,) the nearest
    site of each point; site: the open sites of the incumbent.
    """

    costs: Costs
    p: int
    watch: Watch
    site: Ints | None = None

    def run(self) -> bool:
        """Search to the end or to a limit; True: interrupted.

        Bisection over radii, each with a budget of time; one that it does not decide is taken for
        infeasible. When no other is left, the largest radius below the incumbent is decided without
        a budget: mostly the only full proof. After a radius that is feasible for the added points
        only, smaller ones come first: they raise the bound.
        """
        points = self.costs.shape[0]
        nearest = self.costs.nearest(1)
        if len(nearest) < points:
            self.watch.note(bound=math.inf)
            return False
        self.nearest = nearest.site
        self.watch.note(bound=float(nearest.cost.max()))
        self.site, interrupted = center_heuristic(self.costs, self.nearest, self.p, self.watch)
        if interrupted:
            return True
        first_points = max(self.p + 1, min(POINTS_PER_SITE * self.p, MAX_FIRST_POINTS))
        first = farthest_first(self.costs, self.nearest, first_points)
        self.near = NearPairs(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
        self._add_points(first)
        lower, budget, ceiling = self.watch.bound, FIRST_BUDGET, np.inf
        while not self.watch.proven and not self.watch.out_of_time:
            self.near = self.near.only(self.near.cost <= self.watch.objective)
            cost = np.unique(self.near.cost)
            cost = cost[(cost >= self.watch.bound) & (cost < self.watch.objective)]
            if not len(cost):
                self.watch.note(bound=self.watch.objective)
                break
            is_inside = (cost >= lower) & (cost < ceiling)
            if ceiling - lower <= MIN_INTERVAL * ceiling or not is_inside.any():
                ceiling, is_inside = np.inf, cost >= lower
            undecided = cost[is_inside]
            is_limited = len(undecided) > 0
            radius = float(undecided[(len(undecided) - 1) // 2] if is_limited else cost[-1])
            within = self.near.only(self.near.cost <= radius)
            coverage = coverage_of_pairs(within, self.costs.shape[1])
            cover = None
            may_suffice = bool((np.diff(coverage.indptr) > 0).all())
            decision = Watch(replace(self.watch.remaining, gap=0))
            if may_suffice:
                unit_cost = np.ones(coverage.shape[1])
                seconds = budget if is_limited else np.inf
                cover = solve_set_cover(coverage, unit_cost, decision, self.p, seconds)
                self.watch.nodes += decision.nodes
                if cover.interrupted:
                    return True
            larger = cost[cost > radius]
            next_radius = float(larger[0]) if len(larger) else self.watch.objective
            if cover is None or decision.bound > self.p:
                self.watch.note(bound=next_radius)
            elif decision.objective > self.p:
                lower = next_radius
            else:
                uncovered = self._take(cover.site, radius)
                if len(uncovered):
                    self._add_points(uncovered)
                    ceiling = radius
                if not is_limited:
                    lower, budget = self.watch.bound, 2 * budget
            lower = max(lower, self.watch.bound)
        return False

    def _add_points(self, points: Ints) -> None:
        """Add the constraints of these points."""
        costs = self.costs.of(points)
        near = costs.within(np.full(len(points), self.watch.objective))
        self.near = NearPairs(
            np.concatenate([self.near.first, len(self.near) + near.first[1:]]),
            np.concatenate([self.near.site, near.site]),
            np.concatenate([self.near.cost, near.cost]),
        )

    def _take(self, site: Ints, radius: float) -> Ints:
        """Take the plan if it is better; points beyond the radius, to be added."""
        cost = self.costs.served(site)[1][:, 0]
        if cost.max() < self.watch.objective:
            self.site = site
            self.watch.note(float(cost.max()))
        return farthest_beyond(self.costs, self.nearest, cost, radius, MAX_NEW_POINTS)
