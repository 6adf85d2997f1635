"""Cost: the money that the plan takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.case import Case

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def cost(model: pyo.ConcreteModel, case: Case) -> NumericExpression:
    """sum_c spent[c]: options and opened sites; the level weights play no part."""
    return pyo.quicksum(model.spent[c] for c in model.spent)
