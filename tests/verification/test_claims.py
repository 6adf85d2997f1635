"""What is claimed of a plan is compared with what the check finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from optimizer.case import Case
from optimizer.question import Equity
from optimizer.solution import Assignment, Plan, Result, Status
from optimizer.verification import check
from tests.hand import (
    INF,
    floats,
    plan,
    policy,
    problem,
    rows,
)
from tests.verification.test_verification import result

CLAIMED: dict[str, tuple[Callable[[Result], Result], set[str]]] = {
    "objective improved": (
        lambda r: replace(r, objective=r.objective - 0.01, bound=r.bound - 0.0099),
        {"the objective is true"},
    ),
    "bound raised above the objective": (
        lambda r: replace(r, bound=r.objective * 1.005, gap=0.005),
        {"the bound is below the objective"},
    ),
    "gap made smaller": (lambda r: replace(r, gap=0.001), {"the gap is true"}),
    "status said optimal": (
        lambda r: replace(r, bound=r.objective * 0.9, gap=0.1),
        {"the status is true"},
    ),
    "status said infeasible": (
        lambda r: replace(r, status=Status.INFEASIBLE),
        {"the status is true"},
    ),
    "no bound, yet a gap": (
        lambda r: replace(r, bound=-INF),
        {"the gap is true", "the status is true"},
    ),
}


@pytest.mark.parametrize("tampering", CLAIMED)
def test_a_tampered_claim_breaks_its_rule(tampering: str) -> None:
    tamper, rules = CLAIMED[tampering]
    found = check(Case(problem(), policy()), plan(), tamper(result(plan(), policy())))
    assert {rule.name for rule in found.broken} == rules


def test_a_plan_that_serves_nobody_has_no_objective() -> None:
    nobody = Assignment(rows(), rows(), floats(), floats())
    empty = Plan(plan().options, (nobody, nobody, nobody))
    claim = replace(result(plan(), policy()), plan=empty)
    found = {
        rule.name: rule.detail for rule in check(Case(problem(), policy()), empty, claim).broken
    }
    assert found["the objective is true"].endswith("the plan's is nan")
    assert "the bound is below the objective" in found


@pytest.mark.parametrize("weight", [0, 0.3, 1])
@pytest.mark.parametrize("efficiency", ["mean_minutes", "uncovered", "cost"])
@pytest.mark.parametrize("equity", ["kolm_pollak", "maximum", "cvar"])
def test_the_plain_objective_is_that_of_the_indicators(
    equity: str, efficiency: str, weight: float
) -> None:
    question = policy(weight=weight, efficiency=efficiency, equity=Equity(equity))
    assert check(Case(problem(), question), plan(), result(plan(), question)).ok
