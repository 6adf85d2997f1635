"""The full model: all services at once, built in Pyomo, solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms.rounding import first_plan
from optimizer.algorithms.study import Study
from optimizer.model.program import objective, program
from optimizer.policy import Limits, Policy
from optimizer.solution import Plan, Progress, Status
from optimizer.solver import Outcome, minimise

NAME = "full"


def search(
    study: Study,
    policy: Policy,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """A first plan, then the tree from there; the better of the two bounds.

    It ends early at a plan that the bound, known before, proves to the gap.
    """
    began = time.perf_counter()
    form = study.asked(policy)
    asked = program(form, objective(form, study.problem, policy))
    x = None if start is None else study.start(asked, start, limits)
    enough: dict[str, bool | float | str] = {}
    if np.isfinite(bound):
        enough["objective_target"] = bound + limits.gap * abs(bound)
    first = first_plan(asked, limits.after(time.perf_counter() - began), progress, x)
    if first.status is Status.INFEASIBLE or first.interrupted:
        return first
    x = x if first.x is None else first.x
    bound = max(bound, first.bound)
    found = minimise(asked, limits.after(time.perf_counter() - began), x, progress, enough)
    return replace(found, bound=max(found.bound, bound))
