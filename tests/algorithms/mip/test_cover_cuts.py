"""The relaxation: variable upper bounds come in once they are broken, and nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from optimizer.algorithms.mip import cover_cuts
from optimizer.algorithms.mip.cover_cuts import forcing, relaxation
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.certificate import certified
from optimizer.solver.highs import minimise
from optimizer.solver.sifting import sifted
from tests.algorithms.mip.test_column_aggregation import drawn

EXACT = Limits(gap=0, threads=1)


def no_rows(x: Floats) -> tuple[csr_array, Floats]:
    return csr_array((0, len(x))), np.zeros(0)


@pytest.mark.parametrize("seed", range(0, 90, 3))
def test_rows_that_wait_lose_nothing(seed: int) -> None:
    whole = drawn(seed)
    lazy = forcing(whole)
    plain = minimise(replace(whole, integer=np.zeros_like(whole.integer)), EXACT)
    found = sifted(whole, no_rows, EXACT, 1, lazy)
    same, outcome = found.program, found.outcome
    assert same is whole
    assert outcome.status is plain.status
    if plain.status is Status.INFEASIBLE:
        return
    assert outcome.x is not None and outcome.duals is not None and plain.x is not None
    assert outcome.objective == pytest.approx(plain.objective, rel=1e-3, abs=1e-3)
    assert outcome.objective <= plain.objective + 1e-6 * max(1, abs(plain.objective))
    assert whole.violation(outcome.x) <= 1.1e-4 * max(1, abs(whole.rows).max())
    # The multipliers are those of the rows of the whole, in its order.
    assert outcome.duals.shape == whole.row_upper.shape
    bound = certified(whole, outcome.duals)[0]
    assert bound == pytest.approx(outcome.objective, rel=1e-6, abs=1e-6)


def test_most_of_them_never_come_in() -> None:
    """They are many, and few of them bind."""
    waiting, binding = 0, 0
    for seed in range(0, 60, 3):
        whole = drawn(seed)
        lazy = forcing(whole)
        outcome = sifted(whole, no_rows, EXACT, 0, lazy).outcome
        if outcome.duals is not None:
            waiting, binding = waiting + lazy.sum(), binding + (outcome.duals[lazy] != 0).sum()
    assert waiting > 100
    assert 0 < binding < waiting / 2


def test_variable_upper_bounds_are_told_from_other_rows() -> None:
    whole = drawn(0)
    rows = csr_array(whole.rows)
    for row in np.flatnonzero(forcing(whole)):
        columns = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
        entries = rows.data[rows.indptr[row] : rows.indptr[row + 1]]
        assert (entries[whole.integer[columns]] == -1).all()
        assert entries[~whole.integer[columns]].tolist() == [1.0]
        assert whole.row_upper[row] == 0


def test_cuts_can_be_left_out() -> None:
    for seed in range(0, 30, 3):
        whole = drawn(seed)
        plain, cut = relaxation(whole, EXACT, cuts=False), relaxation(whole, EXACT)
        assert plain.program is whole
        assert plain.bound <= cut.bound + 1e-6 * max(1.0, abs(cut.bound)) or np.isinf(cut.bound)


def test_rounds_of_cuts_are_counted_apart_from_rows_that_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows that wait come in however many rounds they take."""
    monkeypatch.setattr(cover_cuts, "MAX_ROUNDS", 0)
    for seed in range(0, 30, 3):
        whole = drawn(seed)
        relaxed = relaxation(whole, EXACT)
        if relaxed.outcome.x is not None:
            assert whole.violation(relaxed.outcome.x) <= 1.1e-4 * max(1, abs(whole.rows).max())
