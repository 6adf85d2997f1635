"""What multipliers prove, without a solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array

from optimizer.question import Limits
from optimizer.solver import certificate
from optimizer.solver.certificate import decided
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program

# min 2x + 3y, x + y >= 4, x - y <= 1, 0 <= x <= 3, 0 <= y: x = 2.5, y = 1.5 costs 9.5.
PROGRAM = Program(
    cost=np.array([2.0, 3.0]),
    offset=0.0,
    rows=csc_array(np.array([[1.0, 1.0], [1.0, -1.0]])),
    row_lower=np.array([4.0, -np.inf]),
    row_upper=np.array([np.inf, 1.0]),
    lower=np.zeros(2),
    upper=np.array([3.0, np.inf]),
    integer=np.zeros(2, dtype=bool),
)


def certified(program: Program, multipliers: np.ndarray) -> float:
    return certificate.certified(program, multipliers)[0]


def test_the_best_multipliers_prove_the_optimum() -> None:
    # One more of the first row costs 2.5, one more of the second saves 0.5.
    assert certified(PROGRAM, np.array([2.5, -0.5])) == pytest.approx(9.5)


def test_others_prove_less() -> None:
    # 2 x 4 + min of 0 x + 1 y; and 3 x 4 + min of -1 x, 0 y at x = 3.
    assert certified(PROGRAM, np.array([2.0, 0.0])) == pytest.approx(8)
    assert certified(PROGRAM, np.array([3.0, 0.0])) == pytest.approx(9)


def test_a_multiplier_of_an_end_that_is_not_there_counts_as_nothing() -> None:
    assert certified(PROGRAM, np.array([2.0, 7.0])) == certified(PROGRAM, np.array([2.0, 0.0]))


def test_nothing_is_proven_where_a_column_without_an_end_gains() -> None:
    assert certified(PROGRAM, np.array([4.0, 0.0])) == -np.inf


@pytest.mark.parametrize("seed", range(20))
def test_those_of_the_solver_prove_what_it_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(6, 9))
    inside = random.random(9)
    drawn = Program(
        cost=random.normal(size=9),
        offset=1.0,
        rows=csc_array(rows),
        row_lower=rows @ inside - random.random(6),
        row_upper=rows @ inside + random.random(6),
        lower=np.zeros(9),
        upper=np.ones(9),
        integer=np.zeros(9, dtype=bool),
    )
    found = minimise(drawn, Limits(gap=0))
    assert found.duals is not None
    assert certified(drawn, found.duals) == pytest.approx(found.objective)
    whole = minimise(replace(drawn, integer=np.ones(9, dtype=bool)), Limits(gap=0))
    for _ in range(20):
        assert certified(drawn, random.normal(size=6)) <= whole.objective + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_what_is_decided_loses_no_solution_that_is_good_enough(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.integers(0, 5, (4, 10)).astype(float)
    drawn = Program(
        cost=random.integers(1, 20, 10).astype(float),
        offset=0.0,
        rows=csc_array(rows),
        row_lower=np.floor(rows.sum(axis=1) / 2),
        row_upper=np.full(4, np.inf),
        lower=np.zeros(10),
        upper=np.ones(10),
        integer=np.ones(10, dtype=bool),
    )
    relaxed = minimise(replace(drawn, integer=np.zeros(10, dtype=bool)), Limits(gap=0))
    best = minimise(drawn, Limits(gap=0)).objective
    assert relaxed.duals is not None
    left = decided(drawn, relaxed.duals, best, np.ones_like(drawn.integer))
    assert (left.lower == left.upper).any()
    assert minimise(left, Limits(gap=0)).objective == pytest.approx(best)
