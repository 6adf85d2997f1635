"""From a Pyomo model to the arrays that the solver takes."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.base.var import VarData
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array

from optimizer.solver import Program


def to_program(model: pyo.ConcreteModel) -> tuple[Program, list[VarData]]:
    """The model as a Program, and the variable of each of its columns."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=pyo.minimize)
    kind = np.array([row.bound_type for row in form.rows], dtype=int)
    columns = list(form.columns)
    rhs = np.asarray(form.rhs, dtype=float)

    def bound(values: list[float | None], missing: float) -> np.ndarray:
        return np.array([missing if value is None else value for value in values], dtype=float)

    program = Program(
        cost=np.asarray(form.c.todense(), dtype=float).reshape(-1),
        offset=float(form.c_offset[0]),
        rows=csc_array(form.A),
        row_lower=np.where(kind <= 0, rhs, -np.inf),
        row_upper=np.where(kind >= 0, rhs, np.inf),
        lower=bound([v.lb for v in columns], -np.inf),
        upper=bound([v.ub for v in columns], np.inf),
        integer=np.array([not v.is_continuous() for v in columns], dtype=bool),
    )
    return program, columns
