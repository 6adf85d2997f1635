"""Uncovered persons: the maximal covering objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.states import weighted

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def uncovered(model: pyo.ConcreteModel, case: Case) -> NumericExpression:
    """sum_l weight[l] sum_n persons x [minutes[n] > standard] x[n] (Church and ReVelle 1974)."""
    everybody = float(case.problem.demand.persons.sum())
    return weighted(model, case, lambda access: everybody * access.mean(1 - access.within_standard))
