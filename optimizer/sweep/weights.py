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
from optimizer.sweep.task import Answer, Strategy, Task

#: Part of the asked gap to which ends and middle are proven: what they leave open, every point
#: between them inherits, and on yangtze-delta that would cost more solves than it saves.
TIGHT = 0.5


def strategy(problem: Problem, policy: Policy, weights: Sequence[float], gap: float) -> Strategy:
    """The two ends, then the middle between neighbours, and so on."""
    order = sorted(set(weights))
    found: dict[int, Answer] = {}
    last = len(order) - 1
    rows = [0, last] if last else [0]
    while rows:
        tasks = []
        for row in rows:
            task = _task(policy, order[row])
            neighbours = [found[n] for n in _between(found, row)]
            if len(neighbours) == 2:
                task = _carried(problem, task, neighbours)
            tasks.append(replace(task, gap=TIGHT * gap) if len(found) < 2 else task)
        answers = yield tasks
        found |= dict(zip(rows, answers, strict=True))
        known = sorted(found)
        rows = [(low + high) // 2 for low, high in pairwise(known) if high - low > 1]


def _between(found: dict[int, Answer], row: int) -> list[int]:
    """The nearest rows below and above that have an answer."""
    below, above = [n for n in found if n < row], [n for n in found if n > row]
    return [max(below), min(above)] if below and above else []


def _task(policy: Policy, weight: float) -> Task:
    return Task(f"weight={weight:.12g}", {"weight": weight}, replace(policy, weight=weight))


def _carried(problem: Problem, task: Task, neighbours: Sequence[Answer]) -> Task:
    """The task with its bound by concavity, and the better of the two plans beside it."""
    low, high = (neighbour.task.policy.weight for neighbour in neighbours)
    part = (task.policy.weight - low) / (high - low)
    bounds = [
        -math.inf if answer.result is None else answer.result.bound for answer in neighbours
    ]
    plans = [
        answer.result.plan
        for answer in neighbours
        if answer.result is not None and answer.result.plan is not None
    ]

    def objective(plan: Plan) -> float:
        return worth(problem, task.policy, plan).objective

    bound = (1 - part) * bounds[0] + part * bounds[1]
    return replace(task, start=min(plans, key=objective, default=None), bound=bound)
