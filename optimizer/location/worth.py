"""WORTH: what a plan costs that is worth finding, and what a bound proves, in whole numbers or not.

Where every plan costs a whole number a better one costs 1 less. That holds as long as doubles
count in ones, and some of the 1 is left to what sums and the solver round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.location.opened import Watch

#: A whole number below is a double, and so is each sum of whole numbers that is.
WHOLE = 2.0**52

#: By how much a better plan is better, relative: less is the rounding of sums.
BETTER = 1e-11

#: What of the 1 by which whole numbers differ is left to rounding: at least, relative to the
#: objective, at most.
LEAST, RELATIVE, MOST = 1e-6, 1e-9, 0.5


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
        elif self._counts and np.isfinite(bound):
            bound = min(float(np.ceil(bound - self._margin)), best)
        self.watch.note(bound=bound)

    @property
    def _step(self) -> float:
        """By how much a better plan is better than the best, at least."""
        return 1 - self._margin if self._counts else BETTER * abs(self.watch.objective)

    @property
    def _asked(self) -> float:
        """By how much a plan must be better to be asked for."""
        return (1 - 1e-9) * self.watch.limits.gap * abs(self.watch.objective)

    @property
    def _counts(self) -> bool:
        """Whether plans as good as the best cost whole numbers that doubles can count."""
        return self.whole and (np.isinf(self.watch.objective) or self.watch.objective < WHOLE)

    @property
    def _margin(self) -> float:
        best = self.watch.objective
        return min(max(LEAST, RELATIVE * abs(best)), MOST) if np.isfinite(best) else LEAST
