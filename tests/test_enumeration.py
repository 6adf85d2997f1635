"""The full model against an enumeration written from the rules alone, all features at random."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from optimizer.algorithms import solve
from optimizer.check import check
from optimizer.policy import Limits, Policy
from optimizer.problem import BUILD, UPGRADE, Problem
from optimizer.solution import Status
from tests.enumeration import best_plan
from tests.random_problems import draw

SEEDS = range(300)
CHUNK = 25


@pytest.mark.parametrize("first", SEEDS[::CHUNK])
def test_model_equals_enumeration(first: int):
    for seed in range(first, first + CHUNK):
        problem, policy = draw(seed)
        best, result = best_plan(problem, policy), solve(problem, policy, Limits(gap=0))
        if best is None:
            assert result.status is Status.INFEASIBLE, seed
            continue
        assert result.status is Status.OPTIMAL, seed
        assert result.objective == pytest.approx(best.objective, rel=1e-6, abs=1e-6), seed
        assert result.bound <= result.objective, seed
        assert result.bound == pytest.approx(best.objective, rel=1e-5, abs=1e-5), seed
        verdict = check(problem, policy, result.plan, result)
        assert verdict.ok, (seed, [rule for rule in verdict.rules if not rule.holds])


def test_every_feature_is_drawn_often():
    drawn: Counter[str] = Counter()
    for seed in SEEDS:
        problem, policy = draw(seed)
        drawn.update(features(problem, policy))
    rare = {name: drawn[name] for name in FEATURES if drawn[name] < 10}
    assert rare == {}


def test_many_are_feasible_and_some_are_not():
    feasible = sum(best_plan(*draw(seed)) is not None for seed in SEEDS[:100])
    assert 50 <= feasible <= 90


#: What the seeds must hold, each at least ten times.
FEATURES = (
    *("one service", "several services", "several levels", "several sizes", "capacity"),
    *("required", "standing", "upgrade", "site cost", "land", "hosts"),
    *("budget", "pool", "border", "backup", "referral"),
    *("jurisdiction floor", "group floor", "backup floor", "efficiency bound", "equity bound"),
    *("mean_minutes", "uncovered", "cost", "kolm_pollak", "maximum", "cvar"),
    *("weight 0", "weight between", "weight 1", "nobody lives here"),
)


def features(problem: Problem, policy: Policy) -> set[str]:
    """Which features a problem has."""
    options, sites, floors = problem.options, problem.sites, policy.floors.values()
    has = {
        "one service": len(problem.services) == 1,
        "several services": len(problem.services) > 1,
        "several levels": len(problem.levels) > len(problem.services),
        "several sizes": any(len(service.sizes) > 1 for service in problem.services),
        "capacity": bool(np.isfinite(options.capacity[options.capacity > 0]).any()),
        "required": bool((options.required & (options.kind == BUILD)).any()),
        "standing": bool((options.size < 0).any()),
        "upgrade": bool((options.kind == UPGRADE).any()),
        "site cost": bool((sites.cost > 0).any()),
        "land": bool(np.isfinite(sites.land).any()),
        "hosts": bool((sites.hosts < len(problem.services)).any()),
        "budget": policy.budget is not None,
        "pool": policy.budget is not None and policy.budget.pooled > 0,
        "border": any(level.border for level in problem.levels),
        "backup": any(level.backup for level in problem.levels),
        "referral": bool(problem.transfers),
        "jurisdiction floor": any(floor.jurisdiction > 0 for floor in floors),
        "group floor": any(floor.group > 0 for floor in floors),
        "backup floor": any(floor.backup > 0 for floor in floors),
        "efficiency bound": policy.efficiency_bound is not None,
        "equity bound": policy.equity_bound is not None,
        policy.efficiency: True,
        policy.equity: True,
        "weight 0": policy.weight == 0,
        "weight between": 0 < policy.weight < 1,
        "weight 1": policy.weight == 1,
        "nobody lives here": bool((problem.demand.persons == 0).any()),
    }
    return {name for name, there in has.items() if there}
