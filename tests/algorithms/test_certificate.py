"""What multipliers prove, without a solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array

from optimizer.algorithms.certificate import certified
from optimizer.policy import Limits
from optimizer.solver import Program, minimise

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
