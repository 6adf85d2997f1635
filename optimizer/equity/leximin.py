"""Leximin: the worst-off first, then the next, by distance classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.equity.measure import OF_VALUES, Class, Linear, Property, register
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import NO_MINUTES, TRACE
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class Leximin(Linear):
    """The fewest persons in the farthest distance class; then in the next; and so on.

    D_k = k x step, k = 0 .. K, D_K the first at or beyond the cut-off
    B_k = sum of the weight of those who travel longer than D_k / sum of the weight

    A plan is better than another if its B_k is smaller at the largest k where they differ
    (`stages`): exactly leximin, with minutes rounded up to the step. The number that is reported
    and capped is the headline M, the smallest D_k with B_k = 0. It is additive in that B_k is a
    mean over persons; monotone; a transfer never makes the headline worse.

    The headline of the model chooses one class: c_k in {0, 1}, sum c_k = 1, M = sum D_k c_k,
    B_k <= sum of c_m over m > k.

    Over several levels B_k is the weighted sum of theirs and M the largest.

    Misbehaves with a small step: as many models are solved as there are classes; with a large
    one it does not tell plans apart within a class. It is an order and no number, so it cannot
    be weighed against efficiency.

    Sources: Ogryczak 1997; Ogryczak and Sliwinski 2006.
    """

    name = "leximin"
    title = N_("leximin")
    unit = OF_VALUES
    kind = Class.ADDITIVE
    reference = "Ogryczak 1997"
    properties = frozenset({Property.MONOTONE, Property.TRANSFER})
    sees = frozenset({"minutes"})
    is_order = True

    step: float = 5.0

    def __post_init__(self) -> None:
        if not self.step > 0:
            raise ValueError(_("leximin: step must be above 0 minutes"))

    def limits(self, level: Level) -> Floats:
        """(K + 1,) minutes where the classes end: D_0 = 0 to D_K."""
        classes = math.ceil((level.cutoff - NO_MINUTES) / self.step)
        return np.arange(classes + 1, dtype=float) * self.step

    def beyond(self, values: Floats, weights: Floats, level: Level) -> Floats:
        """(K + 1,) B: share of the weight beyond each limit."""
        return np.asarray(_over(values, self.limits(level)) @ weights / weights.sum())

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        if np.isnan(values).any():
            return math.nan
        somebody = self.beyond(values, weights, level) > TRACE
        return float(self.limits(level)[somebody.sum()])

    def stages(self, people: UnitValues) -> list[tuple[float, NumericExpression]]:
        """(limit, share beyond it) of the model, in the order in which they are minimised."""
        limits = self.limits(people.level)
        over = _over(people.values, limits)
        return [(float(limits[k]), people.mean(over[k])) for k in reversed(range(len(limits)))]

    def size(self, level: Level, units: int, entries: int) -> tuple[int, int, int]:
        classes = len(self.limits(level))
        return classes, classes, 2 * classes * entries

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        import pyomo.environ as pyo

        limits = self.limits(people.level)
        over = _over(people.values, limits)
        classes = range(len(limits))
        block.headline = pyo.Var(classes, domain=pyo.Binary, doc="the worst-off are in this class")
        block.one_class = pyo.Constraint(expr=pyo.quicksum(block.headline.values()) == 1)

        # Not by weight: a place with few persons would be lost in the solver's tolerance.
        @block.Constraint(classes[:-1], doc="nobody is beyond the class of the headline")
        def nobody_beyond(block: pyo.Block, k: int) -> object:
            beyond = pyo.quicksum(people.unit_mean(unit, over[k]) for unit in people.units)
            farther = pyo.quicksum(block.headline[m] for m in classes[k + 1 :])
            return beyond <= len(people.units) * farther

        return pyo.quicksum(float(limits[k]) * block.headline[k] for k in classes)


def _over(values: Floats, limits: Floats) -> Floats:
    """(K + 1, N) 1 where the value is beyond the limit."""
    return (values > limits[:, None] + NO_MINUTES).astype(float)
