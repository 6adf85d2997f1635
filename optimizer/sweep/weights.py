"""WEIGHTS: the same question at several equity weights.

The least objective V(w) = min over plans of (1 - w) F + w T is concave in w: a minimum of
straight lines, one per plan. So a bound at two weights holds, interpolated, between them, and a
plan is worth at any weight what its line says. A point that its neighbours' bounds and plans
prove to the gap needs no solve (`Session.solve`); the others get both to begin with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from optimizer.evaluate import worth
from optimizer.policy import Policy
from optimizer.problem import Problem
from optimizer.solution import Plan
from optimizer.sweep.free import must_be_number
from optimizer.sweep.task import Answer, Strategy, Task


def strategy(problem: Problem, policy: Policy, weights: Sequence[float], gap: float) -> Strategy:
    """The middle, the two ends from its plan, then the middle between neighbours, and so on.

    The ends are the hardest on their own: their plans are found sooner from the middle.
    """
    must_be_number(policy)
    order = sorted(set(weights))
    found: dict[int, Answer] = {}
    rows = [(len(order) - 1) // 2]
    while rows:
        answers = yield [_task(problem, policy, order[row], found, row) for row in rows]
        found |= dict(zip(rows, answers, strict=True))
        ends = {0, len(order) - 1} - set(found)
        between = [(low + high) // 2 for low, high in pairwise(sorted(found)) if high - low > 1]
        rows = sorted(ends) or between


def _task(
    problem: Problem, policy: Policy, weight: float, found: dict[int, Answer], row: int
) -> Task:
    """The task with the best plan known, and its bound by concavity if it has two neighbours."""
    asked = replace(policy, weight=weight)
    results = [answer.result for answer in found.values() if answer.result is not None]
    plans = [result.plan for result in results if result.plan is not None]

    def objective(plan: Plan) -> float:
        return worth(problem, asked, plan).objective

    return Task(
        f"weight={weight:.12g}",
        {"weight": weight},
        asked,
        start=min(plans, key=objective, default=None),
        bound=_interpolated(weight, found, row),
    )


def _interpolated(weight: float, found: dict[int, Answer], row: int) -> float:
    """The bound between the nearest answers below and above; -inf where one is missing."""
    below, above = [n for n in found if n < row], [n for n in found if n > row]
    if not below or not above:
        return -math.inf
    low, high = found[max(below)], found[min(above)]
    if low.result is None or high.result is None:
        return -math.inf
    first, last = low.task.policy.weight, high.task.policy.weight
    part = (weight - first) / (last - first)
    return (1 - part) * low.result.bound + part * high.result.bound
