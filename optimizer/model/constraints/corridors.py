"""Rules on which corridors are built, and who pays for them."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.admissible import rows_by


def add_one_level(model: pyo.ConcreteModel, case: Case) -> None:
    """sum_a v[a] <= 1 over the corridors a that are levels of one link."""
    links = {} if case.problem.corridors is None else rows_by(case.problem.corridors.link)

    @model.Constraint(
        [link for link, rows in links.items() if len(rows) > 1], doc="one level of a corridor"
    )
    def one_level(model: pyo.ConcreteModel, link: int) -> object:
        return pyo.quicksum(model.built[a] for a in links[link]) <= 1


def add_paid_for(model: pyo.ConcreteModel, case: Case) -> None:
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
