"""Money: what each jurisdiction may spend, and what it may pass on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.foundation.figures import apart, number
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.money import payers_of
from optimizer.rules.rule import SitingRule


class BudgetRule(SitingRule):
    """What a jurisdiction pays is within its budget and what it gets from the pool."""

    id = "budget"
    words: ClassVar[Mapping[str, str]] = {
        "budget": N_("the budgets of the jurisdictions"),
        "pool": N_("the pooled share of the budgets"),
    }

    def active(self, case: Case) -> bool:
        return case.policy.budget is not None

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """spent[c] <= B[c] + received[c], received[c] >= -pooled x B[c], sum_c received[c] <= 0.

        B[c] = scale x budget of c; received[c]: money from the pool, negative where c gives.
        """
        rule = case.policy.budget
        own, pooled = np.nan_to_num(case.budgets), rule.pooled if rule else 0.0
        payers = payers_of(case)
        if not payers:
            return
        model.received = pyo.Var(
            payers,
            bounds=lambda model, c: (-pooled * float(own[c]), None),
            doc="money that jurisdiction c has from the pool, negative: gives",
        )

        @model.Constraint(payers, doc="money spent within the budget and what the pool adds")
        def budget(model: pyo.ConcreteModel, c: int) -> object:
            return model.spent[c] <= float(own[c]) + model.received[c]

        @model.Constraint(doc="the pool pays out what it got")
        def pool(model: pyo.ConcreteModel) -> object:
            return pyo.quicksum(model.received[c] for c in payers) <= 0

    def impossible(self, case: Case) -> Iterator[str]:
        """What must be built where there are budgets must be affordable, at its cheapest."""
        options, own = case.problem.options, case.budgets
        paid = case.payer[options.site] >= 0
        cheapest = np.full(options.facility.max(initial=-1) + 1, np.inf)
        np.minimum.at(cheapest, options.facility, options.cost)
        required = np.unique(options.facility[options.required & paid])
        cost, total = float(cheapest[required].sum()), float(np.nansum(own))
        if cost > total * (1 + ROUNDING):
            least, most = apart(number, 1, cost, total)
            yield _(
                "budget: what is required costs at least {least}, all budgets are {most}",
                least=least,
                most=most,
            )
