"""CUTOFF: the cost of a plan that is worth finding, at most; and what a bound proves below it.

Where every plan costs a whole number a better one costs 1 less, as long as doubles hold all whole
numbers; a margin of the 1 is left to the rounding of sums and of the solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import (
    IMPROVEMENT,
    LARGEST_MARGIN,
    LEAST_MARGIN,
    ROUNDING,
)
from optimizer.location.base.result import Watch
from optimizer.problem import Floats

#: Whole numbers below this are doubles, and so is each sum of them that is below this.
MAX_EXACT = 2.0**52


def are_whole(numbers: Floats) -> bool:
    """Whether all numbers are whole and all their sums are exact in doubles."""
    integral = bool((numbers == np.round(numbers)).all())
    return integral and float(np.abs(numbers).sum()) < MAX_EXACT


def margin(value: float) -> float:
    """The part of 1 that is left to rounding, at whole numbers of this size."""
    return min(max(LEAST_MARGIN, ROUNDING * abs(value)), LARGEST_MARGIN)


def rounded_up(bound: float) -> float:
    """The smallest whole number that is not below a bound, which is rounded itself."""
    return float(np.ceil(bound - margin(bound))) if np.isfinite(bound) else bound


@dataclass(frozen=True)
class Cutoff:
    """The cutoff of a solve, from the incumbent of its watch.

    integral: every plan costs a whole number; largest_cost: no plan costs more, inf: unknown. A
    bound above `largest_cost` proves that there is no plan.
    """

    watch: Watch
    integral: bool
    largest_cost: float = np.inf

    @property
    def value(self) -> float:
        """The cost of a plan that is better by an improvement and by the gap of the limits."""
        best = self.watch.objective
        return (
            best - max(self._improvement, self._gap_improvement)
            if np.isfinite(best)
            else self.largest_cost
        )

    def note(self, bound: float) -> None:
        """Record a bound that holds for all plans of at most the cutoff."""
        best = self.watch.objective
        if bound > self.value:
            exact = np.isinf(best) or self._improvement >= self._gap_improvement
            bound = best if exact else self.value
        elif self._is_countable:
            bound = min(rounded_up(bound), best)
        self.watch.note(bound=bound)

    @property
    def _improvement(self) -> float:
        """By how much a better plan is better than the incumbent, at least."""
        best = self.watch.objective
        return 1 - margin(best) if self._is_countable else IMPROVEMENT * abs(best)

    @property
    def _gap_improvement(self) -> float:
        """By how much a plan must be better so that the gap of the limits is not proven yet."""
        return (1 - ROUNDING) * self.watch.limits.gap * abs(self.watch.objective)

    @property
    def _is_countable(self) -> bool:
        """Whether plans as good as the incumbent cost whole numbers that doubles hold."""
        return self.integral and (
            np.isinf(self.watch.objective) or self.watch.objective < MAX_EXACT
        )
