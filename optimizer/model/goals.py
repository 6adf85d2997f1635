"""What may be minimised beside the equity: the efficiency, and all money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.assessment.unmet import priced, unmet_price
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.model.states import weighted

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def efficiency(model: pyo.ConcreteModel, case: Case) -> NumericExpression:
    """sum_l v[l] sum_n a[n, l] x[n, l] for an efficiency of trips, else all money.

    a: `OfTrips.of_pairs`; over the worst of the states, where something can fail. To money the
    price of unmet needs is added, sum_l q[l] sum_i need[i, l] x[i, NOBODY, l].
    """
    kind, problem = case.efficiency, case.problem
    if not isinstance(kind, OfTrips):
        return money(model) + pyo.quicksum(
            access.sum(unmet_price(problem, access.row, access.pairs))
            for access in model.access
            if priced(problem.levels[access.row])
        )
    return weighted(
        model, case, lambda access: access.sum(kind.of_pairs(problem, access.row, access.pairs))
    )


def money(model: pyo.ConcreteModel) -> NumericExpression:
    """sum_c spent[c]: options, opened sites and corridors."""
    return pyo.quicksum(model.spent[c] for c in model.spent)
