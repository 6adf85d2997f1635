"""The maximum by medians: against an enumeration, and against the search by the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms import radius_search
from optimizer.algorithms.median import adaptor
from optimizer.case import Case
from optimizer.problem import Problem
from optimizer.question import Equity, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Progress, Status
from optimizer.solver.program import Outcome
from optimizer.verification import check
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_medians import draw_median

CHUNK, EXACT = 10, Limits(gap=0, threads=1)


def fairest(seed: int) -> tuple[Problem, Policy]:
    """A random median with all its rules, whose farthest person shall be near."""
    problem, policy = draw_median(seed, 6)
    return problem, replace(policy, equity=Equity("maximum"), weight=1.0)


def solvable() -> tuple[Problem, Policy]:
    """The first that has a plan."""
    asked = map(fairest, range(40))
    return next(one for one in asked if solve(Case(*one), EXACT).plan is not None)


@pytest.mark.parametrize("first", parts(range(0, 100, CHUNK), usual=1))
def test_the_shortest_radius_equals_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        problem, policy = fairest(seed)
        if policy.equity_bound is not None:  # a cap that was drawn for another measure
            policy = replace(policy, equity_bound=None)
        assert radius_search.serves(Case(problem, policy)) and radius_search.is_center(
            Case(problem, policy)
        )
        truth, result = best_plan(problem, policy), solve(Case(problem, policy), EXACT)
        if truth is None:
            assert result.status is Status.INFEASIBLE, seed
            continue
        assert result.algorithm == radius_search.NAME
        assert result.status is Status.OPTIMAL and result.plan is not None, seed
        assert result.objective == pytest.approx(truth.objective, rel=1e-6, abs=1e-6), seed
        assert result.bound == result.objective
        assert check(Case(problem, policy), result.plan, result).ok, seed


def test_the_model_finds_the_same() -> None:
    problem, policy = solvable()
    ours, whole = solve(Case(problem, policy), EXACT), solve(Case(problem, policy), EXACT, "full")
    assert whole.algorithm == ours.algorithm == radius_search.NAME
    assert whole.objective == pytest.approx(ours.objective)


def test_bound_and_plan_close_in_radius_by_radius() -> None:
    problem, policy = solvable()
    seen = list[Progress]()
    solve(Case(problem, policy), EXACT, progress=seen.append)
    assert len(seen) > 1
    assert all(one.bound <= one.objective for one in seen)
    assert np.all(np.diff([one.bound for one in seen]) >= 0)
    assert np.all(np.diff([one.objective for one in seen]) <= 0)


@pytest.mark.parametrize("by_user", [False, True])
def test_who_stopped_it(by_user: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Outcome(Status.STOPPED, None, np.inf, -np.inf, 0.0, 0, interrupted=by_user)
    monkeypatch.setattr(adaptor, "search", lambda *_, **__: (None, stopped))
    result = solve(Case(*fairest(0)), EXACT)
    assert result.status is Status.STOPPED
    assert result.interrupted is by_user
    assert result.plan is None and result.gap == np.inf
