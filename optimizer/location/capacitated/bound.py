"""BOUND of a capacitated problem: the rule that everybody is served, priced (Lagrange).

With a price u_i for serving point i the sites part: site j gains v_j(u), a knapsack, and

    L(u) = sum_i u_i + min { sum_j (fixed_j - v_j(u)) y_j : the sites y have room for all }

is a lower bound for every u. With fractional knapsacks its maximum is that of the LP with
x_ij <= y_j, and more where the room of sites is lumpy; with whole knapsacks (single source) it is
better still. u is improved by the volume algorithm (Barahona and Anbil 2000). The relaxation is
that of Geoffrion and McBride 1978.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import SUM_ROUNDING, ZERO_SUBGRADIENT
from optimizer.location.base.result import Watch
from optimizer.location.capacitated.assignment import Siting
from optimizer.location.capacitated.knapsack import (
    cover,
    cover_flipped,
    fractional,
    room_units,
    whole,
    whole_units,
    whole_with,
)
from optimizer.problem import Bools, Floats

#: How much of a new answer goes into the mean of all.
MIX = 0.1

#: Rounds without a better bound after which steps become shorter, and to what part.
PATIENCE, SHORTER = 10, 0.66

#: Rounds after which we look whether the bound still grows, and the part of the gap it must grow;
#: the first steps may be too long, so not before some rounds.
LOOK_EVERY, MUST_GROW, LEAST_ROUNDS = 50, 0.02, 200

#: The most of a gap that we aim at: while no good plan is known, steps would be too long.
GUESS = 0.02


@dataclass(frozen=True, eq=False)
class Priced:
    """The answer to prices (I,). bound: L(u); cost: (J,) fixed_j - v_j; chosen: (J,);
    shares: (I, J), of all sites, chosen or not; per_room: (J,) what a unit of room is worth
    (0 with whole knapsacks)."""

    prices: Floats
    bound: float
    cost: Floats
    chosen: Bools
    shares: Floats
    per_room: Floats


class Relaxation:
    """L(u) of a siting. exact: with whole knapsacks, which need a single source and units."""

    def __init__(self, siting: Siting, exact: bool = False) -> None:
        self.siting = siting
        self.units = whole_units(siting.demand, siting.capacity) if exact else None
        self.room, self.need = room_units(siting.capacity, float(siting.demand.sum()))

    @property
    def exact(self) -> bool:
        """Whether its knapsacks are whole."""
        return self.units is not None

    def at(self, prices: Floats) -> Priced:
        """The bound of these prices."""
        siting = self.siting
        gain = prices[:, None] - siting.cost
        if self.units is None:
            gained, shares, per_room = fractional(gain, siting.demand, siting.capacity)
        else:
            gained, shares = whole(gain, *self.units)
            per_room = np.zeros(len(gained))
        cost = siting.fixed - gained
        total, chosen = cover(cost, self.room, self.need)
        size = float(np.abs(prices).sum() + np.abs(cost).sum())
        bound = float(prices.sum()) + total - SUM_ROUNDING * size
        return Priced(prices, bound, cost, chosen, shares, per_room)

    def flipped(self, priced: Priced) -> Floats:
        """(J,) bound where this one site is open instead of closed, or closed instead of open."""
        rest = cover_flipped(priced.cost, self.room, self.need, priced.chosen)
        return rest + float(priced.prices.sum())

    def serving(self, priced: Priced, is_open: Floats) -> Floats:
        """(I, J) bound where the site serves the point alone; is_open: (J,) where it is open."""
        siting = self.siting
        gain = priced.prices[:, None] - siting.cost
        if self.units is None:
            return is_open + np.maximum(0, priced.per_room * siting.demand[:, None] - gain)
        most = siting.fixed - priced.cost
        return is_open + most - whole_with(gain, *self.units)


def first_prices(siting: Siting) -> Floats:
    """(I,) the cheapest way to be served, with a fair part of the fixed cost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(siting.capacity > 0, siting.fixed / siting.capacity, 0)
    return np.asarray(np.min(siting.cost + part * siting.demand[:, None], axis=1))


def ascend(
    relaxation: Relaxation,
    prices: Floats,
    rounds: int,
    watch: Watch,
    look: Callable[[Priced, Floats], None],
) -> Priced:
    """The best prices found, from these on.

    look: told every now and then an answer and (J,) how often each site was chosen of late, to
    make plans of; they may end the search through the objective of the watch.
    """
    best = last = relaxation.at(prices)
    mean = 1 - (last.shares * last.chosen).sum(axis=1)
    often = last.chosen.astype(float)
    step, stale, seen = 0.1, 0, best.bound
    for turn in range(1, rounds + 1):
        size = float(mean @ mean)
        gap = min(watch.objective - best.bound, GUESS * abs(best.bound))
        if size < ZERO_SUBGRADIENT or watch.out_of_time or gap <= 0:
            break
        last = relaxation.at(best.prices + step * gap / size * mean)
        unserved = 1 - (last.shares * last.chosen).sum(axis=1)
        if last.bound > best.bound:
            step = min(2.0, step * 1.1) if unserved @ mean > 0 else step
            best, stale = last, 0
        else:
            stale += 1
            if stale == PATIENCE:
                step, stale = step * SHORTER, 0
        mix = _mix(unserved, mean)
        mean = mix * unserved + (1 - mix) * mean
        often = mix * last.chosen + (1 - mix) * often
        if turn % LOOK_EVERY == 0:
            watch.note(bound=best.bound)
            look(last, often)
            grows = best.bound - seen >= MUST_GROW * gap or turn < LEAST_ROUNDS
            if watch.proven or not grows:
                break
            seen = best.bound
    watch.note(bound=best.bound)
    look(best, often)
    return best


def _mix(new: Floats, mean: Floats) -> float:
    """The part of the new one that makes the mean smallest, within bounds."""
    apart = new - mean
    size = float(apart @ apart)
    return MIX if size == 0 else float(np.clip(-(mean @ apart) / size, MIX / 10, MIX))
