"""CVaR: the mean minutes of the worst-off share of the persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from optimizer.equity.measure import Class, Measure, register
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.access import Access


@register
@dataclass(frozen=True)
class CVaR(Measure):
    """Mean minutes of the worst-off `share` of the persons (conditional beta-mean).

    CVaR = min over eta of  eta + sum_i w_i max(0, t_i - eta) / (share W)

    w_i persons, t_i minutes, W = sum w_i; share -> 0 is the maximum, share = 1 the mean.
    Linearised by e_i >= t_i - eta, e_i >= 0 (Rockafellar and Uryasev 2000; Ogryczak and Zawadzki
    2002). Monotone; the LP bound is moderate. Where a demand point is split over several
    facilities, t_i is its mean minutes.

    Source: Filippi, Guastaroba and Speranza 2021.
    """

    name = "cvar"
    unit = "minutes"
    kind = Class.MONOTONE
    reference = "Ogryczak and Zawadzki 2002"

    share: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError("cvar: share must be in (0, 1]")

    def evaluate(self, minutes: Floats, persons: Floats, level: Level) -> float:
        worst_first = np.argsort(-minutes, kind="stable")
        left = self.share * persons.sum()
        before = np.concatenate(([0.0], np.cumsum(persons[worst_first])[:-1]))
        counted = np.clip(left - before, 0, persons[worst_first])
        return float(counted @ minutes[worst_first] / left)

    def add_to(self, block: pyo.Block, access: Access) -> NumericExpression:
        cutoff = access.level.cutoff
        block.eta = pyo.Var(bounds=(0, cutoff), doc="minutes where the worst-off share begins")
        block.excess = pyo.Var(access.inhabited, bounds=(0, cutoff), doc="minutes beyond eta")

        @block.Constraint(access.inhabited, doc="excess >= minutes - eta")
        def beyond(block: pyo.Block, i: int) -> object:
            return block.excess[i] >= access.minutes(i) - block.eta

        share = access.persons / (self.share * access.persons.sum())
        return block.eta + pyo.quicksum(share[i] * block.excess[i] for i in access.inhabited)
