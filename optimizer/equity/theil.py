"""Theil index: reported, never minimised or capped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.measure import Class, Indicator, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class Theil(Indicator):
    """T = sum_u n_u r_u ln(r_u) / n,  r_u = v_u / mu,  mu = sum n_u v_u / n,  n = sum n_u.

    0 ln 0 = 0, and T = 0 where mu is 0. A dispersion measure, from 0 to ln(n / least n_u); it
    splits without rest into inequality within groups and between them. Not linear in the plan.

    Misbehaves as a goal: delays for everybody lower it. Its size means little by itself: compare
    plans.

    Source: Theil 1967.
    """

    name = "theil"
    title = N_("Theil index")
    unit = "index"
    kind = Class.DISPERSION
    reference = "Theil 1967"
    properties = frozenset({Property.ZERO, Property.TRANSFER, Property.SCALE_INVARIANT})

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        mean = np.average(values, weights=weights)
        if mean == 0:
            return 0.0
        relative = values / mean
        logarithm = np.log(relative, out=np.zeros_like(relative), where=relative != 0)
        return float(np.average(relative * logarithm, weights=weights))
