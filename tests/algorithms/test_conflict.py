"""Infeasible problems come back with the rules that cannot hold together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from optimizer.algorithms.compiled_model import compiled
from optimizer.algorithms.conflict import CONSEQUENCES, conflicting_rules
from optimizer.algorithms.guard import called
from optimizer.case import Case
from optimizer.foundation.language import VARIABLE
from optimizer.question import Bound, Budget, Equity, Floor, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.solver.highs import minimise
from tests.algorithms.test_worst_level import two_services
from tests.parts import parts
from tests.problems import two_cities
from tests.random_problems import draw


def test_money_against_capacity():
    # 150 persons need 150 places at the low level; 50 stand. The upgrade costs 7, building 5 or
    # 11: with 6 in all nothing that offers the high level can be had, and somebody must offer it.
    facts = two_cities(land=9)
    poor = replace(facts, jurisdictions=replace(facts.jurisdictions, budget=np.array([3.0, 3.0])))
    result = solve(Case(poor, Policy(budget=Budget(pooled=1.0))))
    assert (result.status, result.plan) == (Status.INFEASIBLE, None)
    assert result.reasons == (
        "these cannot hold together: the budgets of the jurisdictions; "
        "the pooled share of the budgets",
    )


@pytest.mark.parametrize("seeds", parts([range(20), range(20, 150)], usual=1))
def test_what_follows_from_a_rule_is_blamed_on_it(seeds: range) -> None:
    """The row that says how much room it takes in all hides no capacity from who looks for why."""
    blamed = 0
    for seed in seeds:
        problem, policy = draw(seed)
        form = compiled(Case(problem, policy), with_equity=False).form
        own = ~np.isin(form.component, CONSEQUENCES)
        if own.all() or minimise(form.rules, Limits(threads=1)).status is not Status.INFEASIBLE:
            continue
        plain = replace(
            form.rules,
            rows=csc_array(csr_array(form.rules.rows)[own]),
            row_lower=form.rules.row_lower[own],
            row_upper=form.rules.row_upper[own],
        )
        limits = Limits(threads=1)
        rules = conflicting_rules(form.rules, form.component, limits)
        assert rules == conflicting_rules(plain, form.component[own], limits), seed
        blamed += "capacity_kept" in rules[0]
    assert blamed > 1


def test_a_floor_against_the_land():
    # All of A must be covered within 10 minutes, which takes site 0 (5 minutes), upgraded for the
    # 100 persons; the upgrade wants 2 ha, and 1.5 are there.
    facts = two_cities(referral=False)
    result = solve(Case(facts, Policy(floors={"care.low": Floor(jurisdiction=1.0)})))
    assert result.status is Status.INFEASIBLE
    assert result.reasons == (
        "these cannot hold together: the land of the sites; the capacities of the facilities; "
        "the coverage floor by jurisdiction",
    )


def test_what_presolve_sees_needs_no_search():
    result = solve(Case(two_cities(), Policy(weight=0, equity=Equity("maximum"), equity_bound=1)))
    assert result.status is Status.INFEASIBLE
    assert len(result.reasons) == 1
    assert result.nodes == 0


def test_a_guard_that_nobody_set_is_called_one():
    # The nearer hospital costs 9 instead of 1: more than a tenth above the cheapest plan, of 2.
    nearer = Bound(Equity("maximum", services="hospital"), 45.0)
    policy = Policy(
        efficiency="cost", equity=Equity("range"), weight=1.0, bounds={"nearer": nearer}
    )
    result = solve(Case(two_services(), policy))
    assert result.status is Status.INFEASIBLE
    assert result.reasons == (
        "these cannot hold together: the guard on efficiency (policy.guard, 10 % above the most "
        "efficient plan; set where range is minimised and nobody says otherwise); "
        "the further caps on equity",
    )
    assert solve(Case(two_services(), replace(policy, guard=4.0))).status is Status.OPTIMAL


def test_a_cap_below_the_guard_is_the_users():
    policy = Policy(equity=Equity("range"), weight=1.0, guard=0.125)
    assert called(policy, 5.0) == (
        "the guard on efficiency (policy.guard, 12.5 % above the most efficient plan)"
    )
    assert called(replace(policy, efficiency_bound=4.0), 5.0) is None


def test_rules_that_cannot_hold_are_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    floor = Policy(floors={"care.low": Floor(jurisdiction=1.0)})
    assert solve(Case(two_cities(referral=False), floor)).reasons == (
        "以下规则不能同时成立：可选点的用地；设施能力；各行政区达标率下限",
    )
    nearer = Bound(Equity("maximum", services="hospital"), 45.0)
    fair = Policy(efficiency="cost", equity=Equity("range"), weight=1.0, bounds={"nearer": nearer})
    assert solve(Case(two_services(), fair)).reasons == (
        "以下规则不能同时成立：效率护栏（policy.guard，比效率最优方案高 10 %；在最小化 range "
        "而未另行指定时自动设定）；其余公平上限",
    )
