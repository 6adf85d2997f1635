"""Maximum: the minutes of the worst-off demand point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.equity.measure import Class, Measure, register
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.access import Access


@register
@dataclass(frozen=True)
class Maximum(Measure):
    """M = max_i t_i over the demand points where somebody lives (Rawls; p-center).

    Linearised by M >= t_i. Monotone and weakly Pigou-Dalton; it sees only the worst, so many
    plans tie. Where a demand point is split over several facilities, t_i is its mean minutes.

    Source: Hakimi 1964.
    """

    name = "maximum"
    unit = "minutes"
    kind = Class.MONOTONE
    reference = "Hakimi 1964"

    def evaluate(self, minutes: Floats, persons: Floats, level: Level) -> float:
        return float(minutes[persons > 0].max())

    def add_to(self, block: pyo.Block, access: Access) -> NumericExpression:
        block.worst = pyo.Var(
            bounds=(0, access.level.cutoff), doc="minutes of the worst-off demand point"
        )

        @block.Constraint(access.inhabited, doc="worst >= minutes of every demand point")
        def at_least(block: pyo.Block, i: int) -> object:
            return block.worst >= access.minutes(i)

        return block.worst
