"""Range: from the best-off unit to the worst-off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.equity.measure import OF_VALUES, Class, Linear, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.base.var import VarData
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class Range(Linear):
    """R = max_u v_u - min_u v_u.

    Among groups it is the largest gap between group means; of "uncovered" the coverage gap.
    Linearised by highest >= v_u and lowest <= v_u. A dispersion measure: it goes with closest
    assignment and a guard on efficiency.

    Misbehaves as an objective: delays for the best-off lower it, and its linear relaxation is
    weak. It sees two units only, and the weights not at all.

    Source: Marsh and Schilling 1994.
    """

    name = "range"
    title = N_("range")
    unit = OF_VALUES
    kind = Class.DISPERSION
    reference = "Marsh and Schilling 1994"
    properties = frozenset(
        {
            Property.ZERO,
            Property.TRANSFER,
            Property.TRANSLATION_INVARIANT,
            Property.SCALE_COVARIANT,
        }
    )

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return float(values.max() - values.min())

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        highest, lowest = add_extremes(block, people, people.values, people.least, people.most)
        return highest - lowest


def add_extremes(
    block: pyo.Block, people: UnitValues, values: Floats, least: Floats, most: Floats
) -> tuple[VarData, VarData]:
    """Highest and lowest mean of values (N,) over the persons of a unit, of the model.

    Exact from above and from below. least, most: (U,) between these lies the mean of a unit.
    """
    import pyomo.environ as pyo

    block.highest = pyo.Var(bounds=(least.max(), most.max()), doc="what the highest unit has")
    block.lowest = pyo.Var(bounds=(least.min(), most.min()), doc="what the lowest unit has")

    @block.Constraint(people.units, doc="highest >= what every unit has")
    def at_least(block: pyo.Block, unit: int) -> object:
        return block.highest >= people.unit_mean(unit, values)

    @block.Constraint(people.units, doc="lowest <= what every unit has")
    def at_most(block: pyo.Block, unit: int) -> object:
        return block.lowest <= people.unit_mean(unit, values)

    return block.highest, block.lowest
