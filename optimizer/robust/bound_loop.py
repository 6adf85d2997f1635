"""Bound-and-plan loop: state, progress and result of a search that solves one question repeatedly.

What is proven of the smaller question holds for the whole; its plans have yet to be seen in that.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.location.base.result import Watch
from optimizer.question import Limits
from optimizer.solution import Plan, Progress, Result, Status
from optimizer.solver.program import SolverError, relative_gap


def ask(
    case: Case, watch: Watch, limits: Limits, start: Plan | None, bound: float = -math.inf
) -> Result:
    """The answer to the smaller question, whose bound is noted.

    start: the best plan so far as it is in that question; bound: what is proven of it before.
    """
    answer = Session(case).solve(case.policy, limits, start, bound, _only_bounds(watch))
    if answer.status is Status.INFEASIBLE and start is not None:
        raise SolverError("no plan obeys the rules, but one was found before")
    watch.note(bound=answer.bound, nodes=answer.nodes)
    return answer


def _only_bounds(watch: Watch) -> Callable[[Progress], None] | None:
    """Tells whoever watches what a round proves; its plans are not looked at as a whole yet."""
    if watch.tell is None:
        return None
    tell = watch.tell

    def tell_bound(seen: Progress) -> None:
        objective = watch.objective
        bound = min(max(watch.bound, seen.bound), objective)
        gap, nodes = relative_gap(objective, bound), watch.nodes + seen.nodes
        tell(Progress(watch.seconds, objective, bound, gap, nodes))

    return tell_bound


def result(
    watch: Watch,
    plan: Plan | None,
    objective: float,
    proven: bool,
    algorithm: str,
    reasons: tuple[str, ...],
    interrupted: bool,
) -> Result:
    """The best plan of all rounds, and what is proven of it; infeasible where the bound says so."""
    bound = min(watch.bound, objective)
    status = Status.OPTIMAL if proven else Status.STOPPED
    return Result(
        Status.INFEASIBLE if bound == math.inf else status,
        plan,
        objective,
        bound,
        relative_gap(objective, bound),
        watch.seconds,
        watch.nodes,
        algorithm,
        reasons,
        asked_gap=watch.limits.gap,
        interrupted=interrupted,
        trace=tuple(watch.trace),
    )
