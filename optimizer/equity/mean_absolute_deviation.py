"""Mean absolute deviation: how far from the mean one is, in the mean."""

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
class MeanAbsoluteDeviation(Linear):
    """D = sum_u n_u |v_u - mu| / n,  mu = sum n_u v_u / n,  n = sum n_u.

    Half of it lies above the mean: D = 2 sum_u n_u e_u / n, e_u >= v_u - mu, e_u >= 0, one row
    per unit. A dispersion measure: it goes with closest assignment and a guard on efficiency.

    Misbehaves as an objective: its linear relaxation is often 0. A transfer between two on the
    same side of the mean changes nothing.

    Source: Berman and Kaplan 1990.
    """

    name = "mean_absolute_deviation"
    title = N_("mean absolute deviation")
    unit = OF_VALUES
    kind = Class.DISPERSION
    reference = "Berman and Kaplan 1990"
    properties = frozenset(
        {
            Property.ZERO,
            Property.TRANSFER,
            Property.TRANSLATION_INVARIANT,
            Property.SCALE_COVARIANT,
        }
    )

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        mean = np.average(values, weights=weights)
        return float(np.average(np.abs(values - mean), weights=weights))

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        import pyomo.environ as pyo

        low, high = float(people.least.min()), float(people.most.max())
        block.mean = pyo.Var(bounds=(low, high), doc="what a unit has in the mean")
        block.excess = pyo.Var(people.units, bounds=(0, high - low), doc="beyond the mean")
        block.is_mean = pyo.Constraint(expr=block.mean == people.mean(people.values))

        @block.Constraint(people.units, doc="excess >= value - mean")
        def beyond(block: pyo.Block, unit: int) -> object:
            return block.excess[unit] >= people.value(unit) - block.mean

        counts = people.counts
        return pyo.quicksum(2 * float(counts[u]) * block.excess[u] for u in people.units)
