"""Losers: who travels longer in a plan than in another, the most efficient one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.problem import Floats, Problem
from optimizer.solution import Plan
from optimizer.solution.accessibility import access


@dataclass(frozen=True, eq=False)
class Losers:
    """Who loses minutes, at one level or over several.

    minutes: (I,) more than in the other plan; below 0 is gained, NaN is served in one plan only.
    persons, share: who lose, of all; mean, most: minutes that they lose, 0 where nobody does.
    jurisdictions: row, of every tier -> persons who lose and live there; only where some do.
    """

    minutes: Floats
    persons: float
    share: float
    mean: float
    most: float
    jurisdictions: Mapping[int, float]


def losers_by_level(problem: Problem, plan: Plan, efficient: Plan) -> tuple[Losers, ...]:
    """By level: who is worse off in `plan` than in `efficient`, by mean minutes over the shares."""
    return tuple(
        losers(
            problem,
            access(problem, plan, row).minutes - access(problem, efficient, row).minutes,
            problem.entitled(row),
        )
        for row in range(len(problem.levels))
    )


def losers(problem: Problem, minutes: Floats, among: Floats | None = None) -> Losers:
    """Who loses, from the minutes (I,) that each demand point has more; among: of these persons."""
    everybody = problem.demand.persons if among is None else among
    persons = np.where(minutes > NO_MINUTES, everybody, 0.0)
    lose = persons > 0
    total = float(persons.sum())
    return Losers(
        minutes=minutes,
        persons=total,
        share=total / float(everybody.sum()),
        mean=float(np.average(minutes[lose], weights=persons[lose])) if lose.any() else 0.0,
        most=float(minutes[lose].max(initial=0.0)),
        jurisdictions=_by_jurisdiction(problem, persons),
    )


def _by_jurisdiction(problem: Problem, persons: Floats) -> dict[int, float]:
    """Jurisdiction of any tier -> how many of these persons (I,) live there, where any do."""
    total = np.zeros(len(problem.jurisdictions.ids))
    for tier in dict.fromkeys(problem.jurisdictions.tier):
        area = problem.demand_at(tier)
        np.add.at(total, area[area >= 0], persons[area >= 0])
    return {int(row): float(total[row]) for row in np.flatnonzero(total)}
