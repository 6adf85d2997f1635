"""PLANS: good trees and forests.

What is there of a tree is joined by shortest paths between its parts (Mehlhorn 1988): at first the
parts are the terminals; later what is left without a path, or without a node and its paths, or with
one node more (Uchoa and Werneck 2012). The tree of least cost on the nodes that are used, without
branches that reach no terminal, is no worse.

A forest takes one group after the other, on edges that cost nothing once they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.location.steiner.graph import FREE, Slim
from optimizer.problem import Bools, Floats, Ints


class Parts:
    """Which nodes are together: disjoint sets (Tarjan 1975)."""

    def __init__(self, nodes: int) -> None:
        self.above = list(range(nodes))

    def of(self, node: int) -> int:
        """The node that stands for its part."""
        above = self.above
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    def join(self, u: int, v: int) -> bool:
        """Make two parts one; whether they were two."""
        u, v = self.of(u), self.of(v)
        self.above[u] = v
        return u != v


def tree(slim: Slim, weight: Floats, kept: Bools, nodes: Ints) -> Bools:
    """Edges (E,) of a tree with the kept edges (E,) and these nodes, by weights (E,)."""
    parts, used = Parts(slim.nodes), np.zeros(slim.nodes, dtype=bool)
    used[nodes] = True
    for edge in np.flatnonzero(kept).tolist():
        parts.join(int(slim.u[edge]), int(slim.v[edge]))
    used[slim.u[kept]] = used[slim.v[kept]] = True
    source = np.flatnonzero(used)
    far, came, near = dijkstra(
        slim.arcs(np.tile(weight, 2)), indices=source, min_only=True, return_predecessors=True
    )
    crossing = np.flatnonzero((near[slim.u] != near[slim.v]) & (near[slim.u] >= 0))
    length = far[slim.u[crossing]] + weight[crossing] + far[slim.v[crossing]]
    left = len({parts.of(node) for node in source.tolist()}) - 1
    for edge in crossing[np.argsort(length, kind="stable")].tolist():
        if not left:
            break
        u, v = int(slim.u[edge]), int(slim.v[edge])
        if parts.join(int(near[u]), int(near[v])):
            left -= 1
            for node in (u, v):
                while node >= 0:
                    used[node] = True
                    node = int(came[node])
    return pruned(slim, used[slim.u] & used[slim.v])


def pruned(slim: Slim, usable: Bools) -> Bools:
    """Of a forest of least cost on usable edges (E,), the edges that part nodes of a group."""
    parts, rows = Parts(slim.nodes), np.flatnonzero(usable)
    rows = rows[np.argsort(slim.cost[rows], kind="stable")]
    around: dict[int, list[tuple[int, int]]] = {}
    ends = zip(rows.tolist(), slim.u[rows].tolist(), slim.v[rows].tolist(), strict=True)
    for edge, u, v in ends:
        if parts.join(u, v):
            around.setdefault(u, []).append((v, edge))
            around.setdefault(v, []).append((u, edge))
    needed = np.zeros(len(slim.cost), dtype=bool)
    needed[_parting(slim, around)] = True
    return needed


def _parting(slim: Slim, around: dict[int, list[tuple[int, int]]]) -> list[int]:
    """Edges of a forest that have nodes of one group on both sides."""
    group = slim.group.tolist()
    total = [len(slim.terminals(label)) for label in range(slim.groups)]
    seen: set[int] = set()
    found = []
    for start in around:
        if start in seen:
            continue
        seen.add(start)
        order = [(start, -1, -1)]
        for node, _, above in order:
            for other, edge in around[node]:
                if other != above:
                    seen.add(other)
                    order.append((other, edge, node))
        # How many nodes of each group are below an edge.
        below: dict[int, dict[int, int]] = {node: {} for node, _, _ in order}
        for node, edge, above in reversed(order):
            count = below[node]
            if group[node] != FREE:
                count[group[node]] = count.get(group[node], 0) + 1
            if edge < 0:
                continue
            if any(many < total[label] for label, many in count.items()):
                found.append(edge)
            for label, many in count.items():
                below[above][label] = below[above].get(label, 0) + many
    return found


def forest(slim: Slim, weight: Floats, order: Ints) -> Bools:
    """Edges (E,) that connect the groups, taken in this order."""
    chosen = np.zeros(len(slim.cost), dtype=bool)
    for group in order.tolist():
        left = np.where(chosen, 0.0, weight)
        chosen |= _paths(slim, left, slim.terminals(group))
    return pruned(slim, chosen)


def _paths(slim: Slim, weight: Floats, nodes: Ints) -> Bools:
    """Edges (E,) of shortest paths that connect these nodes, one node after the other."""
    table = slim.arcs(np.tile(weight, 2))
    chosen = np.zeros(len(weight), dtype=bool)
    joined, left = {int(nodes[0])}, set(nodes[1:].tolist())
    while left:
        far, came, _ = dijkstra(
            table, indices=sorted(joined), min_only=True, return_predecessors=True
        )
        node = min(left, key=lambda one: (far[one], one))
        while node not in joined:
            joined.add(node)
            before = int(came[node])
            chosen[slim.between[before, node]] = True
            node = before
        left -= joined
    return chosen


def connects(slim: Slim, chosen: Bools) -> bool:
    """Whether the edges (E,) connect each group."""
    parts = Parts(slim.nodes)
    for edge in np.flatnonzero(chosen).tolist():
        parts.join(int(slim.u[edge]), int(slim.v[edge]))
    return all(
        len({parts.of(node) for node in slim.terminals(group).tolist()}) == 1
        for group in range(slim.groups)
    )


def improved(slim: Slim, chosen: Bools, stop: Callable[[], bool]) -> Bools:
    """A tree that costs no more than this one: no exchange of paths or nodes makes it better."""
    terminals = slim.terminals()
    best, cost = chosen, slim.cost[chosen].sum()
    again = True
    while again:
        again = False
        for kept in _without(slim, best):
            if stop():
                return best
            other = tree(slim, slim.cost, kept, terminals)
            if slim.cost[other].sum() < cost * (1 - 1e-12):
                best, cost, again = other, slim.cost[other].sum(), True
                break
    return best


def _without(slim: Slim, chosen: Bools) -> Iterator[Bools]:
    """The edges of a tree without one path between key nodes, or all paths at a free one."""
    around: dict[int, list[tuple[int, int]]] = {}
    for edge in np.flatnonzero(chosen).tolist():
        u, v = int(slim.u[edge]), int(slim.v[edge])
        around.setdefault(u, []).append((v, edge))
        around.setdefault(v, []).append((u, edge))
    keys = {node for node, near in around.items() if len(near) > 2 or slim.group[node] != FREE}
    for key in sorted(keys):
        whole = chosen.copy()
        for first, start in around[key]:
            path, node, edge = [start], first, start
            while node not in keys:
                node, edge = next(one for one in around[node] if one[1] != edge)
                path.append(edge)
            whole[path] = False
            if key < node:
                kept = chosen.copy()
                kept[path] = False
                yield kept
        if slim.group[key] == FREE:
            yield whole
