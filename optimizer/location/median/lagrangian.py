"""LAGRANGIAN RELAXATION of the assignment rows, solved by the volume algorithm.

With a multiplier u_i for "point i is served once" (Cornuejols, Fisher and Nemhauser 1977),

    L(u) = sum_i u_i + min_y sum_j (f_j - sum_i max(0, u_i - c_ij)) y_j

over the feasible y: at most `count` open sites, or any. The bracket is the reduced cost of site j.
Side constraints A y + D x + B s <= b are relaxed too, with multipliers v_r >= 0: c + D'v replaces
c, f + A'v replaces f, and - b'v + min_s (B's) v is added to L(u, v).

For any u and v >= 0, L(u, v) is a lower bound on every plan. So a bound is verified by evaluating
it once more (`Relaxation.bound`), without a solver; a bound on its rounding error is subtracted.
The maximum is that of the linear relaxation; the volume algorithm (Barahona and Anbil 2000)
approximates it, and a primal solution of the linear relaxation with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import ZERO_SUBGRADIENT
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.median.side_constraints import SideConstraints, no_side_constraints
from optimizer.problem import Bools, Floats
from optimizer.solver.certificate import rounding

#: Largest weight of the newest subgradient in the mean of all, and the smallest as a share of it.
MAX_WEIGHT, MIN_WEIGHT = 0.3, 0.1

#: Steps after which the largest weight falls, by what factor, and to what at least: close to the
#: maximum a mean over more subgradients is nearer to a solution of the linear relaxation.
WEIGHT_STEPS, WEIGHT_DECAY, LAST_WEIGHT = 100, 0.7, MAX_WEIGHT / 50

#: Factor of Polyak's step: the first, the largest, and by what it rises and falls.
FIRST_STEP, MAX_STEP, STEP_UP, STEP_DOWN = 0.1, 4.0, 1.05, 0.66

#: Steps without a better bound before the factor falls.
PATIENCE = 10

#: Polyak's target: the best plan and this much of the gap, since a target that is reached stops.
TARGET_OVERSHOOT = 0.02

#: Without a plan the target is this much of the initial sum of multipliers above the bound.
TARGET_RISE = 0.05


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The relaxation of a median with near pairs.

    near: N pairs, with all of cost below radius, (I,); fixed: (J,) f_j; count: most open sites,
    None: any number; required, closed: (J,) sites with y_j = 1, and y_j = 0, in every plan that
    matters; rows: side constraints, None: none.
    """

    near: NearPairs
    radius: Floats
    fixed: Floats
    count: int | None
    required: Bools
    closed: Bools
    rows: SideConstraints | None = None

    @cached_property
    def side(self) -> SideConstraints:
        """The side constraints."""
        return no_side_constraints(len(self.fixed)) if self.rows is None else self.rows

    @cached_property
    def coefficients(self) -> csr_array:
        """(N, R) the coefficients D of the near pairs."""
        return self.side.coefficients(self.near)

    @property
    def unservable(self) -> Bools:
        """(I,) points without a pair, of which all pairs are known: there is no plan."""
        return np.asarray((np.diff(self.near.first) == 0) & np.isinf(self.radius))

    def pair_cost(self, v: Floats) -> Floats:
        """(N,) c + D'v of the near pairs, ascending for each point as c is."""
        if not self.coefficients.nnz:
            return self.near.cost
        return np.asarray(self.near.cost + self.coefficients @ v)

    def multiplier_limits(self, v: Floats) -> Floats:
        """(I,) the largest u_i: every pair of i that is not near has c + D'v of at least this."""
        if not self.coefficients.nnz:
            return self.radius
        last = np.maximum(self.near.first[1:], 1) - 1
        row_cost = (self.coefficients @ v)[last]
        return self.radius + np.where(np.diff(self.near.first) > 0, row_cost, 0.0)

    def evaluated(self, u: Floats, v: Floats) -> tuple[float, Floats, Bools, Floats]:
        """L(u, v) less its rounding error, the reduced costs, the best y, and a subgradient.

        u: (I,), v: (R,) -> (), (J,), (J,), (I + R,). The subgradient is 1 - sum_j x_ij of each
        point, and the violation of each row.
        """
        near, side = self.near, self.side
        gain = u[near.point] - self.pair_cost(v)
        gains = np.flatnonzero(gain > 0)
        point, site = near.point[gains], near.site[gains]
        reduced = self.fixed - np.bincount(site, gain[gains], minlength=len(self.fixed))
        if not len(side):
            y = self.best_opening(reduced)
            shortfall = np.asarray(1.0 - np.bincount(point, y[site], minlength=near.points))
            bound = float(u.sum() + reduced[y].sum())
            return bound - self._rounding_error(u, shortfall, reduced[y]), reduced, y, shortfall
        reduced = reduced + side.site_prices(v)
        y = self.best_opening(reduced)
        shortfall = np.asarray(1.0 - np.bincount(point, y[site], minlength=near.points))
        s, excess_cost = side.best_excesses(v)
        x = np.zeros(len(near))
        x[gains] = y[site]
        violation = (
            side.sites @ y.astype(float) + self.coefficients.T @ x + side.excess @ s - side.limit
        )
        bound = float(u.sum() + reduced[y].sum()) + excess_cost - _dot(v, side.limit)
        terms = np.concatenate([reduced[y], v * side.limit, [excess_cost], side.site_prices(v)[y]])
        bound -= self._rounding_error(u, shortfall, terms)
        return bound, reduced, y, np.concatenate([shortfall, violation])

    def _rounding_error(self, u: Floats, shortfall: Floats, terms: Floats) -> float:
        """A bound on the error of L: u_i is added once for each time that i is served."""
        absolute = np.abs(u)
        size = float(absolute.sum()) + _dot(absolute, np.abs(1.0 - shortfall))
        size += float(np.abs(terms).sum())
        return rounding(len(u) + len(terms), size)

    def best_opening(self, reduced: Floats) -> Bools:
        """(J,) the best y: required sites, and the smallest reduced costs below 0."""
        free = ~self.required & ~self.closed
        if self.count is None:
            return self.required | (free & (reduced < 0))
        remaining = self.count - int(self.required.sum())
        y = self.required.copy()
        candidates = np.flatnonzero(free & (reduced <= 0))
        if remaining > 0 and len(candidates):
            last = min(remaining, len(candidates)) - 1
            y[candidates[np.argpartition(reduced[candidates], last)[:remaining]]] = True
        return y

    def projected(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """The nearest multipliers for which L is a bound."""
        v = np.maximum(v, 0.0)
        return np.minimum(u, self.multiplier_limits(v)), v

    def bound(self, u: Floats, v: Floats | None = None) -> float:
        """L(u, v) of any u and v, projected."""
        return self.evaluated(*self.projected(u, np.zeros(len(self.side)) if v is None else v))[0]


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers u, (I,), of the points and v, (R,), of the side constraints, with their L(u, v).

    reduced: (J,) reduced costs; y: (J,) the best y; share: (J,) the volume algorithm's estimate of
    y in the linear relaxation.
    """

    u: Floats
    v: Floats
    bound: float
    reduced: Floats
    y: Bools
    share: Floats


@dataclass(eq=False)
class Ascent:
    """The state of the volume algorithm: the best multipliers, and the mean subgradient, (I + R,).

    step_scale: factor of Polyak's step; initial_sum: of |u| at the start. The relaxation may lose
    pairs and sites between runs.
    """

    dual: Multipliers
    mean: Floats
    step_scale: float
    initial_sum: float
    weight_limit: float = MAX_WEIGHT
    steps: int = 0
    failures: int = 0

    def run(self, relaxed: Relaxation, incumbent: float, cutoff: float, steps: int) -> Multipliers:
        """So many steps, or until the bound is above `cutoff`; incumbent: Polyak's target."""
        self._reevaluate(relaxed)
        for _ in range(steps):
            direction = self._direction()
            norm = _dot(direction, direction)
            if self.dual.bound > cutoff or norm < ZERO_SUBGRADIENT:
                break
            self._step(relaxed, incumbent, direction, norm)
        return self.dual

    def _reevaluate(self, relaxed: Relaxation) -> None:
        """Evaluate the best multipliers in this relaxation."""
        u, v = relaxed.projected(self.dual.u, self.dual.v)
        bound, reduced, y, _ = relaxed.evaluated(u, v)
        self.dual = Multipliers(u, v, bound, reduced, y, self.dual.share)

    def _direction(self) -> Floats:
        """The mean subgradient without components that lead a multiplier v_r = 0 below 0."""
        if not len(self.dual.v):
            return self.mean
        value = np.concatenate([np.ones(len(self.dual.u)), self.dual.v])
        return np.where((value <= 0) & (self.mean < 0), 0.0, self.mean)

    def _step(self, relaxed: Relaxation, incumbent: float, direction: Floats, norm: float) -> None:
        dual, points = self.dual, len(self.dual.u)
        target = incumbent + TARGET_OVERSHOOT * abs(incumbent - dual.bound)
        if not np.isfinite(incumbent):
            target = dual.bound + TARGET_RISE * self.initial_sum
        step = self.step_scale * (target - dual.bound) / norm * direction
        u, v = relaxed.projected(dual.u + step[:points], dual.v + step[points:])
        bound, reduced, y, g = relaxed.evaluated(u, v)
        slope = _dot(g, direction)
        # The weight of the new subgradient for which the mean is shortest.
        difference = g - self.mean
        squared_norm = _dot(difference, difference)
        weight = self.weight_limit
        if squared_norm > 0:
            shortest = -_dot(self.mean, difference) / squared_norm
            weight = min(max(shortest, MIN_WEIGHT * self.weight_limit), self.weight_limit)
        self.mean = self.mean + weight * difference
        share = dual.share + weight * (y - dual.share)
        if bound > dual.bound:
            self.dual = Multipliers(u, v, bound, reduced, y, share)
            self.failures = 0
            if slope >= 0:
                self.step_scale = min(STEP_UP * self.step_scale, MAX_STEP)
        else:
            self.dual = replace(dual, share=share)
            self.failures += 1
            if self.failures >= PATIENCE:
                self.step_scale, self.failures = STEP_DOWN * self.step_scale, 0
        self.steps += 1
        if self.steps % WEIGHT_STEPS == 0:
            self.weight_limit = max(WEIGHT_DECAY * self.weight_limit, LAST_WEIGHT)


def _dot(a: Floats, b: Floats) -> float:
    """The inner product; BLAS would start its threads for so few numbers, at every step."""
    return float(np.einsum("i,i", a, b))


def start_ascent(relaxed: Relaxation, u: Floats, step_scale: float = FIRST_STEP) -> Ascent:
    """Start at u, and at v = 0."""
    u, v = relaxed.projected(u, np.zeros(len(relaxed.side)))
    bound, reduced, y, g = relaxed.evaluated(u, v)
    dual = Multipliers(u, v, bound, reduced, y, y.astype(float))
    return Ascent(dual, g, step_scale, float(np.abs(u).sum()))
