"""The least of a linear program's cost and a ratio, by linear programs with the ratio capped.

With a cap g on numerator / denominator the program is linear, and its least cost falls as g
rises. So the least ratio is found first (Dinkelbach 1967), and then the best g from there on, by
halving: between two ends no solution costs less than at the upper one, nor has it a lower ratio
than the lower one.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

from tests.enumerating.linear import LinearProgram, Solution, Terms, combine

#: What is nothing in a sum, and in a step.
NOTHING = 1e-9

#: How near to the best the search over g comes, relative (absolute below 1).
EXACT = 1e-4


@dataclass(frozen=True, eq=False)
class Weighed:
    """minimise the program's cost + factor x the largest of the ratios of these parts.

    parts: numerator and denominator of each, and what the ratio is at most where the largest,
    on a scale of their own perhaps, is at most g; of: that largest ratio of a solution, by its
    definition; floor: what it counts as at least.
    """

    lp: LinearProgram
    parts: list[tuple[Terms, Terms, Callable[[float], float]]]
    of: Callable[[Solution], float]
    factor: float
    floor: float

    def least(self) -> Solution | None:
        """The best solution; None where none has a ratio that is finite."""
        if math.isinf(self.floor):  # whatever is solved here
            return self.lp.minimum()
        g = self._least_ratio()
        if g is None:
            return None
        low = max(self.floor, g)
        best = self._within(low + NOTHING * max(1.0, low))
        free = self.lp.minimum()
        if best is None or free is None or not any(self.lp.cost):
            return best
        return self._halved(best, low, free.cost)

    def total(self, found: Solution) -> float:
        return found.cost + self.factor * max(self.floor, self.of(found))

    def _halved(self, best: Solution, low: float, cost: float) -> Solution:
        """The best with a ratio from `low` on; no solution costs less than `cost`."""
        heap = [(cost + self.factor * low, low, (self.total(best) - cost) / self.factor, cost)]
        while heap[0][0] < self.total(best) - EXACT * max(1.0, abs(self.total(best))):
            _, low, high, cost = heapq.heappop(heap)
            middle = (low + high) / 2
            found = self._within(middle)
            heapq.heappush(heap, (cost + self.factor * middle, middle, high, cost))
            if found is not None:
                best = min(best, found, key=self.total)
                end = min(middle, max(low, self.of(found)))
                heapq.heappush(heap, (found.cost + self.factor * low, low, end, found.cost))
        return best

    def _least_ratio(self) -> float | None:
        """The least that the largest of the ratios can be; None where it is never finite."""
        if self._within(0.0) is not None:
            return 0.0  # nothing of nothing too, which the steps below would not find
        found = self._furthest([combine((-1.0, below)) for _, below, _ in self.parts])
        if found is None or found.cost > -NOTHING:
            return None
        g = self.of(found)
        while True:
            parts = [combine((1.0, above), (-at(g), below)) for above, below, at in self.parts]
            found = self._furthest(parts)
            if found is None or self.of(found) > g - NOTHING * max(1.0, g):
                return g
            g = self.of(found)

    def _furthest(self, many: list[Terms]) -> Solution | None:
        """The solution in which the largest of these is least."""
        program = self.lp.copy()
        program.cost = [0.0] * len(program.cost)
        program.add_cost(program.largest(many))
        return program.minimum()

    def _within(self, g: float) -> Solution | None:
        """The least cost with every ratio at most g."""
        program = self.lp.copy()
        for above, below, at in self.parts:
            program.require_at_most(combine((1.0, above), (-at(g), below)), 0.0)
        return program.minimum()
