"""Weights and scales of the levels and of the two terms of the objective, a second time.

objective = (1 - weight) x efficiency / its scale + weight x equity / its scale. One minute weighs
as much as 1 % of the persons uncovered, as 1 % of the money, and as 0.01 of a share or a ratio.
"""

from __future__ import annotations

from optimizer.problem import Problem
from optimizer.question import Equity, Policy
from optimizer.verification.measures import MEASURES, Measure

#: Minutes stand for themselves; of anything else a hundredth weighs as much as one of them.
HUNDREDTH = 0.01


def measure_of(equity: Equity) -> Measure:
    """The measure by its name. Raises KeyError where none has it."""
    return MEASURES[equity.measure]


def level_weights(problem: Problem, policy: Policy) -> list[float]:
    """What each level counts, in all 1; 1 each where the policy does not say."""
    weights = [float(policy.level_weights.get(level.id, 1.0)) for level in problem.levels]
    return [weight / sum(weights) for weight in weights]


def budgets(problem: Problem, policy: Policy) -> dict[int, float]:
    """Jurisdiction of the budget's tier that has money of its own -> that money, scaled."""
    rule, areas = policy.budget, problem.jurisdictions
    if rule is None:
        return {}
    own = {c: float(money) for c, money in enumerate(areas.budget) if areas.tier[c] == rule.tier}
    return {c: rule.scale * money for c, money in own.items() if money == money}  # NaN: none


def equity_scale(equity: Equity) -> float:
    """What weighs as much as one minute, in the unit of the measure."""
    in_minutes = equity.of == "minutes" and measure_of(equity).in_values
    return 1.0 if in_minutes else HUNDREDTH
