"""Kolm-Pollak gap: between the equally distributed equivalents of two units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.equity.measure import OF_VALUES, Class, Property, Ratio, register
from optimizer.equity.range import add_extremes
from optimizer.foundation.language import N_, _
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


@register
@dataclass(frozen=True)
class KolmPollakGap(Ratio):
    """d = max_u EDE_u - min_u EDE_u, minutes: how far apart the units are, inequality included.

    S_u = sum_i w_ui exp(kappa (t_i - standard)) / W_u,  EDE_u = standard + ln(S_u) / kappa
    kappa = aversion / standard > 0

    w_ui persons of unit u, t_i minutes, W_u = sum_i w_ui (`optimizer.equity.kolm_pollak`). In
    the units' EDEs it is a range. The term is (max S / min S - 1) / kappa
    = (exp(kappa d) - 1) / kappa, so the cap d <= g is linear: max S <= exp(kappa g) min S. As an
    objective it takes a sequence of models. A dispersion measure: it goes with closest
    assignment and a guard on efficiency.

    Misbehaves when kappa x (longest - shortest minutes) exceeds about 14 (coefficients then span
    more than 1e6): lower the aversion or the cut-off. Delays for the best-off unit lower it.

    Sources: Sheriff and Maguire 2020;
    Horton, Logan, Murrell, Skipper and Speakman, arXiv 2401.15452.
    """

    name = "kolm_pollak_gap"
    title = N_("Kolm-Pollak gap")
    unit = OF_VALUES
    kind = Class.DISPERSION
    reference = "Sheriff and Maguire 2020"
    properties = frozenset(
        {
            Property.ZERO,
            Property.TRANSFER,
            Property.TRANSLATION_INVARIANT,
            Property.SCALE_COVARIANT,
        }
    )
    sees = frozenset({"minutes"})
    one_to_one = N_("where there is no gap")

    aversion: float = 1.0

    def __post_init__(self) -> None:
        if not self.aversion > 0:
            raise ValueError(_("kolm_pollak_gap: aversion must be above 0 (0: take range)"))

    def kappa(self, level: Level) -> float:
        """Aversion per minute at this level."""
        return self.aversion / level.standard

    def inner(self, values: Floats, level: Level) -> Floats:
        return np.asarray(np.exp(self.kappa(level) * (values - level.standard)))

    def outer(self, means: Floats, level: Level) -> Floats:
        return np.asarray(level.standard + np.log(means) / self.kappa(level))

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return float(values.max() - values.min())

    def term(self, value: float, level: Level) -> float:
        kappa = self.kappa(level)
        return float(np.expm1(kappa * value) / kappa)

    def value_of(self, term: float, level: Level) -> float:
        kappa = self.kappa(level)
        return float(np.log1p(kappa * term) / kappa)

    def term_depends_on(self, level: Level) -> tuple[float, ...]:
        return (level.standard,)

    def add_parts(
        self, block: pyo.Block, people: UnitValues
    ) -> tuple[NumericExpression, NumericExpression]:
        values = self.inner(people.values, people.level)
        highest, lowest = add_extremes(block, people, values, *self._reach(people))
        return (highest - lowest) / self.kappa(people.level), lowest

    def denominators(self, people: UnitValues) -> tuple[float, float]:
        least, most = self._reach(people)
        return float(least.min()), float(most.min())

    def largest(self, people: UnitValues) -> float:
        least, most = self._reach(people)
        return float(most.max() / least.min() - 1) / self.kappa(people.level)

    def _reach(self, people: UnitValues) -> tuple[Floats, Floats]:
        """(U,) twice: between these lies S. The mean of exp is never below exp of the mean."""
        share = people.share
        farthest = np.maximum.reduceat(people.values[share.indices], share.indptr[:-1])
        return self.inner(people.least, people.level), self.inner(farthest, people.level)
