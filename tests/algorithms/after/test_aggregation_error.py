"""Aggregation error: by hand, and never refuted by the enumeration of the fine question."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from optimizer.algorithms.after.aggregation_error import aggregation_bound
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import (
    BUILD,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
    Unmet,
)
from optimizer.question import Equity, Floor, Limits, Policy
from optimizer.robust import solve
from optimizer.solution.aggregation_bound import AggregationBound
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_aggregation import aggregated, unbound
from tests.random_problems import draw
from tests.random_unmet import draw_unmet, draw_unmet_minimising

EXACT = Limits(gap=0.0, threads=1)

#: Measures that have a bound of their own.
BOUND = ("mean", "kolm_pollak", "deprivation", "maximum", "cvar", "ordered_median")


def on_a_line(
    cutoff: float = 60,
    unmet: Unmet | None = None,
    capacity: float = np.inf,
    standard: float = 5,
) -> Problem:
    """Points at minutes 0 (3 persons), 4 (1) and 20 (2); sites, 10 each, at 0, 10 and 20."""
    at, sites = np.array([0.0, 4, 20]), np.array([0.0, 10, 20])
    minutes = abs(at[:, None] - sites)
    near = np.nonzero(minutes <= cutoff)
    level = Level("care", "care", standard, cutoff, unmet=unmet)
    size = Size("one", 10, np.inf, 0, {"care": capacity})
    return Problem(
        Jurisdictions(("A",), np.array([-1]), ("city",), ("",), np.array([np.nan])),
        Demand(("x", "y", "z"), np.zeros(3, dtype=int), np.array([3.0, 1, 2])),
        Sites(("s", "t", "u"), np.zeros(3, dtype=int), *np.array([[0.0] * 3, [9] * 3, [1] * 3])),
        (Service("care", (level,), (size,)),),
        Options(
            service=np.zeros(3, dtype=int),
            site=np.arange(3),
            size=np.zeros(3, dtype=int),
            kind=np.array([BUILD] * 3),
            capacity=np.full((3, 1), capacity),
            cost=np.full(3, 10.0),
            land=np.zeros(3),
            required=np.zeros(3, dtype=bool),
        ),
        (Pairs(*near, minutes[near]),),
    )


def coarse(problem: Problem) -> tuple[Problem, np.ndarray]:
    """y is part of x: 4 persons at 0, 2 at 20."""
    pairs = problem.pairs[0]
    kept = pairs.only(pairs.origin != 1)
    demand = Demand(("x", "z"), np.zeros(2, dtype=int), np.array([4.0, 2]))
    moved = (Pairs(np.minimum(kept.origin, 1), kept.site, kept.minutes),)
    return (
        Problem(
            problem.jurisdictions,
            demand,
            problem.sites,
            problem.services,
            problem.options,
            moved,
        ),
        np.array([0, 0, 1]),
    )


def asked(problem: Problem, policy: Policy) -> AggregationBound:
    """The bound of the coarse answer to a policy."""
    merged, of = coarse(problem)
    result = solve(Case(merged, policy), EXACT)
    return aggregation_bound(Case(problem, policy), Case(merged, policy), of, result, EXACT)


def test_the_median_is_off_by_persons_times_the_way_to_their_point() -> None:
    bound = asked(on_a_line(), Policy(weight=0, cost_bound=20))
    assert bound.objective == 0  # stations at 0 and 20
    assert (bound.below, bound.above) == pytest.approx((4 / 6, 4 / 6))
    assert bound.at_sites == pytest.approx(4 / 6)
    assert bound.lower == bound.upper == pytest.approx(4 / 6)  # y has no site nearer than 4
    assert bound.off == pytest.approx(4 / 6)


def test_the_center_is_off_by_the_longest_way_to_a_point() -> None:
    bound = asked(on_a_line(), Policy(equity=Equity("maximum"), weight=1, cost_bound=20))
    assert bound.objective == 0
    assert (bound.below, bound.above) == pytest.approx((4, 4))
    assert bound.lower == bound.upper == pytest.approx(4)


def test_capacities_change_nothing() -> None:
    bound = asked(on_a_line(capacity=4), Policy(weight=0, cost_bound=20))
    assert (bound.below, bound.above) == pytest.approx((4 / 6, 4 / 6))
    assert bound.upper == pytest.approx(4 / 6)


def test_whom_only_one_question_reaches_may_be_served_by_nobody() -> None:
    # Within 6 minutes of y is t; x is not: there nobody serves instead, who counts as 6 minutes.
    bound = asked(on_a_line(6, Unmet(6)), Policy(weight=0, cost_bound=20))
    assert bound.below == pytest.approx(0)  # t: nobody's 6 for its 6; s: 0 for 4; nobody: 6 for 6
    assert bound.above == pytest.approx(4 / 6)


def test_without_nobody_such_a_trip_leaves_no_bound() -> None:
    bound = asked(on_a_line(6), Policy(weight=0, cost_bound=20))
    assert math.isinf(bound.below)
    assert bound.reasons == ("some trips are within the cut-off in one of the two questions only",)
    assert bound.upper == pytest.approx(4 / 6)  # of its sites all the same


def test_rules_on_who_is_near_leave_no_bound_but_that_of_the_sites() -> None:
    policy = Policy(weight=0, cost_bound=20, floors={"care": Floor(jurisdiction=0.9)})
    bound = asked(on_a_line(), policy)
    assert bound.reasons == ("floors are about who is near",)
    assert bound.upper == bound.lower == pytest.approx(4 / 6)


def test_sites_may_be_no_answer() -> None:
    policy = Policy(weight=0, cost_bound=20, floors={"care": Floor(jurisdiction=0.9)})
    bound = asked(on_a_line(standard=3), policy)  # y is not covered by them
    assert math.isinf(bound.upper)
    assert bound.reasons_above
    assert not bound.known


def question(kind: str, seed: int) -> tuple[Problem, Policy]:
    """A random question: as it is, or without the rules that leave no bound."""
    if kind in BOUND:
        return unbound(*draw_unmet_minimising(kind, seed))
    drawn = (draw_unmet if "unmet" in kind else draw)(seed)
    return unbound(*drawn) if "unbound" in kind else drawn


def test_a_guard_leaves_no_value_of_given_sites() -> None:
    # The range of places is guarded, by the most efficient plan of these sites if only they are
    # known: that let the enumeration refute the bound.
    problem, policy = question("unbound", 89)
    merged, of = aggregated(problem, 89)
    result = solve(Case(merged, policy), EXACT)
    bound = aggregation_bound(Case(problem, policy), Case(merged, policy), of, result, EXACT)
    assert math.isinf(bound.upper)
    assert "the most efficient plan is another where sites are given" in bound.reasons_above


@pytest.mark.parametrize("first", parts(range(0, 200, 4), usual=2))
@pytest.mark.parametrize("kind", ["all", "unbound", "unmet", "unmet unbound", *BOUND])
def test_the_enumeration_never_refutes_it(kind: str, first: int) -> None:
    seen = Counter[str]()
    for seed in range(first, first + 4):
        problem, policy = question(kind, seed)
        merged, of = aggregated(problem, seed)
        try:
            result = solve(Case(merged, policy), EXACT)
        except InputError:  # a ratio of next to nothing
            continue
        if result.plan is None:
            continue
        fine = Case(problem, policy)
        bound = aggregation_bound(fine, Case(merged, policy), of, result, EXACT)
        best = best_plan(problem, policy)
        room = 1e-6 * max(1.0, abs(result.objective))
        if best is None:
            assert math.isinf(bound.upper), seed
            continue
        assert bound.lower - room <= best.objective <= bound.upper + room, seed
        if math.isfinite(bound.above):
            assert best.objective >= result.objective - bound.below - room, seed
            assert best.objective <= result.objective + bound.above + room, seed
        seen["finite"] += 1
    assert seen["finite"] > 0
