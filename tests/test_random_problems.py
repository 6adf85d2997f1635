"""The random problems have every feature, often enough to be a test of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimizer.efficiency import EFFICIENCIES
from optimizer.problem import BUILD, KEEP, UPGRADE, Problem
from optimizer.question import Floor, Policy
from tests.enumerating.measures import DEFINITIONS
from tests.enumerating.question import Question, Search
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_problems import draw, draw_capping

#: How many are drawn, and how often each feature is among them at least; the 300 are those that
#: `test_enumeration.py` compares.
DRAWS = parts([(100, 1), (300, 8)], usual=1)

FEATURES = {
    *(f"{n} services" for n in (1, 2, 3)),
    *EFFICIENCIES,
    *(f"{measure} minimised" for measure in DEFINITIONS),
    *(f"{measure} capped" for measure in DEFINITIONS),
    *(f"of {of}" for of in ("minutes", "uncovered", "catchment")),
    *(f"among {among}" for among in ("persons", "points", "groups", "city", "province")),
    *(f"{services} services" for services in ("weighted", "worst", "one")),
    "several caps",
    "cost bound",
    "guard",
    "nearest rule",
    "nearest rule and limited capacity",
    "capped and minimised",
    "ratio added up",
    KEEP,
    BUILD,
    UPGRADE,
    "two levels",
    "two sizes",
    "limited capacity",
    "unlimited capacity",
    "level not offered",
    "required to be built",
    "closed",
    "site cost",
    "scarce land",
    "scarce hosts",
    "referral",
    "border",
    "cut-off bites",
    "backup from another jurisdiction",
    "backup from another site",
    "nobody lives there",
    "groups",
    "site outside all cities",
    "city without a budget",
    "budget",
    "no budget",
    "nothing pooled",
    "pooled in part",
    "all pooled",
    "budget scaled",
    "floor by jurisdiction",
    "floor by group",
    "floor of backup",
    "efficiency alone",
    "equity alone",
    "both weighed",
    "efficiency bound",
    "equity bound",
    "level weights",
    "level without weight",
    "parameters",
    "whole minutes",
}


def features(problem: Problem, policy: Policy) -> set[str]:
    """The features that a problem and its policy have."""
    return {*_facts(problem), *_question(policy), *_justice(Question(problem, policy))}


def _facts(problem: Problem) -> Iterator[str]:
    table, sites, capacity = problem.options, problem.sites, problem.options.capacity
    yield f"{len(problem.services)} services"
    yield from set(table.kind.tolist())
    least = {f: table.land[table.facility == f].min() for f in set(table.facility.tolist())}
    wanted = np.zeros(len(sites.ids))
    for f, land in least.items():
        wanted[table.site[table.facility == f][0]] += land
    services_at = [len(set(table.service[table.site == j])) for j in range(len(sites.ids))]
    facts = {
        "two levels": any(len(service.levels) == 2 for service in problem.services),
        "two sizes": any(len(service.sizes) == 2 for service in problem.services),
        "limited capacity": np.isfinite(capacity[capacity > 0]).any(),
        "unlimited capacity": np.isinf(capacity).any(),
        "level not offered": any(
            level.id not in size.capacity
            for service in problem.services
            for level in service.levels
            for size in service.sizes
        ),
        "required to be built": (table.required & (table.kind == BUILD)).any(),
        "closed": table.facility.max() + 1 < len(problem.services) * len(sites.ids),
        "site cost": (sites.cost > 0).any(),
        "scarce land": (wanted > sites.land).any(),
        "scarce hosts": (np.array(services_at) > sites.hosts).any(),
        "referral": bool(problem.transfers),
        "border": any(level.border for level in problem.levels),
        "cut-off bites": any(
            len(np.unique(pairs.site)) * len(problem.demand.ids) > len(pairs)
            for pairs, level in zip(problem.pairs, problem.levels, strict=True)
            if level.border is None
        ),
        "backup from another jurisdiction": any(
            level.backup and level.backup.tier != "site" for level in problem.levels
        ),
        "backup from another site": any(
            level.backup and level.backup.tier == "site" for level in problem.levels
        ),
        "nobody lives there": (problem.demand.persons == 0).any(),
        "groups": bool(problem.demand.groups),
        "site outside all cities": (problem.sites_at("city") < 0).any(),
        "city without a budget": np.isnan(problem.jurisdictions.budget[2:]).any(),
        "whole minutes": (problem.pairs[0].minutes == problem.pairs[0].minutes.round()).all(),
    }
    yield from (name for name, there in facts.items() if there)


def _question(policy: Policy) -> Iterator[str]:
    yield policy.efficiency
    floors, budget = policy.floors.values() or [Floor()], policy.budget
    pooled = budget.pooled if budget else np.nan
    question = {
        "budget": budget is not None,
        "no budget": budget is None,
        "nothing pooled": pooled == 0,
        "pooled in part": 0 < pooled < 1,
        "all pooled": pooled == 1,
        "budget scaled": budget is not None and budget.scale != 1,
        "floor by jurisdiction": any(floor.jurisdiction > 0 for floor in floors),
        "floor by group": any(floor.group > 0 for floor in floors),
        "floor of backup": any(floor.backup > 0 for floor in floors),
        "efficiency alone": policy.weight == 0,
        "equity alone": policy.weight == 1,
        "both weighed": 0 < policy.weight < 1,
        "efficiency bound": policy.efficiency_bound is not None,
        "equity bound": policy.equity_bound is not None,
        "level weights": bool(policy.level_weights),
        "level without weight": 0.0 in policy.level_weights.values(),
        "parameters": bool(policy.equity.parameters),
        "cost bound": policy.cost_bound is not None,
        "guard": policy.guard is not None,
    }
    yield from (name for name, there in question.items() if there)


def _justice(question: Question) -> Iterator[str]:
    capacity = question.problem.options.capacity
    for ask in question.asks:
        services = ask.equity.services
        yield f"of {ask.equity.of}"
        yield f"among {ask.equity.among}"
        yield f"{services if services in ('weighted', 'worst') else 'one'} services"
    if question.minimised is not None:
        yield f"{question.minimised.equity.measure} minimised"
    yield from (f"{ask.equity.measure} capped" for ask, _ in question.caps)
    limited = any(
        np.isfinite(capacity[capacity[:, row] > 0, row]).any() for row in question.nearest_rule
    )
    facts = {
        "several caps": len(question.caps) > 1,
        "nearest rule": bool(question.nearest_rule),
        "nearest rule and limited capacity": limited,
        "capped and minimised": question.minimised is not None and bool(question.caps),
        "ratio added up": question.search is Search.ADDED,
    }
    yield from (name for name, there in facts.items() if there)


@cache
def counted(draws: int) -> Counter[str]:
    return Counter(feature for seed in range(draws) for feature in features(*draw(seed)))


@pytest.mark.parametrize(("draws", "least"), DRAWS)
@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_every_feature_is_drawn_often(feature: str, draws: int, least: int) -> None:
    assert counted(draws)[feature] >= least


@pytest.mark.parametrize("draws", parts([100, 300], usual=1))
def test_no_feature_is_left_out_of_the_list(draws: int) -> None:
    assert set(counted(draws)) == FEATURES


@pytest.mark.parametrize("least", parts([1, 4], usual=1))
@pytest.mark.parametrize("measure", DEFINITIONS)
def test_caps_change_what_is_best(measure: str, least: int) -> None:
    """In so many of 40 at least; it is enough to see the first of them."""
    changed = 0
    for seed in range(40):
        problem, policy = draw_capping(measure, seed)
        best = best_plan(problem, policy)
        free = best_plan(problem, replace(policy, equity_bound=None, bounds={}))
        changed += best is not None and best.objective > free.objective + 1e-6
        if changed == least:
            return
    pytest.fail(f"{changed} of 40")


def test_the_same_seed_draws_the_same_problem() -> None:
    (first, asked), (again, asked_again) = draw(7), draw(7)
    assert (first.options.capacity == again.options.capacity).all()
    assert asked == asked_again
