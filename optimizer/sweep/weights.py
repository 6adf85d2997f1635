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

from optimizer.assessment.indicators import worth
from optimizer.case import Case, weighted
from optimizer.question import Policy
from optimizer.solution import Plan
from optimizer.sweep.preconditions import must_be_free, must_be_number
from optimizer.sweep.task import Answer, Strategy, Task

#: Part of the asked gap to which the middle is proven. Every other point inherits half of what it
#: leaves open: on yangtze-delta the 21 weights then cost 4 solves, else 6.
MIDDLE_SHARE = 0.5


def strategy(case: Case, weights: Sequence[float], gap: float) -> Strategy:
    """The middle, the two ends from its plan, then the middle between neighbours, and so on.

    The ends are the hardest on their own: their plans are found sooner from the middle.
    """
    policy = case.policy
    must_be_free(policy)
    must_be_number(policy)
    order = sorted(set(weights))
    by_row: dict[int, Answer] = {}
    lines: list[tuple[tuple[float, float], Plan]] = []
    rows = [(len(order) - 1) // 2]
    while rows:
        tasks = [
            _task(policy, order[row], lines, _interpolated(order[row], by_row, row)) for row in rows
        ]
        if not by_row and len(order) > 2:
            tasks = [replace(task, gap=MIDDLE_SHARE * gap) for task in tasks]
        answers = yield tasks
        by_row |= dict(zip(rows, answers, strict=True))
        plans = (answer.result.plan for answer in answers if answer.result is not None)
        lines += [(worth(case, plan).terms, plan) for plan in plans if plan is not None]
        ends = {0, len(order) - 1} - set(by_row)
        between = [(low + high) // 2 for low, high in pairwise(sorted(by_row)) if high - low > 1]
        rows = sorted(ends) or between


def _task(
    policy: Policy, weight: float, lines: list[tuple[tuple[float, float], Plan]], bound: float
) -> Task:
    """The task with its bound and the plan that is best at its weight. lines: F and T of plans."""
    best = min(lines, key=lambda line: weighted(weight, line[0]), default=(None, None))
    weighed = replace(policy, weight=weight)
    return Task(f"weight={weight:.12g}", {"weight": weight}, weighed, best[1], bound)


def _interpolated(weight: float, by_row: dict[int, Answer], row: int) -> float:
    """The bound between the nearest answers below and above; -inf where one is missing."""
    below, above = [n for n in by_row if n < row], [n for n in by_row if n > row]
    if not below or not above:
        return -math.inf
    low, high = by_row[max(below)], by_row[min(above)]
    if low.result is None or high.result is None:
        return -math.inf
    first, last = low.task.policy.weight, high.task.policy.weight
    part = (weight - first) / (last - first)
    return (1 - part) * low.result.bound + part * high.result.bound
