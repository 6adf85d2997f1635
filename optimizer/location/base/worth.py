"""WORTH: what a plan costs that is worth finding, and what a bound proves, in whole numbers or not.

Where every plan costs a whole number a better one costs 1 less. That holds as long as doubles
count in ones, and some of the 1 is left to what sums and the solver round.
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

#: A whole number below is a double, and so is each sum of whole numbers that is.
WHOLE = 2.0**52


def are_whole(numbers: Floats) -> bool:
    """Whether all are whole, and so is each of their sums, as doubles have it."""
    whole = bool((numbers == np.round(numbers)).all())
    return whole and float(np.abs(numbers).sum()) < WHOLE


def margin(value: float) -> float:
    """What of 1 is left to rounding, at whole numbers of this size."""
    return min(max(LEAST_MARGIN, ROUNDING * abs(value)), LARGEST_MARGIN)


def rounded_up(bound: float) -> float:
    """The least whole number that is no less than a bound, which is rounded itself."""
    return float(np.ceil(bound - margin(bound))) if np.isfinite(bound) else bound


@dataclass(frozen=True)
class Worth:
    """whole: every plan costs a whole number; dearest: no plan costs more, inf: that is not known.

    A bound that is above `dearest` says that there is no plan.
    """

    watch: Watch
    whole: bool
    dearest: float = np.inf

    @property
    def cut(self) -> float:
        """A plan that is worth finding costs at most this."""
        best = self.watch.objective
        return best - max(self._step, self._asked) if np.isfinite(best) else self.dearest

    def note(self, bound: float) -> None:
        """No plan that costs at most `cut` costs less than the bound: tell the watch."""
        best = self.watch.objective
        if bound > self.cut:
            exact = np.isinf(best) or self._step >= self._asked
            bound = best if exact else self.cut
        elif self._counts:
            bound = min(rounded_up(bound), best)
        self.watch.note(bound=bound)

    @property
    def _step(self) -> float:
        """By how much a better plan is better than the best, at least."""
        best = self.watch.objective
        return 1 - margin(best) if self._counts else IMPROVEMENT * abs(best)

    @property
    def _asked(self) -> float:
        """By how much a plan must be better to be asked for."""
        return (1 - ROUNDING) * self.watch.limits.gap * abs(self.watch.objective)

    @property
    def _counts(self) -> bool:
        """Whether plans as good as the best cost whole numbers that doubles can count."""
        return self.whole and (np.isinf(self.watch.objective) or self.watch.objective < WHOLE)
