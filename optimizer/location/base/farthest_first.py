"""APART: few points, far from each other, for all: always the one that is served worst.

As if those before it were served at their cheapest sites (Gonzalez 1985; "farthest first").
"""

from __future__ import annotations

import numpy as np

from optimizer.location.base.costs import Costs
from optimizer.problem import Floats, Ints

#: As many points or fewer are all looked at; of more, some at random.
SAMPLE = 5_000


def apart(costs: Costs, home: Ints, most: int) -> Ints:
    """(at most `most`,) points, the first of all first.

    home: (I,) the cheapest site of each point.
    """
    points = np.arange(costs.shape[0])
    if len(points) > SAMPLE:
        points = np.sort(np.random.default_rng(0).choice(points, SAMPLE, replace=False))
    return worst_first(costs, home, points, np.full(len(points), np.inf), most, 0.0)


def worst_first(
    costs: Costs, home: Ints, points: Ints, cost: Floats, most: int, radius: float
) -> Ints:
    """(at most `most`,) of `points`, as long as one of them costs more than the radius.

    cost: (points,) what each costs before any of them is taken.
    """
    costs, cost = costs.of(points), cost.copy()
    row: list[int] = []
    while len(row) < most and cost.max(initial=-np.inf) > radius:
        worst = int(cost.argmax())
        row.append(worst)
        cost = np.minimum(cost, costs.served(home[points[[worst]]])[1][:, 0])
        cost[worst] = 0.0
    taken: Ints = points[row]
    return taken


def beyond(costs: Costs, home: Ints, cost: Floats, radius: float, most: int) -> Ints:
    """(at most `most`,) points apart from each other that cost, (I,), more than the radius."""
    points = np.flatnonzero(cost > radius)
    if len(points) > SAMPLE:
        points = points[np.argpartition(-cost[points], SAMPLE)[:SAMPLE]]
    return worst_first(costs, home, points, cost[points], most, radius)
