"""Who travels how long in a plan, the plain way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from optimizer.check.verdict import Case
from optimizer.problem import ROUNDING


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


def total(persons: Sequence[float], values: Sequence[float]) -> float:
    """sum of persons x value where somebody lives."""
    return float(sum(n * value for n, value in zip(persons, values, strict=True) if n > 0))
