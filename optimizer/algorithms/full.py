"""The full model: all services at once, built in Pyomo, solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyomo.environ as pyo

from optimizer.algorithms.conflict import conflicting_rules
from optimizer.algorithms.plan import make_plan
from optimizer.algorithms.rounding import first_plan
from optimizer.algorithms.thrift import thrifty
from optimizer.evaluate import evaluate
from optimizer.model import build
from optimizer.model.program import Form, to_form
from optimizer.policy import Limits, Policy
from optimizer.presolve import impossible
from optimizer.problem import Problem
from optimizer.solution import Plan, Progress, Result, Status
from optimizer.solver import TOLERANCE, Outcome, SolverError, minimise, relative_gap

NAME = "full"

#: Seconds for each trial of the search for conflicting rules.
TRIAL_SECONDS = 10.0


def solve(
    problem: Problem,
    policy: Policy,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Solve the full model to the limits' gap."""
    began = time.perf_counter()
    reasons = impossible(problem, policy)
    if reasons:
        return _infeasible(time.perf_counter() - began, 0, reasons)
    model = build(problem, policy)
    form = to_form(model)
    outcome = _search(form, limits.after(time.perf_counter() - began), progress)
    if outcome.status is Status.INFEASIBLE:
        trial = replace(limits, seconds=min(TRIAL_SECONDS, limits.seconds or TRIAL_SECONDS))
        rules = conflicting_rules(form.program, form.component, trial)
        reason = "these cannot hold together: " + "; ".join(rules)
        return _infeasible(time.perf_counter() - began, outcome.nodes, (reason,) if rules else ())
    plan, objective = None, np.inf
    if outcome.x is not None:
        plan = thrifty(problem, _read_plan(problem, model, form, outcome.x))
        objective = evaluate(problem, policy, plan).objective
        _compare(objective, outcome)
    bound = min(outcome.bound, objective)
    gap = relative_gap(objective, bound)
    return Result(
        Status.OPTIMAL if gap <= limits.gap else outcome.status,
        plan,
        objective,
        bound,
        gap,
        time.perf_counter() - began,
        outcome.nodes,
        NAME,
        asked_gap=limits.gap,
        interrupted=outcome.interrupted,
    )


def _search(form: Form, limits: Limits, progress: Callable[[Progress], None] | None) -> Outcome:
    """A first plan, then the tree from there; the better of the two bounds."""
    first = first_plan(form.program, limits, progress)
    if first.status is Status.INFEASIBLE or first.interrupted:
        return first
    found = minimise(form.program, limits.after(first.seconds), first.x, progress)
    return replace(found, bound=max(found.bound, first.bound))


def _compare(objective: float, outcome: Outcome) -> None:
    """What the plan is worth, recomputed from the facts, against what the solver said.

    The plan may be better than the solver's solution (everybody goes to the nearest, money is
    saved), never worse, and never better than the bound.
    """
    room = TOLERANCE * max(1.0, abs(objective))
    if not outcome.bound - room <= objective <= outcome.objective + room:
        raise SolverError(
            f"the plan is worth {objective}, the solver said {outcome.objective} "
            f"with a bound of {outcome.bound}"
        )


def _infeasible(seconds: float, nodes: int, reasons: tuple[str, ...]) -> Result:
    return Result(Status.INFEASIBLE, None, np.inf, np.inf, np.inf, seconds, nodes, NAME, reasons)


def _read_plan(problem: Problem, model: pyo.ConcreteModel, form: Form, x: np.ndarray) -> Plan:
    """The plan that a solution of the model says."""
    value = {id(column): v for column, v in zip(form.columns, x.tolist(), strict=True)}
    stands = [k for k, y in model.stands.items() if value.get(id(y), 0.0) > 0.5]
    assigned = [
        (access.pairs, np.array([value.get(id(share), 0.0) for share in access.assigned]))
        for access in model.access
    ]
    return make_plan(problem, np.array(stands, dtype=np.int64), assigned)
