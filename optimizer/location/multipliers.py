"""MULTIPLIERS: what each point is ready to pay for being served, and the bound that follows.

The Lagrangian relaxation of "every point is served once" (Cornuejols, Fisher and Nemhauser 1977):

    L(u) = sum_i u_i + min_y sum_j (f_j - sum_i max(0, u_i - c_ij)) y_j

over the allowed y: `count` open sites, or any. The reduced cost of a site is the bracket. For any u
this is below the cost of every plan, so a bound is checked by computing it once more from u
(`bound`), without a solver. The best u are those of the linear relaxation; the volume algorithm
(Barahona and Anbil 2000) finds them closely, and shares of the sites that are nearly its solution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.location.near import Near
from optimizer.problem import Bools, Floats

#: Weight of the newest subgradient in the mean of all: at most, and the share of it at least.
NEWEST, LEAST = 0.1, 0.1

#: Steps without a better bound before the step becomes shorter; and steps of a good kind before
#: it becomes longer.
PATIENCE = 20


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

    def reduced(self, u: Floats) -> Floats:
        """(J,) reduced costs of the sites."""
        near = self.near
        paid = np.maximum(u[near.point] - near.cost, 0.0)
        return self.fixed - np.bincount(near.site, paid, minlength=len(self.fixed))

    def chosen(self, reduced: Floats) -> Bools:
        """The best y: required sites, and the cheapest of the others that pay."""
        free = ~self.required & ~self.closed
        if self.count is None:
            return self.required | (free & (reduced < 0))
        left = self.count - int(self.required.sum())
        y = self.required.copy()
        rows = np.flatnonzero(free)
        if left > 0:
            y[rows[np.argpartition(reduced[rows], min(left, len(rows)) - 1)[:left]]] = True
        return y

    def bound(self, u: Floats) -> float:
        """L(u), for any u within the radius."""
        u = np.minimum(u, self.radius)
        reduced = self.reduced(u)
        return float(u.sum() + reduced[self.chosen(reduced)].sum())


@dataclass(frozen=True, eq=False)
class Multipliers:
    """The best multipliers so far. share: (J,) how much of a site the relaxation opens."""

    u: Floats
    bound: float
    reduced: Floats
    y: Bools
    share: Floats


def ascend(relaxed: Relaxed, u: Floats, best: float, steps: int) -> Iterator[Multipliers]:
    """Better and better multipliers from u; every step gives the best so far.

    best: the objective of a plan, to which the steps aim.
    """
    near = relaxed.near
    u = np.minimum(u, relaxed.radius)

    def at(u: Floats) -> tuple[float, Floats, Bools, Floats]:
        paid = u[near.point] - near.cost
        pays = paid > 0
        gain = np.bincount(near.site[pays], paid[pays], minlength=len(relaxed.fixed))
        reduced = relaxed.fixed - gain
        y = relaxed.chosen(reduced)
        served = np.bincount(near.point[pays], y[near.site[pays]], minlength=near.points)
        return float(u.sum() + reduced[y].sum()), reduced, y, 1.0 - served

    bound, reduced, y, g = at(u)
    mean, share = g.copy(), y.astype(float)
    top = Multipliers(u, bound, reduced, y, share)
    length, newest, worse, good = 1.0, NEWEST, 0, 0
    for step in range(steps):
        norm = float(mean @ mean)
        if norm < 1e-12:
            break
        aim = best + 0.02 * abs(best - top.bound)
        trial = np.minimum(top.u + length * (aim - top.bound) / norm * mean, relaxed.radius)
        bound, reduced, y, g = at(trial)
        along = float(g @ mean)
        # The share of the new subgradient that makes the mean of all shortest.
        apart = g - mean
        square = float(apart @ apart)
        weight = np.clip(-(mean @ apart) / square if square > 0 else newest, newest * LEAST, newest)
        mean = weight * g + (1 - weight) * mean
        share = weight * y + (1 - weight) * share
        if bound > top.bound:
            top = Multipliers(trial, bound, reduced, y, share)
            worse = 0
            if along >= 0:
                good += 1
                if good >= 2:
                    length, good = min(length * 1.1, 4.0), 0
        else:
            worse += 1
            if worse >= PATIENCE:
                length, worse = length * 0.66, 0
        if step % 100 == 99:
            newest = max(newest * 0.7, 0.005)
        yield Multipliers(top.u, top.bound, top.reduced, y, share)
