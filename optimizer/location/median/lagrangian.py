"""MULTIPLIERS: what each point is ready to pay for being served, and the bound that follows.

The Lagrangian relaxation of "every point is served once" (Cornuejols, Fisher and Nemhauser 1977):

    L(u) = sum_i u_i + min_y sum_j (f_j - sum_i max(0, u_i - c_ij)) y_j

over the allowed y: at most `count` open sites, or any. The reduced cost of a site is the bracket.
Rows beside that (`side`) are relaxed too, each at a multiplier v_r of 0 or more: with c + D'v for
c, f + A'v for f, and - b v + min_s (B'v) s added to L(u, v).

For any u and v this is below the cost of every plan, so a bound is checked by computing it once
more (`bound`), without a solver; what its sums may be off is taken off. The best are those of the
linear relaxation; the volume algorithm (Barahona and Anbil 2000) finds them closely, and shares of
the sites that are nearly its solution.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import ZERO_SUBGRADIENT
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.median.side_constraints import Side, no_side
from optimizer.problem import Bools, Floats
from optimizer.solver.certificate import rounding

#: Weight of the newest subgradient in the mean of all: at most, and the share of it at least.
NEWEST, LEAST = 0.3, 0.1

#: The first step, as a share of Polyak's, and the longest; what it is changed by.
LENGTH, LONGEST, LONGER, SHORTER = 0.1, 4.0, 1.05, 0.66

#: Steps without a better bound before they become shorter.
PATIENCE = 10

#: By how much the aim is beyond the best plan, in what is open.
BEYOND = 0.02

#: How far above the bound they aim while no plan is known, in what points pay in the beginning.
GUESS = 0.05


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A problem with near pairs only. radius: (I,) what is near to i ends at this cost. required,
    closed: sites that are open, or are not, in every plan that matters. given: rows beside
    serving everybody; absent: none.
    """

    near: NearPairs
    radius: Floats
    fixed: Floats
    count: int | None
    required: Bools
    closed: Bools
    given: Side | None = None

    @cached_property
    def side(self) -> Side:
        """The rows beside serving everybody."""
        return no_side(len(self.fixed)) if self.given is None else self.given

    @cached_property
    def added(self) -> csr_array:
        """(N, R) what serving at a near pair adds to each row."""
        return self.side.added(self.near)

    @property
    def nowhere(self) -> Bools:
        """(I,) points that no plan can serve any more: all pairs are known, and none is left."""
        return np.asarray((np.diff(self.near.first) == 0) & np.isinf(self.radius))

    def cost(self, v: Floats) -> Floats:
        """(N,) the cost of each near pair, and what it adds to the rows: never less farther off."""
        return np.asarray(self.near.cost + self.added @ v) if self.added.nnz else self.near.cost

    def ends(self, v: Floats) -> Floats:
        """(I,) no u_i may be above: every pair of i that is not near costs as much at least."""
        if not self.added.nnz:
            return self.radius
        last = np.maximum(self.near.first[1:], 1) - 1
        more = (self.added @ v)[last]
        return self.radius + np.where(np.diff(self.near.first) > 0, more, 0.0)

    def at(self, u: Floats, v: Floats) -> tuple[float, Floats, Bools, Floats]:
        """L(u, v), surely no more than it is, the reduced costs, the best y, and the subgradient.

        That is 1 less times served, of each point, and by how much each row is exceeded.
        """
        near, side = self.near, self.side
        paid = u[near.point] - self.cost(v)
        pays = np.flatnonzero(paid > 0)
        point, site = near.point[pays], near.site[pays]
        reduced = self.fixed - np.bincount(site, paid[pays], minlength=len(self.fixed))
        if not len(side):
            y = self.chosen(reduced)
            missing = np.asarray(1.0 - np.bincount(point, y[site], minlength=near.points))
            bound = float(u.sum() + reduced[y].sum())
            return bound - self._off(u, missing, reduced[y]), reduced, y, missing
        reduced = reduced + side.price(v)
        y = self.chosen(reduced)
        missing = np.asarray(1.0 - np.bincount(point, y[site], minlength=near.points))
        s, worth = side.excesses(v)
        served = np.zeros(len(near))
        served[pays] = y[site]
        over = side.sites @ y.astype(float) + self.added.T @ served + side.excess @ s - side.limit
        bound = float(u.sum() + reduced[y].sum()) + worth - _dot(v, side.limit)
        priced = np.concatenate([reduced[y], v * side.limit, [worth], side.price(v)[y]])
        bound -= self._off(u, missing, priced)
        return bound, reduced, y, np.concatenate([missing, over])

    def _off(self, u: Floats, missing: Floats, others: Floats) -> float:
        """What L may be off: of the u once for each time a point is served, and of the others."""
        paid = np.abs(u)
        size = float(paid.sum()) + _dot(paid, np.abs(1.0 - missing)) + float(np.abs(others).sum())
        return rounding(len(u) + len(others), size)

    def chosen(self, reduced: Floats) -> Bools:
        """The best y: required sites, and the cheapest of the others that pay."""
        free = ~self.required & ~self.closed
        if self.count is None:
            return self.required | (free & (reduced < 0))
        left = self.count - int(self.required.sum())
        y = self.required.copy()
        rows = np.flatnonzero(free & (reduced <= 0))
        if left > 0 and len(rows):
            y[rows[np.argpartition(reduced[rows], min(left, len(rows)) - 1)[:left]]] = True
        return y

    def inside(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """The nearest multipliers that prove something."""
        v = np.maximum(v, 0.0)
        return np.minimum(u, self.ends(v)), v

    def bound(self, u: Floats, v: Floats | None = None) -> float:
        """L(u, v), for any u and v, brought inside."""
        return self.at(*self.inside(u, np.zeros(len(self.side)) if v is None else v))[0]


@dataclass(frozen=True, eq=False)
class Multipliers:
    """The best multipliers so far: u of the points, v of the rows beside.

    share: (J,) how much of a site the relaxation opens.
    """

    u: Floats
    v: Floats
    bound: float
    reduced: Floats
    y: Bools
    share: Floats


@dataclass(eq=False)
class Ascent:
    """Better and better multipliers: `top` is the best so far, `mean` the mean subgradient.

    length: of a step, as a share of Polyak's; began: what all points paid in the beginning. It may
    go on with fewer pairs and sites than it began with.
    """

    top: Multipliers
    mean: Floats
    length: float
    began: float
    newest: float = NEWEST
    steps: int = 0
    worse: int = 0

    def climb(self, relaxed: Relaxed, best: float, cut: float, steps: int) -> Multipliers:
        """So many steps more, or until the bound is above `cut`; best: what they aim at."""
        self._again(relaxed)
        for _ in range(steps):
            way = self._way()
            norm = _dot(way, way)
            if self.top.bound > cut or norm < ZERO_SUBGRADIENT:
                break
            self._step(relaxed, best, way, norm)
        return self.top

    def _again(self, relaxed: Relaxed) -> None:
        """The best multipliers in this relaxation."""
        u, v = relaxed.inside(self.top.u, self.top.v)
        bound, reduced, y, _ = relaxed.at(u, v)
        self.top = Multipliers(u, v, bound, reduced, y, self.top.share)

    def _way(self) -> Floats:
        """The mean subgradient, but no multiplier of a row goes below 0."""
        if not len(self.top.v):
            return self.mean
        at = np.concatenate([np.ones(len(self.top.u)), self.top.v])
        return np.where((at <= 0) & (self.mean < 0), 0.0, self.mean)

    def _step(self, relaxed: Relaxed, best: float, way: Floats, norm: float) -> None:
        top, points = self.top, len(self.top.u)
        aim = best + BEYOND * abs(best - top.bound)
        if not np.isfinite(best):
            aim = top.bound + GUESS * self.began
        move = self.length * (aim - top.bound) / norm * way
        u, v = relaxed.inside(top.u + move[:points], top.v + move[points:])
        bound, reduced, y, g = relaxed.at(u, v)
        along = _dot(g, way)
        # The share of the new subgradient that makes the mean of all shortest.
        apart = g - self.mean
        square = _dot(apart, apart)
        weight = self.newest
        if square > 0:
            wanted = -_dot(self.mean, apart) / square
            weight = min(max(wanted, LEAST * self.newest), self.newest)
        self.mean = self.mean + weight * apart
        share = top.share + weight * (y - top.share)
        if bound > top.bound:
            self.top = Multipliers(u, v, bound, reduced, y, share)
            self.worse = 0
            if along >= 0:
                self.length = min(LONGER * self.length, LONGEST)
        else:
            self.top = replace(top, share=share)
            self.worse += 1
            if self.worse >= PATIENCE:
                self.length, self.worse = SHORTER * self.length, 0
        self.steps += 1
        if self.steps % 100 == 0:
            self.newest = max(0.7 * self.newest, NEWEST / 50)


def _dot(a: Floats, b: Floats) -> float:
    """The product; BLAS would wake all its threads for so few numbers, at every step."""
    return float(np.einsum("i,i", a, b))


def ascent(relaxed: Relaxed, u: Floats, length: float = LENGTH) -> Ascent:
    """Begin at these multipliers of the points, and at 0 for the rows beside."""
    u, v = relaxed.inside(u, np.zeros(len(relaxed.side)))
    bound, reduced, y, g = relaxed.at(u, v)
    top = Multipliers(u, v, bound, reduced, y, y.astype(float))
    return Ascent(top, g, length, float(np.abs(u).sum()))
