"""A cap on the equity that is minimised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from optimizer.case import Case
from optimizer.foundation.language import N_
from optimizer.model.program import Form, Goal
from optimizer.question import Bound
from optimizer.rules.bounds import too_strict
from optimizer.rules.rule import Cap


class EquityBound(Cap):
    """The equity that is minimised is within its cap."""

    id = "equity_bound"
    words: ClassVar[Mapping[str, str]] = {"equity_bound": N_("the cap on equity")}

    def active(self, case: Case) -> bool:
        return case.policy.equity_bound is not None

    def caps(self, form: Form, case: Case) -> Iterator[tuple[Goal, float]]:
        """T <= T(cap), exactly; N <= T(cap) D where the term is a ratio N / D."""
        cap, how = case.policy.equity_bound, case.equity
        if cap is None:
            return
        if "equity" in form.goals:
            yield form.goals["equity"], how.term(cap)
        for row, (numerator, denominator) in form.ratios().items():
            yield numerator + (-how.term_at(row, cap)) * denominator, 0.0

    def impossible(self, case: Case) -> Iterator[str]:
        """The cap cannot be below what everybody at the nearest possible site would give."""
        if case.policy.equity_bound is not None:
            bound = Bound(case.policy.equity, case.policy.equity_bound)
            yield from too_strict(case, "equity_bound", bound)
