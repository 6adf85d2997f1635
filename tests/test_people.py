"""Entitlement and classes of demand points against the enumeration, on random problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms.median import adaptor
from optimizer.case import Case
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification import check
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_medians import draw_median
from tests.random_problems import draw_with_people, with_people
from tests.test_enumeration import ALONE, agree

EXACT = Limits(gap=0, threads=ALONE)
CHUNK = 10

#: Whether levels are for some only, and whether demand points have classes; first seed.
DRAWN = {
    "entitled": (True, False, 10_000),
    "classes": (False, True, 20_000),
    "both": (True, True, 30_000),
}


@pytest.mark.parametrize("algorithm", ["auto", "full"])
@pytest.mark.parametrize("first", parts(range(0, 60, CHUNK), usual=1))
@pytest.mark.parametrize("kind", DRAWN)
def test_people_equal_enumeration(kind: str, first: int, algorithm: str) -> None:
    entitled, classes, offset = DRAWN[kind]
    answered = 0
    for seed in range(offset + first, offset + first + CHUNK):
        problem, policy = draw_with_people(seed, entitled, classes)
        best = best_plan(problem, policy)
        if best is None:
            found = solve(Case(problem, policy), EXACT, algorithm)
            assert found.status is Status.INFEASIBLE, seed
        elif np.isfinite(best.objective):
            agree(problem, policy, best, seed, ALONE, algorithm)
            answered += 1
    assert answered >= CHUNK / 4


def test_classes_are_compared_and_have_floors() -> None:
    questions = [draw_with_people(20_000 + seed, False, True) for seed in range(60)]
    among = sum(policy.equity.among in problem.demand.classes for problem, policy in questions)
    floors = sum(
        floor.jurisdiction > 0 and floor.tier in problem.demand.classes
        for problem, policy in questions
        for floor in policy.floors.values()
    )
    assert among >= 20
    assert floors >= 5


@pytest.mark.parametrize("first", parts(range(0, 60, CHUNK), usual=1))
def test_medians_of_some_people_equal_enumeration(first: int) -> None:
    """Without a model, and by the model of all rules."""
    medians = 0
    for seed in range(40_000 + first, 40_000 + first + CHUNK):
        problem, policy = draw_median(seed, 6)
        problem = with_people(np.random.default_rng(seed), problem, True, True)
        among = "ring" if seed % 2 else policy.equity.among
        floors = {name: replace(floor, tier="ring") for name, floor in policy.floors.items()}
        policy = replace(policy, equity=replace(policy.equity, among=among), floors=floors)
        best, case = best_plan(problem, policy), Case(problem, policy)
        quick, slow = solve(case, EXACT), solve(case, EXACT, "full")
        medians += quick.algorithm == adaptor.NAME
        if best is None:
            assert quick.status is slow.status is Status.INFEASIBLE, seed
            continue
        for found in (quick, slow):
            assert found.plan is not None
            assert found.objective == pytest.approx(best.objective, rel=1e-6), seed
            assert check(case, found.plan, found).ok, seed
    assert medians > 0
