"""A linear program put together column by column and row by row, solved by scipy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from optimizer.problem import Floats

#: Column -> its coefficient.
Terms = dict[int, float]


@dataclass(frozen=True, eq=False)
class Solution:
    """The least cost, and the columns that give it."""

    cost: float
    x: Floats

    def value(self, terms: Terms) -> float:
        """sum of value x column."""
        return float(sum(value * self.x[column] for column, value in terms.items()))


@dataclass
class LinearProgram:
    """minimise sum of cost x column, columns within their bounds, rows at most their limits."""

    cost: list[float] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    at_most: list[tuple[Terms, float]] = field(default_factory=list)
    equal: list[tuple[Terms, float]] = field(default_factory=list)

    def copy(self) -> LinearProgram:
        """The same, to go on with by itself."""
        return LinearProgram([*self.cost], [*self.bounds], [*self.at_most], [*self.equal])

    def column(self, lower: float = 0.0, upper: float = np.inf) -> int:
        """A new column that costs nothing yet; its number."""
        self.cost.append(0.0)
        self.bounds.append((lower, upper))
        return len(self.cost) - 1

    def add_cost(self, terms: Terms, factor: float = 1.0) -> None:
        """Add factor x the terms to the objective."""
        for column, value in terms.items():
            self.cost[column] += factor * value

    def require_at_most(self, terms: Terms, limit: float) -> None:
        """sum of value x column <= limit."""
        self.at_most.append((terms, limit))

    def require_equal(self, terms: Terms, value: float) -> None:
        """sum of value x column = value."""
        self.equal.append((terms, value))

    def largest(self, many: list[Terms]) -> Terms:
        """A column that is at least each of these."""
        top = self.column(-np.inf)
        for terms in many:
            self.require_at_most(combine((1.0, terms), (-1.0, {top: 1.0})), 0.0)
        return {top: 1.0}

    def minimum(self) -> Solution | None:
        """The least cost; None where the rows cannot hold together."""
        found = linprog(
            self.cost,
            *self._dense(self.at_most),
            *self._dense(self.equal),
            bounds=self.bounds,
            method="highs",
        )
        if found.status not in (0, 2):
            raise RuntimeError(f"linprog: {found.message}")
        return Solution(float(found.fun), found.x) if found.status == 0 else None

    def _dense(
        self, rows: list[tuple[Terms, float]]
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        if not rows:
            return None, None
        matrix = np.zeros((len(rows), len(self.cost)))
        for number, (terms, _) in enumerate(rows):
            for column, value in terms.items():
                matrix[number, column] = value
        return matrix, np.array([limit for _, limit in rows])


def combine(*parts: tuple[float, Terms]) -> Terms:
    """sum of factor x terms."""
    total: Terms = {}
    for factor, terms in parts:
        for column, value in terms.items():
            total[column] = total.get(column, 0.0) + factor * value
    return total
