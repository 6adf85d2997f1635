"""Random ways to ask for justice: measure, of what, among whom, over which services; and caps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.problem import Problem
from optimizer.question import Bound, Equity, Policy
from tests.enumerating.measures import DEFINITIONS
from tests.enumerating.question import Question
from tests.enumerating.siting import standing
from tests.enumerating.study import Study
from tests.enumerating.supply import Supply
from tests.enumeration import best_plan

#: Measures whose formula means minutes, and those that see trips only.
OF_MINUTES = {"kolm_pollak", "kolm_pollak_gap", "deprivation", "alpha_fair", "leximin"}
OF_TRIPS = {*OF_MINUTES, "mean"}


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with this probability."""
    return bool(rng.random() < probability)


def draw_equity(
    rng: np.random.Generator,
    problem: Problem,
    level_weights: dict[str, float],
    measure: str | None = None,
    capped: bool = True,
) -> Equity:
    """A way to ask; capped: it may be asked for as a cap."""
    if measure is None:
        measure = str(rng.choice([*DEFINITIONS]))
    services = str(rng.choice(["weighted", "worst", "level"], p=[0.6, 0.2, 0.2]))
    if services == "level":
        services = str(rng.choice([level.id for level in problem.levels]))
    counted = _counted(problem, level_weights, services)
    limited = [row for row in counted if _limited(problem, row)]
    of = _of(rng, measure, len(limited) == len(counted))
    # A sum of ratios cannot be capped, and the enumeration cannot minimise one of which
    # capacities leave more than one part open.
    added_up = DEFINITIONS[measure].ratio and services == "weighted" and len(counted) > 1
    if added_up and (capped or (len(limited) > 1 and of != "catchment")):
        services = "worst"
    return Equity(
        measure,
        _parameters(rng, measure) if chance(rng, 0.8) else {},
        of,
        _among(rng, problem),
        services,
    )


def _counted(problem: Problem, level_weights: dict[str, float], services: str) -> list[int]:
    """The levels that count."""
    ids = [level.id for level in problem.levels]
    if services in ids:
        return [ids.index(services)]
    return [row for row, name in enumerate(ids) if level_weights.get(name, 1.0) > 0]


def _limited(problem: Problem, row: int) -> bool:
    """Whether every facility of the level has a capacity."""
    return bool(np.isfinite(problem.options.capacity[:, row]).all())


def _of(rng: np.random.Generator, measure: str, limited: bool) -> str:
    of = str(rng.choice(["minutes", "uncovered", "catchment"], p=[0.6, 0.15, 0.25]))
    if measure in OF_MINUTES or (of == "catchment" and (measure in OF_TRIPS or not limited)):
        return "minutes"
    return of


def _among(rng: np.random.Generator, problem: Problem) -> str:
    among = str(
        rng.choice(
            ["persons", "points", "groups", "city", "province"], p=[0.45, 0.1, 0.15, 0.2, 0.1]
        )
    )
    if problem.demand.classes and chance(rng, 0.6):
        return str(rng.choice([*problem.demand.classes]))
    grouped = any(persons.any() for persons in problem.demand.groups.values())
    return "persons" if among == "groups" and not grouped else among


def _parameters(rng: np.random.Generator, measure: str) -> dict[str, float | tuple[float, ...]]:
    if measure == "cvar":
        return {"share": float(rng.choice([1.0, rng.uniform(0.05, 1.0)], p=[0.1, 0.9]))}
    if measure == "ordered_median":
        count = rng.integers(1, 4)
        shares, weights = rng.uniform(0.05, 1.0, count), rng.uniform(0.1, 2.0, count)
        return {"shares": tuple(shares.tolist()), "weights": tuple(weights.tolist())}
    if measure in ("kolm_pollak", "kolm_pollak_gap"):
        return {"aversion": float(rng.uniform(0.3, 1.5))}
    if measure == "alpha_fair":
        return {"alpha": float(rng.choice([0.0, 0.5, 1.0, 2.0, rng.uniform(0, 2)]))}
    if measure == "leximin":
        return {"step": float(rng.choice([4.0, rng.uniform(2, 15)]))}
    return {}


def draw_cap(rng: np.random.Generator, problem: Problem, policy: Policy, equity: Equity) -> float:
    """Between the least that the policy allows and what its best plan gives, or just above."""
    best = best_plan(problem, policy)
    if best is None:
        return 20.0
    measured = replace(policy, weight=1.0, equity=equity, equity_bound=None, bounds={})
    question, allowed = Question(problem, measured), Question(problem, policy)
    hopeful = [options for options in standing(problem, policy) if Study(allowed, options).hopeful]
    least = min(_at_nearest(question, supplies) for supplies in _supplies(question, hopeful))
    (stands,) = _supplies(question, [best.options])
    given = _at_nearest(question, stands)
    if np.isinf(least):
        return 3.0
    if np.isinf(given):
        given = 2 * least + 1
    cap = least + (given - least) * float(rng.uniform(0.0, 1.1)) + 0.01 * abs(least)
    if equity.measure == "alpha_fair":
        return min(
            cap, *(question.minimised.level(row).cutoff for row in question.minimised.weights)
        )
    return cap


def _supplies(
    question: Question, several: list[tuple[int, ...]]
) -> set[tuple[tuple[int, Supply], ...]]:
    """What these sets of options supply at the levels (rows) that count, each supply once."""
    rows = question.minimised.weights
    studies = [Study(question, options).supplies for options in several]
    return {tuple((row, supplies[row]) for row in rows) for supplies in studies}


def _at_nearest(question: Question, supplies: tuple[tuple[int, Supply], ...]) -> float:
    """What the measure is with everybody at the nearest."""
    ask = question.minimised
    given = {row: one.at_nearest for row, one in supplies}
    values = {row: ask.value(row, one.trips, one.places) for row, one in given.items()}
    total = ask.combine(values)
    low, high = min(values.values()), max(values.values())
    for _ in range(30 if np.isfinite(high) else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if ask.cap(middle) < total else (low, middle)
    return high


def draw_bound(
    rng: np.random.Generator, problem: Problem, policy: Policy, measure: str | None = None
) -> Bound:
    """A named cap."""
    equity = draw_equity(rng, problem, dict(policy.level_weights), measure)
    return Bound(equity, draw_cap(rng, problem, policy, equity))
