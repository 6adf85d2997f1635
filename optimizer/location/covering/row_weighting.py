"""ROW WEIGHTING: good covers by local search, in which rows that are hard to cover weigh more.

One site leaves, another that reaches an uncovered row comes in, and what is still uncovered weighs
one more, so the search does not stay where it is (Gao, Weise and Li 2015, "RWLS").
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import LEAST_PRICE
from optimizer.problem import Bools, Floats, Ints


def improved(
    reach: csr_array,
    cost: Floats,
    start: Ints,
    steps: int,
    enough: float,
    stop: Callable[[], bool],
) -> Ints:
    """Sites of the cheapest cover that `steps` steps from `start`, a cover, come by.

    enough: it stops at a cover of this cost.
    """
    random = np.random.default_rng(0)
    columns = csr_array(reach.T)
    rows, sites = reach.shape
    price = np.maximum(cost, LEAST_PRICE)
    y = np.zeros(sites, dtype=bool)
    y[start] = True
    count = reach @ y.astype(float)
    weight = np.ones(rows)
    moved = np.zeros(sites)  # the step of the last move: of equal sites the oldest moves
    best = np.flatnonzero(y)
    best_cost = float(cost[best].sum())

    def flip(site: int, step: float) -> None:
        nonlocal count
        y[site] = not y[site]
        count[columns.indices[columns.indptr[site] : columns.indptr[site + 1]]] += (
            1.0 if y[site] else -1.0
        )
        moved[site] = step

    def leave(step: float, held: int) -> None:
        """Close the open site that is missed least."""
        here = np.flatnonzero(y)
        missed = (columns @ np.where(count == 1, weight, 0.0))[here] / price[here]
        missed[here == held] = np.inf
        flip(int(here[np.lexsort((moved[here], missed))[0]]), step)

    last = -1
    for step in range(1, steps + 1):
        while y.any() and count.min(initial=1.0) > 0:
            total = float(cost[y].sum())
            if total < best_cost:
                best, best_cost = np.flatnonzero(y), total
            if best_cost <= enough or stop():
                return best
            leave(step, -1)
        if y.sum() > 1:
            leave(step, last)
        uncovered = np.flatnonzero(count == 0)
        row = int(uncovered[random.integers(len(uncovered))])
        there = reach.indices[reach.indptr[row] : reach.indptr[row + 1]]
        came = _best_in(columns, there, count, weight, price, moved, step)
        flip(came, step)
        last = came
        weight[count == 0] += 1.0
        if step % 64 == 0 and stop():
            break
        while cost[y].sum() >= best_cost and y.sum() > 1:
            leave(step, came)
    return best


def _best_in(
    columns: csr_array,
    there: Ints,
    count: Floats,
    weight: Floats,
    price: Floats,
    moved: Floats,
    step: int,
) -> int:
    """Of these sites the one that covers most anew for its price; not one that has just left."""
    gain = (columns @ np.where(count == 0, weight, 0.0))[there] / price[there]
    fresh: Bools = moved[there] == step
    if not fresh.all():
        gain[fresh] = -1.0
    return int(there[np.lexsort((moved[there], -gain))[0]])
