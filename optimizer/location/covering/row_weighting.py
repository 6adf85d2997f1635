"""ROW WEIGHTING LOCAL SEARCH for set covering (Gao, Weise and Li 2015, "RWLS").

A site is closed, one that covers an uncovered row is opened, and the weight of rows that are still
uncovered rises by 1, so that the search leaves local optima.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import LEAST_PRICE
from optimizer.problem import Bools, Floats, Ints

#: Steps between two looks at the clock.
CHECK_EVERY = 64


def row_weighting_search(
    coverage: csr_array,
    cost: Floats,
    start: Ints,
    steps: int,
    target: float,
    stop: Callable[[], bool],
) -> Ints:
    """The open sites of the cheapest cover in so many steps from `start`, a cover.

    coverage: a, (K, J); cost: (J,); target: it stops at a cover of this cost.
    """
    random = np.random.default_rng(0)
    columns = csr_array(coverage.T)
    rows, sites = coverage.shape
    price = np.maximum(cost, LEAST_PRICE)
    y = np.zeros(sites, dtype=bool)
    y[start] = True
    coverage_count = coverage @ y.astype(float)
    weight = np.ones(rows)
    moved_at = np.zeros(sites)  # the step of the last move: ties go to the oldest
    best = np.flatnonzero(y)
    best_cost = float(cost[best].sum())

    def flip(site: int, step: float) -> None:
        nonlocal coverage_count
        y[site] = not y[site]
        coverage_count[columns.indices[columns.indptr[site] : columns.indptr[site + 1]]] += (
            1.0 if y[site] else -1.0
        )
        moved_at[site] = step

    def close_one(step: float, tabu: int) -> None:
        """Close the open site whose rows weigh least for its price."""
        open_sites = np.flatnonzero(y)
        loss = (columns @ np.where(coverage_count == 1, weight, 0.0))[open_sites]
        loss = loss / price[open_sites]
        loss[open_sites == tabu] = np.inf
        flip(int(open_sites[np.lexsort((moved_at[open_sites], loss))[0]]), step)

    entered_last = -1
    for step in range(1, steps + 1):
        while y.any() and coverage_count.min(initial=1.0) > 0:
            total = float(cost[y].sum())
            if total < best_cost:
                best, best_cost = np.flatnonzero(y), total
            if best_cost <= target or stop():
                return best
            close_one(step, -1)
        if y.sum() > 1:
            close_one(step, entered_last)
        uncovered = np.flatnonzero(coverage_count == 0)
        row = int(uncovered[random.integers(len(uncovered))])
        candidates = coverage.indices[coverage.indptr[row] : coverage.indptr[row + 1]]
        entering = _entering_site(
            columns, candidates, coverage_count, weight, price, moved_at, step
        )
        flip(entering, step)
        entered_last = entering
        weight[coverage_count == 0] += 1.0
        if step % CHECK_EVERY == 0 and stop():
            break
        while cost[y].sum() >= best_cost and y.sum() > 1:
            close_one(step, entering)
    return best


def _entering_site(
    columns: csr_array,
    candidates: Ints,
    coverage_count: Floats,
    weight: Floats,
    price: Floats,
    moved_at: Floats,
    step: int,
) -> int:
    """The candidate that covers most uncovered weight for its price; none closed in this step."""
    gain = (columns @ np.where(coverage_count == 0, weight, 0.0))[candidates] / price[candidates]
    just_left: Bools = moved_at[candidates] == step
    if not just_left.all():
        gain[just_left] = -1.0
    return int(candidates[np.lexsort((moved_at[candidates], -gain))[0]])
