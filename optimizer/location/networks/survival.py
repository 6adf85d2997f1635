"""FEASIBILITY of a survivable network: bridges, blocks and path lengths of the chosen edges.

Two nodes are 2-edge-connected if no bridge separates them, and 2-node-connected if they are in one
block (biconnected component) of more than one edge. A depth-first search finds both (Tarjan 1972;
Hopcroft and Tarjan 1973).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.location.base.given import inclusive as within
from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Requirements:
    """Connectivity requirement r_i (N,) of nodes: 0 optional, 1 connected, 2 connected whatever
    fails, an edge or with nodes_fail a node; pairs `between` (P, 2) within `longest` (P,) of
    `minutes` (E,) while nothing fails.
    """

    requirement: Ints
    nodes_fail: bool
    minutes: Floats
    between: Ints
    longest: Floats

    @property
    def two_connected(self) -> Ints:
        """Nodes of requirement 2."""
        return np.flatnonzero(self.requirement == 2)

    @property
    def connected(self) -> Ints:
        """Nodes of requirement 1 or 2."""
        return np.flatnonzero(self.requirement > 0)


def blocks(edges: Edges, chosen: Bools) -> Iterator[list[int]]:
    """Edges of each biconnected component of the chosen edges."""
    depth, low = [-1] * edges.nodes, [0] * edges.nodes
    usable, incident = chosen.tolist(), edges.incident
    for root in range(edges.nodes):
        if depth[root] >= 0:
            continue
        depth[root] = 0
        edge_stack: list[int] = []
        path = [(root, -1, iter(incident[root]))]
        while path:
            node, entering_edge, unexplored = path[-1]
            for edge, neighbour in unexplored:
                if edge == entering_edge or not usable[edge]:
                    continue
                if depth[neighbour] < 0:
                    edge_stack.append(edge)
                    depth[neighbour] = low[neighbour] = len(path)
                    path.append((neighbour, edge, iter(incident[neighbour])))
                    break
                if depth[neighbour] < depth[node]:
                    edge_stack.append(edge)
                    low[node] = min(low[node], depth[neighbour])
            else:
                path.pop()
                if not path:
                    continue
                parent = path[-1][0]
                low[parent] = min(low[parent], low[node])
                if low[node] >= depth[parent]:
                    first = len(edge_stack) - 1 - edge_stack[::-1].index(entering_edge)
                    yield edge_stack[first:]
                    del edge_stack[first:]


def is_feasible(edges: Edges, chosen: Bools, requirements: Requirements) -> bool:
    """Whether the chosen edges meet all requirements."""
    two_connected, connected = requirements.two_connected, requirements.connected
    if len(connected) > 1:
        component = _components(edges, chosen)[connected]
        if (component != component[0]).any():
            return False
    if len(two_connected) > 1 and not _is_two_connected(
        edges, chosen, two_connected, requirements.nodes_fail
    ):
        return False
    return not len(late_pairs(edges, chosen, requirements))


def _is_two_connected(edges: Edges, chosen: Bools, nodes: Ints, nodes_fail: bool) -> bool:
    """Whether these nodes are 2-edge-connected, or 2-node-connected where nodes may fail."""
    bridgeless = chosen.copy()
    for block in blocks(edges, chosen):
        if len(block) == 1:
            bridgeless[block] = False
        elif nodes_fail:
            ends = np.concatenate([edges.tail[block], edges.head[block]])
            # Blocks form a tree: nodes that pairwise share a block share one block.
            if np.isin(nodes, ends).all():
                return True
    if nodes_fail:
        return False
    component = _components(edges, bridgeless)[nodes]
    return bool((component == component[0]).all())


def late_pairs(edges: Edges, chosen: Bools, requirements: Requirements) -> Ints:
    """Rows of the pairs beyond their limit, or not connected."""
    if not len(requirements.longest):
        return np.empty(0, dtype=np.int64)
    sources, row = np.unique(requirements.between[:, 0], return_inverse=True)
    distances = dijkstra(edges.adjacency_matrix(requirements.minutes, chosen), indices=sources)
    minutes = distances[row, requirements.between[:, 1]]
    return np.flatnonzero(~(minutes <= within(requirements.longest)))


def unsatisfiable(edges: Edges, requirements: Requirements) -> tuple[str, ...]:
    """In words, requirements that not even all edges meet; empty where they meet all."""
    all_edges = np.ones(len(edges), dtype=bool)
    reasons = []
    for u_node, v_node in _separated_pair(_components(edges, all_edges), requirements.connected):
        reasons.append(f"nodes {u_node} and {v_node} can't be connected")
    if not reasons:
        reasons = list(_single_failures(edges, requirements))
    for pair in late_pairs(edges, all_edges, requirements):
        u, v = requirements.between[pair].tolist()
        reasons.append(
            f"no path between nodes {u} and {v} takes {requirements.longest[pair]:g} or less"
        )
    return tuple(reasons)


def _single_failures(edges: Edges, requirements: Requirements) -> Iterator[str]:
    """In words, a pair that each bridge, or articulation node, separates."""
    all_edges, nodes = np.ones(len(edges), dtype=bool), requirements.two_connected
    if len(nodes) < 2:
        return
    for row in range(len(edges)):
        remaining = all_edges.copy()
        remaining[row] = False
        for u, v in _separated_pair(_components(edges, remaining), nodes):
            yield f"nodes {u} and {v} can't be connected twice: all hangs on edge {row}"
    for node in range(edges.nodes) if requirements.nodes_fail else ():
        remaining = (edges.tail != node) & (edges.head != node)
        for u, v in _separated_pair(_components(edges, remaining), nodes[nodes != node]):
            yield f"nodes {u} and {v} can't be connected twice: all hangs on node {node}"


def _separated_pair(component: Ints, nodes: Ints) -> Iterator[tuple[int, int]]:
    """The first of these nodes and one in another component, if there is one."""
    separated = nodes[component[nodes] != component[nodes[0]]] if len(nodes) else nodes
    if len(separated):
        yield int(nodes[0]), int(separated[0])


def _components(edges: Edges, chosen: Bools) -> Ints:
    """(N,) a representative of the connected component of each node."""
    # Disjoint sets: for thousands of small graphs, sparse matrices would take ten times as long.
    parent = list(range(edges.nodes))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for u, v in zip(edges.tail[chosen].tolist(), edges.head[chosen].tolist(), strict=True):
        parent[root(u)] = root(v)
    return np.array([root(node) for node in range(edges.nodes)], dtype=np.int64)
