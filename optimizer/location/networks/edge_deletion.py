"""REVERSE-DELETE heuristic for survivable networks.

Feasible sets of edges stay feasible with more edges, so edges are deleted one by one, the dearest
first, while the rest is feasible. The same from the best set plus random edges is an iterated local
search.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Requirements, is_feasible
from optimizer.problem import Bools, Floats

#: Edges tested in all perturbations together, times the edges of the graph, which each test scans.
MAX_EDGE_TESTS = 200_000

#: Perturbations at most, and the share of edges that each reinserts.
MAX_PERTURBATIONS, REINSERTED_SHARE = 60, 0.15


def reverse_delete(edges: Edges, chosen: Bools, price: Floats, requirements: Requirements) -> Bools:
    """Reverse-delete by price (E,), highest first: a minimal feasible subset of the edges."""
    kept = chosen.copy()
    for edge in np.argsort(-price, kind="stable"):
        if kept[edge]:
            kept[edge] = False
            kept[edge] = not is_feasible(edges, kept, requirements)
    return kept


def perturbed_reverse_delete(
    edges: Edges,
    chosen: Bools,
    cost: Floats,
    requirements: Requirements,
    rng: np.random.Generator,
    stop: Callable[[], bool],
) -> Bools:
    """Iterated reverse-delete: edges are reinserted at random, then deleted by perturbed costs."""
    best, edge_tests = (
        reverse_delete(edges, chosen, cost, requirements),
        len(edges) * int(chosen.sum()),
    )
    for _ in range(min(MAX_PERTURBATIONS, len(edges))):
        if edge_tests > MAX_EDGE_TESTS or stop():
            break
        enlarged = best | (rng.random(len(edges)) < REINSERTED_SHARE)
        candidate = reverse_delete(
            edges, enlarged, cost * rng.uniform(0.5, 1.5, len(edges)), requirements
        )
        edge_tests += len(edges) * int(enlarged.sum())
        if cost[candidate].sum() <= cost[best].sum():
            best = candidate
    return best
