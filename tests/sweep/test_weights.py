"""A sweep over weights: its order, what it carries over, and every point against enumeration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.problem import Problem
from optimizer.question import Equity
from optimizer.solution import Status
from optimizer.sweep import weights
from optimizer.sweep.points import frontier
from optimizer.sweep.task import Answer
from tests.enumerating.measures import DEFINITIONS
from tests.enumeration import best_plan
from tests.random_problems import draw_minimising
from tests.sweep.driving import driven

TINY = Path(__file__).parents[2] / "instances/tiny"

#: A weighted ratio is only searched for, and leximin is no number.
MEASURES = [
    name for name, measure in DEFINITIONS.items() if not measure.ratio and name != "leximin"
]
EIGHTHS = tuple(n / 8 for n in range(9))


@pytest.fixture(scope="module")
def line() -> Instance:
    """Five villages, two stations; its README derives the numbers below."""
    return read(TINY / "line")


def swept(case: Case, order: tuple[float, ...]) -> list[Answer]:
    return driven(weights.strategy(case, order, 0.0), case)


def solves(answers: list[Answer], problem: Problem) -> int:
    """How many of the tasks are not answered by their start and bound."""
    return sum(
        answer.task.start is None
        or worth(Case(problem, answer.task.policy), answer.task.start).objective
        > answer.task.bound + 1e-9
        for answer in answers
    )


def test_points_are_those_derived_by_hand(line: Instance) -> None:
    """v3 v5 at weights below 0.581, then v2 v5."""
    answers = swept(line.case, (0.0, 0.5, 1.0))
    points = frontier(line.problem, answers).points
    found = [(point.indicators.efficiency, point.indicators.equity) for point in points]
    assert found == [
        pytest.approx(place, abs=1e-4) for place in [(5, 7.3697), (5, 7.3697), (5.8333, 6.6297)]
    ]
    assert not any(point.dominated for point in points)
    assert points[2].price == pytest.approx(1 / 6)


def test_the_middle_comes_first_then_the_ends_then_halves(line: Instance) -> None:
    answers = swept(line.case, EIGHTHS)
    asked = [answer.task.policy.weight for answer in answers]
    assert asked[:3] == [0.5, 0, 1]
    assert sorted(asked[3:5]) == [0.25, 0.75]
    assert sorted(asked) == list(EIGHTHS)


def test_one_weight_and_weights_named_twice(line: Instance) -> None:
    asked = swept(line.case, (0.25, 0.25))
    assert [answer.task.asked for answer in asked] == [{"weight": 0.25}]


def test_what_the_neighbours_prove_is_not_solved(line: Instance) -> None:
    """Between 0 and 0.5 one plan is best, and from 0.625 on the other: it is known after 0.75."""
    answers = swept(line.case, EIGHTHS)
    assert solves(answers, line.problem) == 5  # 0.5, 0, 1, 0.75, 0.625


def test_all_is_infeasible_if_one_weight_is(line: Instance) -> None:
    policy = replace(line.policy, cost_bound=0.0)
    answers = swept(Case(line.problem, policy), EIGHTHS)
    assert {answer.result.status for answer in answers if answer.result} == {Status.INFEASIBLE}
    assert all(answer.result.reasons for answer in answers if answer.result)


@pytest.mark.parametrize("cap", ["efficiency_bound", "equity_bound"])
def test_a_cap_of_the_policy_leaves_nothing_to_sweep(line: Instance, cap: str) -> None:
    policy = replace(line.policy, **{cap: 20.0})
    with pytest.raises(InputError, match=rf"policy, column {cap}: a sweep goes with no cap"):
        swept(Case(line.problem, policy), (0.0, 1.0))


def test_an_order_has_no_weight(line: Instance) -> None:
    policy = replace(line.policy, equity=Equity("leximin"))
    with pytest.raises(InputError, match="leximin is an order"):
        swept(Case(line.problem, policy), (0.0, 1.0))


@settings(max_examples=15, phases=[Phase.generate])
@given(measure=st.sampled_from(MEASURES), seed=st.integers(0, 2**32 - 1))
def test_every_weight_equals_enumeration_and_no_bound_is_above_it(measure: str, seed: int) -> None:
    problem, policy = draw_minimising(measure, seed)
    policy = replace(policy, efficiency_bound=None, equity_bound=None)
    for answer in swept(Case(problem, policy), (0.0, 0.2, 0.4, 0.7, 1.0)):
        best = best_plan(problem, answer.task.policy)
        assert answer.result is not None
        if best is None:
            assert answer.result.status is Status.INFEASIBLE
            continue
        size = max(1.0, abs(best.objective))
        assert answer.task.bound <= best.objective + 1e-6 * size, (measure, seed)
        assert answer.result.bound <= best.objective + 1e-6 * size, (measure, seed)
        assert answer.result.objective == pytest.approx(best.objective, rel=1e-6, abs=1e-6)
