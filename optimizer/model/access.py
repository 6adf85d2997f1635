"""Access: what an equity measure or an objective sees of one level of the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pyomo.core.expr.numeric_expr import LinearExpression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyomo.core.base.var import VarData
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.problem import Bools, Floats, Ints, Level, Pairs


@dataclass(frozen=True, eq=False)
class Access:
    """Minutes of every demand point at one level, as expressions of the assignment.

    row: of the level. pairs: the N admissible pairs; assigned: N variables, share of the demand
    point served on the pair; persons: (I,) who may use the level. own: (I,) demand points whose
    variables are of this level; those of all others are of the level where nothing fails, whose
    rules they keep. covered: (N,) pairs that keep the service standard.
    """

    row: int
    level: Level
    pairs: Pairs
    assigned: Sequence[VarData]
    persons: Floats
    own: Bools
    covered: Bools

    @property
    def pair_minutes(self) -> Floats:
        """(N,) minutes of each pair."""
        return self.pairs.minutes

    @cached_property
    def inhabited(self) -> list[int]:
        """Rows of the demand points where somebody lives who may use the level."""
        return [int(i) for i in np.flatnonzero(self.persons > 0)]

    @cached_property
    def first(self) -> Ints:
        """(I + 1,) where the pairs of each demand point begin: pairs are sorted by origin."""
        return np.searchsorted(self.pairs.origin, np.arange(len(self.persons) + 1))

    def pairs_of(self, i: int) -> range:
        """Numbers of the pairs of demand point i, the nearest first."""
        return range(int(self.first[i]), int(self.first[i + 1]))

    def sum(self, values: Floats) -> NumericExpression:
        """sum over pairs of values x assigned share; values: (N,)."""
        used = np.flatnonzero(values)
        return LinearExpression(
            linear_coefs=values[used].tolist(),
            linear_vars=[self.assigned[n] for n in used.tolist()],
        )

    def mean(self, values: Floats) -> NumericExpression:
        """Mean over persons of values (N,) on the pair that each person uses."""
        return self.sum(values * self.persons[self.pairs.origin] / self.persons.sum())

    def minutes(self, i: int) -> NumericExpression:
        """Mean minutes of the people of demand point i."""
        pairs = self.pairs_of(i)
        return LinearExpression(
            linear_coefs=self.pairs.minutes[pairs.start : pairs.stop].tolist(),
            linear_vars=self.assigned[pairs.start : pairs.stop],
        )

    def share_within_standard(self, i: int) -> NumericExpression:
        """Share of the people of demand point i who are served within the standard."""
        near = [n for n in self.pairs_of(i) if self.within_standard[n]]
        return LinearExpression(
            linear_coefs=[1.0] * len(near), linear_vars=[self.assigned[n] for n in near]
        )

    @cached_property
    def within_standard(self) -> Floats:
        """(N,) 1.0 where the pair keeps the service standard, else 0.0."""
        return self.covered.astype(float)
