"""A sweep over caps on equity: what it carries over, and every point against enumeration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.question import Equity
from optimizer.solution import Status
from optimizer.sweep import bounds
from optimizer.sweep.task import Answer
from tests import hand
from tests.enumerating.measures import DEFINITIONS
from tests.enumeration import best_plan
from tests.random_problems import draw_capping
from tests.sweep.driving import driven

TINY = Path(__file__).parents[2] / "instances/tiny"


@pytest.fixture(scope="module")
def line() -> Instance:
    """Five villages, two stations; its README derives the numbers below."""
    return read(TINY / "line")


def swept(case: Case, caps: tuple[float, ...]) -> dict[float, Answer]:
    """Cap -> answer, in the order in which they were asked."""
    answers = driven(bounds.strategy(case, caps, 0.0), case)
    return {answer.task.asked["equity_bound"]: answer for answer in answers}


def test_points_are_those_derived_by_hand(line: Instance) -> None:
    """v3 v5 has an EDE of 7.3697 and a mean of 5 minutes, v2 v5 6.6297 and 5.8333."""
    answers = swept(line.case, (6.6, 6.7, 7.36, 7.37, 9.0))
    means = {
        cap: worth(line.case, answer.result.plan).efficiency
        for cap, answer in answers.items()
        if answer.result and answer.result.plan
    }
    assert means == {
        9.0: pytest.approx(5),
        7.37: pytest.approx(5),
        7.36: pytest.approx(5.8333, abs=1e-4),
        6.7: pytest.approx(5.8333, abs=1e-4),
    }
    tightest = answers[6.6].result
    assert tightest is not None
    assert tightest.status is Status.INFEASIBLE
    assert tightest.reasons


def test_the_loosest_and_the_tightest_come_first(line: Instance) -> None:
    asked = list(swept(line.case, (7.0, 8.0, 9.0, 10.0, 11.0)))
    assert asked[:3] == [11.0, 7.0, 9.0]
    assert sorted(asked[3:]) == [8.0, 10.0]


def test_a_looser_cap_is_known_from_the_plan_that_keeps_a_tighter_one(line: Instance) -> None:
    """The plan of 11 keeps 9 too, and of all plans it is the best: nothing is left to prove."""
    task = swept(line.case, (7.0, 9.0, 11.0))[9.0].task
    assert task.start is not None
    objective = worth(Case(line.problem, task.policy), task.start).objective
    assert objective == pytest.approx(task.bound)


def test_nothing_is_tried_below_a_cap_that_no_plan_keeps(line: Instance) -> None:
    answers = swept(line.case, (6.0, 6.1, 6.2))
    assert answers[6.1].task.bound == float("inf")


def test_equally_efficient_plans_are_told_apart_by_equity() -> None:
    """With all money the cheapest plan is sought: stations at SA and at SB cost the same."""
    problem, policy = hand.problem(), hand.policy(budget=None, efficiency="cost")
    policy = replace(policy, equity=Equity("mean", services="emergency"))
    answer = swept(Case(problem, policy), (100.0,))[100.0]
    assert answer.result is not None and answer.result.plan is not None
    # From SA 100 x 5 + 200 x 10 + 100 x 40 minutes, from SB 100 x 20 + 200 x 30 + 100 x 4.
    assert worth(Case(problem, policy), answer.result.plan).equity == pytest.approx(16.25)


def test_a_sum_of_ratios_has_no_cap() -> None:
    policy = hand.policy(budget=None, equity=Equity("gini"))
    with pytest.raises(InputError, match="a weighted sum of gini over several levels has no cap"):
        swept(Case(hand.problem(), policy), (0.5,))


@pytest.mark.parametrize("cap", ["efficiency_bound", "equity_bound"])
def test_a_cap_of_the_policy_leaves_nothing_to_sweep(line: Instance, cap: str) -> None:
    policy = replace(line.policy, **{cap: 20.0})
    with pytest.raises(InputError, match=rf"policy, column {cap}: a sweep goes with no cap"):
        swept(Case(line.problem, policy), (9.0, 10.0))


@settings(max_examples=15, phases=[Phase.generate])
@given(measure=st.sampled_from([*DEFINITIONS]), seed=st.integers(0, 2**32 - 1))
def test_every_cap_equals_enumeration_and_no_bound_is_above_it(measure: str, seed: int) -> None:
    problem, drawn = draw_capping(measure, seed)
    cap = drawn.equity_bound
    assume(cap is not None)
    assert cap is not None
    policy = replace(drawn, efficiency_bound=None, equity_bound=None)
    caps = tuple(cap + part * abs(cap) for part in (-0.2, -0.05, 0.0, 0.1, 0.5))
    for answer in swept(Case(problem, policy), caps).values():
        best = best_plan(problem, answer.task.policy)
        assert answer.result is not None
        if best is None:
            assert answer.result.status is Status.INFEASIBLE, (measure, seed)
            continue
        size = max(1.0, abs(best.objective))
        assert answer.task.bound <= best.objective + 1e-6 * size, (measure, seed)
        assert answer.result.objective == pytest.approx(best.objective, rel=1e-6, abs=1e-6)
