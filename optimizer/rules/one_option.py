"""One option of each facility stands at most."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.admissible import rows_by
from optimizer.rules.rule import SitingRule


class OneOption(SitingRule):
    """One option at most stands of each facility; one where one is required."""

    id = "one_option"

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """sum_k y[k] <= 1 over the options of each facility f; = 1 where one is required."""
        options = rows_by(case.problem.options.facility)

        @model.Constraint(list(options), doc="at most one option of a facility; one if required")
        def one_option(model: pyo.ConcreteModel, f: int) -> object:
            chosen = pyo.quicksum(model.stands[k] for k in options[f])
            return chosen == 1 if case.problem.options.required[options[f]].any() else chosen <= 1
