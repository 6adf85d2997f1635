"""Who may use a level, and in which part of a tier or a class a demand point is."""

from __future__ import annotations

from optimizer.problem import Problem
from tests.enumerating.siting import EPSILON, area


def may_use(problem: Problem, row: int) -> list[float]:
    """Persons of each demand point who may use the level."""
    demand, named = problem.demand, problem.levels[row].entitled
    if not named:
        return demand.persons.tolist()
    return [sum(float(demand.groups[g][i]) for g in named) for i in range(len(demand.ids))]


def of_group(problem: Problem, row: int, group: str) -> list[float]:
    """Of them, those of a group: all of one that is named, nobody of whoever is left."""
    demand, named, may = problem.demand, problem.levels[row].entitled, may_use(problem, row)
    members = demand.groups[group].tolist()
    if not named or group in named:
        return members
    everybody = demand.persons.tolist()
    people = list(zip(members, may, everybody, strict=True))
    if all(abs(n + m - of) <= EPSILON for n, m, of in people):
        return [0.0] * len(members)
    return [n * m / of if of > 0 else 0.0 for n, m, of in people]


def parts(problem: Problem, name: str) -> list[object]:
    """What part of the class, or jurisdiction of the tier, each demand point is in; None: none."""
    classes = problem.demand.classes
    if name in classes:
        return [classes[name].labels[n] if n >= 0 else None for n in classes[name].of.tolist()]
    return [area(problem, c, name) for c in problem.demand.jurisdiction]
