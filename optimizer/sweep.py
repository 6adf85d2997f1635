"""SWEEP: the same question at several equity weights, and which answers are worth having."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from optimizer.algorithms import solve
from optimizer.evaluate import Indicators, evaluate
from optimizer.faults import Fault, InputError
from optimizer.policy import Limits, Policy
from optimizer.problem import Problem
from optimizer.solution import Progress, Result

#: Two values are the same to a planner below this relative difference.
TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Point:
    """One answer of a sweep.

    indicators: None where no plan was found. dominated: another point of the sweep is at least
    as good in efficiency and in equity, and better in one.
    """

    weight: float
    result: Result
    indicators: Indicators | None
    dominated: bool = False


def weights(text: str) -> tuple[float, ...]:
    """The weights that `first:last:step` means, both ends included; or the one number given.

    >>> weights("0:1:0.25")
    (0.0, 0.25, 0.5, 0.75, 1.0)

    Raises ValueError for anything else, or outside [0, 1].
    """
    parts = [float(part) for part in text.split(":")]
    if len(parts) == 1:
        parts = [parts[0], parts[0], 1.0]
    if len(parts) != 3:
        raise ValueError("expected first:last:step, as in 0:1:0.1")
    first, last, step = parts
    if not (0 <= first <= last <= 1 and step > 0):
        raise ValueError("expected 0 <= first <= last <= 1 and a step above 0")
    steps = int((last - first) / step + 1e-9)
    return tuple(round(first + n * step, 9) for n in range(steps + 1))


def sweep(
    problem: Problem,
    policy: Policy,
    limits: Limits,
    weights: Sequence[float],
    progress: Callable[[Progress], None] | None = None,
) -> list[Point]:
    """Solve once per equity weight, each within the limits.

    A point that is infeasible or stopped is a point too; one that the user stops is the last.
    Raises InputError where the policy has a bound on efficiency or equity: then the weight is
    not free.
    """
    for key in ("efficiency_bound", "equity_bound"):
        if getattr(policy, key) is not None:
            raise InputError(
                [
                    Fault(
                        "policy",
                        "a sweep over weights goes with no bound",
                        "Leave it out",
                        column=key,
                    )
                ]
            )
    points = []
    for weight in weights:
        asked = replace(policy, weight=weight)
        result = solve(problem, asked, limits, progress=progress)
        indicators = evaluate(problem, asked, result.plan) if result.plan else None
        points.append(Point(weight, result, indicators))
        if result.interrupted:
            break
    return mark_dominated(points)


def mark_dominated(points: Sequence[Point]) -> list[Point]:
    """The points, each compared with all others; without a plan neither side counts."""
    found = [point.indicators for point in points if point.indicators is not None]
    return [
        replace(point, dominated=any(_dominates(other, point.indicators) for other in found))
        for point in points
    ]


def _dominates(a: Indicators, b: Indicators | None) -> bool:
    """Whether a is at least as good as b in both respects and better in one; lower is better."""
    if b is None:
        return False
    pairs = ((a.efficiency, b.efficiency), (a.equity, b.equity))
    no_worse = all(x <= y + TOLERANCE * abs(y) for x, y in pairs)
    better = any(x < y - TOLERANCE * abs(y) for x, y in pairs)
    return no_worse and better
