"""Palma ratio: reported, never minimised or capped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.cvar import worst_off
from optimizer.equity.measure import Class, Indicator, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level

#: Shares of the weight that are compared.
WORST_SHARE, BEST_SHARE = 0.1, 0.4


@register
@dataclass(frozen=True)
class Palma(Indicator):
    """P = minutes borne by the worst-off tenth / minutes borne by the best-off 40 %.

    1/4 where all are the same (at 0 too), inf where the best-off 40 % have 0 and others do not.
    A dispersion measure: a transfer never makes it worse. It sees nothing of the half between.

    Misbehaves where many live beside a facility: the best-off 40 % then bear next to nothing.

    Sources: Palma 2011; Cobham and Sumner 2013.
    """

    name = "palma"
    title = N_("Palma ratio")
    unit = "ratio"
    kind = Class.DISPERSION
    reference = "Palma 2011"
    properties = frozenset({Property.TRANSFER, Property.SCALE_INVARIANT})

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        worst = WORST_SHARE * worst_off(values, weights, WORST_SHARE)
        if worst == 0:
            return WORST_SHARE / BEST_SHARE
        best = BEST_SHARE * abs(worst_off(-values, weights, BEST_SHARE))
        with np.errstate(divide="ignore", over="ignore"):
            return float(np.divide(worst, best))
