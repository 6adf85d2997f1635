"""GRAPH: what is left of a network while its Steiner problem shrinks.

Nodes vanish, two edges in a row become one, and an edge that is in some best plan is contracted:
its ends become one node. Each edge that is left knows the edges of the given network that it
stands for, so a plan of what is left, with the contracted edges, is a plan of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints

#: The group of a node that need not be connected.
FREE = -1


@dataclass(frozen=True, eq=False)
class Slim:
    """What is left, as arrays: at most one edge between two nodes, no free node without one.

    u, v, cost: (E,); group: (N,) of each node, FREE or 0 .. K - 1, none of them alone;
    node, edge: (N,), (E,) which node and edge of the `Graph` each is.
    """

    u: Ints
    v: Ints
    cost: Floats
    group: Ints
    node: Ints
    edge: Ints

    @property
    def nodes(self) -> int:
        """How many nodes are left."""
        return len(self.group)

    @cached_property
    def groups(self) -> int:
        """How many groups are left."""
        return int(self.group.max(initial=FREE)) + 1

    def terminals(self, group: int = 0) -> Ints:
        """The nodes of a group."""
        return np.flatnonzero(self.group == group)

    @cached_property
    def tail(self) -> Ints:
        """(2 E,) of the arcs: all edges, then all of them backwards."""
        return np.concatenate([self.u, self.v])

    @cached_property
    def head(self) -> Ints:
        """(2 E,) as `tail`."""
        return np.concatenate([self.v, self.u])

    @cached_property
    def between(self) -> dict[tuple[int, int], int]:
        """The edge between two nodes, named in either order."""
        rows = enumerate(zip(self.u.tolist(), self.v.tolist(), strict=True))
        both = {ends: row for row, ends in rows}
        return both | {(b, a): row for (a, b), row in both.items()}

    def arcs(self, length: Floats) -> csr_array:
        """(N, N) lengths (2 E,) of the arcs."""
        order, ends = self._by_tail
        shape = (self.nodes, self.nodes)
        return csr_array((length[order], self.head[order], ends), shape=shape)

    @cached_property
    def _by_tail(self) -> tuple[Ints, Ints]:
        """(2 E,) the arcs by tail and head, (N + 1,) where those of each tail begin."""
        count = np.bincount(self.tail, minlength=self.nodes)
        return np.lexsort((self.head, self.tail)), np.cumsum([0, *count])


@dataclass
class Graph:
    """around: of each node, the edge to each neighbour. cost, parts: of each edge ever made; parts
    are a row of the given network, or the two edges that it is made of. fixed: contracted edges.
    """

    around: list[dict[int, int]]
    group: list[int]
    cost: list[float]
    parts: list[tuple[int, ...]]
    fixed: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, edges: Edges, cost: Floats, groups: list[Ints]) -> Graph:
        """Of parallel edges the cheapest; groups have no node in common."""
        graph = cls(
            [{} for _ in range(edges.nodes)],
            [FREE] * edges.nodes,
            cost.tolist(),
            [(row,) for row in range(len(edges))],
        )
        for label, nodes in enumerate(groups):
            for node in nodes.tolist():
                graph.group[node] = label
        for row, (u, v) in enumerate(zip(edges.tail.tolist(), edges.head.tolist(), strict=True)):
            graph.add(u, v, row)
        return graph

    def add(self, u: int, v: int, edge: int) -> None:
        """Put an edge between two nodes, unless one that is there costs no more."""
        there = self.around[u].get(v)
        if u != v and (there is None or self.cost[edge] < self.cost[there]):
            self.around[u][v] = self.around[v][u] = edge

    def remove(self, u: int, v: int) -> None:
        """Take the edge between two nodes away."""
        del self.around[u][v], self.around[v][u]

    def bypass(self, node: int) -> tuple[int, int]:
        """Make the two edges at a node one; the neighbours."""
        (u, first), (v, second) = self.around[node].items()
        self.remove(node, u)
        self.remove(node, v)
        self.cost.append(self.cost[first] + self.cost[second])
        self.parts.append((first, second))
        self.add(u, v, len(self.cost) - 1)
        return u, v

    def contract(self, node: int, into: int) -> None:
        """Fix the edge between two nodes, and make them one."""
        self.fixed.append(self.around[node][into])
        self.remove(node, into)
        for other, edge in list(self.around[node].items()):
            self.remove(node, other)
            self.add(into, other, edge)
        self._join(self.group[node], into)
        self.group[node] = FREE

    def _join(self, label: int, into: int) -> None:
        """A node comes into a group; with one of its own, the groups become one."""
        own = self.group[into]
        if label in (FREE, own):
            joined = own
        elif own == FREE:
            joined = label
        else:
            joined = own
            self.group = [own if one == label else one for one in self.group]
        self.group[into] = joined

    def forget(self) -> None:
        """Groups with one node are connected."""
        alone = {}
        for node, label in enumerate(self.group):
            if label != FREE:
                alone[label] = FREE if label in alone else node
        for node in alone.values():
            if node != FREE:
                self.group[node] = FREE

    @property
    def fixed_cost(self) -> float:
        """What the contracted edges cost."""
        return sum(self.cost[edge] for edge in self.fixed)

    def rows(self, edges: list[int]) -> list[int]:
        """Rows of the given network that these edges stand for."""
        rows, left = [], list(edges)
        while left:
            edge = left.pop()
            parts = self.parts[edge]
            if len(parts) == 1:
                rows.append(parts[0])
            else:
                left.extend(parts)
        return rows

    def slim(self) -> Slim:
        """What is left, as arrays."""
        found = [
            (u, v, edge) for u, near in enumerate(self.around) for v, edge in near.items() if u < v
        ]
        ends = np.array(found, dtype=np.int64).reshape(-1, 3)
        pairs = zip(self.around, self.group, strict=True)
        node = np.flatnonzero([bool(near) or label != FREE for near, label in pairs])
        group = np.array(self.group, dtype=np.int64)[node]
        labels = np.unique(group[group != FREE])
        group = np.where(group == FREE, FREE, np.searchsorted(labels, group))
        u, v = np.searchsorted(node, ends[:, 0]), np.searchsorted(node, ends[:, 1])
        cost = np.array(self.cost)[ends[:, 2]]
        return Slim(u, v, cost, group, node, ends[:, 2])

    def drop(self, slim: Slim, gone: Bools) -> None:
        """Take these of the edges (E,) away."""
        ends = np.column_stack([slim.node[slim.u[gone]], slim.node[slim.v[gone]]])
        for u, v in ends.tolist():
            self.remove(u, v)
