"""Deprivation: minutes beyond the standard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.measure import OF_VALUES, Additive, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class Deprivation(Additive):
    """D = sum_i w_i max(0, t_i - standard) / W: the mean minutes beyond the standard.

    w_i persons, t_i minutes, W = sum w_i. Additive with phi(t) = max(0, t - standard): the
    poverty gap, for the claim that all should have enough. Monotone; a transfer never makes it
    worse. The mean is over all persons, those within the standard too.

    Misbehaves where all are within the standard: every such plan has 0 and they tie. Beyond the
    standard a minute counts the same for the worst-off and the nearly covered.

    Source: Foster, Greer and Thorbecke 1984.
    """

    name = "deprivation"
    title = N_("deprivation beyond the standard")
    unit = OF_VALUES
    reference = "Foster, Greer and Thorbecke 1984"
    properties = frozenset({Property.MONOTONE, Property.TRANSFER})
    sees = frozenset({"minutes"})

    def phi(self, values: Floats, level: Level) -> Floats:
        beyond: Floats = np.maximum(0.0, values - level.standard)
        return beyond
