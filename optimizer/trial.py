"""TRIAL: one instance read, solved and judged, told in one line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optimizer.algorithms import solve
from optimizer.check import check
from optimizer.geodata.read import read
from optimizer.policy import Limits
from optimizer.solution import Progress


def trial(
    folder: Path, limits: Limits, progress: Callable[[Progress], None] | None = None
) -> dict[str, Any]:
    """Size, answer, times and verdict. Raises InputError as reading does.

    check: "holds", the names of the broken rules, or None where there is no plan to judge.
    """
    began = time.perf_counter()
    instance = read(folder)
    seconds = time.perf_counter() - began
    problem, policy = instance.problem, instance.policy
    result = solve(problem, policy, limits, progress=progress)
    solved = result.plan is not None
    verdict = check(problem, policy, result.plan, result) if result.plan else None
    return {
        "instance": instance.geography.name,
        "units": len(problem.demand.ids),
        "sites": len(problem.sites.ids),
        "pairs": sum(map(len, problem.pairs)),
        "status": str(result.status),
        "objective": result.objective if solved else None,
        "bound": result.bound if solved else None,
        "gap": result.gap if solved else None,
        "nodes": result.nodes,
        "read_seconds": round(seconds, 2),
        "solve_seconds": round(result.seconds, 2),
        "check": verdict and ("; ".join(rule.name for rule in verdict.broken) or "holds"),
    }
