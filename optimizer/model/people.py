"""People: what an equity measure sees of one level of the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pyomo.core.expr.numeric_expr import LinearExpression
from scipy.sparse import csr_array

from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyomo.core.base.var import VarData
    from pyomo.core.expr.numeric_expr import NumericExpression


@dataclass(frozen=True, eq=False)
class People:
    """What U units have at one level, as expressions of N variables.

    columns: N variables; values: (N,) what a person has whom the variable serves;
    share: (U, N) share of the unit's persons whom the variable, at 1, serves.
    weight: (U,) how much each unit counts. least, most: (U,) between these lies what a unit has.
    benefit: more is better (places per person); the burden is then 1 - value.
    """

    level: Level
    columns: Sequence[VarData]
    values: Floats
    share: csr_array
    weight: Floats
    least: Floats
    most: Floats
    benefit: bool = False

    @property
    def units(self) -> range:
        """Numbers of the units."""
        return range(len(self.weight))

    @cached_property
    def counts(self) -> Floats:
        """(U,) share of each unit in the whole."""
        return np.asarray(self.weight / self.weight.sum())

    def mean(self, values: Floats) -> NumericExpression:
        """Mean over the units, by weight, of values (N,) on the variable that serves."""
        return self._sum(np.asarray(self.counts @ self.share) * values)

    def unit_mean(self, unit: int, values: Floats) -> NumericExpression:
        """Mean over the persons of one unit of values (N,) on the variable that serves."""
        start, end = self.share.indptr[unit : unit + 2]
        columns = self.share.indices[start:end]
        coefficients = self.share.data[start:end] * values[columns]
        return LinearExpression(
            linear_coefs=coefficients.tolist(),
            linear_vars=[self.columns[n] for n in columns.tolist()],
        )

    def value(self, unit: int) -> NumericExpression:
        """What the persons of one unit have, in the mean."""
        return self.unit_mean(unit, self.values)

    def burden(self, unit: int) -> NumericExpression:
        """The same where more is worse."""
        return 1 - self.value(unit) if self.benefit else self.value(unit)

    @cached_property
    def burdens(self) -> tuple[float, float]:
        """Between these lies the burden of every unit."""
        low, high = float(self.least.min()), float(self.most.max())
        return (1 - high, 1 - low) if self.benefit else (low, high)

    def _sum(self, coefficients: Floats) -> NumericExpression:
        used = np.flatnonzero(coefficients)
        return LinearExpression(
            linear_coefs=coefficients[used].tolist(),
            linear_vars=[self.columns[n] for n in used.tolist()],
        )
