"""MULTIPLIERS: what each point is ready to pay for being served, and the bound that follows.

The Lagrangian relaxation of "every point is served once" (Cornuejols, Fisher and Nemhauser 1977):

    L(u) = sum_i u_i + min_y sum_j (f_j - sum_i max(0, u_i - c_ij)) y_j

over the allowed y: at most `count` open sites, or any. The reduced cost of a site is the bracket.
For any u this is below the cost of every plan, so a bound is checked by computing it once more
from u (`bound`), without a solver. The best u are those of the linear relaxation; the volume
algorithm (Barahona and Anbil 2000) finds them closely, and shares of the sites that are nearly
its solution.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.location.near import Near
from optimizer.problem import Bools, Floats

#: Weight of the newest subgradient in the mean of all: at most, and the share of it at least.
NEWEST, LEAST = 0.3, 0.1

#: The first step, as a share of Polyak's, and the longest; what it is changed by.
LENGTH, LONGEST, LONGER, SHORTER = 0.1, 4.0, 1.05, 0.66

#: Steps without a better bound before they become shorter.
PATIENCE = 10

#: By how much the aim is beyond the best plan, in what is open.
BEYOND = 0.02

#: A mean subgradient this short: the relaxation is solved.
NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A problem with near pairs only. radius: (I,) no u_i may be above: what is near to i ends
    there. required, closed: sites that are open, or are not, in every plan that matters.
    """

    near: Near
    radius: Floats
    fixed: Floats
    count: int | None
    required: Bools
    closed: Bools

    def at(self, u: Floats) -> tuple[float, Floats, Bools, Floats]:
        """L(u), the reduced costs, the best y, and the subgradient: 1 less times served."""
        near = self.near
        paid = u[near.point] - near.cost
        pays = np.flatnonzero(paid > 0)
        point, site = near.point[pays], near.site[pays]
        reduced = self.fixed - np.bincount(site, paid[pays], minlength=len(self.fixed))
        y = self.chosen(reduced)
        missing = np.asarray(1.0 - np.bincount(point, y[site], minlength=near.points))
        return float(u.sum() + reduced[y].sum()), reduced, y, missing

    def chosen(self, reduced: Floats) -> Bools:
        """The best y: required sites, and the cheapest of the others that pay."""
        free = ~self.required & ~self.closed
        if self.count is None:
            return self.required | (free & (reduced < 0))
        left = self.count - int(self.required.sum())
        y = self.required.copy()
        rows = np.flatnonzero(free)
        if left > 0 and len(rows):
            y[rows[np.argpartition(reduced[rows], min(left, len(rows)) - 1)[:left]]] = True
        return y

    def bound(self, u: Floats) -> float:
        """L(u), for any u within the radius."""
        return self.at(np.minimum(u, self.radius))[0]


@dataclass(frozen=True, eq=False)
class Multipliers:
    """The best multipliers so far. share: (J,) how much of a site the relaxation opens."""

    u: Floats
    bound: float
    reduced: Floats
    y: Bools
    share: Floats


@dataclass(eq=False)
class Ascent:
    """Better and better multipliers: `top` is the best so far, `mean` the mean subgradient.

    It may go on with fewer pairs and sites than it began with.
    """

    top: Multipliers
    mean: Floats
    length: float
    newest: float = NEWEST
    steps: int = 0
    worse: int = 0

    def climb(self, relaxed: Relaxed, best: float, cut: float, steps: int) -> Multipliers:
        """So many steps more, or until the bound is above `cut`; best: what they aim at."""
        self._again(relaxed)
        for _ in range(steps):
            norm = float(self.mean @ self.mean)
            if self.top.bound > cut or norm < NOTHING:
                break
            self._step(relaxed, best, norm)
        return self.top

    def _again(self, relaxed: Relaxed) -> None:
        """The best multipliers in this relaxation."""
        u = np.minimum(self.top.u, relaxed.radius)
        bound, reduced, y, _ = relaxed.at(u)
        self.top = Multipliers(u, bound, reduced, y, self.top.share)

    def _step(self, relaxed: Relaxed, best: float, norm: float) -> None:
        aim = best + BEYOND * abs(best - self.top.bound)
        move = self.length * (aim - self.top.bound) / norm
        trial = np.minimum(self.top.u + move * self.mean, relaxed.radius)
        bound, reduced, y, g = relaxed.at(trial)
        along = float(g @ self.mean)
        # The share of the new subgradient that makes the mean of all shortest.
        apart = g - self.mean
        square = float(apart @ apart)
        weight = self.newest
        if square > 0:
            wanted = -float(self.mean @ apart) / square
            weight = min(max(wanted, LEAST * self.newest), self.newest)
        self.mean = self.mean + weight * apart
        share = self.top.share + weight * (y - self.top.share)
        if bound > self.top.bound:
            self.top = Multipliers(trial, bound, reduced, y, share)
            self.worse = 0
            if along >= 0:
                self.length = min(LONGER * self.length, LONGEST)
        else:
            self.top = replace(self.top, share=share)
            self.worse += 1
            if self.worse >= PATIENCE:
                self.length, self.worse = SHORTER * self.length, 0
        self.steps += 1
        if self.steps % 100 == 0:
            self.newest = max(0.7 * self.newest, NEWEST / 50)


def ascent(relaxed: Relaxed, u: Floats, length: float = LENGTH) -> Ascent:
    """Begin at these multipliers."""
    u = np.minimum(u, relaxed.radius)
    bound, reduced, y, g = relaxed.at(u)
    return Ascent(Multipliers(u, bound, reduced, y, y.astype(float)), g, length)
