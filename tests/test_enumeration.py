"""The full model against an enumeration written from the rules alone, all features at random.

`tests/enumerating/test_by_hand.py` derives the enumeration itself by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from optimizer.case import Case
from optimizer.equity import INDICATORS, Measure
from optimizer.foundation.faults import InputError
from optimizer.problem import Problem
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification import check
from tests.enumerating.measures import DEFINITIONS
from tests.enumerating.question import Question, Search
from tests.enumerating.siting import siting_holds, sitings
from tests.enumerating.study import Study
from tests.enumerating.supply import Supply
from tests.enumeration import Best, best_plan, worth_of
from tests.parts import parts
from tests.random_problems import draw, draw_capping, draw_minimising

SEEDS = range(300)
CHUNK = 25

#: To what the objective is proven: a ratio is searched, and slowly where it is added to
#: something else. All others are proven to the last digit.
GAPS = {Search.NONE: 0.0, Search.ALONE: 1e-5, Search.ADDED: 1e-3}

#: Of these small problems a second thread of HiGHS does nothing but wait, and burns a core as it
#: does. `test_model_equals_enumeration` keeps the default.
ALONE = 1

#: Of each measure, the seeds of a part.
SOME = [range(5), *(range(first, first + 20) for first in range(0, 100, 20))]
PARTS = parts(SOME, usual=1)


@cache
def best_of(seed: int) -> Best | None:
    return best_plan(*draw(seed))


def agree(
    problem: Problem,
    policy: Policy,
    best: Best,
    seed: int,
    threads: int = Limits().threads,
    algorithm: str = "auto",
) -> None:
    """The model's plan is as good as the best, is proven to be, and obeys all rules."""
    gap = GAPS[best.search]

    def near(value: float | tuple[float, ...]) -> object:
        tolerance = max(gap, 1e-6)
        return pytest.approx(value, rel=tolerance, abs=tolerance)

    result = solve(Case(problem, policy), Limits(gap=gap, threads=threads), algorithm)
    assert result.status is Status.OPTIMAL, seed
    guard = result.efficiency_guard
    assert guard == (None if best.guard is None else near(best.guard)), seed
    assert result.plan is not None
    worth = worth_of(problem, policy, result.plan)
    assert worth.order == near(best.order), seed
    assert result.objective == near(worth.objective), seed
    assert result.bound <= result.objective, seed
    assert result.bound == near(worth.objective), seed
    verdict = check(Case(problem, policy), result.plan, result)
    assert verdict.ok, (seed, verdict.broken)


@pytest.mark.parametrize("first", parts(SEEDS[::CHUNK], usual=1))
def test_model_equals_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        problem, policy = draw(seed)
        best = best_of(seed)
        if best is None:
            assert solve(Case(problem, policy), Limits(gap=0)).status is Status.INFEASIBLE, seed
        elif np.isinf(best.objective):
            with pytest.raises(InputError, match="next to nothing"):
                solve(Case(problem, policy), Limits(gap=0))
        else:
            agree(problem, policy, best, seed)


def agree_on(part: range, drawn: Callable[[int], tuple[Problem, Policy]]) -> None:
    """On every question of a part that has an answer; many of them have."""
    answered = 0
    for seed in part:
        problem, policy = drawn(seed)
        best = best_plan(problem, policy)
        if best is not None and np.isfinite(best.objective):
            agree(problem, policy, best, seed, ALONE)
            answered += 1
    assert answered >= len(part) / 3


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("measure", DEFINITIONS)
def test_every_measure_minimised(measure: str, part: range) -> None:
    agree_on(part, lambda seed: draw_minimising(measure, seed))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("measure", DEFINITIONS)
def test_every_measure_capped(measure: str, part: range) -> None:
    agree_on(part, lambda seed: draw_capping(measure, seed))


def test_every_measure_is_enumerated() -> None:
    assert set(DEFINITIONS) == {
        name for name, kind in INDICATORS.items() if issubclass(kind, Measure)
    }


def test_many_are_feasible_and_some_are_not() -> None:
    some = SEEDS[:75]
    feasible = sum(best_of(seed) is not None for seed in some)
    assert 0.5 <= feasible / len(some) <= 0.9


@pytest.mark.parametrize(("seeds", "least"), parts([(8, 8), (30, 30)], usual=1))
def test_who_is_surely_at_the_nearest_is_there(
    seeds: int, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shortcut of the enumeration, against its linear programs without it, on many sitings.
    expected = {}
    for seed in range(seeds):
        problem, policy = draw(seed)
        question = Question(problem, policy)
        for options in list(sitings(problem))[:10]:
            study = Study(question, options)
            if siting_holds(problem, policy, options) and study.settled:
                expected[seed, options] = study.at_nearest
    monkeypatch.setattr(Supply, "settled", False)
    compared = 0
    for (seed, options), worth in expected.items():
        best = Study(Question(*draw(seed)), options).best
        assert (best is None) == (worth is None), seed
        if worth is not None:
            assert best.order == pytest.approx(worth.order, rel=1e-6), seed
            compared += 1
    assert compared >= least


def test_an_optimum_of_nothing_is_proven() -> None:
    # Everybody can be covered, so 0 are uncovered: a relative gap would compare rounding with
    # rounding.
    problem, policy = draw(548)
    best = best_plan(problem, policy)
    assert best is not None
    assert best.objective == pytest.approx(0, abs=1e-9)
    agree(problem, policy, best, 548)
