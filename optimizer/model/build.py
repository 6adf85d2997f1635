"""The table of contents of the mathematics: facts and question in, a Pyomo model out."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.equity import make
from optimizer.model.constraints.assignment import (
    add_capacity,
    add_only_open,
    add_referral,
    add_served,
)
from optimizer.model.constraints.budget import add_budget, add_money
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
from optimizer.model.objectives import OBJECTIVES
from optimizer.model.variables import add_assignment, add_opened_sites, add_siting
from optimizer.policy import Policy
from optimizer.problem import Problem
from optimizer.scaling import efficiency_scale, level_weights


def build(problem: Problem, policy: Policy) -> pyo.ConcreteModel:
    """The full model: siting, assignment, rules, and the one objective.

    minimise (1 - weight) x efficiency / scale + weight x equity  (scales: `optimizer.scaling`)
    """
    model = pyo.ConcreteModel()

    add_siting(model, problem)
    add_one_option(model, problem)
    add_land(model, problem)
    add_hosts(model, problem)

    add_opened_sites(model, problem)
    add_site_paid_once(model, problem)
    add_money(model, problem, policy)
    add_budget(model, problem, policy)

    add_assignment(model, problem)
    for level, access in enumerate(model.access):
        block = model.level[level]
        add_served(block, problem, access)
        add_only_open(block, problem, access, level)
        add_capacity(block, problem, access, level)
        add_referral(block, problem, level)
        add_jurisdiction_floor(block, problem, policy, access)
        add_group_floor(block, problem, policy, access)
        add_backup_floor(block, problem, policy, access, level)

    add_efficiency(model, problem, policy)
    add_equity(model, problem, policy)
    add_objective(model, problem, policy)
    return model


def add_efficiency(model: pyo.ConcreteModel, problem: Problem, policy: Policy) -> None:
    """The efficiency, in its own unit, and the cap on it where the policy has one."""
    weights = level_weights(problem, policy)
    efficiency = OBJECTIVES[policy.efficiency](model, problem, weights)
    model.efficiency = pyo.Expression(expr=efficiency, doc=policy.efficiency)
    if policy.efficiency_bound is not None:
        model.efficiency_bound = pyo.Constraint(
            expr=model.efficiency / efficiency_scale(problem, policy)
            <= policy.efficiency_bound / efficiency_scale(problem, policy),
            doc="efficiency within its cap",
        )


def add_equity(model: pyo.ConcreteModel, problem: Problem, policy: Policy) -> None:
    """The equity term: the measure on each level's access, on a block of its own; and its caps."""
    measure = make(policy.equity, policy.parameters)
    weights = level_weights(problem, policy)
    model.measure = pyo.Block(range(len(problem.levels)))
    terms = []
    for row, access in enumerate(model.access):
        if weights[row] == 0 or (policy.weight == 0 and policy.equity_bound is None):
            continue
        term = measure.add_to(model.measure[row], access)
        terms.append(float(weights[row]) * term)
        if policy.equity_bound is not None:
            model.measure[row].bound = pyo.Constraint(
                expr=term <= measure.term_bound(policy.equity_bound, access.level),
                doc="equity within its cap",
            )
    model.equity = pyo.Expression(expr=pyo.quicksum(terms), doc=f"{policy.equity}, as minimised")


def add_objective(model: pyo.ConcreteModel, problem: Problem, policy: Policy) -> None:
    """(1 - weight) x efficiency / scale + weight x equity."""
    scale = efficiency_scale(problem, policy)
    terms = []
    if policy.weight < 1:
        terms.append((1 - policy.weight) / scale * model.efficiency)
    if policy.weight > 0:
        terms.append(policy.weight * model.equity)
    model.objective = pyo.Objective(expr=pyo.quicksum(terms), sense=pyo.minimize)
