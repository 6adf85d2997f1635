"""Ordered median: several worst-off shares at once, each with its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.equity.cvar import add_worst_off, worst_off
from optimizer.equity.measure import OF_VALUES, Class, Linear, Property, register
from optimizer.foundation.language import N_, _
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class OrderedMedian(Linear):
    """M = sum_k lambda_k CVaR[shares_k],  lambda_k = weights_k / sum weights.

    CVaR[s] is the mean of the worst-off share s (`optimizer.equity.cvar`), so the worse off a
    unit is, the more it counts: the ordered medians with few different weights that never fall
    towards the worst. Shares (0.1, 1) with equal weights are half the worst tenth, half the mean.
    Linearised as one CVaR for each share. Monotone; a transfer never makes it worse.

    Misbehaves with many shares: a variable and a row per unit for each, so take four at most.

    Sources: Nickel and Puerto 2005; Ogryczak and Zawadzki 2002.
    """

    name = "ordered_median"
    title = N_("ordered median")
    unit = OF_VALUES
    kind = Class.MONOTONE
    reference = "Nickel and Puerto 2005"
    properties = frozenset(
        {
            Property.ITSELF,
            Property.MONOTONE,
            Property.TRANSFER,
            Property.TRANSLATION_COVARIANT,
            Property.SCALE_COVARIANT,
        }
    )

    shares: tuple[float, ...] = (0.1, 0.5, 1.0)
    weights: tuple[float, ...] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if not self.shares or len(self.shares) != len(self.weights):
            raise ValueError(_("ordered_median: shares and weights must be as many, one at least"))
        if not all(0 < share <= 1 for share in self.shares):
            raise ValueError(_("ordered_median: every share must be in (0, 1]"))
        if not all(weight > 0 for weight in self.weights):
            raise ValueError(_("ordered_median: every weight must be above 0"))

    @property
    def parts(self) -> list[tuple[float, float]]:
        """Each worst-off share with its lambda."""
        total = sum(self.weights)
        return [(s, w / total) for s, w in zip(self.shares, self.weights, strict=True)]

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return sum(part * worst_off(values, weights, share) for share, part in self.parts)

    def size(self, level: Level, units: int, entries: int) -> tuple[int, int, int]:
        columns, rows, held = super().size(level, units, entries)
        return len(self.parts) * columns, len(self.parts) * rows, len(self.parts) * held

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        import pyomo.environ as pyo

        block.worst = pyo.Block(range(len(self.parts)))
        return pyo.quicksum(
            part * add_worst_off(block.worst[k], people, share)
            for k, (share, part) in enumerate(self.parts)
        )
