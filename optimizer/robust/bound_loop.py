"""BOUND LOOP: result of a search that solves a relaxed question again, with more in it each time.

What is proven of the smaller question holds for the whole; its plans have yet to be seen in that.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from optimizer.location.base.result import Watch
from optimizer.solution import Plan, Progress, Result, Status
from optimizer.solver.program import relative_gap


def only_bounds(watch: Watch) -> Callable[[Progress], None] | None:
    """Tells whoever watches what a round proves; its plans are not looked at as a whole yet."""
    if watch.tell is None:
        return None
    tell = watch.tell

    def told(seen: Progress) -> None:
        objective = watch.objective
        bound = min(max(watch.bound, seen.bound), objective)
        gap, nodes = relative_gap(objective, bound), watch.nodes + seen.nodes
        tell(Progress(watch.seconds, objective, bound, gap, nodes))

    return told


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
