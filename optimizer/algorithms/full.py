"""The full model: all services at once, built in Pyomo, solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms.rounding import first_plan
from optimizer.algorithms.study import Study
from optimizer.model.program import objective, program, with_caps
from optimizer.policy import Limits, Policy
from optimizer.solution import Plan, Progress, Status
from optimizer.solver import Outcome, minimise

NAME = "full"


def search(
    study: Study,
    policy: Policy,
    limits: Limits,
    start: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """A first plan, then the tree from there; the better of the two bounds."""
    began = time.perf_counter()
    form = with_caps(study.form, study.problem, policy)
    asked = program(form, objective(form, study.problem, policy))
    x = None if start is None else study.start(asked, start, limits)
    bound = -np.inf
    if x is None:
        first = first_plan(asked, limits.after(time.perf_counter() - began), progress)
        if first.status is Status.INFEASIBLE or first.interrupted:
            return first
        x, bound = first.x, first.bound
    found = minimise(asked, limits.after(time.perf_counter() - began), x, progress)
    return replace(found, bound=max(found.bound, bound))
