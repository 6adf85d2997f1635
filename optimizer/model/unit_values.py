"""Unit values: what an equity measure sees of one level of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from pyomo.core.base.var import VarData
from pyomo.core.expr.numeric_expr import LinearExpression
from scipy.sparse import csr_array

from optimizer.assessment.equity import catchment
from optimizer.case import Case
from optimizer.equity.comparison_units import Units
from optimizer.model.access import Access
from optimizer.problem import Floats, Ints, Level, Problem
from optimizer.question import Equity

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


@dataclass(frozen=True, eq=False)
class UnitValues:
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


def unit_values(
    model: pyo.ConcreteModel, case: Case, equity: Equity, access: Access, row: int
) -> UnitValues:
    """What the units of the equity have at the level of this row."""
    among = case.units(equity.among, row)
    if equity.of == "catchment":
        return _supplied(model, case.problem, among, access.level, row)
    pairs = access.pairs
    minutes = equity.of == "minutes"
    values = pairs.minutes if minutes else 1 - access.within_standard
    first = access.first[:-1]
    return UnitValues(
        level=access.level,
        columns=access.assigned,
        values=values,
        share=csr_array(among.share[:, pairs.origin]),
        weight=among.weight,
        least=np.asarray(among.share @ np.minimum.reduceat(values, first)),
        most=np.asarray(among.share @ np.maximum.reduceat(values, first)),
    )


def _supplied(
    model: pyo.ConcreteModel, problem: Problem, among: Units, level: Level, row: int
) -> UnitValues:
    """Places per person in need within reach: the columns are the options."""
    share = csr_array(among.share @ catchment(problem, row))
    return UnitValues(
        level=level,
        columns=list(model.stands.values()),
        values=np.ones(share.shape[1]),
        share=share,
        weight=among.weight,
        least=np.zeros(share.shape[0]),
        most=_most(share, problem.options.facility),
        benefit=True,
    )


def _most(share: csr_array, facility: Ints) -> Floats:
    """(U,) what the units have where each facility, (K,), stands in the option that gives most."""
    given = share.tocoo()
    unit, option = given.coords
    order = np.lexsort((-given.data, facility[option], unit))
    unit, stands = unit[order], facility[option[order]]
    first = (np.diff(unit, prepend=-1) != 0) | (np.diff(stands, prepend=-1) != 0)
    best = given.data[order] * first
    return np.bincount(unit, weights=best, minlength=share.shape[0]).astype(float)
