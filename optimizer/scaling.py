"""How the two terms of the objective, and the levels within each, are weighed: written once.

objective = (1 - weight) x efficiency / efficiency_scale + weight x equity / equity_scale

One minute weighs as much as 1 % of the persons uncovered, and as much as 1 % of the money: of
all budgets, or of the cost of everything that could be built where there is no budget. Of an
equity measure that is a share or a ratio it weighs as much as 0.01.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from optimizer.policy import Policy
from optimizer.problem import Bools, Floats, Problem

#: What efficiency can be, and its unit.
EFFICIENCIES = {"mean_minutes": "minutes", "uncovered": "persons", "cost": "money"}

#: By what share a plan that minimises a dispersion measure may be less efficient than the most
#: efficient one, where the policy does not say.
GUARD = 0.1

AnyFloat = TypeVar("AnyFloat", float, Floats)

#: Money, persons or minutes beyond a limit that are rounding, relative.
ROUNDING = 1e-9


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more


def level_weights(problem: Problem, policy: Policy) -> Floats:
    """(L,) weight of each level, summing to 1 (in each state, where there are several)."""
    ids = [level.id for level in problem.levels]
    if problem.states is not None:
        ids = [ids[row] for row in problem.states.base]
    weights = np.array([policy.level_weights.get(id, 1.0) for id in ids])
    if not weights.sum() > 0:
        raise ValueError("policy.level_weights: at least one level needs a weight above 0")
    states = 1 if problem.states is None else len(problem.states.probability)
    return np.asarray(weights / weights.sum() * states)


def tail_mean(probability: Floats, tail: float, values: Floats) -> float:
    """Mean of the largest values whose probability is `tail` in all: CVaR (Rockafellar, Uryasev).

    tail = 1: the expected value; tail = 0: the largest value. probability, values: (S,).
    """
    order = np.argsort(-values, kind="stable")
    if tail == 0:
        return float(values[order[0]])
    before = np.cumsum(probability[order]) - probability[order]
    taken = np.clip(tail - before, 0.0, probability[order])
    counts = taken > 0
    return float(taken[counts] @ values[order[counts]] / taken.sum())


def over_states(problem: Problem, policy: Policy, values: Floats) -> float:
    """What is to be minimised of a value by level (L,), summed in each state."""
    if problem.states is None:
        return float(values.sum())
    probability = problem.states.probability
    by_state = np.bincount(problem.states.of, values, len(probability)).astype(float)
    return tail_mean(probability, policy.tail, by_state)


def budgets(problem: Problem, policy: Policy) -> Floats:
    """(C,) money of each jurisdiction of the budget's tier, NaN for all others."""
    if policy.budget is None:
        return np.full(len(problem.jurisdictions.ids), np.nan)
    at_tier = np.array([tier == policy.budget.tier for tier in problem.jurisdictions.tier])
    return np.where(at_tier, problem.jurisdictions.budget * policy.budget.scale, np.nan)


def may_pay(problem: Problem, policy: Policy) -> Bools:
    """(A, C) who may pay for which corridor where that is negotiated; nobody where it is not."""
    shares = problem.shares_at(policy.budget.tier if policy.budget else "")
    return (shares > 0) & (policy.budget is not None and policy.budget.negotiated)


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
