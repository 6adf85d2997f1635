"""Equity of a plan, the plain way: who is compared, what they have, what a measure says of it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optimizer.problem import Level, Problem
from optimizer.question import Equity
from optimizer.verification.access import is_covered
from optimizer.verification.failing import over_states
from optimizer.verification.measures import Unit
from optimizer.verification.people import Groups, divided, entitled, entitled_of, may_use
from optimizer.verification.tolerances import NO_MINUTES
from optimizer.verification.verdict import PlainPlan
from optimizer.verification.weighing import level_weights, measure_of

#: Halvings that leave nothing of an interval but rounding.
HALVINGS = 100


@dataclass(frozen=True)
class Members:
    """Who is compared as one, and how much it counts. parts: demand point -> share of them."""

    weight: float
    parts: dict[int, float]


@lru_cache(maxsize=16)
def units(problem: Problem, among: str, named: Groups) -> tuple[Members, ...]:
    """Persons and demand points one by one, population groups, or parts of a tier or a class.

    named: the groups that a level is for; nobody else is compared there.
    """
    demand = problem.demand
    lived_in = {i: n for i, n in enumerate(entitled(demand, named)) if n > 0}
    if among in ("persons", "points"):
        one = among == "points"
        return tuple(Members(1.0 if one else n, {i: 1.0}) for i, n in lived_in.items())
    members = defaultdict[object, dict[int, float]](dict)
    if among == "groups":
        for group in demand.groups:
            persons = entitled_of(demand, named, group)
            members[group] = {i: n for i, n in enumerate(persons) if n > 0}
    else:
        for i, area in enumerate(divided(problem, among)[1]):
            if area >= 0 and i in lived_in:
                members[area][i] = lived_in[i]
    totals = [(sum(persons.values()), persons) for persons in members.values() if persons]
    return tuple(
        Members(1.0, {i: n / everybody for i, n in persons.items()})
        for everybody, persons in totals
    )


@lru_cache(maxsize=16)
def counts(problem: Problem, among: str, named: Groups) -> dict[int, float]:
    """Demand point -> how much it counts: the weights of the units, by the shares of their persons.

    Only where somebody counts.
    """
    weights = defaultdict[int, float](float)
    for members in units(problem, among, named):
        for i, part in members.parts.items():
            weights[i] += members.weight * part
    return dict(weights)


def measured(case: PlainPlan, equity: Equity) -> tuple[float, float]:
    """The value of the whole, and its term as it is minimised.

    The term is the weighted sum of the levels' terms, or the term of the largest of their values,
    as at the level of the longest standard or cut-off; the value is the one that, at every level,
    has that term.
    """
    measure, weights = measure_of(equity), levels(case, equity)
    values = {
        (state.state, row): value_at(state, equity, row) for state in case.states for row in weights
    }

    def combined(values: dict[tuple[int, int], float]) -> float:
        by_state = defaultdict[int, dict[int, float]](dict)
        if equity.services == "worst" or measure.order:
            for (state, row), value in values.items():
                by_state[state][row] = value
            among = [case.states[state].levels[row] for state, row in values]
            scale = _longest(equity, among)
            worst = [max(here.values()) for here in by_state.values()]
            return over_states(
                case, [measure.minimised_as(value, scale, equity.parameters) for value in worst]
            )
        for (state, row), value in values.items():
            level = case.states[state].levels[row]
            by_state[state][row] = measure.minimised_as(value, level, equity.parameters)
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


def _longest(equity: Equity, levels: list[Level]) -> Level:
    """The level on whose scale the worst of them counts in the objective."""
    if equity.measure == "alpha_fair":  # it knows what is saved against the cut-off
        return max(levels, key=lambda level: (level.cutoff, level.standard))
    return max(levels, key=lambda level: level.standard)


def levels(case: PlainPlan, equity: Equity) -> dict[int, float]:
    """Row of each level that the equity is about -> its weight, in all 1."""
    if equity.services in ("weighted", "worst"):
        weights = level_weights(case.problem, case.policy)
        return {row: weight for row, weight in enumerate(weights) if weight > 0}
    return {[level.id for level in case.problem.levels].index(equity.services): 1.0}


def value_at(case: PlainPlan, equity: Equity, row: int) -> float:
    """The measure at one level."""
    measure, level, have = measure_of(equity), case.levels[row], _have(case, equity, row)
    if measure.of_persons:
        one_by_one = counts(case.problem, equity.among, level.entitled).items()
        parts = [(value, count * n) for i, count in one_by_one for value, n in have[i]]
        values, weights = np.array(parts, dtype=float).reshape(-1, 2).T
        return measure.among(values, weights, level, equity.parameters)
    compared = [
        Unit(
            members.weight,
            np.array([value for i in members.parts for value, _ in have[i]]),
            np.array([part * n for i, part in members.parts.items() for _, n in have[i]]),
        )
        for members in units(case.problem, equity.among, level.entitled)
    ]
    return measure.of(compared, level, equity.parameters)


def _have(case: PlainPlan, equity: Equity, row: int) -> list[list[tuple[float, float]]]:
    """For each demand point, what parts of its people have, and their shares of them, in all 1.

    NaN where nobody is served. Places are a benefit: a burden is 1 - places, but for measures of
    how far people are apart, which see the places themselves.
    """
    points = range(len(case.problem.demand.ids))
    if equity.of == "catchment":
        places, apart = catchment(case, row), measure_of(equity).dispersion
        return [[(places[i] if apart else 1 - places[i], 1.0)] for i in points]
    have: list[list[tuple[float, float]]] = [[] for _ in points]
    for trip in case.trips[row]:
        uncovered = 0.0 if is_covered(case, row, trip) else 1.0
        value = trip.minutes if equity.of == "minutes" else uncovered
        if trip.share > 0:
            have[trip.demand].append((value, trip.share))
    totals = [sum(share for _, share in parts) for parts in have]
    return [
        [(value, share / total) for value, share in parts] if parts else [(math.nan, 1.0)]
        for parts, total in zip(have, totals, strict=True)
    ]


def catchment(case: PlainPlan, row: int) -> list[float]:
    """For each demand point, places per person in need within the standard (2SFCA).

    A_i = sum_j S_j / D_j over open sites j, S_j places, D_j persons in need, all within the
    standard. Source: Luo and Wang 2003.
    """
    level, pairs = case.problem.levels[row], case.problem.pairs[row]
    catchments = defaultdict[int, list[int]](list)
    for i, j, minutes in zip(
        pairs.origin.tolist(), pairs.site.tolist(), pairs.minutes.tolist(), strict=True
    ):
        if minutes <= level.standard + NO_MINUTES:
            catchments[j].append(i)
    persons = may_use(case.problem, row)
    places = [0.0] * len(persons)
    for j, capacity in case.open[row].items():
        need = sum(persons[i] for i in catchments[j]) * level.share
        if need > 0:
            for i in catchments[j]:
                places[i] += capacity / need
    return places
