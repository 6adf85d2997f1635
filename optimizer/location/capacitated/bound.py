"""LAGRANGIAN RELAXATION of the assignment rows of a capacitated problem (Geoffrion, McBride 1978).

With a multiplier u_i for serving point i, site j gains v_j(u), the value of a knapsack, and

    L(u) = sum_i u_i + min_y sum_j (f_j - v_j(u)) y_j,  sum_j s_j y_j >= sum_i d_i,  y in {0, 1}

is a lower bound for every u. With continuous knapsacks its maximum is that of the LP with
x_ij <= y_j, or more, since y is binary; with binary knapsacks (single source) it is better still.
u is improved by the volume algorithm (Barahona and Anbil 2000).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import SUM_ROUNDING, ZERO_SUBGRADIENT
from optimizer.location.base.result import Watch
from optimizer.location.capacitated.assignment import Instance
from optimizer.location.capacitated.knapsack import (
    binary,
    binary_with_item,
    capacity_units,
    cheapest_cover,
    cover_flipped,
    fractional,
    integer_units,
)
from optimizer.problem import Bools, Floats

#: Largest weight of the newest subgradient and answer in the mean of all; the smallest.
MAX_WEIGHT, MIN_WEIGHT = 0.1, 0.1 / 10

#: Factor of Polyak's step: the first, the largest, by what it rises, and by what it falls after so
#: many steps without a better bound.
FIRST_STEP, MAX_STEP, STEP_UP, STEP_DOWN, PATIENCE = 0.1, 2.0, 1.1, 0.66, 10

#: Steps between two tests of convergence, and the least growth of the bound between them, relative
#: to the gap; not before so many steps, since the first ones may be too long.
CHECK_EVERY, MIN_GROWTH, MIN_STEPS = 50, 0.02, 200

#: The largest gap to Polyak's target, relative to the bound: without a good plan steps would be too
#: long.
MAX_GAP = 0.02


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers u, (I,), and the answer of the relaxation. bound: L(u).

    cost: (J,) reduced costs f_j - v_j; y: (J,) open sites; x: (I, J) shares of the knapsack of each
    site, open or not; capacity_price: (J,) duals of the knapsacks, 0 if they are binary.
    """

    u: Floats
    bound: float
    cost: Floats
    y: Bools
    x: Floats
    capacity_price: Floats


class Relaxation:
    """L(u) of an instance. exact: binary knapsacks, for a single source and whole demands."""

    def __init__(self, instance: Instance, exact: bool = False) -> None:
        self.instance = instance
        self.knapsack_units = integer_units(instance.demand, instance.capacity) if exact else None
        self.cover_units, self.cover_needed = capacity_units(
            instance.capacity, float(instance.demand.sum())
        )

    @property
    def exact(self) -> bool:
        """Whether the knapsacks are binary."""
        return self.knapsack_units is not None

    def evaluated(self, u: Floats) -> Multipliers:
        """L(u), and the answer of the relaxation."""
        instance = self.instance
        gain = u[:, None] - instance.cost
        if self.knapsack_units is None:
            value, x, capacity_price = fractional(gain, instance.demand, instance.capacity)
        else:
            value, x = binary(gain, *self.knapsack_units)
            capacity_price = np.zeros(len(value))
        cost = instance.fixed - value
        total, y = cheapest_cover(cost, self.cover_units, self.cover_needed)
        magnitude = float(np.abs(u).sum() + np.abs(cost).sum())
        bound = float(u.sum()) + total - SUM_ROUNDING * magnitude
        return Multipliers(u, bound, cost, y, x, capacity_price)

    def flipped(self, dual: Multipliers) -> Floats:
        """(J,) L(u) with y_j fixed at 1 where the answer has 0, and at 0 where it has 1."""
        rest = cover_flipped(dual.cost, self.cover_units, self.cover_needed, dual.y)
        return rest + float(dual.u.sum())

    def serving(self, dual: Multipliers, is_open: Floats) -> Floats:
        """(I, J) L(u) with x_ij fixed at 1; is_open: (J,) L(u) with y_j fixed at 1."""
        instance = self.instance
        gain = dual.u[:, None] - instance.cost
        if self.knapsack_units is None:
            return is_open + np.maximum(0, dual.capacity_price * instance.demand[:, None] - gain)
        best_value = instance.fixed - dual.cost
        return is_open + best_value - binary_with_item(gain, *self.knapsack_units)


def first_multipliers(instance: Instance) -> Floats:
    """(I,) the least c_ij + d_i f_j / s_j: the cost of a point with its share of the fixed cost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        cost_share = np.where(instance.capacity > 0, instance.fixed / instance.capacity, 0)
    return np.asarray(np.min(instance.cost + cost_share * instance.demand[:, None], axis=1))


def volume_algorithm(
    relaxation: Relaxation,
    u: Floats,
    steps: int,
    watch: Watch,
    heuristic: Callable[[Multipliers, Floats], None],
) -> Multipliers:
    """The best multipliers of so many steps of the volume algorithm, from u, (I,), on.

    heuristic: takes an answer and (J,) the mean of y, and makes plans of them; their objective is
    Polyak's target, through the watch.
    """
    best = answer = relaxation.evaluated(u)
    mean = 1 - (answer.x * answer.y).sum(axis=1)
    share = answer.y.astype(float)
    scale, failures, bound_before = FIRST_STEP, 0, best.bound
    for step in range(1, steps + 1):
        norm = float(mean @ mean)
        gap = min(watch.objective - best.bound, MAX_GAP * abs(best.bound))
        if norm < ZERO_SUBGRADIENT or watch.out_of_time or gap <= 0:
            break
        answer = relaxation.evaluated(best.u + scale * gap / norm * mean)
        subgradient = 1 - (answer.x * answer.y).sum(axis=1)
        if answer.bound > best.bound:
            scale = min(MAX_STEP, scale * STEP_UP) if subgradient @ mean > 0 else scale
            best, failures = answer, 0
        else:
            failures += 1
            if failures == PATIENCE:
                scale, failures = scale * STEP_DOWN, 0
        weight = _weight(subgradient, mean)
        mean = weight * subgradient + (1 - weight) * mean
        share = weight * answer.y + (1 - weight) * share
        if step % CHECK_EVERY == 0:
            watch.note(bound=best.bound)
            heuristic(answer, share)
            grows = best.bound - bound_before >= MIN_GROWTH * gap or step < MIN_STEPS
            if watch.proven or not grows:
                break
            bound_before = best.bound
    watch.note(bound=best.bound)
    heuristic(best, share)
    return best


def _weight(newest: Floats, mean: Floats) -> float:
    """The weight of the newest subgradient for which the mean is shortest, within bounds."""
    difference = newest - mean
    norm = float(difference @ difference)
    if norm == 0:
        return MAX_WEIGHT
    return float(np.clip(-(mean @ difference) / norm, MIN_WEIGHT, MAX_WEIGHT))
