"""THINNING: a good network by leaving edges out.

More edges never harm, so an edge that can be spared is left out, the dear ones first; of some
edges more the same is done again, and the cheaper network is kept.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Wanted, survives
from optimizer.problem import Bools, Floats

#: Edges that are looked at in all tries together; each look takes as long as there are edges.
LOOKS = 200_000

#: The most tries, and which share of the edges left out comes back in one.
TRIES, BACK = 60, 0.15


def thinned(edges: Edges, chosen: Bools, price: Floats, wanted: Wanted) -> Bools:
    """The chosen edges without those that can be spared, the highest price (E,) first."""
    kept = chosen.copy()
    for edge in np.argsort(-price, kind="stable"):
        if kept[edge]:
            kept[edge] = False
            kept[edge] = not survives(edges, kept, wanted)
    return kept


def improved(
    edges: Edges,
    chosen: Bools,
    cost: Floats,
    wanted: Wanted,
    random: np.random.Generator,
    stop: Callable[[], bool],
) -> Bools:
    """Chosen edges that cost no more: some edges come back, then others are spared."""
    best, looks = thinned(edges, chosen, cost, wanted), len(edges) * int(chosen.sum())
    for _ in range(min(TRIES, len(edges))):
        if looks > LOOKS or stop():
            break
        more = best | (random.random(len(edges)) < BACK)
        other = thinned(edges, more, cost * random.uniform(0.5, 1.5, len(edges)), wanted)
        looks += len(edges) * int(more.sum())
        if cost[other].sum() <= cost[best].sum():
            best = other
    return best
