"""Kolm-Pollak equally distributed equivalent (EDE): the default equity measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.equity.measure import OF_VALUES, Equivalent, Property, register
from optimizer.foundation.language import N_, _
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class KolmPollak(Equivalent):
    """The minutes that, given to everybody, are as good as the real, unequal minutes.

    EDE = (1 / kappa) ln( sum_i w_i exp(kappa t_i) / W ),  kappa = aversion / standard > 0

    w_i persons, t_i minutes, W = sum w_i. kappa depends on the level's standard alone, so it is
    frozen for a whole study and EDEs of different plans compare. The EDE is strongly
    Pigou-Dalton, translation invariant, subgroup consistent and monotone: it never gains by
    making anybody worse off. aversion 0 would be the mean.

    Additive: the EDE is not linear in the plan, but exp is what is averaged. With r = standard,
        phi(t) = r + (exp(kappa (t - r)) - 1) / kappa
    has mean phi = phi(EDE): minimising the mean of phi minimises the EDE, and mean phi <= phi(T)
    is EDE <= T, exactly. phi touches the identity at r, so the weighted objective sees minutes.

    Misbehaves when kappa x (longest - shortest minutes) exceeds about 14 (coefficients then span
    more than 1e6): lower the aversion or the cut-off.

    Sources: Kolm 1976; Pollak 1971; Sheriff and Maguire 2020; Logan et al. 2021;
    Horton, Logan, Murrell, Skipper and Speakman, arXiv 2401.15452.
    """

    name = "kolm_pollak"
    title = N_("Kolm-Pollak EDE")
    unit = OF_VALUES
    reference = "Horton, Logan, Murrell, Skipper and Speakman, arXiv 2401.15452"
    properties = frozenset(
        {
            Property.ITSELF,
            Property.MONOTONE,
            Property.TRANSFER,
            Property.TRANSLATION_COVARIANT,
        }
    )
    sees = frozenset({"minutes"})
    one_to_one = N_("at the service standard")

    aversion: float = 1.0

    def __post_init__(self) -> None:
        if not self.aversion > 0:
            raise ValueError(_("kolm_pollak: aversion must be above 0 (0 would be the mean)"))

    def kappa(self, level: Level) -> float:
        """Aversion per minute at this level."""
        return self.aversion / level.standard

    def term_depends_on(self, level: Level) -> tuple[float, ...]:
        return (level.standard,)

    def phi(self, values: Floats, level: Level) -> Floats:
        kappa = self.kappa(level)
        grown: Floats = np.expm1(kappa * (values - level.standard)) / kappa
        return level.standard + grown

    def inverse(self, value: float, level: Level) -> float:
        kappa = self.kappa(level)
        return level.standard + float(np.log1p(kappa * (value - level.standard)) / kappa)
