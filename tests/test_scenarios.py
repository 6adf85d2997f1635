"""Plans made for failures, against trying every set of options; and what must hold of any."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer import solve
from optimizer.policy import Limits
from optimizer.scaling import tail_mean
from optimizer.scenarios import folded_plan, unfolded, unfolded_plan
from optimizer.solution import Status
from tests.random_failures import best, draw

EXACT = Limits(gap=0.0)


@pytest.mark.parametrize("overflows", [False, True])
@pytest.mark.parametrize("seed", range(50))
def test_the_best_plan_is_the_best_of_all(seed: int, overflows: bool) -> None:
    case = draw(seed, overflows)
    found, truth = solve(case.problem, case.policy, EXACT), best(case)
    if truth is None:
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL
    assert found.plan is not None
    assert found.objective == pytest.approx(truth, rel=1e-6, abs=1e-6)


def test_the_draw_has_all_kinds() -> None:
    cases = [draw(seed, overflows) for seed in range(60) for overflows in (False, True)]
    assert {case.policy.tail for case in cases} == {0.0, 0.1, 0.5, 1.0}
    solved = [best(case) is not None for case in cases[::8]]
    assert 0.3 < np.mean(solved) < 1


def test_a_plan_folds_and_unfolds() -> None:
    case = next(case for seed in range(60) if best(case := draw(seed, True)) is not None)
    plan = solve(case.problem, case.policy, EXACT).plan
    assert plan is not None
    whole = unfolded_plan(case.problem, plan)
    again = unfolded_plan(case.problem, folded_plan(case.problem, whole))
    for one, other in zip(whole.assignments, again.assignments, strict=True):
        assert sorted(zip(one.demand, one.site, strict=True)) == sorted(
            zip(other.demand, other.site, strict=True)
        )
    assert len(unfolded(case.problem).levels) == len(case.problem.levels) * (
        1 + len(case.problem.scenarios.ids)
    )


@pytest.mark.parametrize("tail", [0.0, 0.2, 1.0])
def test_the_tail_mean_lies_between_mean_and_maximum(tail: float) -> None:
    rng = np.random.default_rng(0)
    likely, values = rng.dirichlet(np.ones(6)), rng.uniform(0, 10, 6)
    found = tail_mean(likely, tail, values)
    assert likely @ values - 1e-9 <= found <= values.max() + 1e-9
    if tail in (0.0, 1.0):
        assert found == pytest.approx(values.max() if tail == 0 else likely @ values)
