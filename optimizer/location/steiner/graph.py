"""REDUCED GRAPH of a Steiner problem: edges are deleted, merged in series, and contracted.

An edge of some optimal plan is contracted: its ends become one node. Each edge of the reduced graph
knows the given edges that it stands for, so a plan of the reduced graph, with the contracted edges,
is a plan of the given one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints

#: The group of a node that is no terminal (a Steiner node).
NON_TERMINAL = -1


@dataclass(frozen=True, eq=False)
class CompactGraph:
    """The reduced graph as arrays: simple, without isolated non-terminals.

    u, v, cost: (E,) ends and c_e; group: (N,) NON_TERMINAL or 0 .. K - 1, each of two terminals or
    more; node, edge: (N,), (E,) which node and edge of the `Graph` each is.
    """

    u: Ints
    v: Ints
    cost: Floats
    group: Ints
    node: Ints
    edge: Ints

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.group)

    @cached_property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.group.max(initial=NON_TERMINAL)) + 1

    def terminals(self, group: int = 0) -> Ints:
        """The terminals of a group."""
        return np.flatnonzero(self.group == group)

    @cached_property
    def tail(self) -> Ints:
        """(2 E,) tails of the arcs: all edges forwards, then backwards."""
        return np.concatenate([self.u, self.v])

    @cached_property
    def head(self) -> Ints:
        """(2 E,) heads of the arcs."""
        return np.concatenate([self.v, self.u])

    @cached_property
    def edge_between(self) -> dict[tuple[int, int], int]:
        """The edge between two nodes, keyed by either order."""
        rows = enumerate(zip(self.u.tolist(), self.v.tolist(), strict=True))
        by_ends = {ends: row for row, ends in rows}
        return by_ends | {(b, a): row for (a, b), row in by_ends.items()}

    def arcs(self, length: Floats) -> csr_array:
        """(N, N) adjacency matrix with these lengths (2 E,) of the arcs."""
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
    """adjacency: of each node, the edge to each neighbour. cost, constituents: of each edge ever
    made; constituents are a row of the given graph, or the two edges that were merged. contracted:
    edges that every kept plan has.
    """

    adjacency: list[dict[int, int]]
    group: list[int]
    cost: list[float]
    constituents: list[tuple[int, ...]]
    contracted: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, edges: Edges, cost: Floats, groups: list[Ints]) -> Graph:
        """Of parallel edges the cheapest; groups are disjoint."""
        graph = cls(
            [{} for _ in range(edges.nodes)],
            [NON_TERMINAL] * edges.nodes,
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
        """Add an edge, unless a parallel one costs no more."""
        present = self.adjacency[u].get(v)
        if u != v and (present is None or self.cost[edge] < self.cost[present]):
            self.adjacency[u][v] = self.adjacency[v][u] = edge

    def remove(self, u: int, v: int) -> None:
        """Delete the edge between two nodes."""
        del self.adjacency[u][v], self.adjacency[v][u]

    def merge_edges(self, node: int) -> tuple[int, int]:
        """Merge the two edges of a node of degree 2; its neighbours."""
        (u, first), (v, second) = self.adjacency[node].items()
        self.remove(node, u)
        self.remove(node, v)
        self.cost.append(self.cost[first] + self.cost[second])
        self.constituents.append((first, second))
        self.add(u, v, len(self.cost) - 1)
        return u, v

    def contract(self, node: int, kept_node: int) -> None:
        """Contract the edge between two nodes."""
        self.contracted.append(self.adjacency[node][kept_node])
        self.remove(node, kept_node)
        for neighbour, edge in list(self.adjacency[node].items()):
            self.remove(node, neighbour)
            self.add(kept_node, neighbour, edge)
        self._merge_groups(self.group[node], kept_node)
        self.group[node] = NON_TERMINAL

    def _merge_groups(self, label: int, node: int) -> None:
        """Put a node into a group; if it is of another group, the two are merged."""
        own = self.group[node]
        if label in (NON_TERMINAL, own):
            merged = own
        elif own == NON_TERMINAL:
            merged = label
        else:
            merged = own
            self.group = [own if current == label else current for current in self.group]
        self.group[node] = merged

    def drop_single_terminals(self) -> None:
        """A group of one node is connected: its node is no terminal any more."""
        single = {}
        for node, label in enumerate(self.group):
            if label != NON_TERMINAL:
                single[label] = NON_TERMINAL if label in single else node
        for node in single.values():
            if node != NON_TERMINAL:
                self.group[node] = NON_TERMINAL

    @property
    def contracted_cost(self) -> float:
        """Cost of the contracted edges."""
        return sum(self.cost[edge] for edge in self.contracted)

    def original_rows(self, edges: list[int]) -> list[int]:
        """Rows of the given graph that these edges stand for."""
        rows, stack = [], list(edges)
        while stack:
            edge = stack.pop()
            constituents = self.constituents[edge]
            if len(constituents) == 1:
                rows.append(constituents[0])
            else:
                stack.extend(constituents)
        return rows

    def compact(self) -> CompactGraph:
        """The reduced graph as arrays."""
        triples = [
            (u, v, edge)
            for u, neighbours in enumerate(self.adjacency)
            for v, edge in neighbours.items()
            if u < v
        ]
        ends = np.array(triples, dtype=np.int64).reshape(-1, 3)
        labelled = zip(self.adjacency, self.group, strict=True)
        node = np.flatnonzero(
            [bool(neighbours) or label != NON_TERMINAL for neighbours, label in labelled]
        )
        group = np.array(self.group, dtype=np.int64)[node]
        labels = np.unique(group[group != NON_TERMINAL])
        group = np.where(group == NON_TERMINAL, NON_TERMINAL, np.searchsorted(labels, group))
        u, v = np.searchsorted(node, ends[:, 0]), np.searchsorted(node, ends[:, 1])
        cost = np.array(self.cost)[ends[:, 2]]
        return CompactGraph(u, v, cost, group, node, ends[:, 2])

    def delete(self, compact: CompactGraph, deleted: Bools) -> None:
        """Delete these edges (E,) of the compact graph."""
        ends = np.column_stack([compact.node[compact.u[deleted]], compact.node[compact.v[deleted]]])
        for u, v in ends.tolist():
            self.remove(u, v)
