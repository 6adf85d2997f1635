"""TRIAL: one instance read, solved, written and judged, told in one line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from optimizer.algorithms import solve
from optimizer.check_file import check_file
from optimizer.evaluate import evaluate
from optimizer.geodata.read import read
from optimizer.outputs import Study, write
from optimizer.policy import Limits
from optimizer.solution import Progress


def trial(
    folder: Path, limits: Limits, progress: Callable[[Progress], None] | None = None
) -> dict[str, Any]:
    """Size, answer, times and verdict. Raises InputError as reading does.

    check: of the written plan: "holds", or the names of the broken rules; None without a plan.
    """
    began = time.perf_counter()
    instance = read(folder)
    seconds = time.perf_counter() - began
    problem, policy = instance.problem, instance.policy
    result = solve(problem, policy, limits, progress=progress)
    solved = result.plan is not None
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
        "check": None
        if result.plan is None
        else _verdict(Study(instance, result, evaluate(problem, policy, result.plan))),
    }


def _verdict(study: Study) -> str:
    """What `check` says of the plan once it is a file."""
    with TemporaryDirectory() as folder:
        plan = Path(folder, "plan.gpkg")
        write(study, plan)
        verdict = check_file(plan, study.instance.geography.folder)
    return "; ".join(rule.name for rule in verdict.broken) or "holds"
