"""Rules on what people get: floors and caps; and the objective, recomputed the plain way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from optimizer.check.siting import money_at
from optimizer.check.verdict import Case, at_most
from optimizer.equity import Class, make
from optimizer.policy import Floor
from optimizer.problem import ROUNDING
from optimizer.scaling import efficiency_scale, level_weights


def covered(case: Case, row: int) -> list[float]:
    """For each demand point, the share of its people served within the standard."""
    share = [0.0] * len(case.problem.demand.ids)
    for trip in case.trips[row]:
        if trip.minutes <= case.problem.levels[row].standard + ROUNDING:
            share[trip.demand] += trip.share
    return share


def mean_minutes(case: Case, row: int) -> list[float]:
    """For each demand point, the mean minutes of its people; NaN where nobody is served."""
    total, travelled = defaultdict[int, float](float), defaultdict[int, float](float)
    for trip in case.trips[row]:
        total[trip.demand] += trip.share
        travelled[trip.demand] += trip.share * trip.minutes
    points = range(len(case.problem.demand.ids))
    return [travelled[i] / total[i] if total[i] > 0 else math.nan for i in points]


def jurisdiction_floor(case: Case) -> Iterator[str]:
    """In each jurisdiction of the floor's tier, the least share of persons is covered."""
    for row, level in enumerate(case.problem.levels):
        floor, near = case.policy.floors.get(level.id, Floor()), covered(case, row)
        persons, have = defaultdict[int, float](float), defaultdict[int, float](float)
        for i, area in enumerate(case.problem.demand_at(floor.tier).tolist()):
            persons[area] += float(case.problem.demand.persons[i])
            have[area] += float(case.problem.demand.persons[i]) * near[i]
        for area in sorted(set(persons) - {-1}):
            who = f"{level.id}, {case.problem.jurisdictions.ids[area]}"
            yield from _floor(who, have[area], persons[area], floor.jurisdiction)


def group_floor(case: Case) -> Iterator[str]:
    """In each population group, the least share of persons is covered."""
    for row, level in enumerate(case.problem.levels):
        floor, near = case.policy.floors.get(level.id, Floor()), covered(case, row)
        for group, persons in case.problem.demand.groups.items():
            have = _total(persons.tolist(), near)
            yield from _floor(f"{level.id}, {group}", have, float(persons.sum()), floor.group)


def backup_floor(case: Case) -> Iterator[str]:
    """In the region, the least share of persons is covered and backed up.

    Backed up: open facilities within the backup's minutes stand in two jurisdictions at least.
    """
    for row, level in enumerate(case.problem.levels):
        floor = case.policy.floors.get(level.id, Floor())
        if level.backup is None:
            continue
        area_of, pairs = case.problem.sites_at(level.backup.tier), case.problem.pairs[row]
        areas = defaultdict[int, set[int]](set)
        for n in np.flatnonzero(pairs.minutes <= level.backup.minutes + ROUNDING):
            site = int(pairs.site[n])
            if site in case.open[row] and area_of[site] >= 0:
                areas[int(pairs.origin[n])].add(int(area_of[site]))
        share = [near if len(areas[i]) > 1 else 0.0 for i, near in enumerate(covered(case, row))]
        persons = case.problem.demand.persons.tolist()
        who = f"{level.id}, backed up"
        yield from _floor(who, _total(persons, share), sum(persons), floor.backup)


def _total(persons: Sequence[float], values: Sequence[float]) -> float:
    """sum of persons x value where somebody lives."""
    return sum(n * value for n, value in zip(persons, values, strict=True) if n > 0)


def _floor(who: str, have: float, persons: float, floor: float) -> Iterator[str]:
    """A breach where fewer than `floor` of the persons have it."""
    if not at_most(floor * persons, have):
        yield f"{who}: {have / persons:.6g} of the persons, at least {floor:g}"


def efficiency(case: Case) -> float:
    """The efficiency in its own unit."""
    if case.policy.efficiency == "cost":
        return float(sum(money_at(case).values()))
    persons = case.problem.demand.persons.tolist()
    result = 0.0
    for row, weight in enumerate(level_weights(case.problem, case.policy).tolist()):
        if weight == 0:
            continue
        if case.policy.efficiency == "uncovered":
            result += weight * _total(persons, [1 - near for near in covered(case, row)])
        else:
            result += weight * _total(persons, mean_minutes(case, row)) / sum(persons)
    return result


def equity(case: Case, row: int) -> tuple[float, float]:
    """The policy's measure at one level, and what it adds to the weighted objective."""
    measure = make(case.policy.equity, case.policy.parameters)
    persons = case.problem.demand.persons.tolist()
    if measure.kind is Class.ADDITIVE:
        people = [(trip.minutes, persons[trip.demand] * trip.share) for trip in case.trips[row]]
    else:
        people = list(zip(mean_minutes(case, row), persons, strict=True))
    people = [(minutes, n) for minutes, n in people if n > 0]
    if not people:
        return math.nan, math.nan
    minutes, travelling = (np.array(column) for column in zip(*people, strict=True))
    level = case.problem.levels[row]
    return measure.evaluate(minutes, travelling, level), measure.term(minutes, travelling, level)


def objective(case: Case) -> float:
    """(1 - weight) x efficiency / scale + weight x sum_l level weight x equity term."""
    weights = level_weights(case.problem, case.policy).tolist()
    terms = [w * equity(case, row)[1] for row, w in enumerate(weights) if w > 0]
    scale = efficiency_scale(case.problem, case.policy)
    weight = case.policy.weight
    return float((1 - weight) * efficiency(case) / scale + weight * sum(terms))


def efficiency_bound(case: Case) -> Iterator[str]:
    """The efficiency is within its cap."""
    bound = case.policy.efficiency_bound
    if bound is not None and not at_most(efficiency(case), bound):
        yield f"{case.policy.efficiency} is {efficiency(case):.9g}, at most {bound:g}"


def equity_bound(case: Case) -> Iterator[str]:
    """The equity measure is within its cap, at each level that weighs anything."""
    bound = case.policy.equity_bound
    if bound is None:
        return
    for row, weight in enumerate(level_weights(case.problem, case.policy).tolist()):
        value = equity(case, row)[0]
        if weight > 0 and not at_most(value, bound):
            level = case.problem.levels[row].id
            yield f"{level}: {case.policy.equity} is {value:.9g}, at most {bound:g}"
