"""INTERCHANGE: best-improvement vertex substitution (Teitz and Bart 1968).

The net gain of opening j and closing r is gain_j - loss_r + extra_jr (Whitaker 1983; Resende and
Werneck 2007): with the nearest and the second nearest open site of each point these are sums over
the pairs that cost less than the second nearest, here for all swaps at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Bools, Floats, Ints

#: Most moves of one step, where so many are independent; and of how many times as many candidates.
MAX_SIMULTANEOUS, CANDIDATES_PER_MOVE = 64, 8

#: Where fewer sites are open, hardly two moves are independent: the best one is made alone.
MIN_OPEN_SIMULTANEOUS = 8


@dataclass(frozen=True, eq=False)
class Solution:
    """A plan. is_open: (J,); site, cost: (I, 2) the nearest and second nearest open sites.

    Where none is near, the site is -1 and the cost that of `Interchange.penalty`.
    """

    is_open: Bools
    site: Ints
    cost: Floats
    objective: float

    @property
    def sites(self) -> Ints:
        """The open sites, ascending."""
        return np.flatnonzero(self.is_open)


@dataclass(frozen=True, eq=False)
class Interchange:
    """The neighbourhood of a median with near pairs: swaps, openings and closings of sites.

    fixed: (J,) f_j; penalty: (I,) the cost of a point without a near open site, above that of its
    pairs; count: most open sites, None: any number; kept_open: (J,) sites that are not closed.
    """

    near: NearPairs
    fixed: Floats
    penalty: Floats
    count: int | None
    kept_open: Bools

    def evaluated(self, is_open: Bools) -> Solution:
        """The plan with these open sites, (J,)."""
        site, cost = self.near.nearest_open(is_open, 2)
        cost = np.where(site >= 0, cost, self.penalty[:, None])
        objective = float(cost[:, 0].sum() + self.fixed[is_open].sum())
        return Solution(is_open, site, cost, objective)

    def improved(self, start: Solution, steps: int | None = None) -> Solution:
        """A local optimum, or the plan after so many steps."""
        solution = start
        while steps is None or steps > 0:
            opening, closing, gain = self._moves(solution)
            if not len(gain):
                break
            neighbour = self.evaluated(_applied(solution.is_open, opening, closing))
            if len(gain) > 1 and solution.objective - neighbour.objective < gain[0]:
                neighbour = self.evaluated(_applied(solution.is_open, opening[:1], closing[:1]))
            if neighbour.objective >= solution.objective - ROUNDING * abs(solution.objective):
                break
            solution = neighbour
            steps = None if steps is None else steps - 1
        return solution

    def _moves(self, solution: Solution) -> tuple[Ints, Ints, Floats]:
        """Independent improving moves, the best first: site to open, site to close, net gain.

        -1: no site is opened, or closed.
        """
        near, sites = self.near, solution.sites
        nearest, second = solution.cost[near.point, 0], solution.cost[near.point, 1]
        used = (near.cost < second) & ~solution.is_open[near.site]
        site, cost = near.site[used], near.cost[used]
        nearest, second = nearest[used], second[used]
        nearest_site = solution.site[near.point[used], 0]
        n = len(self.fixed)
        gain = np.bincount(site, np.maximum(nearest - cost, 0.0), minlength=n) - self.fixed
        gain[solution.is_open] = -np.inf
        is_served = solution.site[:, 0] >= 0
        detour = (solution.cost[:, 1] - solution.cost[:, 0])[is_served]
        loss = np.bincount(solution.site[is_served, 0], detour, minlength=n) - self.fixed
        loss[~solution.is_open | self.kept_open] = np.inf
        blocks = [np.empty((3, 0))]
        sites = sites[~self.kept_open[sites]]
        if len(sites):
            # Without extra the best site to close is the same for all.
            out = int(sites[np.argmin(loss[sites])])
            entering = np.flatnonzero(np.isfinite(gain))
            leaving = np.full(len(entering), out)
            blocks.append(np.array([entering, leaving, gain[entering] - loss[out]]))
            near_now = nearest_site >= 0
            value = (second - np.maximum(cost, nearest))[near_now]
            index = site[near_now], nearest_site[near_now]
            extra = coo_array((value, index), shape=(n, n)).tocsr()
            extra.sum_duplicates()
            opening = np.repeat(np.arange(n), np.diff(extra.indptr))
            closing = extra.indices
            blocks.append(np.array([opening, closing, gain[opening] - loss[closing] + extra.data]))
        if self.count is None or solution.is_open.sum() < self.count:
            unopened = np.flatnonzero(np.isfinite(gain))
            blocks.append(np.array([unopened, np.full(len(unopened), -1), gain[unopened]]))
        if solution.is_open.sum() > 1:
            blocks.append(np.array([np.full(len(sites), -1), sites, -loss[sites]]))
        opening, closing, net_gain = np.concatenate(blocks, axis=1)
        return self._independent(solution, opening.astype(int), closing.astype(int), net_gain)

    def _independent(
        self, solution: Solution, opening: Ints, closing: Ints, net_gain: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """The best moves of which no two change the assignment to the same open site."""
        improving = np.flatnonzero(net_gain > ROUNDING * abs(solution.objective))
        order = np.argsort(-net_gain[improving], kind="stable")
        improving = improving[order[: CANDIDATES_PER_MOVE * MAX_SIMULTANEOUS]]
        if len(improving) <= 1 or solution.is_open.sum() < MIN_OPEN_SIMULTANEOUS:
            improving = improving[:1]
            return opening[improving], closing[improving], net_gain[improving]
        affected: set[int] = set()
        chosen = []
        for move in improving.tolist():
            affects = self._affected(solution, int(opening[move])) | {int(closing[move])} - {-1}
            if closing[move] >= 0:
                affects |= set(solution.site[solution.site[:, 0] == closing[move], 1].tolist())
            if affected.isdisjoint(affects):
                affected |= affects
                chosen.append(move)
                if len(chosen) == MAX_SIMULTANEOUS:
                    break
        return opening[chosen], closing[chosen], net_gain[chosen]

    def _affected(self, solution: Solution, site: int) -> set[int]:
        """Open sites with points for which this site is nearer than their second nearest."""
        if site < 0:
            return set()
        point, cost = self.near.points_near(site)
        return set(solution.site[point[cost < solution.cost[point, 1]], 0].tolist())


def _applied(is_open: Bools, opening: Ints, closing: Ints) -> Bools:
    moved = is_open.copy()
    moved[closing[closing >= 0]] = False
    moved[opening[opening >= 0]] = True
    return moved


def interchange_of(
    near: NearPairs, fixed: Floats, count: int | None, kept_open: Bools
) -> Interchange:
    """The neighbourhood with penalties above the farthest near pair; each point has one."""
    farthest = near.cost[near.first[1:] - 1]
    penalty = 1.5 * farthest + farthest.mean()
    return Interchange(near, fixed, penalty, count, kept_open)


def kmeans_seeds(search: Interchange, random: np.random.Generator) -> Bools:
    """(J,) `count` open sites by k-means++ seeding (Arthur and Vassilvitskii 2007).

    Each is the nearest site of a point drawn with a probability proportional to its cost so far.
    """
    near, sites = search.near, len(search.fixed)
    is_open = search.kept_open.copy()
    cost = np.minimum(search.penalty, near.nearest_open(is_open, 1)[1][:, 0])
    nearest_site = near.site[near.first[:-1]]
    for _ in range(min(search.count or 1, sites) - int(is_open.sum())):
        cumulated = cost.cumsum()
        point = int(np.searchsorted(cumulated, random.random() * cumulated[-1]))
        site = int(nearest_site[min(point, len(nearest_site) - 1)])
        if is_open[site]:
            unopened = near.site[~is_open[near.site]]
            if not len(unopened):
                break
            site = int(unopened[0])
        is_open[site] = True
        points, column_cost = near.points_near(site)
        cost[points] = np.minimum(cost[points], column_cost)
    return is_open
