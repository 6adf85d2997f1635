"""Alpha-fairness: diminishing worth of the minutes that a person is saved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.measure import OF_VALUES, Equivalent, Property, register
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import LEAST_SAVED
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class AlphaFair(Equivalent):
    """The minutes that, given to everybody, have the alpha-fair welfare of the real ones.

    u_i = cutoff + 1 - t_i: minutes saved against the cut-off, plus one, so always 1 or more
    welfare = sum_i w_i W(u_i) / sum_i w_i,  W(u) = u^(1 - alpha) / (1 - alpha), ln u at alpha = 1
    EDE = cutoff + 1 - W^-1(welfare)

    w_i persons, t_i minutes. Additive: with r = standard and s = cutoff + 1 - r,
        phi(t) = r + s^alpha (W(s) - W(u))
    rises with t and touches the identity at r, so the weighted objective sees minutes, and mean
    phi <= phi(T) is EDE <= T, exactly. Monotone; a transfer never makes it worse. alpha 0 is the
    mean, 1 proportional fairness (Nash), and it nears the maximum as alpha grows.

    Misbehaves when (cutoff + 1)^alpha exceeds about 1e6 (coefficients then span as much). It
    depends on the cut-off: EDEs under different cut-offs do not compare.

    Sources: Mo and Walrand 2000; Bertsimas, Farias and Trichakis 2012.
    """

    name = "alpha_fair"
    title = N_("alpha-fair EDE")
    unit = OF_VALUES
    reference = "Mo and Walrand 2000"
    properties = frozenset({Property.ITSELF, Property.MONOTONE, Property.TRANSFER})
    sees = frozenset({"minutes"})
    one_to_one = N_("at the service standard")

    alpha: float = 1.0

    def __post_init__(self) -> None:
        if not self.alpha >= 0:
            raise ValueError(_("alpha_fair: alpha must be 0 (the mean) or more"))

    def term_depends_on(self, level: Level) -> tuple[float, ...]:
        return (level.cutoff, level.standard)

    def phi(self, values: Floats, level: Level) -> Floats:
        saved = level.cutoff + 1 - level.standard
        # Nobody travels longer than the cut-off; a cap may be longer, and then caps nothing.
        worth = np.log(np.maximum(level.cutoff + 1 - values, LEAST_SAVED) / saved)
        power = 1 - self.alpha
        if power != 0:
            worth = np.expm1(power * worth) / power
        return np.asarray(level.standard - saved * worth)

    def inverse(self, value: float, level: Level) -> float:
        saved = level.cutoff + 1 - level.standard
        worth = (level.standard - value) / saved
        power = 1 - self.alpha
        if power != 0:
            worth = float(np.log1p(power * worth)) / power
        return level.cutoff + 1 - saved * float(np.exp(worth))
