"""Efficiency measures, defined a second time and plainly, from the literature alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.problem import Floats, Problem
from optimizer.question import Policy
from optimizer.verification.tolerances import NO_MINUTES
from optimizer.verification.weighing import HUNDREDTH, budgets


@dataclass(frozen=True)
class Definition:
    """trip: what trips of these minutes count for each person, under a standard; None: money.

    unserved: the same of whom nobody serves, who count as travelling so long; None: as the trip.

    scale: what weighs as much as one minute. a_person: whether it is told per person.
    """

    scale: Callable[[Problem, Policy], float]
    trip: Callable[[Floats, float], Floats] | None = None
    a_person: bool = False
    unserved: float | None = None


def _persons(problem: Problem, policy: Policy) -> float:
    """1 % of the persons."""
    return HUNDREDTH * float(sum(problem.demand.persons.tolist()))


def _money(problem: Problem, policy: Policy) -> float:
    """1 % of all budgets; where there is none, of everything that could be built."""
    money = sum(budgets(problem, policy).values())
    if policy.budget is None:
        money = float(problem.options.cost.sum() + problem.sites.cost.sum())
    return HUNDREDTH * money or 1.0


#: Name -> its definition.
EFFICIENCIES: dict[str, Definition] = {
    "mean_minutes": Definition(lambda *_: 1.0, lambda minutes, standard: minutes, a_person=True),
    "uncovered": Definition(
        _persons,
        lambda minutes, standard: np.where(minutes <= standard + NO_MINUTES, 0.0, 1.0),
        unserved=1.0,
    ),
    "cost": Definition(_money),
}


def efficiency_scale(problem: Problem, policy: Policy) -> float:
    """What weighs as much as one minute, in the unit of the efficiency."""
    return EFFICIENCIES[policy.efficiency].scale(problem, policy)


def counted(name: str, minutes: Floats, standard: float) -> Floats:
    """What trips of these minutes count for each person under a standard; NaN: there is none."""
    trip = EFFICIENCIES[name].trip
    assert trip is not None
    return trip(minutes, standard)


def counted_unserved(name: str, minutes: float, standard: float) -> float:
    """What a person counts for whom nobody serves, and who counts as travelling so long."""
    own = EFFICIENCIES[name].unserved
    return float(counted(name, np.array([minutes]), standard)[0]) if own is None else own


def of_everybody(name: str, persons: Floats, counts: Floats) -> float:
    """The efficiency at one level. persons, counts: (I,) of each demand point, in the mean."""
    lived_in = persons > 0
    total = float(persons[lived_in] @ counts[lived_in])
    return total / float(persons.sum()) if EFFICIENCIES[name].a_person else total


def is_money(name: str) -> bool:
    """Whether the efficiency is money, the same whatever fails."""
    return EFFICIENCIES[name].trip is None
