"""Further caps on equity, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.assessment.equity import measured
from optimizer.assessment.nearest import levels_at_nearest
from optimizer.case import Case
from optimizer.equity import Class, make
from optimizer.foundation.figures import apart, significant
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.equity_terms import add_bound
from optimizer.question import Bound
from optimizer.rules.rule import SitingRule


class Bounds(SitingRule):
    """Every other equity that is capped is within its cap."""

    id = "bounds"
    words: ClassVar[Mapping[str, str]] = {"at_most_cap": N_("the further caps on equity")}

    def active(self, case: Case) -> bool:
        return bool(case.policy.bounds)

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """The value of each within its cap, on a block of its own."""
        model.bound = pyo.Block(list(case.policy.bounds))
        for name, bound in case.policy.bounds.items():
            add_bound(model.bound[name], model, case, bound)

    def impossible(self, case: Case) -> Iterator[str]:
        """A cap cannot be below what everybody at the nearest possible site would give."""
        for name, bound in case.policy.bounds.items():
            yield from too_strict(case, f"bounds.{name}", bound)


def too_strict(case: Case, name: str, bound: Bound) -> Iterator[str]:
    """A sentence for a cap that is nowhere easier to keep than at the nearest, and broken there.

    A dispersion may be less where all are farther; places within reach are not travelled to.
    """
    equity, cap = bound.equity, bound.at_most
    kind = make(equity.measure, equity.parameters).kind
    if kind is Class.DISPERSION or equity.of == "catchment":
        return
    nothing = np.zeros(0, dtype=np.int64)
    value = measured(case, equity, levels_at_nearest(case.problem), nothing).value
    if value > cap * (1 + ROUNDING):
        yield _(
            "{name}: {measure} of {of} among {among} is {value} with everybody at the nearest "
            "possible site, the bound is {cap:g}",
            name=name,
            measure=equity.measure,
            of=equity.of,
            among=equity.among,
            value=apart(significant, 4, value, cap)[0],
            cap=cap,
        )
