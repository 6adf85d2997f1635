"""The frontier: all of it at resolution 0, and what is proven at others, against enumeration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from optimizer.algorithms.mip.decode import nearest_open
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from optimizer.problem import Problem
from optimizer.question import Equity, Policy
from optimizer.solution import Plan, Result, Status
from optimizer.sweep import frontier
from optimizer.sweep.budget_sweep import advance
from optimizer.sweep.dominance import best_of, scale_of
from optimizer.sweep.excluded_boxes import corners
from optimizer.sweep.points import frontier as frontier_of
from optimizer.sweep.points import place
from optimizer.sweep.task import Answer, Strategy, Task
from tests import hand
from tests.enumerating.measures import DEFINITIONS
from tests.enumeration import best_plan
from tests.random_problems import draw_minimising
from tests.sweep import enumerated
from tests.sweep.driving import driven

TINY = Path(__file__).parents[2] / "instances/tiny"

LINE = read(TINY / "line")

#: Leximin is an order: it has no frontier.
MEASURES = st.sampled_from([name for name in DEFINITIONS if name != "leximin"])
NUMBERS = st.integers(0, 2**32 - 1)


def asked(case: Case, resolution: float) -> list[Answer]:
    return driven(frontier.strategy(case, resolution, 0.0), case)


def found(problem: Problem, answers: list[Answer]) -> np.ndarray:
    """(n, 2) scaled terms of the points that no other dominates, by efficiency, each once."""
    points = frontier_of(problem, answers).points
    best = best_of(place(point) for point in points if point.indicators is not None)
    terms = {place(point): point.indicators.terms for point in points if point.indicators}
    return table([terms[at] for at in best])


def table(terms: list[tuple[float, float]]) -> np.ndarray:
    return np.array(terms).reshape(-1, 2)


def open_question(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A random problem, its policy without the caps that a sweep varies; ratios by one level."""
    problem, policy = draw_minimising(measure, seed)
    equity = policy.equity
    if DEFINITIONS[measure].ratio and equity.services == "weighted":
        equity = replace(equity, services="worst")
    return problem, replace(policy, equity=equity, efficiency_bound=None, equity_bound=None)


def near(terms: list[tuple[float, float]]) -> object:
    return pytest.approx(table(terms), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("name", ["line", "two-cities", "redline"])
@pytest.mark.parametrize("efficiency", ["mean_minutes", "cost", "uncovered"])
@pytest.mark.parametrize("measure", ["kolm_pollak", "maximum", "mean_absolute_deviation"])
def test_tiny_instances_point_by_point(name: str, efficiency: str, measure: str) -> None:
    instance = read(TINY / name)
    # With all the money there is, the dear plans are on the frontier too.
    budget = instance.policy.budget if efficiency == "mean_minutes" else None
    equity = Equity(measure)
    policy = replace(instance.policy, efficiency=efficiency, equity=equity, budget=budget)
    attainable = enumerated.attainable(instance.problem, policy)
    assert attainable is not None
    answers = asked(Case(instance.problem, policy), 0.0)
    assert found(instance.problem, answers) == near(enumerated.frontier(attainable))


@settings(max_examples=12, phases=[Phase.generate])
@given(measure=MEASURES, seed=NUMBERS)
def test_random_problems_point_by_point(measure: str, seed: int) -> None:
    problem, policy = open_question(measure, seed)
    attainable = enumerated.attainable(problem, policy)
    assume(attainable is not None)
    assert attainable is not None
    finite = [terms for terms in attainable if np.isfinite(terms).all()]
    assume(len(finite) == len(attainable))
    answers = asked(Case(problem, policy), 0.0)
    assert found(problem, answers) == near(enumerated.frontier(attainable)), (measure, seed)


@settings(max_examples=12, phases=[Phase.generate])
@given(measure=MEASURES, seed=NUMBERS, resolution=st.sampled_from([0.03, 0.1, 0.3]))
def test_no_plan_is_better_by_more_than_is_proven(
    measure: str, seed: int, resolution: float
) -> None:
    problem, policy = open_question(measure, seed)
    answers = asked(Case(problem, policy), resolution)
    result = frontier_of(problem, answers)
    best = best_of(place(point) for point in result.points if point.indicators is not None)
    assume(best and np.isfinite(best).all())
    assert result.resolution <= resolution * (1 + 1e-9) or len(best) == 1
    more = result.resolution + 1e-4  # far beyond what rounding could hide
    scale = scale_of(best)
    for efficiency, equity in corners(best, (more * scale[0], more * scale[1])):
        capped = replace(
            policy,
            weight=0.0,
            guard=enumerated.allowed(policy),
            efficiency_bound=efficiency if np.isfinite(efficiency) else None,
            equity_bound=equity if np.isfinite(equity) else None,
        )
        assert best_plan(problem, capped) is None, (measure, seed)


def stations(*villages: str) -> Plan:
    """Stations on the line in these villages, everybody at the nearer one."""
    at = [LINE.problem.sites.ids.index(village) for village in villages]
    options = np.flatnonzero(np.isin(LINE.problem.options.site, at))
    return Plan(options, (nearest_open(LINE.problem, options, 0),))


def answered(task: Task, plan: Plan | None, part: float = 1.0) -> Answer:
    """The plan as the answer, with a bound that is a part of its objective."""
    if plan is None:
        return Answer(task, None, "its process died")
    objective = worth(Case(LINE.problem, task.policy), plan).objective
    status = Status.OPTIMAL if part == 1 else Status.STOPPED
    return Answer(task, Result(status, plan, objective, part * objective, 1 - part, 0, 0, ""))


def begun(
    measure: str, resolution: float, *ends: tuple[Plan | None, float]
) -> tuple[Strategy, list[Task]]:
    """A frontier of the line with these answers at the ends, and what is asked then."""
    policy = replace(LINE.policy, equity=Equity(measure))
    strategy = frontier.strategy(Case(LINE.problem, policy), resolution, 0.001)
    tasks = next(strategy)
    answers = [answered(task, *end) for task, end in zip(tasks, ends, strict=True)]
    return strategy, list(advance(strategy, answers) or [])


def test_an_end_that_may_be_a_step_off_is_asked_again_from_what_is_known() -> None:
    """At 5 minutes proven to 10 %, and steps of 2 %: 1.8 % of it must be proven."""
    efficient, fair = stations("v3", "v5"), stations("v2", "v5")
    _, (task,) = begun("maximum", 0.02, (efficient, 0.9), (fair, 1.0))
    assert task.asked == {"weight": 0.0}
    assert task.start is efficient
    assert task.bound == pytest.approx(4.5)
    assert task.gap == 0.001  # never wider than what the sweep asks


def test_boxes_are_asked_for_what_is_a_step_better_than_both_neighbours() -> None:
    """5 minutes and at most 20, 5.8333 and at most 10; steps are 2 % of 5 and 20."""
    efficient, fair = stations("v3", "v5"), stations("v2", "v5")
    _, (task,) = begun("maximum", 0.02, (efficient, 1.0), (fair, 1.0))
    assert task.policy.efficiency_bound == pytest.approx(35 / 6 - 0.1)
    assert task.policy.equity_bound == pytest.approx(20 - 0.4)
    # (1 - w) x 5 + w x 20 = (1 - w) x 35/6 + w x 10.
    assert task.policy.weight == pytest.approx(1 / 13)
    assert task.probe


def test_an_end_as_fair_as_a_far_more_efficient_neighbour_is_checked_for_ties() -> None:
    """v2 v4 and v2 v5 both have 10 minutes at most; by steps of 12 minutes all is equally fair.

    The question is for a plan as fair that is a step of 60 % of 5 minutes more efficient.
    """
    efficient, tied = stations("v3", "v5"), stations("v2", "v4")
    _, (task,) = begun("maximum", 0.6, (efficient, 1.0), (tied, 1.0))
    assert task.asked == pytest.approx(
        {"weight": 0.0, "efficiency_bound": 25 / 3 - 3, "equity_bound": 10.0}
    )


def test_a_ratio_is_never_weighed_between_the_ends() -> None:
    efficient, fair = stations("v3", "v5"), stations("v2", "v5")
    _, tasks = begun("gini", 0.02, (efficient, 1.0), (fair, 1.0))
    assert tasks
    assert {task.policy.weight for task in tasks} <= {0.0, 1.0}


def test_ends_that_are_the_same_place_end_the_search() -> None:
    plan = stations("v3", "v5")
    assert begun("maximum", 0.02, (plan, 0.9), (plan, 0.9))[1] == []


def test_failures_end_the_search() -> None:
    plan = stations("v3", "v5")
    assert begun("maximum", 0.02, (None, 1.0), (None, 1.0))[1] == []
    assert begun("maximum", 0.02, (plan, 1.0), (None, 1.0))[1] == []


def test_no_question_is_asked_twice() -> None:
    """A box whose question fails stays open, and the search ends."""
    efficient, fair = stations("v3", "v5"), stations("v2", "v5")
    strategy, tasks = begun("maximum", 0.02, (efficient, 1.0), (fair, 1.0))
    assert len(tasks) == 1
    assert advance(strategy, [answered(task, None) for task in tasks]) is None


def test_the_line_takes_three_solves() -> None:
    """The ends are plans without a tie, and between them is nothing."""
    assert len(asked(LINE.case, 0.0)) == 3


@pytest.mark.parametrize("cap", ["efficiency_bound", "equity_bound"])
def test_a_cap_of_the_policy_leaves_nothing_to_sweep(cap: str) -> None:
    with pytest.raises(InputError, match=rf"policy, column {cap}: a sweep goes with no cap"):
        asked(Case(LINE.problem, replace(LINE.policy, **{cap: 20.0})), 0.1)


def test_an_order_has_no_frontier() -> None:
    with pytest.raises(InputError, match="leximin is an order"):
        asked(Case(LINE.problem, replace(LINE.policy, equity=Equity("leximin"))), 0.1)


def test_a_sum_of_ratios_has_no_cap() -> None:
    policy = hand.policy(budget=None, equity=Equity("gini"))
    with pytest.raises(InputError, match="a weighted sum of gini over several levels has no cap"):
        asked(Case(hand.problem(), policy), 0.1)
