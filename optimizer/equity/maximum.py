"""Maximum: what the worst-off unit has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.equity.measure import OF_VALUES, Class, Linear, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class Maximum(Linear):
    """M = max_u v_u (Rawls; p-center, where units are persons or points).

    Linearised by M >= v_u. Monotone; a transfer never makes it worse.

    Misbehaves in that it sees only the worst: many plans tie, and one place that nothing can
    help hides all others.

    Source: Hakimi 1964.
    """

    name = "maximum"
    title = N_("the worst-off")
    unit = OF_VALUES
    kind = Class.MONOTONE
    reference = "Hakimi 1964"
    properties = frozenset(
        {
            Property.ITSELF,
            Property.MONOTONE,
            Property.TRANSFER,
            Property.TRANSLATION_COVARIANT,
            Property.SCALE_COVARIANT,
        }
    )

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return float(values.max())

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        import pyomo.environ as pyo

        block.worst = pyo.Var(bounds=people.burdens, doc="burden of the worst-off unit")

        @block.Constraint(people.units, doc="worst >= burden of every unit")
        def at_least(block: pyo.Block, unit: int) -> object:
            return block.worst >= people.burden(unit)

        return block.worst
