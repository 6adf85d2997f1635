"""Mean minutes: the p-median's objective, per person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.problem import Floats, Problem

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def mean_minutes(model: pyo.ConcreteModel, problem: Problem, weights: Floats) -> NumericExpression:
    """sum_l weight[l] sum_n persons x minutes[n] x[n] / W, in minutes (Hakimi 1964)."""
    return pyo.quicksum(
        weight * access.mean(access.pair_minutes)
        for weight, access in zip(weights.tolist(), model.access, strict=True)
        if weight > 0
    )
