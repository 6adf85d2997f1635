"""The compiled model: Pyomo's model of a case as arrays, and from plans to columns and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from optimizer.algorithms.mip.decode import make_plan
from optimizer.case import Case
from optimizer.foundation.tolerances import EXACTLY
from optimizer.model.program import Form, to_form, with_closed
from optimizer.model.restriction import ELSEWHERE, Restriction
from optimizer.problem import Bools, Floats, Ints, Problem
from optimizer.question import Limits
from optimizer.rules.build import build, with_caps
from optimizer.solution import Plan
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program, fixed


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """The model, its arrays, and the column of each option (K,) and of each corridor (A,).

    -1: it is in no row.
    """

    problem: Problem
    model: pyo.ConcreteModel
    form: Form
    stands: Ints
    built: Ints

    def capped(self, case: Case) -> Form:
        """The rules with the policy's caps. case: the same facts under another policy."""
        return with_closed(with_caps(self.form, case), case)

    def plan(self, x: Floats) -> Plan:
        """The plan that a solution says."""
        value = {id(v): share for v, share in zip(self.form.columns, x.tolist(), strict=False)}
        chosen = [k for k, y in self.model.stands.items() if value.get(id(y), 0.0) > 0.5]
        assigned = [
            (access.pairs, np.array([value.get(id(share), 0.0) for share in access.assigned]))
            for access in self.model.access
        ]
        built = [a for a, v in self.model.built.items() if value.get(id(v), 0.0) > 0.5]
        return make_plan(
            self.problem,
            np.array(chosen, dtype=np.int64),
            assigned,
            np.array(built, dtype=np.int64),
        )

    def elsewhere(self, x: Floats) -> tuple[Bools, ...]:
        """By level, (I,) demand points that a solution of a restricted model sends elsewhere."""
        away = list[Bools]()
        for access, columns in zip(self.model.access, self.form.assigned, strict=True):
            pairs = access.pairs
            sent = (pairs.site == ELSEWHERE) & (x[columns] > EXACTLY)
            points = np.zeros(len(access.persons), dtype=bool)
            points[pairs.origin[sent]] = True
            away.append(points)
        return tuple(away)

    def start(self, program: Program, plan: Plan, limits: Limits) -> Floats | None:
        """The best solution in which the plan's options stand; None where there is none.

        Raises KeyboardInterrupt where Ctrl-C stopped it: a start is no answer.
        program: the study's, perhaps with more rows and columns behind its own.
        """
        standing = np.zeros(len(program.cost))
        for column in (self.stands[plan.options], self.built[plan.corridors]):
            standing[column[column >= 0]] = 1.0
        decided = np.concatenate([self.stands, self.built])
        stands = np.isin(np.arange(len(program.cost)), decided)
        outcome = minimise(fixed(program, stands, standing), limits)
        if outcome.interrupted:
            raise KeyboardInterrupt
        return outcome.x


def compiled(
    case: Case, with_equity: bool, restriction: Restriction | None = None
) -> CompiledModel:
    """Build the model of a policy; its weight and its own caps come later."""
    # Millions of objects that all stay: looking for those that do not takes as long as making them.
    with PauseGC():
        model = build(case, with_equity, restriction)
        form = to_form(model)
    column = {id(v): n for n, v in enumerate(form.columns)}
    stands, built = (
        np.array([column.get(id(y), -1) for y in decided.values()], dtype=np.int64)
        for decided in (model.stands, model.built)
    )
    return CompiledModel(case.problem, model, form, stands, built)
