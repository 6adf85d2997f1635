"""Who may use a level, and how demand points are divided, in plain loops."""

from __future__ import annotations

from functools import lru_cache

from optimizer.problem import Demand, Problem
from optimizer.verification.tolerances import SUMMED

#: The groups that a level is for; none: everybody.
Groups = tuple[str, ...]


@lru_cache(maxsize=16)
def entitled(demand: Demand, groups: Groups) -> tuple[float, ...]:
    """Of each demand point, the persons of these groups; of none: all persons."""
    if not groups:
        return tuple(demand.persons.tolist())
    columns = [demand.groups[group].tolist() for group in groups]
    return tuple(float(sum(here)) for here in zip(*columns, strict=True))


@lru_cache(maxsize=64)
def entitled_of(demand: Demand, groups: Groups, group: str) -> tuple[float, ...]:
    """Of each demand point, those of one group who are entitled to what these groups are.

    Whoever is named, wholly; nobody of a group of all others; of any other group as many of a
    hundred as of all persons who live there.
    """
    members, everybody = demand.groups[group].tolist(), demand.persons.tolist()
    if not groups or group in groups:
        return tuple(members)
    of_all = entitled(demand, groups)
    here = list(zip(members, of_all, everybody, strict=True))
    if all(abs(one + those - n) <= SUMMED * n for one, those, n in here):
        return (0.0,) * len(members)
    return tuple(one * min(those / n, 1.0) if n > 0 else 0.0 for one, those, n in here)


def may_use(problem: Problem, row: int) -> tuple[float, ...]:
    """Of each demand point, the persons who may use the level of this row."""
    return entitled(problem.demand, problem.levels[row].entitled)


def divided(problem: Problem, name: str) -> tuple[tuple[str, ...], list[int]]:
    """The parts of a class, or the jurisdictions of a tier; which of them a demand point is in.

    -1: in none.
    """
    if name in problem.demand.classes:
        classes = problem.demand.classes[name]
        return classes.labels, classes.of.tolist()
    return problem.jurisdictions.ids, problem.demand_at(name).tolist()
