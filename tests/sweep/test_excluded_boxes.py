"""What answers prove about plans that nobody has seen, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from optimizer.case import Case
from optimizer.question import Equity
from optimizer.solution import Result, Status
from optimizer.sweep.dominance import scale_of
from optimizer.sweep.excluded_boxes import Plane, Proof, corners, proofs
from optimizer.sweep.task import Answer, Task
from tests import hand

#: Efficiency and equity are minutes: F and T are the places themselves.
POLICY = hand.policy(equity=Equity("maximum", services="worst"))
PLANE = Plane(Case(hand.problem(), POLICY))
FREE = (math.inf, math.inf)


def test_an_answer_proves_its_bound_under_its_caps() -> None:
    capped = replace(POLICY, weight=0.25, equity_bound=20.0)
    result = Result(Status.OPTIMAL, None, 9.0, 8.5, 0.05, 0.0, 0, "by hand")
    found = proofs([Answer(Task("a", {}, capped), result), Answer(Task("b", {}, POLICY), None)])
    assert found == [Proof(0.25, 8.5, (math.inf, 20.0))]


def test_no_plan_is_below_the_line_of_a_bound() -> None:
    """(F + T) / 2 >= 10: at 8 and 11 there is nothing, at 8 and 13 there may be."""
    known = [Proof(0.5, 10.0, FREE)]
    assert PLANE.empty(known, (8.0, 11.0))
    assert not PLANE.empty(known, (8.0, 13.0))


def test_a_bound_under_caps_says_nothing_beyond_them() -> None:
    known = [Proof(0.5, 10.0, (9.0, 12.0))]
    assert PLANE.empty(known, (8.0, 11.0))
    assert not PLANE.empty(known, (8.0, 12.5))
    assert not PLANE.empty(known, (9.5, 5.0))


def test_an_infeasible_question_proves_that_all_is_empty() -> None:
    known = [Proof(0.5, math.inf, (9.0, 12.0))]
    assert PLANE.empty(known, (9.0, 12.0))
    assert not PLANE.empty(known, (9.0, 12.1))


def test_what_weighs_nothing_may_be_infinite() -> None:
    assert PLANE.empty([Proof(0.0, 7.0, FREE)], (6.0, math.inf))
    assert PLANE.empty([Proof(1.0, 7.0, FREE)], (math.inf, 6.0))
    assert not PLANE.empty([Proof(0.5, 7.0, FREE)], (6.0, math.inf))


def test_terms_are_scaled() -> None:
    """10 % and a Gini of 0.3 of money: the budgets are 20, a hundredth of them is a minute."""
    policy = hand.policy(efficiency="cost", equity=Equity("gini", services="emergency"))
    assert Plane(Case(hand.problem(), policy)).terms((2.0, 0.3)) == pytest.approx((10.0, 30.0))


def test_better_than_all_places_is_beyond_the_ends_or_between_neighbours() -> None:
    best = [(1.0, 9.0), (2.0, 4.0), (3.0, 1.0)]
    assert corners(best, (0.1, 0.5)) == [
        (0.9, math.inf),
        (math.inf, 0.5),
        (1.9, 8.5),
        (2.9, 3.5),
    ]


def test_the_scale_is_what_the_most_efficient_place_has_or_the_range_if_wider() -> None:
    assert scale_of([(10.0, 8.0), (11.0, 6.0)]) == (10.0, 8.0)
    assert scale_of([(1.0, 8.0), (9.0, -2.0)]) == (8.0, 10.0)
    assert scale_of([(0.0, 0.0)]) == (1.0, 1.0)


def test_the_resolution_is_the_widest_gap_that_is_not_closed() -> None:
    """Scale 10 and 20. The ends are open by 0.1 of 10 and 0.4 of 20.

    Between the two places there may be a plan: it is better than the second by at most 4 of 10
    (efficiency) and than the first by at most 10 of 20 (equity).
    """
    best = [(10.0, 20.0), (14.0, 10.0)]
    ends = [Proof(0.0, 9.9, FREE), Proof(1.0, 9.6, FREE)]
    assert PLANE.resolution(ends, best) == pytest.approx(0.4)
    # Nothing with an equity below 19 and an efficiency below 13: 0.1 of 10, 0.05 of 20.
    closed = [*ends, Proof(0.0, 13.0, (math.inf, 19.0))]
    assert PLANE.resolution(closed, best) == pytest.approx(0.1)
    # Nothing below the line between them: 5 x (14 - 10 e) + 2 x (20 - 20 e) < 90 from e = 2/9.
    supported = [*ends, Proof(2 / 7, (5 * 10.0 + 2 * 20.0) / 7, FREE)]
    assert PLANE.resolution(supported, best) == pytest.approx(2 / 9)


def test_the_resolution_of_a_single_place_is_how_far_it_may_be_from_the_best() -> None:
    ends = [Proof(0.0, 9.9, FREE), Proof(1.0, 19.0, FREE)]
    assert PLANE.resolution(ends, [(10.0, 20.0)]) == pytest.approx(0.05)


def test_without_proof_of_an_end_nothing_is_resolved() -> None:
    best = [(10.0, 20.0), (14.0, 10.0)]
    assert PLANE.resolution([Proof(0.0, 9.9, FREE)], best) == math.inf
    assert PLANE.resolution([], best) == math.inf
    assert PLANE.resolution([Proof(0.0, 9.9, FREE)], []) == math.inf
