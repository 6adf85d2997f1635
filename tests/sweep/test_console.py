"""What a sweep says: while it runs, and when it has ended."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.solution import Result, Status
from optimizer.sweep.console import conclusion, measures, point, progress, progress_bar
from optimizer.sweep.run import Standing
from optimizer.sweep.task import Answer, Frontier, Point, Task
from tests import hand

TASK = Task("weight=0.5", {"cost_bound": 13.0, "weight": 0.5}, hand.policy())
RESULT = Result(Status.OPTIMAL, hand.plan(), 7.25, 7.2, 0.0069, 1.23, 1, "full")
NO_PLAN = replace(RESULT, status=Status.INFEASIBLE, plan=None, gap=math.inf)
STANDING = Standing(Answer(TASK, RESULT), done=3, known=11, final=True, remaining=74.2, gap=0.0069)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (STANDING, "3 of 11 points, about 0:01:15 left, gaps up to 0.690%"),
        (replace(STANDING, final=False, gap=math.nan), "3 of 11 solves so far, about 0:01:15 left"),
        (replace(STANDING, done=11, gap=math.nan), "11 of 11 points"),
    ],
)
def test_progress(standing: Standing, words: str) -> None:
    assert progress(standing) == words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(TASK, RESULT), "optimal, gap 0.690%, 1.2 s"),
        (Answer(TASK, NO_PLAN), "infeasible, no plan, 1.2 s"),
        (Answer(TASK, None, "its process died"), "failed: its process died"),
    ],
)
def test_point(answer: Answer, words: str) -> None:
    assert point(answer) == f"cost bound 13, weight 0.5: {words}"


def test_a_log_has_a_line_for_each_point() -> None:
    text = io.StringIO()
    with progress_bar(Console(file=text, width=200)) as tell:
        tell(STANDING)
    assert text.getvalue() == (
        "cost bound 13, weight 0.5: optimal, gap 0.690%, 1.2 s "
        "(3 of 11 points, about 0:01:15 left, gaps up to 0.690%)\n"
    )


def test_a_terminal_has_a_bar() -> None:
    text = io.StringIO()
    with progress_bar(Console(file=text, width=200, force_terminal=True)) as tell:
        tell(STANDING)
    assert "nothing solved yet" in text.getvalue()
    assert "3 of 11 points, about 0:01:15 left" in text.getvalue()


def test_conclusion() -> None:
    found = assess(Case(hand.problem(), hand.policy()), hand.plan())
    knee = Point(Answer(TASK, RESULT), found, knee=True, price=0.031)
    same = replace(TASK, asked={"cost_bound": 13.0, "weight": 0.75})
    beside = replace(knee, answer=Answer(same, RESULT))
    other = replace(knee, knee=False)
    frontier = Frontier((beside, knee, other), 13.0, 0.75, 0.0099)
    assert list(conclusion([frontier])) == [
        "cost at most 13: knee at cost bound 13, weight 0.5 to 0.75: "
        f"efficiency {found.efficiency:.6g}, equity {found.equity:.6g}, price of fairness 3.10%",
        "cost at most 13: hypervolume 0.7500 of the box between the two ends",
        "cost at most 13: proven: no plan is better than every point by more than 0.990%",
    ]
    assert measures(frontier) == {"cost_bound": 13.0, "hypervolume": 0.75, "resolution": 0.0099}


def test_nothing_is_concluded_from_nothing() -> None:
    assert not list(conclusion([Frontier((Point(Answer(TASK, None, "none"), None),))]))
