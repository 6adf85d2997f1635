"""The full model: all services at once, built in Pyomo, solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms.plan import make_plan
from optimizer.evaluate import evaluate
from optimizer.model import build
from optimizer.model.program import to_program
from optimizer.policy import Limits, Policy
from optimizer.problem import Problem
from optimizer.solution import Progress, Result, Status
from optimizer.solver import minimise, relative_gap


def solve(
    problem: Problem,
    policy: Policy,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Solve the full model to the limits' gap."""
    began = time.perf_counter()
    model = build(problem, policy)
    program, columns = to_program(model)
    if limits.seconds is not None:
        left = limits.seconds - (time.perf_counter() - began)
        limits = replace(limits, seconds=max(left, 0.1))
    outcome = minimise(program, limits, progress=progress)
    if outcome.x is None:
        seconds = time.perf_counter() - began
        return Result(
            outcome.status, None, np.inf, outcome.bound, np.inf, seconds, outcome.nodes, "full"
        )
    for column, value in zip(columns, outcome.x, strict=True):
        column.set_value(float(value), skip_validation=True)
    chosen = np.array([k for k, y in model.stands.items() if (y.value or 0) > 0.5], dtype=np.int64)
    assigned = [
        (access.pairs, np.array([x.value or 0.0 for x in access.assigned]))
        for access in model.access
    ]
    plan = make_plan(problem, chosen, assigned)
    objective = evaluate(problem, policy, plan).objective
    bound = min(outcome.bound, objective)
    return Result(
        outcome.status,
        plan,
        objective,
        bound,
        relative_gap(objective, bound),
        time.perf_counter() - began,
        outcome.nodes,
        "full",
    )
