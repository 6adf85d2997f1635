"""Steiner trees and forests: against dynamic programming, by hand, and published optima."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from optimizer.location import steiner_tree
from optimizer.solution import Solved, Status

Drawn = tuple[int, np.ndarray, np.ndarray, np.ndarray]


def drawn(seed: int, most: int = 14) -> Drawn:
    """A graph with few nodes; edges are parallel, free or alike in cost now and then."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(2, most))
    count = int(random.integers(1, 4 * nodes))
    tail = random.integers(0, nodes, count)
    head = (tail + random.integers(1, nodes, count)) % nodes
    costs = [
        random.integers(0, 6, count),
        random.integers(1, 4, count),
        random.integers(90, 110, count),
        random.random(count) * 10,
    ]
    return nodes, tail, head, costs[seed % 4].astype(float)


def tree_costs(graph: Drawn, nodes: list[int]) -> dict[frozenset[int], float]:
    """Of every set of these nodes the cost of the best tree (Dreyfus and Wagner 1971)."""
    count, tail, head, cost = graph
    far = np.full((count, count), np.inf)
    np.fill_diagonal(far, 0)
    for u, v, c in zip(tail, head, cost, strict=True):
        far[u, v] = far[v, u] = min(far[u, v], c)
    for k in range(count):
        far = np.minimum(far, far[:, [k]] + far[[k], :])
    best = {1 << n: far[node] for n, node in enumerate(nodes)}
    for chosen in range(1, 1 << len(nodes)):
        if chosen in best:
            continue
        joined, part = np.full(count, np.inf), (chosen - 1) & chosen
        while part:
            joined = np.minimum(joined, best[part] + best[chosen ^ part])
            part = (part - 1) & chosen
        best[chosen] = (joined[:, None] + far).min(axis=0)
    return {
        frozenset(node for n, node in enumerate(nodes) if chosen >> n & 1): float(costs.min())
        for chosen, costs in best.items()
    }


def partitions(groups: list[list[int]]):
    """Every way to put groups together."""
    if not groups:
        yield []
        return
    first, *rest = groups
    for parts in partitions(rest):
        yield [first, *parts]
        for n, part in enumerate(parts):
            yield [first + part, *parts[:n], *parts[n + 1 :]]


def forest_cost(graph: Drawn, groups: list[list[int]]) -> float:
    """The groups of a forest are in trees: the best of all ways to put them into such."""
    nodes = sorted({node for group in groups for node in group})
    costs = tree_costs(graph, nodes)
    return min(sum(costs[frozenset(part)] for part in parts) for parts in partitions(groups))


def agrees(found: Solved, graph: Drawn, groups: list[list[int]], best: float) -> None:
    """The answer is the best, its plan costs that, connects all groups and has no cycle."""
    count, tail, head, cost = graph
    if best == np.inf:
        assert (found.status, found.plan) == (Status.INFEASIBLE, None)
        assert "can't be connected" in found.reasons[0]
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, abs=1e-9)
    assert found.bound == pytest.approx(best, abs=1e-6)
    rows = found.plan.edges
    assert cost[rows].sum() == pytest.approx(found.objective, abs=1e-9)
    table = csr_array((np.ones(len(rows)), (tail[rows], head[rows])), shape=(count, count))
    parts, part = connected_components(table, directed=False)
    assert parts == count - len(rows)
    for group in groups:
        assert (part[group] == part[group[0]]).all()


@pytest.mark.parametrize("seed", range(120))
def test_a_tree_is_the_best_of_all(seed: int):
    graph = drawn(seed)
    random = np.random.default_rng(seed)
    terminals = random.permutation(graph[0])[: random.integers(1, 8)].tolist()
    found = steiner_tree(*graph[1:], terminals, graph[0])
    agrees(found, graph, [terminals], tree_costs(graph, terminals)[frozenset(terminals)])


@pytest.mark.parametrize("seed", range(80))
def test_a_forest_is_the_best_of_all(seed: int):
    graph = drawn(seed, most=12)
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 4, random.integers(2, 4))
    groups = [random.permutation(graph[0])[:size].tolist() for size in sizes]
    found = steiner_tree(*graph[1:], groups, graph[0])
    agrees(found, graph, groups, forest_cost(graph, groups))
