"""Leximin as an objective: one model for each distance class, the farthest first.

Each stage minimises the share of the persons beyond its limit and holds what the stages before
it reached (lexicographic, Ogryczak 1997); a stage that is empty already needs no model. What is
still free at the end goes to efficiency.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, vstack

from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.algorithms.mip.cover_cuts import relaxation
from optimizer.algorithms.mip.rens import first_plan
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.foundation.tolerances import TRACE
from optimizer.model.program import Goal, program
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Plan, Progress, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Outcome, Program

NAME = "leximin"

#: Rows hold shares of all persons; the solver's tolerance is meant for larger numbers.
ROW_SCALE = 1e3


def search(
    compiled_model: CompiledModel,
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Stage by stage. The bound is the headline's once its stage is proven to be inhabited."""
    began = time.perf_counter()
    form = compiled_model.capped(case)
    stages = [goal for name, goal in form.goals.items() if name.startswith("stage")]
    rules, x, nodes = form.rules, None, 0
    status, headline_proven, interrupted = Status.OPTIMAL, False, False
    if start is not None:
        x = compiled_model.start(rules, start, limits)
    for goal in (*stages, form.goals["efficiency"]):
        if x is not None and goal in stages and goal.at(x) <= TRACE:
            rules = _emptied(rules, goal)
            continue
        stage = program(replace(form, rules=rules), goal)
        limits_left = limits.after(time.perf_counter() - began)
        if x is None:
            x = first_plan(relaxation(stage, limits_left), limits_left, progress).x
        outcome = minimise(stage, limits_left, x, progress)
        nodes += outcome.nodes
        if outcome.status is Status.INFEASIBLE:
            return outcome
        if outcome.x is not None:
            stopping.keep()
            x = outcome.x
        if outcome.status is not Status.OPTIMAL or x is None or outcome.interrupted:
            status, interrupted = Status.STOPPED, outcome.interrupted
            break
        if goal in stages:
            inhabited = goal.at(x) > TRACE
            headline_proven = headline_proven or (inhabited and outcome.bound > 0)
            rules = _held(rules, goal, x) if inhabited else _emptied(rules, goal)
    objective = np.inf if x is None else worth(case, compiled_model.plan(x)).objective
    proven = objective if headline_proven or status is Status.OPTIMAL else 0.0
    seconds = time.perf_counter() - began
    return Outcome(status, x, objective, proven, seconds, nodes, interrupted)


def _emptied(rules: Program, goal: Goal) -> Program:
    """Nobody is served by a column that counts for the goal."""
    return replace(rules, upper=np.where(goal.coefficients > 0, 0.0, rules.upper))


def _held(rules: Program, goal: Goal, x: Floats) -> Program:
    """The goal is no worse than at x."""
    row = csc_array((ROW_SCALE * goal.coefficients)[None])
    return replace(
        rules,
        rows=csc_array(vstack([rules.rows, row])),
        row_lower=np.append(rules.row_lower, -np.inf),
        row_upper=np.append(rules.row_upper, ROW_SCALE * float(goal.coefficients @ x)),
    )
