"""Closing, running costs and quotas against the enumeration: each by itself, and all together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimizer.algorithms import full
from optimizer.case import Case
from optimizer.problem import CLOSE, KEEP, Problem
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Result, Status
from optimizer.verification import check
from tests import random_failures
from tests.enumerating.question import Search
from tests.enumeration import Best, best_plan, worth_of
from tests.parts import parts
from tests.random_medians import draw_median
from tests.random_problems import draw
from tests.random_supply import ALL, CLOSING, QUOTAS, RUNNING, closable, draw_into

CHUNK = 12
PARTS = parts(list(range(0, 60, CHUNK)), usual=1)
DRAWN = {"closing": (CLOSING,), "running": (RUNNING,), "quotas": (QUOTAS,), "together": ALL}
GAPS = {Search.NONE: 0.0, Search.ALONE: 1e-5, Search.ADDED: 1e-3}


@cache
def drawn(what: str, seed: int) -> tuple[Problem, Policy]:
    return draw_into(*draw(seed), seed, DRAWN[what])


@cache
def best_of(what: str, seed: int) -> Best | None:
    return best_plan(*drawn(what, seed))


def agree(problem: Problem, policy: Policy, best: Best | None, algorithm: str, seed: int) -> Result:
    """The plan is as good as the best of all, is proven to be, and obeys all rules."""
    gap = 0.0 if best is None else GAPS[best.search]
    found = solve(Case(problem, policy), Limits(gap=gap, threads=1), algorithm)
    if best is None:
        assert found.status is Status.INFEASIBLE, seed
        return found
    assert found.status is Status.OPTIMAL, (seed, found.reasons)
    assert found.plan is not None
    room = max(gap, 1e-6)
    worth = worth_of(problem, policy, found.plan)
    assert worth.order == pytest.approx(best.order, rel=room, abs=room), seed
    assert found.objective == pytest.approx(worth.objective, rel=room, abs=room), seed
    assert found.bound == pytest.approx(worth.objective, rel=room, abs=room), seed
    verdict = check(Case(problem, policy), found.plan, found)
    assert verdict.ok, (seed, verdict.broken)
    return found


@pytest.mark.parametrize("first", PARTS)
@pytest.mark.parametrize("algorithm", ["auto", full.NAME])
@pytest.mark.parametrize("what", DRAWN)
def test_the_best_of_all_plans(what: str, algorithm: str, first: int) -> None:
    for seed in range(first, first + CHUNK):
        best = best_of(what, seed)
        if best is None or np.isfinite(best.objective):
            agree(*drawn(what, seed), best, algorithm, seed)


@cache
def median(seed: int) -> tuple[Problem, Policy]:
    return draw_into(*draw_median(seed, 6), seed, (CLOSING, RUNNING))


@pytest.mark.parametrize("first", PARTS)
def test_the_median_road_closes_too(first: int) -> None:
    for seed in range(first, first + CHUNK):
        problem, policy = median(seed)
        best = best_plan(problem, policy)
        agree(problem, policy, best, "auto", seed)


@pytest.mark.parametrize(
    "seeds", parts([range(6), range(6, 12), *(range(n, n + 12) for n in range(12, 60, 12))], 1)
)
def test_what_may_be_closed_where_something_can_fail(seeds: range) -> None:
    """By the blend of scenarios, where there are enough, and by the model of all of them."""
    solved = 0
    for seed in seeds:
        drawn = random_failures.draw(seed, overflows=seed % 3 == 0, more=2)
        rng = np.random.default_rng([seed, 14])
        drawn = replace(drawn, problem=closable(rng, drawn.problem))
        best = random_failures.best(drawn)
        for algorithm in ("auto", full.NAME):
            found = solve(drawn.case, Limits(gap=0.0, threads=1), algorithm)
            assert (found.status is Status.INFEASIBLE) == (best is None), seed
            if best is not None:
                assert found.objective == pytest.approx(best, rel=1e-5, abs=1e-6), seed
                solved += 1
    assert solved >= len(seeds)


@pytest.mark.parametrize(
    ("seeds", "kinds"),
    parts(
        [(24, ("closes", "keeps", "forbids")), (60, ("closes", "keeps", "forbids", "costs"))],
        usual=1,
    ),
)
def test_what_is_drawn_matters(seeds: int, kinds: tuple[str, ...]) -> None:
    """Plans close, and keep what they may close; quotas change what is best, or forbid all."""
    seen = Counter[str]()
    for seed in range(seeds):
        problem, policy = drawn("closing", seed)
        best = best_of("closing", seed)
        if best is not None:
            kind = problem.options.kind[list(best.options)]
            may = np.isin(
                problem.options.facility, problem.options.facility[problem.options.closed]
            )
            seen["closes"] += (kind == CLOSE).any()
            seen["keeps"] += ((kind == KEEP) & may[list(best.options)]).any()
        problem, policy = drawn("quotas", seed)
        best, free = best_of("quotas", seed), best_plan(problem, replace(policy, quotas={}))
        if free is not None:
            seen["forbids"] += best is None
            seen["costs"] += best is not None and best.objective > free.objective + 1e-6
    assert min(seen[one] for one in kinds) >= 2, seen
