"""Far pairs merged and rows that capacities hide: nothing that was best is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms import Session, full
from optimizer.algorithms.compiled_model import compiled
from optimizer.algorithms.mip import cover_cuts
from optimizer.algorithms.mip.column_aggregation import Nearby, far_columns, nearby
from optimizer.case import Case
from optimizer.model.program import objective, program
from optimizer.problem import Bools
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program
from tests.parts import parts
from tests.random_problems import draw

EXACT = Limits(gap=0, threads=1)


def drawn(seed: int) -> Program:
    """The whole model of a random question."""
    problem, policy = draw(seed)
    case = Case(problem, policy)
    form = compiled(case, with_equity=True).capped(case)
    if "equity" not in form.goals:  # its measure is no linear term
        policy = replace(policy, weight=0)
    return program(form, objective(form, Case(problem, policy)))


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_merging_proves_no_more_than_the_whole(seed: int) -> None:
    whole = drawn(seed)
    best = minimise(whole, EXACT)
    able = far_columns(whole, np.zeros(len(whole.row_lower)), np.zeros(len(whole.cost)), -np.inf)
    assert not (able & whole.integer).any()
    far = able & (np.random.default_rng(seed).random(len(able)) < 0.6)
    part = nearby(whole, far)
    found = minimise(part.program, EXACT)
    if best.status is Status.INFEASIBLE:
        return
    assert best.x is not None and found.x is not None
    assert found.objective <= best.objective + 1e-6 * abs(best.objective)
    # A solution of the whole is one of the part, at no higher cost.
    same = part.solution(best.x)
    assert part.program.violation(same) < 1e-6
    assert part.program.objective(same) <= best.objective + 1e-9 * abs(best.objective)
    assert (part.integers(same, whole)[whole.integer] == best.x[whole.integer]).all()


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_hidden_rows_lose_no_solution_and_lift_the_bound(seed: int) -> None:
    whole = drawn(seed)
    relaxed = cover_cuts.relaxation(whole, EXACT)
    plain = minimise(replace(whole, integer=np.zeros_like(whole.integer)), EXACT)
    best = minimise(whole, EXACT)
    if best.x is not None:
        # A certified bound is rounded down by what its sums may be off, also where it is 0.
        assert relaxed.bound >= plain.bound - 1e-6 * abs(plain.bound) - 1e-11
        assert relaxed.program.violation(best.x) < 1e-6
        assert relaxed.bound <= best.objective + 1e-6 * abs(best.objective)


def test_one_large_point_hides_a_row() -> None:
    # A point of 100 persons and a facility for 40: half open, it serves a fifth and no half of it.
    assert _hidden(load=[100.0, 10.0], room=[40.0], share=[0.15, 0.5]) is None
    row = _hidden(load=[100.0, 10.0], room=[40.0], share=[0.3, 0.0])
    assert row is not None
    column, value = row
    assert column.tolist() == [0, 2]
    assert value == pytest.approx([1.0, -0.4])


def _hidden(
    load: list[float], room: list[float], share: list[float]
) -> tuple[np.ndarray, np.ndarray] | None:
    y = len(load) + np.arange(len(room))
    capacity = cover_cuts.Capacity(np.arange(len(load)), np.array(load), y, np.array(room))
    return cover_cuts.most_broken(capacity, np.array([*share, *[0.5] * len(room)]))


@pytest.mark.parametrize(("seeds", "least"), parts([(12, 6), (40, 20)], usual=1))
def test_questions_are_answered_the_same(
    seeds: int, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every program cut down to near pairs, whatever its size."""
    merged = []

    def counted(whole: Program, far: Bools) -> Nearby:
        merged.append(far.sum())
        return nearby(whole, far)

    for seed in range(seeds):
        problem, policy = draw(seed)
        asked = Session(Case(problem, policy), full.NAME).solve(policy, EXACT, explain=False)
        with monkeypatch.context() as patch:
            patch.setattr(full, "FEW_COLUMNS", 1)
            patch.setattr(full, "FAR_SHARE", 0.1)
            patch.setattr(full, "nearby", counted)
            again = Session(Case(problem, policy), full.NAME).solve(policy, EXACT, explain=False)
        assert again.status is asked.status
        if asked.plan is not None:
            assert again.objective == pytest.approx(asked.objective, rel=1e-6, abs=1e-9)
            assert again.bound <= again.objective
    assert sum(merged) > least
