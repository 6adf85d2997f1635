"""What may be minimised beside the equity: the efficiency, and all money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.model.states import weighted

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def efficiency(model: pyo.ConcreteModel, case: Case) -> NumericExpression:
    """sum_l v[l] sum_n a[n, l] x[n, l] for an efficiency of trips, else all money.

    a: `OfTrips.of_pairs`; over the worst of the states, where something can fail.
    """
    kind, problem = case.efficiency, case.problem
    if not isinstance(kind, OfTrips):
        return money(model)
    return weighted(
        model, case, lambda access: access.sum(kind.of_pairs(problem, access.row, access.pairs))
    )


def money(model: pyo.ConcreteModel) -> NumericExpression:
    """sum_c spent[c]: options, opened sites and corridors."""
    return pyo.quicksum(model.spent[c] for c in model.spent)
