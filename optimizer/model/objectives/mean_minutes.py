"""Mean minutes: the p-median's objective, per person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.states import weighted

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def mean_minutes(model: pyo.ConcreteModel, case: Case) -> NumericExpression:
    """sum_l weight[l] sum_n persons x minutes[n] x[n] / W, in minutes (Hakimi 1964)."""
    return weighted(model, case, lambda access: access.mean(access.pair_minutes))
