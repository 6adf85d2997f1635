"""Unmet needs: every algorithm against the enumeration, all features at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.algorithms import full
from optimizer.algorithms.median import adaptor
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import Problem
from optimizer.question import Limits, Policy
from optimizer.robust import scenario_aggregation, solve
from optimizer.solution import Status
from optimizer.verification import check
from tests import random_attacks, random_failures, random_link_attacks
from tests.enumerating.measures import DEFINITIONS
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_medians import draw_median
from tests.random_problems import draw_with_people, with_people
from tests.random_supply import CLOSING, RUNNING, draw_into
from tests.random_unmet import (
    allowed,
    draw_unmet,
    draw_unmet_capping,
    draw_unmet_minimising,
    features,
    left_out,
    left_out_where_all_works,
)
from tests.test_enumeration import ALONE, agree

EXACT = Limits(gap=0.0, threads=1)

CHUNK = 25

#: Of each measure, the seeds of a part.
SOME = parts([range(3), *(range(first, first + 9) for first in range(3, 30, 9))], usual=1)


def agrees(problem: Problem, policy: Policy, seed: int) -> bool:
    """Whether there is a plan; the answer is the best of all, or that there is none."""
    best = best_plan(problem, policy)
    if best is None:
        assert solve(Case(problem, policy), EXACT).status is Status.INFEASIBLE, seed
    elif np.isinf(best.objective):
        with pytest.raises(InputError, match="next to nothing"):
            solve(Case(problem, policy), EXACT)
    else:
        agree(problem, policy, best, seed, ALONE)
    return best is not None


@pytest.mark.parametrize("first", parts(range(0, 200, CHUNK), usual=1))
def test_the_answer_is_the_best_of_all(first: int) -> None:
    found = [agrees(*draw_unmet(seed), seed) for seed in range(first, first + CHUNK)]
    assert 0.3 < np.mean(found) < 1


@pytest.mark.parametrize("part", SOME)
@pytest.mark.parametrize("measure", DEFINITIONS)
@pytest.mark.parametrize("drawn", [draw_unmet_minimising, draw_unmet_capping])
def test_every_measure(
    drawn: Callable[[str, int], tuple[Problem, Policy]], measure: str, part: range
) -> None:
    for seed in part:
        agrees(*drawn(measure, seed), seed)


@pytest.mark.parametrize("first", parts(range(0, 100, 20), usual=1))
def test_medians_equal_the_full_model(first: int) -> None:
    asked = 0
    for seed in range(first, first + 20):
        problem, policy = left_out(seed, *draw_median(seed, 9))
        case = Case(problem, policy)
        if adaptor.unsuited(case) is not None:
            continue
        asked += 1
        fast, model = (solve(case, EXACT, name) for name in (adaptor.NAME, full.NAME))
        assert fast.status is model.status, seed
        if model.plan is not None:
            assert fast.plan is not None
            assert fast.objective == pytest.approx(model.objective, rel=1e-6, abs=1e-6), seed
            assert fast.bound == pytest.approx(model.objective, rel=1e-6, abs=1e-6), seed
            assert check(case, fast.plan, fast).broken == ()
    assert asked > 10


@pytest.mark.parametrize("first", parts(range(0, 60, 4), usual=1))
@pytest.mark.parametrize("overflows", [False, True])
def test_with_failures(first: int, overflows: bool) -> None:
    for seed in range(first, first + 4):
        drawn = left_out_where_all_works(random_failures.draw(seed, overflows, seed % 3), seed)
        truth = random_failures.best(drawn)
        for name in ("auto", full.NAME):
            found = solve(drawn.case, EXACT, name)
            if truth is None:
                assert found.status is Status.INFEASIBLE, seed
                continue
            assert found.status is Status.OPTIMAL, seed
            assert found.plan is not None
            assert found.objective == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
            assert check(drawn.case, found.plan, found).broken == ()


@pytest.mark.parametrize("first", parts(range(0, 60, 12), usual=1))
def test_for_some_people_beside_closing_money_per_year_and_quotas(first: int) -> None:
    found = []
    for seed in range(first, first + 12):
        drawn = draw_into(*draw_with_people(50_000 + seed, True, True), seed)
        found.append(agrees(*left_out(seed, *drawn), seed))
    assert 0.1 < np.mean(found) < 1


@pytest.mark.parametrize("first", parts(range(0, 60, 12), usual=1))
def test_medians_of_some_people_that_close(first: int) -> None:
    medians = 0
    for seed in range(first, first + 12):
        problem, policy = draw_into(*draw_median(seed, 6), seed, (CLOSING, RUNNING))
        problem = with_people(np.random.default_rng(seed), problem, True, True)
        problem, policy = left_out(seed, problem, policy)
        medians += adaptor.unsuited(Case(problem, policy)) is None
        agrees(problem, policy, seed)
    assert medians > 3


def test_many_failures_are_blended() -> None:
    algorithms = Counter[str]()
    for seed in range(8):
        drawn = left_out_where_all_works(random_failures.draw(seed, False, 4), seed)
        algorithms[solve(drawn.case, EXACT).algorithm] += 1
    assert algorithms[scenario_aggregation.NAME] > 2


@pytest.mark.parametrize("draws", [random_attacks, random_link_attacks])
@pytest.mark.parametrize("first", parts(range(0, 40, 5), usual=1))
def test_against_attacks(draws: Any, first: int) -> None:
    for seed in range(first, first + 5):
        try:
            drawn = draws.draw(seed)
        except ValueError:  # somebody reaches no site
            continue
        drawn = replace(drawn, problem=allowed(drawn.problem))
        truth, found = draws.best(drawn), solve(drawn.case, EXACT)
        if truth is None:
            assert found.status is Status.INFEASIBLE, seed
            continue
        assert found.status is Status.OPTIMAL, seed
        assert found.plan is not None
        assert found.objective == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
        assert check(drawn.case, found.plan, found).broken == (), seed


def test_every_feature_is_drawn() -> None:
    drawn = [set(features(*draw_unmet(seed))) for seed in range(100)]
    counted = Counter(name for one in drawn for name in one)
    assert min(counted.values()) >= 4, counted
    assert len(counted) == 13
