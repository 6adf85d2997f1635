"""FARTHEST-FIRST TRAVERSAL of demand points (Gonzalez 1985).

The next point is the one that costs most when the nearest site of each point before it is open. So
few points stand for all in a covering problem.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.base.costs import Costs
from optimizer.problem import Floats, Ints

#: Most candidates; of more points a random sample.
MAX_SAMPLE = 5_000


def farthest_first(costs: Costs, nearest: Ints, count: int) -> Ints:
    """(at most `count`,) points, in the order of the traversal.

    nearest: (I,) the nearest site of each point.
    """
    points = np.arange(costs.shape[0])
    if len(points) > MAX_SAMPLE:
        points = np.sort(np.random.default_rng(0).choice(points, MAX_SAMPLE, replace=False))
    return _traversal(costs, nearest, points, np.full(len(points), np.inf), count, 0.0)


def _traversal(
    costs: Costs, nearest: Ints, points: Ints, cost: Floats, count: int, radius: float
) -> Ints:
    """(at most `count`,) of `points`, as long as one of them costs more than the radius.

    cost: (points,) what each costs at the sites that are open before.
    """
    costs, cost = costs.of(points), cost.copy()
    rows: list[int] = []
    while len(rows) < count and cost.max(initial=-np.inf) > radius:
        farthest = int(cost.argmax())
        rows.append(farthest)
        cost = np.minimum(cost, costs.served(nearest[points[[farthest]]])[1][:, 0])
        cost[farthest] = 0.0
    chosen: Ints = points[rows]
    return chosen


def farthest_beyond(costs: Costs, nearest: Ints, cost: Floats, radius: float, count: int) -> Ints:
    """(at most `count`,) points of a traversal of those whose cost, (I,), is above the radius."""
    points = np.flatnonzero(cost > radius)
    if len(points) > MAX_SAMPLE:
        points = points[np.argpartition(-cost[points], MAX_SAMPLE)[:MAX_SAMPLE]]
    return _traversal(costs, nearest, points, cost[points], count, radius)
