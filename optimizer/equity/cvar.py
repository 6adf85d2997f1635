"""CVaR: the mean minutes of the worst-off share of the persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.equity.measure import OF_VALUES, Class, Linear, Property, register
from optimizer.foundation.language import N_, _
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class CVaR(Linear):
    """Mean minutes of the worst-off `share` of the persons (conditional beta-mean).

    CVaR = min over eta of  eta + sum_i w_i max(0, t_i - eta) / (share W)

    w_i persons, t_i minutes, W = sum w_i; share -> 0 is the maximum, share = 1 the mean.
    Linearised by e_i >= t_i - eta, e_i >= 0 (Rockafellar and Uryasev 2000; Ogryczak and Zawadzki
    2002). Monotone; a transfer never makes it worse. Where a demand point is split over several
    facilities, t_i is its mean minutes.

    Misbehaves with a small share: its linear relaxation is then as weak as the maximum's, and
    those who are not among the worst-off are not seen.

    Sources: Ogryczak and Zawadzki 2002; Filippi, Guastaroba and Speranza 2021.
    """

    name = "cvar"
    title = N_("mean of the worst-off")
    unit = OF_VALUES
    kind = Class.MONOTONE
    reference = "Ogryczak and Zawadzki 2002"
    properties = frozenset(
        {
            Property.ITSELF,
            Property.MONOTONE,
            Property.TRANSFER,
            Property.TRANSLATION_COVARIANT,
            Property.SCALE_COVARIANT,
        }
    )

    share: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(_("cvar: share must be in (0, 1]"))

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return worst_off(values, weights, self.share)

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        return add_worst_off(block, people, self.share)


def worst_off(values: Floats, weights: Floats, share: float) -> float:
    """Mean value of the worst-off share of the weight."""
    worst_first = np.argsort(-values, kind="stable")
    left = share * weights.sum()
    before = np.concatenate(([0.0], np.cumsum(weights[worst_first])[:-1]))
    counted = np.clip(left - before, 0, weights[worst_first])
    return float(counted @ values[worst_first] / left)


def add_worst_off(block: pyo.Block, people: UnitValues, share: float) -> NumericExpression:
    """The same of the model, exact from above."""
    import pyomo.environ as pyo

    low, high = people.burdens
    block.eta = pyo.Var(bounds=(low, high), doc="burden where the worst-off share begins")
    block.excess = pyo.Var(people.units, bounds=(0, high - low), doc="burden beyond eta")

    @block.Constraint(people.units, doc="excess >= burden - eta")
    def beyond(block: pyo.Block, unit: int) -> object:
        return block.excess[unit] >= people.burden(unit) - block.eta

    part = people.counts / share
    return block.eta + pyo.quicksum(float(part[u]) * block.excess[u] for u in people.units)
