"""A sweep from its strategies to its frontiers: what is solved, what is told, how it ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.sweep.executors import Executor, Processes, Serial
from optimizer.sweep.journal import opened
from optimizer.sweep.request import Mode, Request
from optimizer.sweep.run import Standing, Sweep, executor, sweep
from optimizer.sweep.task import Answer, Point, Task
from tests import hand

PROBLEM, POLICY, EXACT = hand.problem(), hand.policy(budget=None), Limits(gap=0, threads=1)
WEIGHTS = Request(Mode.WEIGHTS, (0.0, 0.25, 0.5, 0.75, 1.0))

#: A station (2) and both centres (4 and 5, at a site of 3) are the least: 13 is not enough.
COSTS = replace(WEIGHTS, costs=(13.0, 14.0))

Spoil = Callable[[Answer], Answer]


@dataclass
class Counting:
    """Solves in this process, notes which tasks, and spoils the answers."""

    spoil: Spoil = lambda answer: answer
    solved: list[str] = field(default_factory=list)
    workers: int = 1

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        for answer in Serial(Session(Case(PROBLEM, POLICY)), EXACT).answers(tasks):
            self.solved.append(answer.task.key)
            yield self.spoil(answer)


def run(
    folder: Path,
    where: Executor,
    request: Request = WEIGHTS,
    tell: Callable[[Standing], None] = lambda standing: None,
) -> Sweep:
    with opened(folder, "hand", Case(PROBLEM, POLICY), EXACT, request) as journal:
        return sweep(Case(PROBLEM, POLICY), EXACT, request, where, journal, tell)


def points(found: Sweep) -> list[Point]:
    return [point for frontier in found.frontiers for point in frontier.points]


def rows(found: Sweep) -> list[tuple[object, ...]]:
    """What the points are, but for what they took."""
    return [
        (
            point.answer.task.key,
            point.answer.failure,
            *(point.dominated, point.knee, repr(point.price)),
            point.answer.result
            and vars(replace(point.answer.result, seconds=0, nodes=0, plan=None, trace=())),
        )
        for point in points(found)
    ]


def at_weight(weight: float, spoil: Spoil) -> Spoil:
    """Spoils the answer at this weight only."""
    return lambda answer: spoil(answer) if answer.task.asked["weight"] == weight else answer


def failed(answer: Answer) -> Answer:
    return Answer(answer.task, None, "its process died")


def stopped(answer: Answer) -> Answer:
    assert answer.result is not None
    return replace(answer, result=replace(answer.result, status=Status.STOPPED, gap=0.5))


def interrupted(answer: Answer) -> Answer:
    raise KeyboardInterrupt


def test_every_weight_is_a_point(tmp_path: Path) -> None:
    found = run(tmp_path, Counting())
    assert {point.answer.task.asked["weight"] for point in points(found)} == set(WEIGHTS.values)
    assert [frontier.cost_bound for frontier in found.frontiers] == [None]
    assert found.status is Status.OPTIMAL


def test_asked_again_nothing_is_solved(tmp_path: Path) -> None:
    first, again = Counting(), Counting()
    found = run(tmp_path, first)
    assert len(first.solved) == 5
    assert rows(run(tmp_path, again)) == rows(found)
    assert not again.solved


def test_a_family_has_a_frontier_for_each_cap_on_money(tmp_path: Path) -> None:
    found = run(tmp_path, Counting(), COSTS)
    assert [frontier.cost_bound for frontier in found.frontiers] == [13.0, 14.0]
    ends = [
        {point.answer.result and point.answer.result.status for point in frontier.points}
        for frontier in found.frontiers
    ]
    assert ends == [{Status.INFEASIBLE}, {Status.OPTIMAL}]
    assert found.status is Status.OPTIMAL


def test_all_infeasible_is_infeasible(tmp_path: Path) -> None:
    found = run(tmp_path, Counting(), replace(COSTS, costs=(12.0, 13.0)))
    assert found.status is Status.INFEASIBLE


def test_a_failed_point_stops_nothing_and_is_tried_again(tmp_path: Path) -> None:
    undisturbed = rows(run(tmp_path / "other", Counting()))
    found = run(tmp_path, Counting(at_weight(1.0, failed)))
    assert found.status is None
    assert [point.answer.failure for point in points(found) if not point.answer.result] == [
        "its process died"
    ]
    again = Counting()
    assert rows(run(tmp_path, again)) == undisturbed
    assert 1 <= len(again.solved) < 5


def test_a_point_at_its_limit_stays_as_it_is(tmp_path: Path) -> None:
    found = run(tmp_path, Counting(at_weight(0.25, stopped)))
    assert found.status is Status.STOPPED
    again = Counting()
    assert rows(run(tmp_path, again)) == rows(found)
    assert not again.solved


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    undisturbed = rows(run(tmp_path / "other", Counting()))
    first = Counting(at_weight(0.5, interrupted))
    found = run(tmp_path, first)
    assert found.interrupted
    assert found.status is Status.STOPPED
    assert len(points(found)) == len(first.solved) - 1
    again = Counting()
    assert rows(run(tmp_path, again)) == undisturbed
    assert len(again.solved) == 5 - len(points(found))


def test_ctrl_c_before_any_point_leaves_no_frontier(tmp_path: Path) -> None:
    found = run(tmp_path, Counting(interrupted))
    assert (found.frontiers, found.status) == ((), Status.STOPPED)


def test_what_is_told_on_the_way(tmp_path: Path) -> None:
    """Every point takes 6 s, two at a time: 5 are three turns, 1 is one."""

    def six_seconds(answer: Answer) -> Answer:
        assert answer.result is not None
        return replace(answer, result=replace(answer.result, seconds=6.0, gap=0.125))

    told: list[Standing] = []
    run(tmp_path, Counting(six_seconds, workers=2), WEIGHTS, told.append)
    assert [one.done for one in told] == [1, 2, 3, 4, 5]
    assert {(one.known, one.final, one.gap) for one in told} == {(5, True, 0.125)}
    assert [one.remaining for one in told] == [12, 12, 6, 6, 0]


def test_nothing_is_told_of_what_nobody_knows(tmp_path: Path) -> None:
    """A frontier finds out as it goes; a failure has no gap."""
    told: list[Standing] = []
    run(tmp_path, Counting(failed), Request(Mode.FRONTIER), told.append)
    assert not any(one.final for one in told)
    assert all(math.isnan(one.gap) for one in told)
    assert told[-1].done == told[-1].known


@pytest.mark.parametrize(("workers", "kind"), [(1, Serial), (2, Processes)])
def test_where_a_sweep_is_solved(workers: int, kind: type) -> None:
    with executor(Case(PROBLEM, POLICY), EXACT, workers, None) as where:
        assert isinstance(where, kind)
        assert where.workers == workers
