"""The frontier: all of it at resolution 0, and what is proven at others, against enumeration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from optimizer.geodata.read import read
from optimizer.policy import Equity, Policy
from optimizer.problem import Problem
from optimizer.sweep import frontier
from optimizer.sweep.places import best_of, scale_of
from optimizer.sweep.points import frontier as frontier_of
from optimizer.sweep.points import place
from optimizer.sweep.proofs import corners
from optimizer.sweep.task import Answer
from tests.enumerating.measures import DEFINITIONS
from tests.enumeration import best_plan
from tests.random_problems import draw_minimising
from tests.sweep import enumerated
from tests.sweep.driving import driven

TINY = Path(__file__).parents[2] / "instances/tiny"

#: Leximin is an order: it has no frontier.
MEASURES = st.sampled_from([name for name in DEFINITIONS if name != "leximin"])
NUMBERS = st.integers(0, 2**32 - 1)


def asked(problem: Problem, policy: Policy, resolution: float) -> list[Answer]:
    return driven(frontier.strategy(problem, policy, resolution, 0.0), problem, policy)


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
    answers = asked(instance.problem, policy, 0.0)
    assert found(instance.problem, answers) == near(enumerated.frontier(attainable))


@settings(max_examples=60, phases=[Phase.generate])
@given(measure=MEASURES, seed=NUMBERS)
def test_random_problems_point_by_point(measure: str, seed: int) -> None:
    problem, policy = open_question(measure, seed)
    attainable = enumerated.attainable(problem, policy)
    assume(attainable is not None)
    assert attainable is not None
    finite = [terms for terms in attainable if np.isfinite(terms).all()]
    assume(len(finite) == len(attainable))
    answers = asked(problem, policy, 0.0)
    assert found(problem, answers) == near(enumerated.frontier(attainable)), (measure, seed)


@settings(max_examples=60, phases=[Phase.generate])
@given(measure=MEASURES, seed=NUMBERS, resolution=st.sampled_from([0.03, 0.1, 0.3]))
def test_no_plan_is_better_by_more_than_is_proven(
    measure: str, seed: int, resolution: float
) -> None:
    problem, policy = open_question(measure, seed)
    answers = asked(problem, policy, resolution)
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
