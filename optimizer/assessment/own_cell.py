"""OWN CELL: what part of the minutes of a plan is the way inside a demand point's own cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.assessment.indicators import Indicators
from optimizer.case import Case
from optimizer.problem import Floats


@dataclass(frozen=True)
class OwnCell:
    """Of the mean minutes, those before anybody is on the road, and their share of the mean."""

    minutes: float
    share: float


def own_cell(case: Case, indicators: Indicators, access: Floats) -> tuple[OwnCell, list[OwnCell]]:
    """Intracell (self-distance) minutes of all levels by their weights v, and of each level.

        c[l] = sum_i n[i, l] (1 - u[i, l]) a[i] / sum_i n[i, l]
        share: c[l] / mean minutes of l;  in all (sum_l v[l] c[l]) / (sum_l v[l] mean[l])

    n: persons entitled; u: share served by nobody, who counts as so many minutes whatever the way;
    a: `access`, (I,) minutes from home to the demand point. No plan changes a, so no plan makes the
    mean less than c (Hillsman and Rhoda 1978 call it B error where it is left out). Of the minutes
    alone: an equity that is no mean is no sum of two parts.
    """
    problem, weights = case.problem, case.level_weights
    mean = np.array([level.region.mean for level in indicators.levels])
    own = np.zeros(len(mean))
    for row in range(len(mean)):
        persons = problem.entitled(row)
        own[row] = (persons * (1 - indicators.unmet[:, row])) @ access / persons.sum()
    levels = [_of(a, b) for a, b in zip(own.tolist(), mean.tolist(), strict=True)]
    counted = weights > 0
    whole = _of(float(own[counted] @ weights[counted]), float(mean[counted] @ weights[counted]))
    return whole, levels


def _of(minutes: float, mean: float) -> OwnCell:
    return OwnCell(minutes, minutes / mean if mean > 0 else 0.0)
