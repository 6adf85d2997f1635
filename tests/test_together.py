"""Unmet needs, entitlement, closing, quotas and classes, all at once, against the enumeration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from optimizer.algorithms import ALGORITHMS
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import Problem
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from tests.enumerating.measures import DEFINITIONS
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_together import draw_together
from tests.test_enumeration import GAPS
from tests.test_unmet import agrees

SEEDS = range(200)
CHUNK = 10


@pytest.mark.parametrize("first", parts(SEEDS[::CHUNK], usual=1))
def test_the_best_of_all_plans(first: int) -> None:
    found = [agrees(*draw_together(seed), seed) for seed in range(first, first + CHUNK)]
    assert any(found)


@pytest.mark.parametrize("first", parts(SEEDS[::CHUNK], usual=1))
def test_every_algorithm_that_takes_it(first: int) -> None:
    for seed in range(first, first + CHUNK):
        problem, policy = draw_together(seed)
        best = best_plan(problem, policy)
        limits = Limits(gap=0.0 if best is None else GAPS[best.search], threads=1)
        for name in ALGORITHMS:
            try:
                found = solve(Case(problem, policy), limits, name)
            except InputError:
                continue  # it does not honour all that is asked
            if best is None:
                assert found.plan is None, (seed, name)
            else:
                room = max(limits.gap, 1e-6)
                assert found.objective == pytest.approx(best.objective, rel=room, abs=room)


def features(problem: Problem, policy: Policy) -> Iterator[str]:
    """What is asked, and of what: the first six in every question."""
    classes, areas = problem.demand.classes, problem.jurisdictions
    told = {
        "unmet": any(level.may_be_unmet for level in problem.levels),
        "entitled": any(level.entitled for level in problem.levels),
        "closable": bool(problem.options.closed.any()),
        "quota": bool(policy.quotas),
        "compared by class": any(equity.among in classes for equity in policy.equities()),
        "floor by class": any(
            floor.tier in classes and floor.jurisdiction > 0 for floor in policy.floors.values()
        ),
        "weight 0": policy.weight == 0,
        "weight 1": policy.weight == 1,
        "budget": policy.budget is not None,
    }
    yield from (name for name, there in told.items() if there)
    yield policy.efficiency
    yield from {equity.measure for equity in policy.equities()}
    yield from {equity.among for equity in policy.equities() if equity.among in classes}
    for quota in policy.quotas.values():
        yield f"{quota.of} by {'class' if quota.tier in areas.classes else 'tier'}"
    for unmet in (level.unmet for level in problem.levels if level.unmet is not None):
        caps = (unmet.most, unmet.jurisdiction, unmet.group)
        yield from (f"cap {n}" for n, cap in enumerate(caps) if cap < 1)
        yield from ["price that counts"] * (unmet.price > 0 and policy.efficiency == "cost")


@pytest.mark.parametrize(("draws", "least"), parts([(20, 1), (200, 4)], usual=1))
def test_every_feature_is_drawn(draws: int, least: int) -> None:
    drawn = [set(features(*draw_together(seed))) for seed in range(draws)]
    counted = Counter(name for one in drawn for name in one)
    for name in (
        *("unmet", "entitled", "closable", "quota", "compared by class", "floor by class"),
    ):
        assert counted[name] == draws, name
    if draws == len(SEEDS):
        assert set(DEFINITIONS) <= set(counted)
        assert len(counted) == 23 + len(DEFINITIONS), sorted(counted)
    assert min(counted.values()) >= least, counted
