"""SURVIVAL: whether chosen edges keep nodes together though one edge or one node fails.

Two nodes stay together when any one edge fails, if no bridge lies between them, and when any
other node fails too, if they are in one block (a largest part without a cut node) that is no
single edge. A depth-first search finds both (Tarjan 1972; Hopcroft and Tarjan 1973).
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
class Wanted:
    """What a network must keep.

    requirement: (N,) 0 a node that is free to be left out, 1 connected, 2 connected whatever
    fails; nodes_fail: other nodes may fail too; minutes: (E,); between: (P, 2) nodes that are at
    most `longest` (P,) minutes apart while nothing fails.
    """

    requirement: Ints
    nodes_fail: bool
    minutes: Floats
    between: Ints
    longest: Floats

    @property
    def twice(self) -> Ints:
        """The nodes that stay connected whatever fails."""
        return np.flatnonzero(self.requirement == 2)

    @property
    def once(self) -> Ints:
        """The nodes that are connected, these among them."""
        return np.flatnonzero(self.requirement > 0)


def blocks(edges: Edges, chosen: Bools) -> Iterator[list[int]]:
    """The edges of each block of the chosen ones."""
    depth, low = [-1] * edges.nodes, [0] * edges.nodes
    usable, around = chosen.tolist(), edges.incident
    for root in range(edges.nodes):
        if depth[root] >= 0:
            continue
        depth[root] = 0
        seen: list[int] = []
        path = [(root, -1, iter(around[root]))]
        while path:
            node, came, left = path[-1]
            for edge, other in left:
                if edge == came or not usable[edge]:
                    continue
                if depth[other] < 0:
                    seen.append(edge)
                    depth[other] = low[other] = len(path)
                    path.append((other, edge, iter(around[other])))
                    break
                if depth[other] < depth[node]:
                    seen.append(edge)
                    low[node] = min(low[node], depth[other])
            else:
                path.pop()
                if not path:
                    continue
                above = path[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] >= depth[above]:
                    first = len(seen) - 1 - seen[::-1].index(came)
                    yield seen[first:]
                    del seen[first:]


def survives(edges: Edges, chosen: Bools, wanted: Wanted) -> bool:
    """Whether the chosen edges keep all that is wanted."""
    twice, once = wanted.twice, wanted.once
    if len(once) > 1:
        part = _parts(edges, chosen)[once]
        if (part != part[0]).any():
            return False
    if len(twice) > 1 and not _twice(edges, chosen, twice, wanted.nodes_fail):
        return False
    return not len(late(edges, chosen, wanted))


def _twice(edges: Edges, chosen: Bools, twice: Ints, nodes_fail: bool) -> bool:
    """Whether these nodes are together whatever fails."""
    joined = chosen.copy()
    for block in blocks(edges, chosen):
        if len(block) == 1:
            joined[block] = False
        elif nodes_fail:
            ends = np.concatenate([edges.tail[block], edges.head[block]])
            # Blocks are as a tree: nodes that are together in twos are in one block.
            if np.isin(twice, ends).all():
                return True
    if nodes_fail:
        return False
    part = _parts(edges, joined)[twice]
    return bool((part == part[0]).all())


def late(edges: Edges, chosen: Bools, wanted: Wanted) -> Ints:
    """Rows of the pairs that are too far apart, or not connected."""
    if not len(wanted.longest):
        return np.empty(0, dtype=np.int64)
    start, row = np.unique(wanted.between[:, 0], return_inverse=True)
    times = dijkstra(edges.table(wanted.minutes, chosen), indices=start)
    apart = times[row, wanted.between[:, 1]]
    return np.flatnonzero(~(apart <= within(wanted.longest)))


def lacking(edges: Edges, wanted: Wanted) -> tuple[str, ...]:
    """In words, what not even all edges can keep; nothing where they keep all."""
    every = np.ones(len(edges), dtype=bool)
    told = []
    for alone, other in _apart(_parts(edges, every), wanted.once):
        told.append(f"nodes {alone} and {other} can't be connected")
    if not told:
        told = list(_weak(edges, wanted))
    for pair in late(edges, every, wanted):
        u, v = wanted.between[pair].tolist()
        told.append(f"no path between nodes {u} and {v} takes {wanted.longest[pair]:g} or less")
    return tuple(told)


def _weak(edges: Edges, wanted: Wanted) -> Iterator[str]:
    """Pairs that can't be connected twice, one for each edge or node that they hang on."""
    every, twice = np.ones(len(edges), dtype=bool), wanted.twice
    if len(twice) < 2:
        return
    for row in range(len(edges)):
        left = every.copy()
        left[row] = False
        for u, v in _apart(_parts(edges, left), twice):
            yield f"nodes {u} and {v} can't be connected twice: all hangs on edge {row}"
    for node in range(edges.nodes) if wanted.nodes_fail else ():
        left = (edges.tail != node) & (edges.head != node)
        for u, v in _apart(_parts(edges, left), twice[twice != node]):
            yield f"nodes {u} and {v} can't be connected twice: all hangs on node {node}"


def _apart(part: Ints, nodes: Ints) -> Iterator[tuple[int, int]]:
    """The first of these nodes and one that is in another part, if there is one."""
    other = nodes[part[nodes] != part[nodes[0]]] if len(nodes) else nodes
    if len(other):
        yield int(nodes[0]), int(other[0])


def _parts(edges: Edges, chosen: Bools) -> Ints:
    """(N,) the connected part that each node is in, as one of its nodes."""
    # Thousands of small graphs are asked about: sparse matrices would take ten times as long.
    above = list(range(edges.nodes))

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = node = above[above[node]]
        return node

    for u, v in zip(edges.tail[chosen].tolist(), edges.head[chosen].tolist(), strict=True):
        above[top(u)] = top(v)
    return np.array([top(node) for node in range(edges.nodes)], dtype=np.int64)
