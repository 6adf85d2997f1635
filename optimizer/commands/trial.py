"""TRIAL: one instance read, solved, written and judged, told in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.foundation.drafts import draft_folder
from optimizer.foundation.language import N_
from optimizer.geodata.read import read
from optimizer.outputs.formats import write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Progress
from optimizer.verification.file import check_file

#: The verdict on a plan that breaks no rule.
HOLDS = N_("holds")

Tell = Callable[[Progress], None] | None


def trial(
    folder: Path, limits: Limits, progress: Tell = None, overrides: Sequence[str] = ()
) -> dict[str, Any]:
    """Size, answer, times and verdict. Raises InputError as reading does.

    check: of the written plan: HOLDS, or the names of the broken rules; None without a plan.
    """
    return _told(folder, overrides, limits, progress)[0]


def corridor_trial(
    folder: Path, limits: Limits, progress: Tell = None, overrides: Sequence[str] = ()
) -> dict[str, Any]:
    """The same with corridors decided too, beside the best plan without them.

    built, corridor_cost: how many, and their money; equity, worst: in the unit of the measure, and
    minutes, of the whole and at the worst place of any level; with _without: without corridors.
    """
    row, study = _told(folder, (*overrides, "policy.corridors=true"), limits, progress)
    plain, alone = _told(folder, (*overrides, "policy.corridors=false"), limits, progress)
    corridors = None if study is None else study.instance.problem.corridors
    built = corridor_cost = None
    if study is not None and corridors is not None:
        built = len(study.plan.corridors)
        corridor_cost = float(corridors.cost[study.plan.corridors].sum())
    return (
        row
        | {"candidates": 0 if corridors is None else len(corridors.ids)}
        | {"built": built, "corridor_cost": corridor_cost}
        | _fared(study, "")
        | _fared(alone, "_without")
        | {"seconds_without": plain["solve_seconds"], "check_without": plain["check"]}
    )


def _fared(study: SolvedInstance | None, suffix: str) -> dict[str, float | None]:
    """Equity and worst minutes of a plan."""
    indicators = None if study is None else study.indicators
    return {
        f"equity{suffix}": None if indicators is None else indicators.equity,
        f"worst{suffix}": None
        if indicators is None
        else max(level.region.worst for level in indicators.levels),
    }


def _told(
    folder: Path, overrides: Sequence[str], limits: Limits, progress: Tell
) -> tuple[dict[str, Any], SolvedInstance | None]:
    """One instance in one line, and its plan."""
    began = time.perf_counter()
    with stopping.interruptible():
        instance = read(folder, None, overrides)
    seconds = time.perf_counter() - began
    result = solve(instance.case, limits, progress=progress)
    problem, policy = instance.problem, instance.policy
    solved = result.plan is not None
    study = None
    if result.plan is not None:
        study = SolvedInstance(instance, result, assess(Case(problem, policy), result.plan))
    row = {
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
        "check": None if study is None else _verdict(study),
    }
    return row, study


def _verdict(study: SolvedInstance) -> str:
    """What `check` says of the plan once it is a file."""
    with draft_folder(Path(gettempdir())) as folder:
        plan = folder / "plan.gpkg"
        write(study, plan)
        verdict = check_file(plan, study.instance.geography.folder)
    return "; ".join(rule.name for rule in verdict.broken) or HOLDS
