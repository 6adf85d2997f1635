"""REGION: one question about one instance, asked in this process; what comes back is plain."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from optimizer.assessment.indicators import Indicators, assess
from optimizer.geodata import catalogue
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.outputs.formats import write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import KEEP, Problem
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Plan
from optimizer.sweep.dominance import best_of
from optimizer.sweep.journal import opened
from optimizer.sweep.points import place
from optimizer.sweep.request import Request
from optimizer.sweep.run import executor
from optimizer.sweep.run import sweep as solve_each
from optimizer.verification.file import check_file

#: Who solves such a task, beside equisite on textbook problems and its peers.
REGION = "region"

#: The verdict on a plan that breaks no rule.
HOLDS = "holds"

#: What is known of the people at a level, by the name of its indicator.
MEASURES = ("gini", "cvar", "kolm_pollak")

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Question:
    """weights: those of equity of a sweep; none: one plan is asked for, as the policy weighs.
    check: whether the written plan is judged.
    """

    instance: str
    policy: str | None = None
    overrides: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    limits: Limits = field(default_factory=Limits)
    check: bool = False


def question(task: dict[str, Any]) -> Question:
    """From its JSON."""
    lists = {name: tuple(task[name]) for name in ("overrides", "weights")}
    return Question(**task | lists | {"limits": Limits(**task["limits"])})


def ask(question: Question, say: Say, peak: Callable[[], float]) -> None:
    """Read the instance, say how large it is, and then what was found.

    peak: the most memory that this process has held, in MB.
    """
    instance = read(
        catalogue.find(question.instance), question.policy, overrides=list(question.overrides)
    )
    problem = instance.problem
    say(
        {
            "points": len(problem.demand.ids),
            "sites": len(problem.sites.ids),
            "pairs": sum(map(len, problem.pairs)),
        }
    )
    if question.weights:
        say(_frontier(instance, question))
        return
    began, worked = time.perf_counter(), time.process_time()
    result = solve(instance.case, question.limits)
    said = {
        "status": str(result.status),
        "algorithm": result.algorithm,
        "gap": result.gap,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - worked,
        "memory": peak(),
    }
    if result.plan is None:
        say(said)
        return
    indicators = assess(instance.case, result.plan)
    values = {"objective": result.objective, "bound": result.bound}
    say(said | values | _indicators(instance, indicators) | described(problem, result.plan))
    if question.check:
        say({"check": _verdict(SolvedInstance(instance, result, indicators))})


def _frontier(instance: Instance, question: Question) -> dict[str, Any]:
    """How many trade-offs a sweep of the weights tells apart."""
    request, asked = Request(values=question.weights), (instance.case, question.limits)
    began = time.perf_counter()
    with (
        TemporaryDirectory() as folder,
        opened(Path(folder), "region", *asked, request) as journal,
        executor(*asked, 1, None) as where,
    ):
        found = solve_each(*asked, request, where, journal)
    (frontier,) = found.frontiers
    solved = [place(point) for point in frontier.points if point.indicators is not None]
    return {
        "status": str(found.status),
        "seconds": time.perf_counter() - began,
        "asked": len(question.weights),
        "best": len(best_of(solved)),
    }


def _indicators(instance: Instance, found: Indicators) -> dict[str, Any]:
    """Objectives in their own units, and every level as the region has it."""
    return {
        "efficiency": found.efficiency,
        "equity": found.equity,
        "cost": found.cost,
        "weights": instance.case.level_weights.tolist(),
        "levels": {
            level.level: {
                "mean": level.region.mean,
                "worst": level.region.worst,
                "unmet": level.region.unmet_share or 0.0,
            }
            | {name: level.region.equity[name] for name in MEASURES}
            for level in found.levels
        },
    }


def described(problem: Problem, plan: Plan) -> dict[str, Any]:
    """corridors: how many are built;
    done: what is built, upgraded or closed, as (service, site, kind, size);
    kept: by service, how many stand as they are;
    needs: by level, persons in need; served: by level, those of a point served at a site (-1:
    by nobody), as rows of point, site and persons.
    """
    options = problem.options
    done, kept = [], {service.id: 0 for service in problem.services}
    for row in plan.options.tolist():
        service, kind = problem.services[options.service[row]].id, str(options.kind[row])
        if kind == KEEP:
            kept[service] += 1
        else:
            site = problem.sites.ids[options.site[row]]
            done.append((service, str(site), kind, int(options.size[row])))
    needs, served = [], []
    for level, assignment in enumerate(plan.assignments):
        need = problem.entitled(level) * problem.levels[level].share
        persons = need[assignment.demand] * assignment.share
        nobody = need - np.bincount(assignment.demand, persons, len(need))
        rows = zip(assignment.demand.tolist(), assignment.site.tolist(), persons, strict=True)
        left = np.flatnonzero(nobody > 0.5)
        trips = [(i, j, round(float(n), 1)) for i, j, n in rows]
        served.append(trips + [(int(i), -1, round(float(nobody[i]), 1)) for i in left])
        needs.append(float(need.sum()))
    return {
        "corridors": len(plan.corridors),
        "done": done,
        "kept": kept,
        "needs": needs,
        "served": served,
    }


def _verdict(solved: SolvedInstance) -> str:
    """What `check` says of the plan once it is a file: HOLDS, or the rules that are broken."""
    with TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.gpkg"
        write(solved, plan)
        verdict = check_file(plan, solved.instance.geography.folder)
    return "; ".join(rule.name for rule in verdict.broken) or HOLDS
