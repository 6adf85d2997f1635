"""A sweep of the small study, made by hand: cost against the worst-off, four plans.

They differ in the stations: s3 alone, s1 and s3 (the plan of `little`), all three, and s1 with s2,
which costs more than s1 with s3 and is no fairer.

| point | stations | cost | emergency d1 d2 d3 d4 | equity |
|---|---|---|---|---|
| 1 | s3 | 15 + 400 | 80 90 40 5 | (90 + 42.5 + 90) / 3 |
| 2 | s1 s3 | 30 + 400 | 5 25 40 5 | (40 + 42.5 + 90) / 3 |
| 3 | s1 s2 | 35 + 400 | 5 25 5 40 | (40 + 42.5 + 90) / 3 |
| 4 | s1 s2 s3 | 50 + 400 | 5 25 5 5 | (25 + 42.5 + 90) / 3 |

Point 5 is a cap on equity that no plan keeps, point 6 has failed.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.geodata.geography import Instance
from optimizer.question import Policy
from optimizer.solution import Assignment, Plan, Result, Status
from optimizer.sweep.task import Answer, Frontier, Point, Task
from tests.outputs.little import Little, plan

#: Stations (rows of sites) and the minutes from d1, d2, d3, d4 to the one that serves them.
STATIONS = {
    (2,): ((2, 2, 2, 2), (80, 90, 40, 5)),
    (0, 2): ((0, 0, 2, 2), (5, 25, 40, 5)),
    (0, 1): ((0, 0, 1, 1), (5, 25, 5, 40)),
    (0, 1, 2): ((0, 0, 1, 2), (5, 25, 5, 5)),
}
WEIGHTS = (0.0, 0.25, 0.5, 1.0)
GAP = 0.01


def instance(little: Little) -> Instance:
    """The small instance; it asks for little cost."""
    found = little.study().instance
    return replace(found, case=found.case.asking(efficiency="cost"))


def sweep(little: Little) -> Frontier:
    """The six points."""
    facts = instance(little)
    plans = [_plan(stations, *how) for stations, how in STATIONS.items()]
    solved = [_point(facts, weight, found) for weight, found in zip(WEIGHTS, plans, strict=True)]
    least = solved[0].indicators
    assert least is not None
    priced = [
        replace(one, price=one.indicators.cost / least.cost - 1)
        for one in solved
        if one.indicators is not None
    ]
    marked = [
        priced[0],
        replace(priced[1], knee=True),
        replace(priced[2], dominated=True),
        priced[3],
    ]
    return Frontier((*marked, *_without_plan(facts.policy)), hypervolume=0.6, resolution=0.02)


def _plan(stations: tuple[int, ...], sites: tuple[int, ...], minutes: tuple[float, ...]) -> Plan:
    """The plan of `little` with other stations."""
    served = Assignment(np.arange(4), np.array(sites), np.array(minutes, float), np.ones(4))
    return Plan(np.array([*stations, 3, 5]), (served, *plan().assignments[1:]))


def _point(facts: Instance, weight: float, found: Plan) -> Point:
    policy = replace(facts.policy, weight=weight)
    indicators = assess(Case(facts.problem, policy), found)
    bound = (1 - GAP) * indicators.objective
    result = Result(Status.OPTIMAL, found, indicators.objective, bound, GAP, 1.5, 3, "by hand")
    return Point(Answer(Task(f"w{weight}", {"weight": weight}, policy), result), indicators)


def _without_plan(policy: Policy) -> tuple[Point, Point]:
    """An infeasible point and a failed one."""
    capped = replace(policy, weight=0.0, equity_bound=50.0)
    nothing = Result(
        *(Status.INFEASIBLE, None, math.inf, math.inf, math.inf, 0.5, 0, "by hand"),
        reasons=("too fair",),
    )
    infeasible = Answer(Task("e50", {"equity_bound": 50.0}, capped), nothing)
    failed = Answer(Task("w0.9", {"weight": 0.9}, policy), None, "the worker died")
    return Point(infeasible, None), Point(failed, None)
