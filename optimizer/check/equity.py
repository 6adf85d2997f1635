"""Justice of a plan, the plain way: who is compared, what they have, what a measure says of it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from optimizer.check.failing import over_states
from optimizer.check.verdict import Case
from optimizer.equity import OF_VALUES, Class, Measure, make
from optimizer.policy import Equity
from optimizer.problem import ROUNDING, Level
from optimizer.scaling import level_weights

#: Halvings that leave nothing of an interval but rounding.
HALVINGS = 100


@dataclass(frozen=True)
class Unit:
    """Who is compared as one, and how much it counts. persons: demand point -> its persons."""

    weight: float
    persons: dict[int, float]

    @property
    def parts(self) -> dict[int, float]:
        """Demand point -> share of the unit's persons."""
        everybody = sum(self.persons.values())
        return {i: n / everybody for i, n in self.persons.items()}


def units(case: Case, among: str) -> list[Unit]:
    """Persons and demand points one by one, population groups, or jurisdictions of a tier."""
    demand = case.problem.demand
    lived_in = {i: n for i, n in enumerate(demand.persons.tolist()) if n > 0}
    if among == "persons":
        return [Unit(n, {i: n}) for i, n in lived_in.items()]
    if among == "points":
        return [Unit(1.0, {i: n}) for i, n in lived_in.items()]
    members = defaultdict[object, dict[int, float]](dict)
    if among == "groups":
        for group, persons in demand.groups.items():
            members[group] = {i: n for i, n in enumerate(persons.tolist()) if n > 0}
    else:
        for i, area in enumerate(case.problem.demand_at(among).tolist()):
            if area >= 0 and i in lived_in:
                members[area][i] = lived_in[i]
    return [Unit(1.0, persons) for persons in members.values() if persons]


def measured(case: Case, equity: Equity) -> tuple[float, float]:
    """The value of the whole, and its term as it is minimised.

    The term is the weighted sum, or the largest, of the levels' terms; the value is the one
    that, at every level, has that term.
    """
    measure = make(equity.measure, equity.parameters)
    weights = levels(case, equity)
    values = {
        (state.state, row): _value(state, equity, measure, row)
        for state in case.states
        for row in weights
    }

    def combined(values: dict[tuple[int, int], float]) -> float:
        by_state = defaultdict[int, dict[int, float]](dict)
        for (state, row), value in values.items():
            by_state[state][row] = measure.term(value, case.states[state].levels[row])
        if equity.services == "worst" or measure.is_order:
            return over_states(case, [max(terms.values()) for terms in by_state.values()])
        return over_states(
            case,
            [
                sum(weights[row] * term for row, term in terms.items())
                for terms in by_state.values()
            ],
        )

    term = combined(values) if not any(map(math.isnan, values.values())) else math.nan
    if not math.isfinite(term):
        return term, term
    low, high = min(values.values()), max(values.values())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if combined(dict.fromkeys(values, middle)) < term:
            low = middle
        else:
            high = middle
    return high, term


def levels(case: Case, equity: Equity) -> dict[int, float]:
    """Row of each level that the equity is about -> its weight, in all 1."""
    if equity.services in ("weighted", "worst"):
        weights = level_weights(case.problem, case.policy).tolist()
        return {row: weight for row, weight in enumerate(weights) if weight > 0}
    return {[level.id for level in case.problem.levels].index(equity.services): 1.0}


def scale(equity: Equity) -> float:
    """What weighs as much as one minute in the objective: a minute, or 0.01 of anything else."""
    unit = make(equity.measure, equity.parameters).unit
    in_minutes = unit == "minutes" or (unit == OF_VALUES and equity.of == "minutes")
    return 1.0 if in_minutes else 0.01


def _value(case: Case, equity: Equity, measure: Measure, row: int) -> float:
    """The measure at one level."""
    level = case.levels[row]
    have = _have(case, equity, measure, row)
    people = units(case, equity.among)
    if measure.kind is Class.ADDITIVE:
        counts = defaultdict[int, float](float)
        for unit in people:
            for i, part in unit.parts.items():
                counts[i] += unit.weight * part
        seen = [(value, n * share) for i, n in counts.items() for value, share in have[i]]
    else:
        seen = []
        for unit in people:
            mean = sum(part * _mean(have[i], measure, level) for i, part in unit.parts.items())
            seen.append((float(measure.outer(np.array([mean]), level)[0]), unit.weight))
    values, weights = np.array([(value, n) for value, n in seen if n > 0]).T
    return measure.evaluate(values, weights, level)


def _mean(have: list[tuple[float, float]], measure: Measure, level: Level) -> float:
    """What the people of one demand point have in the mean, as the measure averages it."""
    values, shares = np.array(have).T
    inner = measure.inner(values, level)
    return float(inner @ shares / shares.sum())


def _have(
    case: Case, equity: Equity, measure: Measure, row: int
) -> list[list[tuple[float, float]]]:
    """For each demand point, what parts of its people have, and their shares.

    NaN where nobody is served. Places are a benefit: a burden is 1 - places, but for measures of
    how far people are apart, which see the places themselves.
    """
    points = range(len(case.problem.demand.ids))
    if equity.of == "catchment":
        places = catchment(case, row)
        apart = measure.kind is Class.DISPERSION
        return [[(places[i] if apart else 1 - places[i], 1.0)] for i in points]
    have: list[list[tuple[float, float]]] = [[] for _ in points]
    standard = case.problem.levels[row].standard + ROUNDING
    for trip in case.trips[row]:
        uncovered = 0.0 if trip.minutes <= standard else 1.0
        value = trip.minutes if equity.of == "minutes" else uncovered
        have[trip.demand].append((value, trip.share))
    return [parts if sum(share for _, share in parts) > 0 else [(math.nan, 1.0)] for parts in have]


def catchment(case: Case, row: int) -> list[float]:
    """For each demand point, places per person in need within the standard (2SFCA).

    A_i = sum_j S_j / D_j over open sites j, S_j places, D_j persons in need, all within the
    standard. Source: Luo and Wang 2003.
    """
    level, pairs = case.problem.levels[row], case.problem.pairs[row]
    near = defaultdict[int, list[int]](list)
    for i, j, minutes in zip(
        pairs.origin.tolist(), pairs.site.tolist(), pairs.minutes.tolist(), strict=True
    ):
        if minutes <= level.standard + ROUNDING:
            near[j].append(i)
    persons = case.problem.demand.persons.tolist()
    places = [0.0] * len(persons)
    for j, capacity in case.open[row].items():
        need = sum(persons[i] for i in near[j]) * level.share
        if need > 0:
            for i in near[j]:
                places[i] += capacity / need
    return places
