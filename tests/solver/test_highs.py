"""The solver module: two false optima of other releases, statuses, limits, and self-doubt."""

from __future__ import annotations

import itertools
import math
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array

from optimizer.question import Limits
from optimizer.solution import Progress, Status
from optimizer.solver import highs as solver
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program, SolverError, relative_gap

DATA = Path(__file__).parents[1] / "data"
EXACT = Limits(gap=0)


def program(cost, rows, row_lower, row_upper, lower, upper, integer) -> Program:
    return Program(
        np.array(cost, dtype=float),
        0.0,
        csc_array(np.array(rows, dtype=float)),
        np.array(row_lower, dtype=float),
        np.array(row_upper, dtype=float),
        np.array(lower, dtype=float),
        np.array(upper, dtype=float),
        np.array(integer, dtype=bool),
    )


def knapsack(n: int) -> Program:
    """A hard little market split: minimise the slack of two subset-sum rows."""
    random = np.random.default_rng(1)
    weights = random.integers(0, 100, size=(4, n)).astype(float)
    half = np.floor(weights.sum(axis=1) / 2)
    rows = np.hstack([weights, np.eye(4), -np.eye(4)])
    return program(
        [0] * n + [1] * 8, rows, half, half, [0] * (n + 8), [1] * n + [np.inf] * 8,
        [True] * n + [False] * 8,
    )  # fmt: skip


def test_presolve_keeps_the_optimum_that_release_1_14_0_loses():
    # min 2x + 3z, x + z >= 4.5, x in [0, 10], z integer: x = 4.5, z = 0 costs 9 (1.14.0 says 15).
    tiny = program([2, 3], [[1, 1]], [4.5], [np.inf], [0, 0], [10, 10], [False, True])
    outcome = minimise(tiny, EXACT)
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == pytest.approx(9)
    assert outcome.bound == pytest.approx(9)


def test_a_start_keeps_the_optimum_that_release_1_16_0_loses():
    # 12,116 without the start, with presolve off, and on other releases; 1.16.0 says 11,739.
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    reader.readModel(str(DATA / "p_median_1000.mps.gz"))
    lp = reader.getLp()
    matrix = lp.a_matrix_
    assert matrix.format_ == highspy.MatrixFormat.kColwise
    rows = csc_array(
        (np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_)),
        shape=(lp.num_row_, lp.num_col_),
    )
    whole = np.array([kind == highspy.HighsVarType.kInteger for kind in lp.integrality_])
    residual = Program(
        np.array(lp.col_cost_), lp.offset_, rows, np.array(lp.row_lower_), np.array(lp.row_upper_),
        np.array(lp.col_lower_), np.array(lp.col_upper_), whole,
    )  # fmt: skip
    start = np.load(DATA / "p_median_1000_start.npy")
    assert residual.objective(start) == pytest.approx(12117)
    outcome = minimise(residual, EXACT, start=start)
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == pytest.approx(12116)
    assert outcome.bound == pytest.approx(12116, abs=1e-3)


def test_a_start_keeps_the_optimum_that_a_rounded_objective_loses():
    # min a / 4, a in [0, 1]: 0, whatever the rows on the binaries beside it say. `setSolution`
    # of a start with a = 1 makes 1.15.1 call 0.25 optimal for 8 of these 300.
    compared = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        cover = random.random((random.integers(3, 9), 10)) < 0.4
        rows = np.vstack([cover, np.ones(10)])
        least = [*np.minimum(1, cover.sum(axis=1)), -np.inf]
        most = [np.inf] * len(cover) + [random.integers(3, 7)]
        start = np.append(random.random(10) < 0.5, 1.0)
        beside = program(
            [0] * 10 + [0.25], np.hstack([rows, np.zeros((len(rows), 1))]), least, most,
            [0] * 11, [1] * 11, [True] * 10 + [False],
        )  # fmt: skip
        if beside.violation(start) == 0:
            assert minimise(beside, EXACT, start).objective == pytest.approx(0, abs=1e-6), seed
            compared += 1
    assert compared > 30


def test_a_release_that_lies_is_refused(monkeypatch):
    monkeypatch.setattr(solver, "version", lambda _: "1.16.0")
    tiny = program([1], [[1]], [1], [np.inf], [0], [2], [False])
    with pytest.raises(SolverError, match=r"1\.16\.0 has returned false optima"):
        minimise(tiny, EXACT)


def test_infeasible_is_a_status():
    # x <= 1 and x >= 2.
    outcome = minimise(program([1], [[1]], [2], [np.inf], [0], [1], [True]), EXACT)
    assert (outcome.status, outcome.x) == (Status.INFEASIBLE, None)
    assert math.isinf(outcome.objective)


def test_a_linear_program_gives_its_multipliers():
    # min 2x + 3y, x + y >= 4, x <= 3: x = 3, y = 1, cost 9; one more unit of demand costs 3, one
    # more unit of x saves 1.
    outcome = minimise(
        program([2, 3], [[1, 1]], [4], [np.inf], [0, 0], [3, np.inf], [False, False]), EXACT
    )
    assert outcome.objective == outcome.bound == pytest.approx(9)
    assert outcome.x == pytest.approx([3, 1])
    assert outcome.duals == pytest.approx([3])
    assert outcome.reduced_costs == pytest.approx([-1, 0])


def test_a_time_limit_keeps_the_best_and_a_valid_bound():
    seen: list[Progress] = []
    outcome = minimise(knapsack(60), Limits(seconds=2, gap=0), progress=seen.append)
    assert outcome.status is Status.STOPPED
    assert outcome.x is not None
    assert outcome.bound <= outcome.objective
    assert outcome.seconds < 10
    assert seen and all(a.seconds <= b.seconds for a, b in itertools.pairwise(seen))


def test_ctrl_c_stops_and_keeps_the_best():
    threading.Timer(1.5, lambda: signal.raise_signal(signal.SIGINT)).start()
    began = time.perf_counter()
    outcome = minimise(knapsack(60), Limits(seconds=60, gap=0))
    assert time.perf_counter() - began < 30
    assert outcome.status is Status.STOPPED
    assert outcome.x is not None


def test_the_same_seed_gives_the_same_run():
    runs = [minimise(knapsack(20), Limits(gap=0, threads=1, seed=7)) for _ in range(2)]
    assert runs[0].nodes == runs[1].nodes
    assert np.array_equal(runs[0].x, runs[1].x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"objective": 8.0}, "reports 9.0, its solution costs 8.0"),
        ({"bound": 9.5}, r"bounds by 9.5, its solution 9.0"),
        ({"x": np.array([0.0, 0.0])}, "breaks a row by 4.5"),
        ({"bound": 4.0}, "says optimal at a gap of 0.5"),
        ({"x": None}, "says optimal and gives no solution"),
    ],
)
def test_an_answer_that_contradicts_itself_raises(change, message):
    tiny = program([2, 3], [[1, 1]], [4.5], [np.inf], [0, 0], [10, 10], [False, True])
    truth = minimise(tiny, EXACT)
    with pytest.raises(SolverError, match=message):
        solver.believe(replace(truth, **change), tiny, 9.0, EXACT)


def test_the_relative_gap():
    assert relative_gap(10, 9) == pytest.approx(0.1)
    assert relative_gap(-10, -11) == pytest.approx(0.1)
    assert relative_gap(0, 0) == 0
    assert relative_gap(math.inf, 1) == math.inf
