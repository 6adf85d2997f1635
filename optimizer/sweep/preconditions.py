"""Preconditions of a sweep: what it varies, the policy must leave free."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case import Case
from optimizer.equity import Ratio, make
from optimizer.equity.aggregation import WEIGHTED, WORST
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.question import Policy


def must_be_free(policy: Policy) -> None:
    """Raise InputError where the policy has a cap of its own on efficiency or equity."""
    problem = _("a sweep goes with no cap of the policy on efficiency or on the equity it varies")
    remedy = _("Leave it out; bounds with names may stay")
    caps = ("efficiency_bound", "equity_bound")
    _raise(
        Fault("policy", problem, remedy, column=cap)
        for cap in caps
        if getattr(policy, cap) is not None
    )


def must_be_number(policy: Policy) -> None:
    """Raise InputError for a measure that only puts plans in order, so nothing weighs it."""
    measure = make(policy.equity.measure, policy.equity.parameters)
    problem = _("{measure} is an order, not a number that can be weighed", measure=measure.name)
    remedy = _("Set it to maximum or cvar, or sweep over bounds")
    _raise([Fault("policy", problem, remedy, column="equity")] if measure.is_order else [])


def must_have_cap(case: Case) -> None:
    """Raise InputError for a ratio over several levels: a weighted sum of those has no cap."""
    how = case.equity
    several = case.policy.equity.services == WEIGHTED and len(how.levels) > 1
    problem = _(
        "a weighted sum of {measure} over several levels has no cap", measure=how.measure.name
    )
    remedy = _("Set services to {worst}, or to one level", worst=WORST)
    wrong = several and isinstance(how.measure, Ratio)
    _raise([Fault("policy", problem, remedy, column="services")] if wrong else [])


def _raise(faults: Iterator[Fault] | list[Fault]) -> None:
    if listed := list(faults):
        raise InputError(listed)
