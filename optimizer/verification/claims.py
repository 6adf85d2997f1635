"""Rules on what a result claims about its plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from optimizer.foundation.language import _
from optimizer.solution import Result, Status
from optimizer.verification.caps import efficiency, objective
from optimizer.verification.nearest import disperses
from optimizer.verification.tolerances import LEAST_OBJECTIVE
from optimizer.verification.verdict import PlainPlan, at_most, same

#: By what share a plan that minimises a dispersion may be less efficient than the most efficient
#: one, where the policy does not say.
GUARD = 0.1


@dataclass(frozen=True)
class Claim:
    """What a result says of its plan."""

    case: PlainPlan
    result: Result

    @cached_property
    def truth(self) -> float:
        """The objective of the plan."""
        return objective(self.case)


def objective_true(claim: Claim) -> Iterator[str]:
    """The stated objective is that of the plan."""
    if not same(claim.result.objective, claim.truth):
        yield _(
            "objective {stated:.9g} is stated, the plan's is {truth:.9g}",
            stated=claim.result.objective,
            truth=claim.truth,
        )


def bound_below(claim: Claim) -> Iterator[str]:
    """A bound is below the objective of every plan, so also of this one."""
    if not at_most(claim.result.bound, claim.truth):
        yield _(
            "bound {bound:.9g} is above the objective {objective:.9g}",
            bound=claim.result.bound,
            objective=claim.truth,
        )


def gap_true(claim: Claim) -> Iterator[str]:
    """gap = |objective - bound| / |objective|, with the objective and bound as stated."""
    result = claim.result
    if not math.isfinite(result.bound):
        truth = math.inf
    else:
        truth = abs(result.objective - result.bound) / max(LEAST_OBJECTIVE, abs(result.objective))
    if not same(result.gap, truth):
        yield _(
            "gap {stated:.9g} is stated, objective and bound give {truth:.9g}",
            stated=result.gap,
            truth=truth,
        )


def status_true(claim: Claim) -> Iterator[str]:
    """Optimal means proven to the asked gap; a problem with a plan is not infeasible."""
    result = claim.result
    if result.status is Status.INFEASIBLE:
        yield _("infeasible is stated, and here is a plan")
    # By the objective, not by the gap: near 0 that compares rounding with rounding.
    highest = result.bound + result.asked_gap * abs(result.objective)
    if result.status is Status.OPTIMAL and not at_most(result.objective, highest):
        yield _(
            "optimal is stated, the gap {gap:.6g} is above {most:g}",
            gap=result.gap,
            most=result.asked_gap,
        )


def guarded(claim: Claim) -> Iterator[str]:
    """Where the policy has a guard, the efficiency is within it.

    The cap is 1 + guard times the efficiency of the most efficient plan, where that is at hand.
    """
    case, result = claim.case, claim.result
    guard, cap = allowed(case), result.efficiency_guard
    if guard is None:
        if cap is not None:
            yield _("{cap:.9g} is stated, and none is asked", cap=cap)
        return
    if cap is None or not math.isfinite(cap):
        yield _("none is stated") if cap is None else _("{cap} is stated", cap=cap)
        return
    if result.efficient is not None:
        truth = (1 + guard) * efficiency(replace(case, plan=result.efficient))
        if not same(cap, truth):
            yield _(
                "{cap:.9g} is stated, the most efficient plan gives {truth:.9g}",
                cap=cap,
                truth=truth,
            )
    if not at_most(efficiency(case), cap):
        yield _(
            "{efficiency} is {value:.9g}, at most {most:.9g}",
            efficiency=case.policy.efficiency,
            value=efficiency(case),
            most=cap,
        )


def allowed(case: PlainPlan) -> float | None:
    """By what share the plan may be less efficient than the most efficient one; None: by any."""
    policy = case.policy
    if policy.guard is None and policy.weight > 0 and disperses(policy.equity):
        return GUARD
    return policy.guard
