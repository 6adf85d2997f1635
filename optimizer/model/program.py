"""From a Pyomo model to the arrays that the solver takes: one model, any weight and any caps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.core.base.var import VarData
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array, csr_array, diags_array

from optimizer.case import Case
from optimizer.foundation.tolerances import room
from optimizer.model.radius_fixing import closed_pairs
from optimizer.problem import Floats, Ints
from optimizer.solver.program import Program, with_rows

#: Rows that cap a goal are so many times as exact as others: a plan that a cap forbids is not
#: best because the solver rounds.
CAP_SCALE = 128.0


@dataclass(frozen=True, eq=False)
class Goal:
    """coefficients @ x + offset: something that can be minimised or capped."""

    coefficients: Floats
    offset: float

    def at(self, x: Floats) -> float:
        """What it is at x."""
        return float(self.coefficients @ x) + self.offset

    def __add__(self, other: Goal) -> Goal:
        return Goal(self.coefficients + other.coefficients, self.offset + other.offset)

    def __rmul__(self, factor: float) -> Goal:
        return Goal(factor * self.coefficients, factor * self.offset)


@dataclass(frozen=True, eq=False)
class Form:
    """The rules of a model as a program that minimises nothing, and its goals by name.

    columns: the variable of each column; component: the component of each row;
    assigned: of each level, the column of each of its useful pairs.
    """

    rules: Program
    goals: Mapping[str, Goal]
    columns: tuple[VarData, ...]
    component: NDArray[np.str_]
    assigned: tuple[Ints, ...]

    def ratios(self) -> dict[int, tuple[Goal, Goal]]:
        """Level -> numerator and denominator, where the equity's term is made of those."""
        rows = [int(name[10:-1]) for name in self.goals if name.startswith("numerator")]
        one = Goal(np.zeros(len(self.columns)), 1.0)
        return {
            row: (self.goals[f"numerator[{row}]"], self.goals.get(f"denominator[{row}]", one))
            for row in rows
        }


def to_form(model: pyo.ConcreteModel) -> Form:
    """The arrays of a linear model."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=pyo.minimize)
    kind = np.array([row.bound_type for row in form.rows], dtype=int)
    component = np.array([row.constraint.parent_component().local_name for row in form.rows], str)
    capped = component == "at_most_cap"
    finer = np.where(capped, CAP_SCALE, 1.0)
    rhs = np.asarray(form.rhs, dtype=float)
    rhs = finer * np.where(capped, room(rhs), rhs)
    columns = tuple(form.columns)
    rules = Program(
        cost=np.zeros(len(columns)),
        offset=0.0,
        rows=csc_array(diags_array(finer) @ form.A),
        row_lower=np.where(kind <= 0, rhs, -np.inf),
        row_upper=np.where(kind >= 0, rhs, np.inf),
        lower=np.array([-np.inf if v.lb is None else v.lb for v in columns], dtype=float),
        upper=np.array([np.inf if v.ub is None else v.ub for v in columns], dtype=float),
        integer=np.array([not v.is_continuous() for v in columns], dtype=bool),
    )
    goals = {
        objective.name: Goal(coefficients, float(offset))
        for objective, coefficients, offset in zip(
            form.objectives, form.c.toarray().astype(float), form.c_offset, strict=True
        )
    }
    column = {id(v): n for n, v in enumerate(columns)}
    assigned = tuple(
        np.array([column[id(share)] for share in access.assigned], dtype=np.int64)
        for access in model.access
    )
    return Form(rules, goals, columns, component, assigned)


def with_rows_below(form: Form, caps: Sequence[tuple[str, Goal, float]]) -> Form:
    """The form with a row more for each goal that is capped: component, goal, cap."""
    rows = CAP_SCALE * csr_array(np.array([goal.coefficients for _, goal, _ in caps]))
    limits = CAP_SCALE * np.array([room(limit) - goal.offset for _, goal, limit in caps])
    return replace(
        form,
        rules=with_rows(form.rules, rows, np.full(len(caps), -np.inf), limits),
        component=np.concatenate([form.component, [name for name, _, _ in caps]]),
    )


def with_closed(form: Form, case: Case) -> Form:
    """The form without the pairs that a cap on the maximum closes."""
    upper = form.rules.upper.copy()
    for row, pairs in closed_pairs(case).items():
        upper[form.assigned[row][pairs]] = 0.0
    return replace(form, rules=replace(form.rules, upper=upper))


def objective(form: Form, case: Case) -> Goal:
    """(1 - weight) x efficiency / scale + weight x T / scale, for a T that is linear."""
    goal = Goal(np.zeros(len(form.columns)), 0.0)
    for price, name in zip(case.prices, ("efficiency", "equity"), strict=True):
        if price > 0:
            goal = goal + price * form.goals[name]
    return goal


def program(form: Form, goal: Goal) -> Program:
    """The rules with something to minimise."""
    return replace(form.rules, cost=goal.coefficients, offset=goal.offset)
