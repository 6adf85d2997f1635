"""Sifting: columns that come in late lose nothing, and the bound holds for all of them."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from optimizer.algorithms.mip import cover_cuts
from optimizer.algorithms.mip.cover_cuts import forcing, late_shares
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver import sifting
from optimizer.solver.certificate import certified
from optimizer.solver.highs import minimise, run
from optimizer.solver.program import Program, subprogram
from optimizer.solver.sifting import sifted
from tests.algorithms.mip.test_column_aggregation import drawn
from tests.parts import parts
from tests.random_problems import draw
from tests.test_enumeration import agree, best_of

EXACT = Limits(gap=0, threads=1)
CHUNKS = [range(first, first + 20) for first in range(0, 300, 20)]


def no_rows(x: Floats) -> tuple[csr_array, Floats]:
    return csr_array((0, len(x))), np.zeros(0)


def relaxed(program: Program) -> Program:
    return replace(program, integer=np.zeros_like(program.integer))


@pytest.mark.parametrize("seed", range(60))
def test_any_columns_may_be_late(seed: int) -> None:
    whole = drawn(seed)
    plain = minimise(relaxed(whole), EXACT)
    able = ~whole.integer & (whole.lower == 0)
    late = able & (np.random.default_rng(seed).random(len(able)) < 0.7)
    found = sifted(whole, no_rows, EXACT, 0, forcing(whole), late)
    assert found.program is whole
    assert found.outcome.status is plain.status
    if plain.status is Status.INFEASIBLE:
        return
    outcome, size = found.outcome, max(1.0, abs(plain.objective))
    assert outcome.x is not None and outcome.duals is not None
    # Rows may be broken by 1e-4, and late columns save a ten-thousandth.
    assert outcome.objective == pytest.approx(plain.objective, rel=1e-3, abs=1e-3)
    assert outcome.bound <= plain.objective + 1e-6 * size
    assert outcome.bound >= outcome.objective - 2e-4 * abs(outcome.objective) - 1e-6
    assert outcome.bound <= certified(whole, outcome.duals)[0] + 1e-9 * size
    assert not outcome.x[~found.held].any()
    assert found.held[~late].all()


def test_some_never_come_in_and_some_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover_cuts, "MANY_SHARES", 0)
    monkeypatch.setattr(cover_cuts, "FIRST_SHARES", 1)
    late_ones, came = 0, 0
    for seed in range(60):
        whole = drawn(seed)
        late = late_shares(whole)
        found = sifted(whole, no_rows, EXACT, 0, forcing(whole), late)
        if found.outcome.x is not None and not found.held.all():
            late_ones, came = late_ones + int(late.sum()), came + int((late & found.held).sum())
    assert 0 < came < late_ones


def test_a_column_comes_in_with_the_row_that_waits_for_it() -> None:
    """x <= y, y <= 1 costs 3; x saves 5 of the 10 that the slack costs: half of it is shut out."""
    # min 10 s + 5 x + 3 y  with  s + x = 1, x - y <= 0; s in [0, 1], y an integer.
    program = Program(
        cost=np.array([10.0, 5.0, 3.0]),
        offset=0.0,
        rows=csc_array(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, -1.0]])),
        row_lower=np.array([1.0, -np.inf]),
        row_upper=np.array([1.0, 0.0]),
        lower=np.zeros(3),
        upper=np.ones(3),
        integer=np.array([False, False, True]),
    )
    lazy, late = np.array([False, True]), np.array([False, True, False])
    found = sifted(program, no_rows, EXACT, 0, lazy, late)
    assert found.outcome.x is not None
    assert found.outcome.x.tolist() == pytest.approx([0, 1, 1])
    assert found.outcome.bound == pytest.approx(8)
    # Where y costs 6 nobody goes there: the bound says so with the multiplier of the row.
    dear = replace(program, cost=np.array([10.0, 5.0, 6.0]))
    assert sifted(dear, no_rows, EXACT, 0, lazy, late).outcome.bound == pytest.approx(10)


def test_without_a_solution_all_columns_come_in() -> None:
    program = Program(
        cost=np.array([1.0, 2.0]),
        offset=0.0,
        rows=csc_array(np.array([[1.0, 1.0]])),
        row_lower=np.array([2.0]),
        row_upper=np.array([np.inf]),
        lower=np.zeros(2),
        upper=np.ones(2),
        integer=np.zeros(2, dtype=bool),
    )
    late = np.array([False, True])
    found = sifted(program, no_rows, EXACT, 0, None, late)
    assert found.outcome.objective == pytest.approx(3) and found.held.all()
    more = replace(program, row_lower=np.array([3.0]))
    assert sifted(more, no_rows, EXACT, 0, None, late).outcome.status is Status.INFEASIBLE


def test_a_stop_keeps_what_was_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover_cuts, "MANY_SHARES", 0)
    monkeypatch.setattr(cover_cuts, "FIRST_SHARES", 1)
    kept = 0
    for seed in range(0, 60, 2):
        whole, runs = drawn(seed), 0
        plain = minimise(relaxed(whole), EXACT)
        if plain.status is Status.INFEASIBLE:
            continue
        for last in range(1, 5):
            runs = 0

            def stopped(
                highs: highspy.Highs, progress: None, last: int = last
            ) -> tuple[bool, bool]:
                nonlocal runs
                runs += 1
                return runs >= last or run(highs, progress)[0], False

            monkeypatch.setattr(sifting, "run", stopped)
            found = sifted(whole, no_rows, EXACT, 0, forcing(whole), late_shares(whole))
            if found.outcome.x is None:
                assert found.outcome.bound <= plain.objective + 1e-6 * max(1, abs(plain.objective))
                kept += np.isfinite(found.outcome.bound)
    assert kept


@pytest.mark.parametrize("seeds", parts(CHUNKS, usual=2))
def test_the_best_plan_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch, seeds: range) -> None:
    """With one share of each demand point at first, and the others late."""
    monkeypatch.setattr(cover_cuts, "MANY_SHARES", 0)
    monkeypatch.setattr(cover_cuts, "FIRST_SHARES", 1)
    solved = 0
    for seed in seeds:
        problem, policy = draw(seed)
        best = best_of(seed)
        if best is not None:
            agree(problem, policy, best, seed, threads=1, algorithm="full")
            solved += 1
    assert solved >= 5


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_what_is_first_is_enough_mostly(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(cover_cuts, "MANY_SHARES", 0)
    whole = drawn(seed)
    late = late_shares(whole)
    assert not late[whole.integer].any()
    counted = whole.rows.T @ (np.isfinite(whole.row_lower) & ~np.isfinite(whole.row_upper)) > 0
    assert not (late & counted).any()


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_a_subprogram_has_the_solutions_without_the_columns_that_are_left_out(seed: int) -> None:
    whole = drawn(seed)
    kept = np.random.default_rng(seed).random(len(whole.cost)) < 0.8
    kept |= whole.lower > 0
    smaller = subprogram(whole, kept)
    shut = replace(
        whole, upper=np.where(kept, whole.upper, 0.0), lower=np.where(kept, whole.lower, 0.0)
    )
    found, same = minimise(smaller.program, EXACT), minimise(shut, EXACT)
    assert found.status is same.status
    if found.x is not None:
        assert found.objective == pytest.approx(same.objective, rel=1e-6, abs=1e-6)
        x = smaller.solution(whole, found.x)
        assert whole.objective(x) == pytest.approx(found.objective)
        assert whole.violation(x) <= 1e-6 * max(1, abs(whole.rows).max())
