"""Accessibility of a plan in plain loops: minutes, coverage, backup, and the load of each site."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from optimizer.problem import SITE
from optimizer.verification.people import may_use
from optimizer.verification.tolerances import NO_MINUTES
from optimizer.verification.verdict import NOBODY, PlainPlan, Trip


def covered(case: PlainPlan, row: int) -> list[float]:
    """For each demand point, the share of its people served within the standard."""
    share = [0.0] * len(case.problem.demand.ids)
    for trip in case.trips[row]:
        if is_covered(case, row, trip):
            share[trip.demand] += trip.share
    return share


def is_covered(case: PlainPlan, row: int, trip: Trip) -> bool:
    """Whether who makes the trip is served within the standard; at NOBODY nobody is."""
    near = trip.minutes <= case.problem.levels[row].standard + NO_MINUTES
    return near and trip.site != NOBODY


def unmet(case: PlainPlan, row: int) -> list[float]:
    """For each demand point, the share of its people whom nobody serves."""
    share = [0.0] * len(case.problem.demand.ids)
    for trip in case.trips[row]:
        if trip.site == NOBODY:
            share[trip.demand] += trip.share
    return share


def mean_minutes(case: PlainPlan, row: int) -> list[float]:
    """For each demand point, the mean minutes of its people; NaN where nobody is served."""
    total, travelled = defaultdict[int, float](float), defaultdict[int, float](float)
    for trip in case.trips[row]:
        total[trip.demand] += trip.share
        travelled[trip.demand] += trip.share * trip.minutes
    points = range(len(case.problem.demand.ids))
    return [travelled[i] / total[i] if total[i] > 0 else math.nan for i in points]


def backed_up(case: PlainPlan, row: int) -> list[float]:
    """For each demand point, the share of its people who are covered and backed up.

    Backed up: open facilities within the backup's minutes stand in two jurisdictions at least,
    or at two sites where the tier is "site".
    """
    backup, pairs = case.problem.levels[row].backup, case.problem.pairs[row]
    assert backup is not None
    area_of = list(range(len(case.problem.sites.ids)))
    if backup.tier != SITE:
        area_of = case.problem.sites_at(backup.tier).tolist()
    areas = defaultdict[int, set[int]](set)
    for n in np.flatnonzero(pairs.minutes <= backup.minutes + NO_MINUTES):
        site = int(pairs.site[n])
        if site in case.open[row] and area_of[site] >= 0:
            areas[int(pairs.origin[n])].add(area_of[site])
    return [near if len(areas[i]) > 1 else 0.0 for i, near in enumerate(covered(case, row))]


def loads(case: PlainPlan, row: int, trips: Iterable[Trip]) -> dict[int, float]:
    """Site -> persons of the level's need on these trips to it."""
    load, people = defaultdict[int, float](float), may_use(case.problem, row)
    for trip in trips:
        persons = people[trip.demand] * trip.share
        if trip.site != NOBODY:
            load[trip.site] += persons * case.problem.levels[row].share
    return dict(load)


def total(persons: Sequence[float], values: Sequence[float]) -> float:
    """sum of persons x value where somebody lives."""
    return float(sum(n * value for n, value in zip(persons, values, strict=True) if n > 0))
