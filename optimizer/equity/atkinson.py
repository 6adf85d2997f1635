"""Atkinson index: reported, never minimised or capped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.alpha_fair import AlphaFair
from optimizer.equity.measure import Class, Indicator, Property, register
from optimizer.foundation.language import N_, _
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class Atkinson(Indicator):
    """A = 1 - EDE(u) / mean(u): the share of the minutes saved that inequality makes worthless.

    u_i = cutoff + 1 - t_i: minutes saved against the cut-off, plus one, so always 1 or more
    EDE(u) = (sum_i w_i u_i^(1 - aversion) / W)^(1 / (1 - aversion)), the geometric mean at 1

    w_i persons, t_i minutes, W = sum w_i. Defined on a benefit, since minutes are a burden. A
    dispersion measure, from 0 to 1. Not linear in the plan: `alpha_fair` has the same EDE and is.

    Misbehaves where cut-offs differ: a longer cut-off makes everybody look alike.

    Source: Atkinson 1970.
    """

    name = "atkinson"
    title = N_("Atkinson index")
    unit = "index"
    kind = Class.DISPERSION
    reference = "Atkinson 1970"
    properties = frozenset({Property.ZERO, Property.TRANSFER})

    aversion: float = 1.0

    def __post_init__(self) -> None:
        if not self.aversion > 0:
            raise ValueError(_("atkinson: aversion must be above 0"))

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        equivalent = AlphaFair(self.aversion).evaluate(values, weights, level)
        mean = float(np.average(values, weights=weights))
        return (equivalent - mean) / (level.cutoff + 1 - mean)
