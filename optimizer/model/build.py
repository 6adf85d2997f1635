"""The table of contents of the mathematics: facts and question in, a Pyomo model out."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.justice import nearest_rule
from optimizer.model.constraints.assignment import (
    add_capacity,
    add_only_built,
    add_only_open,
    add_referral,
    add_reserve,
    add_served,
)
from optimizer.model.constraints.budget import add_budget, add_money
from optimizer.model.constraints.corridors import add_one_level, add_payments
from optimizer.model.constraints.facilities import (
    add_hosts,
    add_land,
    add_one_option,
    add_site_paid_once,
)
from optimizer.model.constraints.floors import (
    add_backup_floor,
    add_group_floor,
    add_jurisdiction_floor,
)
from optimizer.model.constraints.nearest import add_nearest
from optimizer.model.justice import add_bounds, add_equity
from optimizer.model.objectives import OBJECTIVES
from optimizer.model.objectives.cost import cost
from optimizer.model.variables import (
    add_assignment,
    add_corridors,
    add_opened_sites,
    add_siting,
)
from optimizer.policy import Policy
from optimizer.problem import Problem


def build(problem: Problem, policy: Policy, with_equity: bool = True) -> pyo.ConcreteModel:
    """The full model: siting, assignment, rules, and what may be minimised or capped.

    Its goals are the objectives `efficiency`, `equity` (the term T) and `money`, none of which
    knows the policy's weight or its caps on them: `model.program` puts those together, so that
    one model serves a whole sweep. Without equity T and its rows are left out.
    """
    model = pyo.ConcreteModel()

    add_siting(model, problem)
    add_one_option(model, problem)
    add_land(model, problem)
    add_hosts(model, problem)

    add_corridors(model, problem)
    add_one_level(model, problem)
    add_payments(model, problem, policy)
    add_opened_sites(model, problem)
    add_site_paid_once(model, problem)
    add_money(model, problem, policy)
    add_budget(model, problem, policy)

    add_assignment(model, problem)
    nearest = nearest_rule(problem, policy)
    for level, access in enumerate(model.access):
        block = model.level[level]
        add_served(block, problem, access)
        add_only_open(block, problem, access, level)
        add_only_built(block, problem, access)
        add_capacity(block, problem, access, level)
        add_reserve(block, problem, access, level)
        add_referral(block, problem, level)
        add_jurisdiction_floor(block, problem, policy, access)
        add_group_floor(block, problem, policy, access)
        add_backup_floor(block, problem, policy, access, level)
        if nearest[level]:
            add_nearest(block, problem, access, level)

    add_bounds(model, problem, policy)
    add_goals(model, problem, policy, with_equity)
    return model


def add_goals(
    model: pyo.ConcreteModel, problem: Problem, policy: Policy, with_equity: bool
) -> None:
    """The objectives, each in its own unit; `model.program` decides what is minimised."""
    efficiency = OBJECTIVES[policy.efficiency](model, problem, policy)
    model.efficiency = pyo.Objective(expr=efficiency, doc=policy.efficiency)
    model.money = pyo.Objective(expr=cost(model, problem, policy), doc="all money spent")
    if with_equity:
        add_equity(model, problem, policy)
