"""A cap on all money spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from optimizer.case import Case
from optimizer.efficiency import OfMoney
from optimizer.foundation.language import N_
from optimizer.model.program import Form, Goal
from optimizer.rules.rule import Cap


class CostBound(Cap):
    """All money spent is within its cap; so is an efficiency that is money."""

    id = "cost_bound"
    words: ClassVar[Mapping[str, str]] = {"cost_bound": N_("the cap on money")}

    def active(self, case: Case) -> bool:
        # An efficiency of money is the same whatever fails, so it is capped as money is.
        of_money = isinstance(case.efficiency, OfMoney)
        capped = case.policy.cost_bound, case.policy.efficiency_bound if of_money else None
        return any(cap is not None for cap in capped)

    def caps(self, form: Form, case: Case) -> Iterator[tuple[Goal, float]]:
        """sum_c spent[c] <= cap."""
        if case.policy.cost_bound is not None:
            yield form.goals["money"], case.policy.cost_bound
