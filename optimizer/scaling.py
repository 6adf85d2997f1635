"""How the two terms of the objective, and the levels within each, are weighed: written once.

objective = (1 - weight) x efficiency / efficiency_scale + weight x equity / equity_scale

One minute weighs as much as 1 % of the persons uncovered, and as much as 1 % of the money: of
all budgets, or of the cost of everything that could be built where there is no budget. Of an
equity measure that is a share or a ratio it weighs as much as 0.01.
"""

from __future__ import annotations

import numpy as np

from optimizer.policy import Policy
from optimizer.problem import Floats, Problem

#: What efficiency can be, and its unit.
EFFICIENCIES = {"mean_minutes": "minutes", "uncovered": "persons", "cost": "money"}

#: By what share a plan that minimises a dispersion measure may be less efficient than the most
#: efficient one, where the policy does not say.
GUARD = 0.1


def level_weights(problem: Problem, policy: Policy) -> Floats:
    """(L,) weight of each level, summing to 1."""
    weights = np.array([policy.level_weights.get(level.id, 1.0) for level in problem.levels])
    if not weights.sum() > 0:
        raise ValueError("policy.level_weights: at least one level needs a weight above 0")
    return np.asarray(weights / weights.sum())


def budgets(problem: Problem, policy: Policy) -> Floats:
    """(C,) money of each jurisdiction of the budget's tier, NaN for all others."""
    if policy.budget is None:
        return np.full(len(problem.jurisdictions.ids), np.nan)
    at_tier = np.array([tier == policy.budget.tier for tier in problem.jurisdictions.tier])
    return np.where(at_tier, problem.jurisdictions.budget * policy.budget.scale, np.nan)


def efficiency_scale(problem: Problem, policy: Policy) -> float:
    """What weighs as much as one minute, in the unit of the efficiency."""
    if policy.efficiency == "uncovered":
        return float(problem.demand.persons.sum()) / 100
    if policy.efficiency == "cost":
        everything = float(problem.options.cost.sum() + problem.sites.cost.sum())
        money = np.nansum(budgets(problem, policy)) if policy.budget else everything
        return float(money) / 100 or 1.0
    return 1.0


def equity_scale(unit: str) -> float:
    """What weighs as much as one minute, in the unit of an equity measure."""
    return 1.0 if unit == "minutes" else 0.01
