"""Gini index: the mean difference between two, relative to what they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.equity.absolute_differences import (
    add_differences,
    differences_size,
    mean_difference,
)
from optimizer.equity.measure import Class, Property, Ratio, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class Gini(Ratio):
    """G = sum_u sum_k n_u n_k |v_u - v_k| / (2 n^2 mean), n = sum n_u; 0 where the mean is 0.

    A dispersion measure: it is best where everybody is equally badly off, so it goes with
    closest assignment and a guard on efficiency. The cap G <= g is linear (both sides of
    N <= g D are); as an objective it takes a sequence of models.

    Misbehaves beyond some 60 units (two rows per pair of them): measure it among jurisdictions
    or groups. Delays for everybody lower it.

    Source: Drezner, Drezner and Guyse 2009.
    """

    name = "gini"
    title = N_("Gini coefficient")
    unit = "share"
    kind = Class.DISPERSION
    reference = "Drezner, Drezner and Guyse 2009"
    properties = frozenset({Property.ZERO, Property.TRANSFER, Property.SCALE_INVARIANT})

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        mean = float(np.average(values, weights=weights))
        return mean_difference(values, weights) / (2 * mean) if mean != 0 else 0.0

    def size(self, level: Level, units: int, entries: int) -> tuple[int, int, int]:
        return differences_size(units, entries)

    def add_parts(
        self, block: pyo.Block, people: UnitValues
    ) -> tuple[NumericExpression, NumericExpression]:
        return add_differences(block, people), 2 * people.mean(people.values)

    def denominators(self, people: UnitValues) -> tuple[float, float]:
        return 2 * float(people.counts @ people.least), 2 * float(people.counts @ people.most)

    def largest(self, people: UnitValues) -> float:
        return 1.0
