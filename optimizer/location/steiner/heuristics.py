"""HEURISTICS for Steiner trees and forests: shortest paths, spanning trees, local search.

Trees: components are joined by shortest paths, the shortest first (Mehlhorn 1988); then the minimum
spanning tree on the nodes used, pruned of leaves that are no terminals. The local search removes a
key path, or a key node with its paths, and joins the components again (Uchoa and Werneck 2012).

Forests: one group after the other by shortest paths, on which edges already chosen cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.tolerances import TREE_IMPROVEMENT
from optimizer.location.steiner.graph import NON_TERMINAL, CompactGraph
from optimizer.problem import Bools, Floats, Ints


class DisjointSets:
    """Disjoint sets of nodes, with path halving (Tarjan 1975)."""

    def __init__(self, nodes: int) -> None:
        self.parent = list(range(nodes))

    def find(self, node: int) -> int:
        """Representative of the set of a node."""
        parent = self.parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def union(self, u: int, v: int) -> bool:
        """Merge two sets; whether they were two."""
        u, v = self.find(u), self.find(v)
        self.parent[u] = v
        return u != v


def path_heuristic(graph: CompactGraph, weight: Floats, fixed: Bools, nodes: Ints) -> Bools:
    """Mehlhorn's shortest path heuristic: edges (E,) of a tree that spans the fixed edges (E,) and
    these nodes, by weights (E,).
    """
    components, spanned = DisjointSets(graph.nodes), np.zeros(graph.nodes, dtype=bool)
    spanned[nodes] = True
    for edge in np.flatnonzero(fixed).tolist():
        components.union(int(graph.u[edge]), int(graph.v[edge]))
    spanned[graph.u[fixed]] = spanned[graph.v[fixed]] = True
    sources = np.flatnonzero(spanned)
    distance, predecessor, base = dijkstra(
        graph.arcs(np.tile(weight, 2)), indices=sources, min_only=True, return_predecessors=True
    )
    crossing = np.flatnonzero((base[graph.u] != base[graph.v]) & (base[graph.u] >= 0))
    length = distance[graph.u[crossing]] + weight[crossing] + distance[graph.v[crossing]]
    missing = len({components.find(node) for node in sources.tolist()}) - 1
    for edge in crossing[np.argsort(length, kind="stable")].tolist():
        if not missing:
            break
        u, v = int(graph.u[edge]), int(graph.v[edge])
        if components.union(int(base[u]), int(base[v])):
            missing -= 1
            for node in (u, v):
                while node >= 0:
                    spanned[node] = True
                    node = int(predecessor[node])
    return pruned_forest(graph, spanned[graph.u] & spanned[graph.v])


def pruned_forest(graph: CompactGraph, usable: Bools) -> Bools:
    """Minimum spanning forest on usable edges (E,), without edges that separate no group."""
    components, rows = DisjointSets(graph.nodes), np.flatnonzero(usable)
    rows = rows[np.argsort(graph.cost[rows], kind="stable")]
    around: dict[int, list[tuple[int, int]]] = {}
    ends = zip(rows.tolist(), graph.u[rows].tolist(), graph.v[rows].tolist(), strict=True)
    for edge, u, v in ends:
        if components.union(u, v):
            around.setdefault(u, []).append((v, edge))
            around.setdefault(v, []).append((u, edge))
    needed = np.zeros(len(graph.cost), dtype=bool)
    needed[_separating_edges(graph, around)] = True
    return needed


def _separating_edges(graph: CompactGraph, around: dict[int, list[tuple[int, int]]]) -> list[int]:
    """Edges of a forest with terminals of one group on both sides."""
    group = graph.group.tolist()
    group_size = [len(graph.terminals(label)) for label in range(graph.groups)]
    visited: set[int] = set()
    separating = []
    for start in around:
        if start in visited:
            continue
        visited.add(start)
        order = [(start, -1, -1)]
        for node, _, parent in order:
            for neighbour, edge in around[node]:
                if neighbour != parent:
                    visited.add(neighbour)
                    order.append((neighbour, edge, node))
        # Number of terminals of each group below an edge.
        below: dict[int, dict[int, int]] = {node: {} for node, _, _ in order}
        for node, edge, parent in reversed(order):
            counts = below[node]
            if group[node] != NON_TERMINAL:
                counts[group[node]] = counts.get(group[node], 0) + 1
            if edge < 0:
                continue
            if any(number < group_size[label] for label, number in counts.items()):
                separating.append(edge)
            for label, number in counts.items():
                below[parent][label] = below[parent].get(label, 0) + number
    return separating


def greedy_forest(graph: CompactGraph, weight: Floats, order: Ints) -> Bools:
    """Greedy forest: edges (E,) that connect the groups one after the other, in this order."""
    chosen = np.zeros(len(graph.cost), dtype=bool)
    for group in order.tolist():
        remaining = np.where(chosen, 0.0, weight)
        chosen |= _paths_between(graph, remaining, graph.terminals(group))
    return pruned_forest(graph, chosen)


def _paths_between(graph: CompactGraph, weight: Floats, nodes: Ints) -> Bools:
    """Edges (E,) of shortest paths that connect these nodes, the nearest node next (Takahashi and
    Matsuyama 1980).
    """
    arcs = graph.arcs(np.tile(weight, 2))
    chosen = np.zeros(len(weight), dtype=bool)
    joined, unconnected = {int(nodes[0])}, set(nodes[1:].tolist())
    while unconnected:
        distance, predecessor, _ = dijkstra(
            arcs, indices=sorted(joined), min_only=True, return_predecessors=True
        )
        node = min(unconnected, key=lambda candidate: (distance[candidate], candidate))
        while node not in joined:
            joined.add(node)
            previous = int(predecessor[node])
            chosen[graph.edge_between[previous, node]] = True
            node = previous
        unconnected -= joined
    return chosen


def connects(graph: CompactGraph, chosen: Bools) -> bool:
    """Whether the edges (E,) connect each group."""
    components = DisjointSets(graph.nodes)
    for edge in np.flatnonzero(chosen).tolist():
        components.union(int(graph.u[edge]), int(graph.v[edge]))
    return all(
        len({components.find(node) for node in graph.terminals(group).tolist()}) == 1
        for group in range(graph.groups)
    )


def local_search(graph: CompactGraph, chosen: Bools, stop: Callable[[], bool]) -> Bools:
    """Local search: a tree that no exchange of a key path or key node improves."""
    terminals = graph.terminals()
    best, cost = chosen, graph.cost[chosen].sum()
    improving = True
    while improving:
        improving = False
        for fixed in _neighbourhood(graph, best):
            if stop():
                return best
            candidate = path_heuristic(graph, graph.cost, fixed, terminals)
            if graph.cost[candidate].sum() < cost * (1 - TREE_IMPROVEMENT):
                best, cost, improving = candidate, graph.cost[candidate].sum(), True
                break
    return best


def _neighbourhood(graph: CompactGraph, chosen: Bools) -> Iterator[Bools]:
    """Edges of a tree without one key path, or without all key paths at a non-terminal key node.

    Key nodes: terminals, and nodes of degree 3 or more.
    """
    around: dict[int, list[tuple[int, int]]] = {}
    for edge in np.flatnonzero(chosen).tolist():
        u, v = int(graph.u[edge]), int(graph.v[edge])
        around.setdefault(u, []).append((v, edge))
        around.setdefault(v, []).append((u, edge))
    key_nodes = {
        node
        for node, neighbours in around.items()
        if len(neighbours) > 2 or graph.group[node] != NON_TERMINAL
    }
    for key in sorted(key_nodes):
        without_node = chosen.copy()
        for first, start in around[key]:
            path, node, edge = [start], first, start
            while node not in key_nodes:
                node, edge = next(step for step in around[node] if step[1] != edge)
                path.append(edge)
            without_node[path] = False
            if key < node:
                without_path = chosen.copy()
                without_path[path] = False
                yield without_path
        if graph.group[key] == NON_TERMINAL:
            yield without_node
