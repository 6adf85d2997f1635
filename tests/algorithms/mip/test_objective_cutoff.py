"""Measures that weigh far trips ten billion times as much as near ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from optimizer.algorithms import full
from optimizer.algorithms.mip import objective_cutoff
from optimizer.algorithms.mip.decode import nearest_open
from optimizer.algorithms.session import Session
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.question import Equity, Limits
from optimizer.robust import scenario_aggregation, solve
from optimizer.solution import Plan, Status
from optimizer.solver.program import Outcome, Program, SolverError
from tests import random_failures
from tests.algorithms.median.test_adaptor import policy, villages
from tests.parts import parts

EXACT = Limits(gap=0.0, threads=1)


@pytest.fixture
def cutoffs(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every cutoff that is tried."""
    tried, close = list[float](), objective_cutoff._without_dear

    def told(*args: object) -> object:
        tried.append(args[-1])  # type: ignore[arg-type]
        return close(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(objective_cutoff, "_without_dear", told)
    return tried


@pytest.mark.parametrize("first", parts(range(0, 8, 2), usual=1))
def test_the_best_of_all_plans(cutoffs: list[float], first: int) -> None:
    for seed in range(first, first + 2):
        facts = villages(seed)
        asked = policy("kolm_pollak", weight=(0.5, 1.0)[seed % 2])
        asked = replace(asked, equity=Equity("kolm_pollak", {"aversion": 8.0}))
        standing = np.flatnonzero(facts.options.required)
        new, best = np.flatnonzero(~facts.options.required).tolist(), np.inf
        for some in combinations(new, min(3, len(new))):
            chosen = np.sort(np.append(standing, some)).astype(np.int64)
            plan = Plan(chosen, (nearest_open(facts, chosen, 0),))
            best = min(best, worth(Case(facts, asked), plan).objective)
        found = solve(Case(facts, asked), EXACT, full.NAME)
        assert found.status is Status.OPTIMAL
        assert found.objective == pytest.approx(best, rel=1e-6)
        assert found.bound == pytest.approx(best, rel=1e-6)
        least = solve(Case(facts, replace(asked, weight=1.0)), EXACT, full.NAME)
        assert least.plan is not None
        for part, status in ((1.01, Status.OPTIMAL), (0.99, Status.INFEASIBLE)):
            cap = part * worth(Case(facts, asked), least.plan).equity
            capped = replace(asked, weight=0.0, equity_bound=cap)
            assert solve(Case(facts, capped), EXACT, full.NAME).status is status
    assert cutoffs


@pytest.mark.parametrize("first", parts(range(0, 32, 4), usual=1))
def test_failures_that_leave_somebody_unserved(
    first: int, cutoffs: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being unserved counts e^27 times as much as no minutes at all, and every plan is rated."""
    levels = tuple(
        replace(level, standard=standard)
        for level, standard in zip(random_failures.LEVELS, (3.0, 4.0), strict=True)
    )
    monkeypatch.setattr(random_failures, "LEVELS", levels)
    for seed in range(first, first + 4):
        case = random_failures.draw(seed, overflows=False, more=seed % 3)
        told = list[float]()
        services = case.policy.equity.services.replace("worst", "weighted")
        asked = replace(case.policy, equity=Equity("kolm_pollak", services=services))
        truth = random_failures.best(replace(case, policy=asked))
        found = solve(
            Case(case.problem, asked), EXACT, progress=lambda seen, t=told: t.append(seen.bound)
        )
        assert (found.plan is None) == (truth is None), seed
        if truth is not None:
            assert found.status is Status.OPTIMAL
            assert found.objective == pytest.approx(truth, rel=1e-6), seed
            assert found.bound == pytest.approx(truth, rel=1e-6), seed
            assert all(bound <= truth * (1 + 1e-6) for bound in told), seed
        if asked.weight > 0:
            assert not scenario_aggregation.suits(Case(case.problem, asked)), seed
    assert cutoffs


def test_a_weight_does_not_change_what_is_feasible() -> None:
    """The solver left out the -1 of the variable that is above 10^9: nothing obeyed the row."""
    case = random_failures.draw(50, overflows=False, more=2)
    asked = replace(case.policy, equity=Equity("kolm_pollak", {"aversion": 3.0}), weight=0.3)
    for weight in (0.0, 0.3, 1.0):
        one = replace(asked, weight=weight)
        assert Session(Case(case.problem, one)).solve(one, EXACT).status is Status.OPTIMAL


def test_bounds_are_passed_on() -> None:
    """v <= 5 is the cutoff, v >= 10 x + 2 y and x + y = 1: x <= 1/2, so y >= 1/2."""
    rows = csr_array(
        np.array([[1.0, 0, 0], [-1.0, 10, 2], [0, 1, 1], [0, -1, -1]])
    )  # columns: v, x, y
    limit = np.array([5.0, 0.0, 1.0, -1.0])
    bounds = objective_cutoff._Bounds(
        rows, limit, np.array([-np.inf, 0, 0]), np.array([np.inf, 1, 1])
    )
    for _ in range(3):
        bounds.pass_on()
    assert bounds.upper == pytest.approx([5.0, 0.5, 1.0], rel=1e-5)
    assert bounds.lower == pytest.approx([0.0, 0.0, 0.5], abs=1e-5)


@pytest.mark.parametrize(
    ("answers", "cutoffs", "objective", "bound"),
    [
        # No solution, then one above the cutoff, then the best of those that cost no more.
        ([None, 2e5, 1.5e5], [10.0, 1e4, 2e5], 1.5e5, 1.5e5),
        ([9.0], [10.0], 9.0, 9.0),
        ([-3.0], [10.0], -3.0, -3.0),
        # The solver finds the known one no more: it is kept.
        ([30.0, 30.1], [10.0, 30.0], 30.0, 30.0),
    ],
)
def test_cutoffs_grow_until_one_is_kept(
    answers: list[float | None],
    cutoffs: list[float],
    objective: float,
    bound: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = asked_with(answers, cutoffs, monkeypatch)
    assert (found.objective, found.status) == (objective, Status.OPTIMAL)
    assert found.bound == pytest.approx(bound, rel=1e-6)


def test_a_solution_that_is_lost_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SolverError, match="one was found before"):
        asked_with([30.0, None], [10.0, 30.0], monkeypatch)


def asked_with(
    answers: list[float | None], cutoffs: list[float], monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    """The answer where these are those to the programs, whose cutoffs are these."""
    program = Program(*[np.zeros(1), 0.0, csc_array((0, 1))], *[np.zeros(0)] * 2, *[np.ones(1)] * 3)
    tried = list[float]()

    def part(study: object, asked: Program, cutoff: float) -> Program:
        return asked if cutoff == np.inf else replace(asked, upper=np.zeros(1))

    def answer(asked: Program, limits: Limits, known: float, most: float) -> Outcome:
        value = answers[len(tried)]
        tried.append(most)
        if value is None:
            return Outcome(Status.INFEASIBLE, None, np.inf, np.inf, 0.0, 0)
        return Outcome(Status.OPTIMAL, np.ones(1), value, value, 0.0, 0)

    monkeypatch.setattr(objective_cutoff, "_without_dear", part)
    monkeypatch.setattr(objective_cutoff, "_first_cutoff", lambda *_: 10.0)
    study: Any = SimpleNamespace(problem=None)
    found = objective_cutoff.by_cutoffs(study, policy(), program, EXACT, None, -np.inf, answer)
    assert tried == pytest.approx(cutoffs)
    return found
