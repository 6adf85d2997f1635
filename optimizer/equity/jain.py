"""Jain's index: reported, never minimised or capped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.measure import Class, Indicator, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class Jain(Indicator):
    """J = mu^2 / (sum n_u v_u^2 / n),  mu = sum n_u v_u / n,  n = sum n_u.

    Higher is fairer: 1 where all are the same (at 0 too), near 0 where few have all.
    J = 1 / (1 + c^2), c the coefficient of variation. A dispersion measure. Not linear in the
    plan.

    Misbehaves as a goal: delays for everybody raise it.

    Source: Jain, Chiu and Hawe 1984.
    """

    name = "jain"
    title = N_("Jain index")
    unit = "index"
    kind = Class.DISPERSION
    reference = "Jain, Chiu and Hawe 1984"
    properties = frozenset({Property.TRANSFER, Property.SCALE_INVARIANT})
    higher_is_fairer = True

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        square = float(np.average(values**2, weights=weights))
        if square == 0:
            return 1.0
        return float(np.average(values, weights=weights)) ** 2 / square
