"""Sum of absolute differences: how far apart any two are, in the mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.equity.measure import OF_VALUES, Class, Linear, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class AbsoluteDifferences(Linear):
    """D = sum_u sum_k n_u n_k |v_u - v_k| / n^2, n = sum n_u.

    Linearised by d_uk >= v_u - v_k and d_uk >= v_k - v_u for u < k. A dispersion measure: it
    goes with closest assignment and a guard on efficiency.

    Misbehaves beyond some 60 units (a variable and two rows per pair of them): measure it among
    jurisdictions or groups. As an objective its linear relaxation is weak.

    Source: Mulligan 1991.
    """

    name = "absolute_differences"
    title = N_("mean absolute difference")
    unit = OF_VALUES
    kind = Class.DISPERSION
    reference = "Mulligan 1991"
    properties = frozenset(
        {
            Property.ZERO,
            Property.TRANSFER,
            Property.TRANSLATION_INVARIANT,
            Property.SCALE_COVARIANT,
        }
    )

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return mean_difference(values, weights)

    def size(self, level: Level, units: int, entries: int) -> tuple[int, int, int]:
        return differences_size(units, entries)

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        return add_differences(block, people)


def mean_difference(values: Floats, weights: Floats) -> float:
    """sum_u sum_k n_u n_k |v_u - v_k| / n^2, from the sorted values.

    On the way from one unit to the next in order, each of those below meets each of the others.
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) - weights[order]
    n = weights.sum()
    way = np.diff(values[order], prepend=values[order[:1]])
    return float(2 * (below * (n - below)) @ way / n**2)


def differences_size(units: int, entries: int) -> tuple[int, int, int]:
    """Columns, rows and entries of `add_differences`: a column and two rows for each two units."""
    two = units * (units - 1) // 2
    return units + two, units + 2 * two, entries + units + 6 * two


def add_differences(block: pyo.Block, people: UnitValues) -> NumericExpression:
    """The same of the model: exact from above."""
    import pyomo.environ as pyo

    pairs = [(u, k) for u in people.units for k in people.units if u < k]
    bounds = list(zip(people.least.tolist(), people.most.tolist(), strict=True))
    block.value = pyo.Var(people.units, bounds=lambda _, u: bounds[u], doc="what a unit has")
    block.difference = pyo.Var(pairs, domain=pyo.NonNegativeReals, doc="how far two are apart")

    # Once for each unit, so that the rows of its pairs are short.
    @block.Constraint(people.units, doc="value = what the persons of the unit have")
    def is_value(block: pyo.Block, unit: int) -> object:
        return block.value[unit] == people.value(unit)

    @block.Constraint(pairs, doc="difference >= value of the one - value of the other")
    def one_way(block: pyo.Block, u: int, k: int) -> object:
        return block.difference[u, k] >= block.value[u] - block.value[k]

    @block.Constraint(pairs, doc="difference >= value of the other - value of the one")
    def other_way(block: pyo.Block, u: int, k: int) -> object:
        return block.difference[u, k] >= block.value[k] - block.value[u]

    counts = people.counts
    return pyo.quicksum(2 * float(counts[u] * counts[k]) * block.difference[u, k] for u, k in pairs)
