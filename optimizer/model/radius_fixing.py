"""Pairs that a cap on the maximum closes: stronger than any row of the model."""

from __future__ import annotations

import numpy as np

from optimizer.case import Case
from optimizer.equity.comparison_units import PERSONS, POINTS
from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.model.admissible import unlimited, useful_pairs
from optimizer.problem import Bools
from optimizer.question import Bound


def closed_pairs(case: Case) -> dict[int, Bools]:
    """Level -> (N,) useful pairs that nobody needs, because they are longer than a cap allows."""
    policy = case.policy
    caps = list(policy.bounds.values())
    if policy.equity_bound is not None:
        caps.append(Bound(policy.equity, policy.equity_bound))
    closed: dict[int, Bools] = {}
    for cap in caps:
        for row in thresholds(case, cap):
            pairs = useful_pairs(case.problem, row)
            inhabited = case.problem.entitled(row)[pairs.origin] > 0
            beyond = inhabited & (pairs.minutes > cap.at_most + NO_MINUTES)
            closed[row] = closed.get(row, np.zeros(len(pairs), dtype=bool)) | beyond
    return closed


def thresholds(case: Case, cap: Bound) -> list[int]:
    """Levels where the cap is one on the minutes of every pair that is used.

    The maximum over demand points, level by level; and where capacities never bind, so that
    nobody is split and the nearest open site is as good as any.
    """
    equity = cap.equity
    how = case.aggregation(equity)
    of_points = (equity.measure, equity.of) == ("maximum", "minutes")
    # Where something can fail, a cap is one on what all states have together.
    by_level = case.problem.states is None and (how.worst or len(how.levels) == 1)
    if not (of_points and equity.among in (PERSONS, POINTS) and by_level):
        return []
    return [row for row in how.levels if unlimited(case.problem, row)]
