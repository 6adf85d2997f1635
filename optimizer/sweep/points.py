"""POINTS: from the answers of a sweep to its frontier, all recomputed from plans and facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from optimizer.assessment.indicators import Indicators, assess
from optimizer.case import Case
from optimizer.foundation.tolerances import ALIKE
from optimizer.problem import Problem
from optimizer.solution import Status
from optimizer.sweep.dominance import Place, best_of, dominates, same
from optimizer.sweep.excluded_boxes import Plane, proofs
from optimizer.sweep.task import Answer, Frontier, Point


def frontier(
    problem: Problem, answers: Sequence[Answer], cost_bound: float | None = None
) -> Frontier:
    """The points by efficiency, those without a plan last, and what they are worth together.

    A probe that finds nothing, or what is known, is no point. answers: at least one.
    """
    points, probes = _sorted_out(_point(problem, answer) for answer in answers)
    solved = [point for point in points if point.indicators is not None]
    solved.sort(key=place)
    places = [place(point) for point in solved]
    best = best_of(places)
    knee = knee_of(best)
    marked = [
        replace(
            point,
            dominated=any(dominates(other, place(point)) for other in places),
            knee=knee is not None and same(place(point), knee),
            price=place(point)[0] / places[0][0] - 1 if places[0][0] > 0 else math.nan,
        )
        for point in solved
    ]
    failed = [point for point in points if point.indicators is None]
    plane = Plane(Case(problem, answers[0].task.policy))
    resolution = plane.resolution(proofs(answers), best)
    return Frontier((*marked, *failed), cost_bound, hypervolume(best), resolution, tuple(probes))


def _point(problem: Problem, answer: Answer) -> Point:
    result = answer.result
    if result is None or result.plan is None:
        return Point(answer, None)
    return Point(answer, assess(Case(problem, answer.task.policy), result.plan))


def _sorted_out(candidates: Iterable[Point]) -> tuple[list[Point], list[Answer]]:
    """The points, and the answers to probes that bring none."""
    points: list[Point] = []
    probes = []
    for point in candidates:
        if point.answer.task.probe and _brings_nothing(point, points):
            probes.append(point.answer)
        else:
            points.append(point)
    return points, probes


def _brings_nothing(point: Point, points: Sequence[Point]) -> bool:
    """Whether there is no plan, or one like a point that is there."""
    result = point.answer.result
    if point.indicators is None:
        return result is not None and result.status is Status.INFEASIBLE
    return any(one.indicators and same(place(one), place(point)) for one in points)


def place(point: Point) -> Place:
    """Efficiency and equity of a point with a plan."""
    assert isinstance(point.indicators, Indicators)
    return point.indicators.efficiency, point.indicators.equity


def knee_of(best: Sequence[Place]) -> Place | None:
    """The place farthest below the chord between the ends, both axes scaled to their ranges.

    best: not dominated, by efficiency. None where nothing lies below the chord.
    """
    if len(best) < 3:
        return None
    scaled = _scaled(best)
    below = 1 - scaled.sum(axis=1)
    farthest = int(below.argmax())
    return best[farthest] if below[farthest] > ALIKE else None


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
