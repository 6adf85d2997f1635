"""From answers to a frontier: what is dominated, knee, price, hypervolume, and the probes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from optimizer.algorithms.mip.decode import nearest_open
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.geodata.read import read
from optimizer.solution import Plan, Result, Status
from optimizer.sweep.dominance import Place, best_of, dominates, same
from optimizer.sweep.points import frontier, hypervolume, knee_of, place
from optimizer.sweep.task import Answer, Task

LINE = read(Path(__file__).parents[2] / "instances/tiny/line")
PROBLEM, POLICY = LINE.problem, LINE.policy

#: Means and EDEs of pairs of stations, from the README of the instance.
V3_V5, V2_V5, V1_V4, V2_V4 = (5.0, 7.3697), (5.8333, 6.6297), (7.5, 8.0735), (8.3333, 8.7447)


def stations(*villages: str) -> Plan:
    """Stations in these villages, everybody at the nearer one."""
    at = [PROBLEM.sites.ids.index(village) for village in villages]
    options = np.flatnonzero(np.isin(PROBLEM.options.site, at))
    return Plan(options, (nearest_open(PROBLEM, options, 0),))


def answer(plan: Plan | None, status: Status = Status.OPTIMAL, probe: bool = False) -> Answer:
    objective = math.inf if plan is None else worth(Case(PROBLEM, POLICY), plan).objective
    result = Result(status, plan, objective, objective, 0.0, 0.0, 0, "by hand")
    return Answer(Task("by hand", {}, POLICY, probe=probe), result)


def test_points_are_sorted_by_efficiency_and_the_dominated_marked() -> None:
    plans = [stations("v2", "v4"), stations("v2", "v5"), stations("v1", "v4"), stations("v3", "v5")]
    points = frontier(PROBLEM, [answer(plan) for plan in plans]).points
    assert [place(point) for point in points] == [
        pytest.approx(at, abs=1e-4) for at in (V3_V5, V2_V5, V1_V4, V2_V4)
    ]
    assert [point.dominated for point in points] == [False, False, True, True]


def test_the_price_of_fairness_is_what_efficiency_loses_against_the_best() -> None:
    plans = [stations("v3", "v5"), stations("v2", "v5"), stations("v1", "v4")]
    points = frontier(PROBLEM, [answer(plan) for plan in plans]).points
    assert [point.price for point in points] == pytest.approx([0, 1 / 6, 1 / 2])


def test_answers_without_a_plan_come_last() -> None:
    infeasible = answer(None, Status.INFEASIBLE)
    failed = Answer(Task("failed", {}, POLICY), None, "its process died")
    found = frontier(PROBLEM, [infeasible, failed, answer(stations("v3", "v5"))])
    assert [point.answer.failure for point in found.points] == ["", "", "its process died"]
    assert [point.indicators is None for point in found.points] == [False, True, True]


def test_a_frontier_without_any_plan() -> None:
    found = frontier(PROBLEM, [answer(None, Status.INFEASIBLE)], cost_bound=1.0)
    assert len(found.points) == 1
    assert (found.cost_bound, found.resolution) == (1.0, math.inf)
    assert math.isnan(found.hypervolume)


def test_a_probe_that_finds_nothing_or_what_is_known_is_no_point() -> None:
    known = answer(stations("v3", "v5"))
    again = answer(stations("v3", "v5"), probe=True)
    nothing = answer(None, Status.INFEASIBLE, probe=True)
    new = answer(stations("v2", "v5"), probe=True)
    found = frontier(PROBLEM, [known, again, nothing, new])
    assert [point.answer for point in found.points] == [known, new]
    assert found.probes == (again, nothing)


def test_a_probe_that_was_stopped_is_a_point() -> None:
    stopped = answer(None, Status.STOPPED, probe=True)
    failed = Answer(Task("failed", {}, POLICY, probe=True), None, "its process died")
    found = frontier(PROBLEM, [answer(stations("v3", "v5")), stopped, failed])
    assert [point.answer for point in found.points[1:]] == [stopped, failed]


def test_what_is_as_good_in_one_and_better_in_the_other_dominates() -> None:
    assert dominates((5.0, 7.0), (5.0, 8.0))
    assert dominates((4.0, 7.0), (5.0, 8.0))
    assert not dominates((5.0, 7.0), (5.0, 7.0))
    assert not dominates((4.0, 9.0), (5.0, 8.0))
    # A millionth is no difference to a planner.
    assert not dominates((5.0, 7.0), (5.000001, 7.0))
    assert dominates((5.000001, 7.0), (5.0, 8.0))


def test_the_best_places_are_all_worse_than_the_last_in_one_and_better_in_the_other() -> None:
    places = [(3.0, 1.0), (1.0, 9.0), (2.0, 9.0), (1.0000001, 9.0), (2.0, 4.0), (4.0, 1.0)]
    assert best_of(places) == [(1.0, 9.0), (2.0, 4.0), (3.0, 1.0)]
    assert same((1.0, 9.0), (1.0000001, 9.0))
    assert best_of([]) == []


@pytest.mark.parametrize(
    ("best", "knee"),
    [
        # Scaled: 0 1, 0.1 0.2, 0.5 0.1, 1 0; below the chord by 0.7 and 0.4.
        ([(10, 6), (11, 2), (15, 1.5), (20, 1)], (11, 2)),
        # On the chord, above it, nothing between.
        ([(0, 2), (1, 1), (2, 0)], None),
        ([(0, 2), (1.5, 1.5), (2, 0)], None),
        ([(0, 2), (2, 0)], None),
        ([], None),
    ],
)
def test_the_knee_is_farthest_below_the_chord(best: list[Place], knee: Place | None) -> None:
    assert knee_of(best) == knee


def test_the_hypervolume_is_the_share_of_the_box_that_is_dominated() -> None:
    # Scaled: 0 1, 0.1 0.2, 0.5 0.1, 1 0. Dominated: 0.4 x 0.8 + 0.5 x 0.9.
    assert hypervolume([(10, 6), (11, 2), (15, 1.5), (20, 1)]) == pytest.approx(0.77)
    assert hypervolume([(0, 2), (2, 0)]) == 0
    assert math.isnan(hypervolume([(1, 1)]))
    assert math.isnan(hypervolume([]))
