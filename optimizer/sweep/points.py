"""POINTS: from the answers of a sweep to its frontier, all recomputed from plans and facts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimizer.evaluate import Indicators, evaluate
from optimizer.problem import Problem
from optimizer.sweep.task import Answer, Frontier, Point

#: Two values are the same to a planner below this relative difference.
TOLERANCE = 1e-6

Place = tuple[float, float]


def frontier(
    problem: Problem, answers: Sequence[Answer], cost_bound: float | None = None
) -> Frontier:
    """The points by efficiency, those without a plan last, and what they are worth together."""
    points = [_point(problem, answer) for answer in answers]
    solved = [point for point in points if point.indicators is not None]
    solved.sort(key=place)
    least = min((place(point)[0] for point in solved), default=math.nan)
    places = [place(point) for point in solved]
    solved = [
        replace(
            point,
            dominated=any(dominates(other, place(point)) for other in places),
            price=place(point)[0] / least - 1 if least > 0 else math.nan,
        )
        for point in solved
    ]
    best = [place(point) for point in solved if not point.dominated]
    knee = knee_of(best)
    solved = [replace(point, knee=place(point) == knee) for point in solved]
    failed = [point for point in points if point.indicators is None]
    return Frontier((*solved, *failed), cost_bound, hypervolume(best))


def _point(problem: Problem, answer: Answer) -> Point:
    result = answer.result
    if result is None or result.plan is None:
        return Point(answer, None)
    return Point(answer, evaluate(problem, answer.task.policy, result.plan))


def place(point: Point) -> Place:
    """Efficiency and equity of a point with a plan."""
    assert isinstance(point.indicators, Indicators)
    return point.indicators.efficiency, point.indicators.equity


def dominates(a: Place, b: Place) -> bool:
    """Whether a is at least as good as b in both respects and better in one; lower is better."""
    pairs = list(zip(a, b, strict=True))
    no_worse = all(x <= y + TOLERANCE * abs(y) for x, y in pairs)
    return no_worse and any(x < y - TOLERANCE * abs(y) for x, y in pairs)


def knee_of(best: Sequence[Place]) -> Place | None:
    """The place farthest below the chord between the ends, both axes scaled to their ranges.

    best: not dominated, by efficiency. None where nothing lies below the chord.
    """
    if len(best) < 3:
        return None
    scaled = _scaled(best)
    below = 1 - scaled.sum(axis=1)
    farthest = int(below.argmax())
    return best[farthest] if below[farthest] > TOLERANCE else None


def hypervolume(best: Sequence[Place]) -> float:
    """Share of the box between the two ends that the places dominate.

    best: not dominated, by efficiency. NaN where the ends span no box (Zitzler and Thiele 1999).
    """
    if len(best) < 2 or best[0][0] == best[-1][0] or best[0][1] == best[-1][1]:
        return math.nan
    scaled = _scaled(best)
    widths = np.diff(np.append(scaled[:, 0], 1.0))
    return float(widths @ (1 - scaled[:, 1]))


def _scaled(best: Sequence[Place]) -> np.ndarray:
    """(n, 2) from 0 at the best end of each axis to 1 at the worst."""
    values = np.array(best)
    return np.asarray((values - values.min(axis=0)) / np.ptp(values, axis=0))
