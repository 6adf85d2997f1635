"""Rules on what a result claims about its plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

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
        told = f"objective {claim.result.objective:.9g} is stated"
        yield f"{told}, the plan's is {claim.truth:.9g}"


def bound_below(claim: Claim) -> Iterator[str]:
    """A bound is below the objective of every plan, so also of this one."""
    if not at_most(claim.result.bound, claim.truth):
        yield f"bound {claim.result.bound:.9g} is above the objective {claim.truth:.9g}"


def gap_true(claim: Claim) -> Iterator[str]:
    """gap = |objective - bound| / |objective|, with the objective and bound as stated."""
    result = claim.result
    if not math.isfinite(result.bound):
        truth = math.inf
    else:
        truth = abs(result.objective - result.bound) / max(LEAST_OBJECTIVE, abs(result.objective))
    if not same(result.gap, truth):
        yield f"gap {result.gap:.9g} is stated, objective and bound give {truth:.9g}"


def status_true(claim: Claim) -> Iterator[str]:
    """Optimal means proven to the asked gap; a problem with a plan is not infeasible."""
    result = claim.result
    if result.status is Status.INFEASIBLE:
        yield "infeasible is stated, and here is a plan"
    # By the objective, not by the gap: near 0 that compares rounding with rounding.
    highest = result.bound + result.asked_gap * abs(result.objective)
    if result.status is Status.OPTIMAL and not at_most(result.objective, highest):
        yield f"optimal is stated, the gap {result.gap:.6g} is above {result.asked_gap:g}"


def guarded(claim: Claim) -> Iterator[str]:
    """Where the policy has a guard, the efficiency is within it.

    The cap is 1 + guard times the efficiency of the most efficient plan, where that is at hand.
    """
    case, result = claim.case, claim.result
    guard, cap = allowed(case), result.efficiency_guard
    if guard is None:
        if cap is not None:
            yield f"{cap:.9g} is stated, and none is asked"
        return
    if cap is None or not math.isfinite(cap):
        yield f"{'none' if cap is None else cap} is stated"
        return
    if result.efficient is not None:
        truth = (1 + guard) * efficiency(replace(case, plan=result.efficient))
        if not same(cap, truth):
            yield f"{cap:.9g} is stated, the most efficient plan gives {truth:.9g}"
    if not at_most(efficiency(case), cap):
        yield f"{case.policy.efficiency} is {efficiency(case):.9g}, at most {cap:.9g}"


def allowed(case: PlainPlan) -> float | None:
    """By what share the plan may be less efficient than the most efficient one; None: by any."""
    policy = case.policy
    if policy.guard is None and policy.weight > 0 and disperses(policy.equity):
        return GUARD
    return policy.guard
