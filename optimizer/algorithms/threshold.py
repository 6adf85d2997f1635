"""The maximum as an objective: which is the shortest radius within which all can be served?

A search over the distinct minutes of the pairs (p-center after Minieka 1970). Under each radius
the longer pairs are closed, and what is left is a covering problem, tight where the row
"maximum >= minutes" is weak.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms.study import Study
from optimizer.evaluate import worth
from optimizer.justice import whole
from optimizer.model.closed import thresholds
from optimizer.policy import Bound, Limits, Policy
from optimizer.presolve import nearest_possible
from optimizer.problem import ROUNDING, Floats, Problem
from optimizer.solution import Plan, Progress, Status
from optimizer.solver import Outcome, minimise

NAME = "radius"


def serves(problem: Problem, policy: Policy) -> bool:
    """Whether the policy asks for nothing but the shortest radius."""
    how = whole(problem, policy, policy.equity)
    radius = thresholds(problem, policy, Bound(policy.equity, np.inf))
    return policy.weight == 1 and bool(radius) and radius == how.levels


def search(
    study: Study,
    policy: Policy,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Halve the radii between the shortest thinkable and the best found."""
    began = time.perf_counter()
    problem, scale = study.problem, whole(study.problem, policy, policy.equity).scale
    radii = _radii(problem, policy)
    x, low, high, nodes = None, 0, len(radii), 0
    status, interrupted = Status.OPTIMAL, False
    if start is not None:
        x = study.start(study.asked(policy).rules, start, limits)
        high = _reached(study, policy, radii, x) if x is not None else high
    while low < high and not interrupted:
        middle = (low + high) // 2 if high < len(radii) or low else len(radii) - 1
        allowed = policy.equity_bound
        radius = radii[middle] if allowed is None else min(radii[middle], allowed)
        rules = study.asked(replace(policy, equity_bound=radius)).rules
        found = minimise(rules, limits.after(time.perf_counter() - began), progress=progress)
        nodes += found.nodes
        if found.interrupted:
            status, interrupted = Status.STOPPED, True
        if found.status is Status.INFEASIBLE:
            low = middle + 1
        elif found.x is None:
            status, interrupted = Status.STOPPED, found.interrupted
            break
        else:
            x, high = found.x, _reached(study, policy, radii, found.x)
    if x is None:
        status = Status.INFEASIBLE if status is Status.OPTIMAL else status
        seconds = time.perf_counter() - began
        return Outcome(status, None, np.inf, np.inf, seconds, nodes, interrupted)
    objective = worth(problem, policy, study.plan(x)).objective
    proven = objective if low >= high else radii[low] / scale
    seconds = time.perf_counter() - began
    return Outcome(status, x, objective, proven, seconds, nodes, interrupted)


def _radii(problem: Problem, policy: Policy) -> Floats:
    """Distinct minutes of the pairs, from what the worst-off have at the very least."""
    rows = whole(problem, policy, policy.equity).levels
    inhabited = problem.demand.persons > 0
    least = max(float(nearest_possible(problem, row)[inhabited].max()) for row in rows)
    minutes = np.unique(np.concatenate([problem.trips[row].minutes for row in rows]))
    return np.asarray(minutes[minutes >= least - ROUNDING])


def _reached(study: Study, policy: Policy, radii: Floats, x: Floats) -> int:
    """Number of the radius that a solution's plan keeps."""
    plan = study.plan(x)
    value = worth(study.problem, policy, plan).equity
    return int(np.searchsorted(radii, value - ROUNDING))
