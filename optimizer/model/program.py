"""From a Pyomo model to the arrays that the solver takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.core.base.var import VarData
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array

from optimizer.solver import Program


@dataclass(frozen=True, eq=False)
class Form:
    """A model as a program, with the variable of each column and the component of each row."""

    program: Program
    columns: tuple[VarData, ...]
    component: NDArray[np.str_]


def to_form(model: pyo.ConcreteModel) -> Form:
    """The arrays of a linear model."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=pyo.minimize)
    kind = np.array([row.bound_type for row in form.rows], dtype=int)
    rhs = np.asarray(form.rhs, dtype=float)
    columns = tuple(form.columns)
    program = Program(
        cost=np.asarray(form.c.todense(), dtype=float).reshape(-1),
        offset=float(form.c_offset[0]),
        rows=csc_array(form.A),
        row_lower=np.where(kind <= 0, rhs, -np.inf),
        row_upper=np.where(kind >= 0, rhs, np.inf),
        lower=np.array([-np.inf if v.lb is None else v.lb for v in columns], dtype=float),
        upper=np.array([np.inf if v.ub is None else v.ub for v in columns], dtype=float),
        integer=np.array([not v.is_continuous() for v in columns], dtype=bool),
    )
    component = [row.constraint.parent_component().local_name for row in form.rows]
    return Form(program, columns, np.array(component, dtype=str))
