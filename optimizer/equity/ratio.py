"""Ratio: how many times what the best-off unit has, the worst-off has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.equity.measure import Class, Property, Ratio, register
from optimizer.equity.range import add_extremes
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class LargestToSmallest(Ratio):
    """R = max_u v_u / min_u v_u; 1 where all are the same (0 too), inf where only some have 0.

    Among groups it is the ratio of group means. The term is R - 1 = (max - min) / min. A
    dispersion measure: it goes with closest assignment and a guard on efficiency. The cap
    R <= r is linear: max - min <= (r - 1) min; as an objective it takes a sequence of models.

    Misbehaves where the smallest is near 0, as where people live beside a facility: take it
    among jurisdictions or groups. Delays for everybody lower it.

    Source: Marsh and Schilling 1994.
    """

    name = "ratio"
    title = N_("largest over smallest")
    unit = "ratio"
    kind = Class.DISPERSION
    reference = "Marsh and Schilling 1994"
    properties = frozenset({Property.TRANSFER, Property.SCALE_INVARIANT})

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        largest, smallest = values.max(), values.min()
        if largest == smallest:
            return 1.0
        with np.errstate(divide="ignore", over="ignore"):
            return float(largest / smallest)

    def term(self, value: float, level: Level) -> float:
        return value - 1

    def value_of(self, term: float, level: Level) -> float:
        return term + 1

    def add_parts(
        self, block: pyo.Block, people: UnitValues
    ) -> tuple[NumericExpression, NumericExpression]:
        highest, lowest = add_extremes(block, people, people.values, people.least, people.most)
        return highest - lowest, lowest

    def denominators(self, people: UnitValues) -> tuple[float, float]:
        return float(people.least.min()), float(people.most.min())

    def largest(self, people: UnitValues) -> float:
        least = float(people.least.min())
        return float(people.most.max()) / least - 1 if least > 0 else math.inf
