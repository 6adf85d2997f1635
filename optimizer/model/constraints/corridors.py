"""Rules on which corridors are built, and who pays for them."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from optimizer.model.admissible import rows_by
from optimizer.policy import Policy
from optimizer.problem import Problem
from optimizer.scaling import may_pay


def add_one_level(model: pyo.ConcreteModel, problem: Problem) -> None:
    """sum_a v[a] <= 1 over the corridors a that are levels of one link."""
    links = {} if problem.corridors is None else rows_by(problem.corridors.link)

    @model.Constraint(
        [link for link, rows in links.items() if len(rows) > 1], doc="one level of a corridor"
    )
    def one_level(model: pyo.ConcreteModel, link: int) -> object:
        return pyo.quicksum(model.built[a] for a in links[link]) <= 1


def add_payments(model: pyo.ConcreteModel, problem: Problem, policy: Policy) -> None:
    """sum_c q[a, c] = cost[a] v[a], q[a, c] >= 0: shares of corridor a that are negotiated.

    Over the jurisdictions c that may pay for it; nothing where each pays its fixed share.
    """
    pairs = list(
        zip(*(rows.tolist() for rows in np.nonzero(may_pay(problem, policy))), strict=True)
    )
    cost = [] if problem.corridors is None else problem.corridors.cost.tolist()
    model.paid = pyo.Var(
        pairs,
        bounds=lambda _, a, c: (0, cost[a]),
        doc="money that jurisdiction c pays for corridor a",
    )
    negotiated = policy.budget is not None and policy.budget.negotiated

    @model.Constraint(
        [a for a, money in enumerate(cost) if negotiated and money > 0],
        doc="a corridor that is built is paid",
    )
    def paid_for(model: pyo.ConcreteModel, a: int) -> object:
        payments = pyo.quicksum(model.paid[pair] for pair in pairs if pair[0] == a)
        return payments == cost[a] * model.built[a]
