"""A corridor that is built is paid by those who may."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.rules.rule import SitingRule


class Payments(SitingRule):
    """A corridor that is built is paid, by those who may pay for it."""

    id = "payments"

    def active(self, case: Case) -> bool:
        return case.problem.corridors is not None

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """sum_c q[a, c] = cost[a] v[a]: shares of corridor a that are negotiated.

        Over the jurisdictions c that may pay for it; nothing where each pays its fixed share.
        """
        cost = [] if case.problem.corridors is None else case.problem.corridors.cost.tolist()
        negotiated = case.policy.budget is not None and case.policy.budget.negotiated

        @model.Constraint(
            [a for a, money in enumerate(cost) if negotiated and money > 0],
            doc="a corridor that is built is paid",
        )
        def paid_for(model: pyo.ConcreteModel, a: int) -> object:
            payments = pyo.quicksum(model.paid[pair] for pair in model.paid if pair[0] == a)
            return payments == cost[a] * model.built[a]
