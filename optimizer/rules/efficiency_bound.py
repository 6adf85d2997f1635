"""A cap on the efficiency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from optimizer.assessment.nearest import levels_at_nearest
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.foundation.figures import apart, significant
from optimizer.foundation.language import N_, _, spoken, word
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.program import Form, Goal
from optimizer.rules.rule import Cap


class EfficiencyBound(Cap):
    """The efficiency is within its cap; where it is money, `CostBound` is asked for."""

    id = "efficiency_bound"
    words: ClassVar[Mapping[str, str]] = {"efficiency_bound": N_("the cap on efficiency")}

    def active(self, case: Case) -> bool:
        return case.policy.efficiency_bound is not None and isinstance(case.efficiency, OfTrips)

    def caps(self, form: Form, case: Case) -> Iterator[tuple[Goal, float]]:
        """F / s_F <= cap / s_F."""
        if case.policy.efficiency_bound is not None:
            scale = case.efficiency_scale
            yield (1 / scale) * form.goals["efficiency"], case.policy.efficiency_bound / scale

    def impossible(self, case: Case) -> Iterator[str]:
        """The cap cannot be below what everybody at the nearest possible site would give."""
        efficiency, most = case.efficiency, case.policy.efficiency_bound
        if most is None or not isinstance(efficiency, OfTrips):
            return
        levels = enumerate(levels_at_nearest(case.problem))
        least = np.array(
            [efficiency.evaluate(one, case.problem.entitled(row)) for row, one in levels]
        )
        value = case.over_states(case.level_weights * least)
        if value > most * (1 + ROUNDING):
            yield _(
                "efficiency_bound: {efficiency} is {value} {unit} with everybody at the nearest "
                "possible site, the bound is {cap:g}",
                efficiency=efficiency.name,
                value=apart(significant, 4, value, most)[0],
                unit=word(efficiency.unit, spoken()),
                cap=most,
            )
