"""UNDIRECTED GRAPH as arrays of edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.given import indices
from optimizer.problem import Bools, Floats, Ints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False)
class Edges:
    """tail, head: (E,) ends of the edges; parallel edges are allowed."""

    nodes: int
    tail: Ints
    head: Ints

    def __len__(self) -> int:
        return len(self.tail)

    @cached_property
    def incident(self) -> list[list[tuple[int, int]]]:
        """Incidence list: of each node, its edges and neighbours."""
        around: list[list[tuple[int, int]]] = [[] for _ in range(self.nodes)]
        for edge, (u, v) in enumerate(zip(self.tail.tolist(), self.head.tolist(), strict=True)):
            around[u].append((edge, v))
            around[v].append((edge, u))
        return around

    def crossing(self, sides: Bools) -> Bools:
        """(..., E) edges of the cut delta(S) of each set of nodes (..., N)."""
        return np.asarray(sides[..., self.tail] != sides[..., self.head])

    def adjacency_matrix(self, values: Floats, chosen: Bools | None = None) -> csr_array:
        """(N, N) symmetric matrix of values (E,); of parallel edges the least."""
        rows = np.arange(len(self)) if chosen is None else np.flatnonzero(chosen)
        u = np.concatenate([self.tail[rows], self.head[rows]])
        v = np.concatenate([self.head[rows], self.tail[rows]])
        value = np.tile(values[rows], 2)
        order = np.lexsort((value, v, u))
        u, v, value = u[order], v[order], value[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (u[1:] != u[:-1]) | (v[1:] != v[:-1])
        shape = (self.nodes, self.nodes)
        return csr_array((value[first], (u[first], v[first])), shape=shape)


def edges_of(tail: ArrayLike, head: ArrayLike, nodes: int | None = None) -> Edges:
    """Edges between nodes 0 to N - 1; absent, N is what the edges need.

    Raises ValueError for edges that join nothing, or a node with itself.
    """
    from_node, to_node = indices(tail, "tail", nodes), indices(head, "head", nodes)
    if len(from_node) != len(to_node):
        raise ValueError("tail and head: as many as there are edges")
    if (from_node == to_node).any():
        raise ValueError("tail and head: an edge must join two nodes")
    if nodes is None:
        nodes = int(max(from_node.max(initial=-1), to_node.max(initial=-1))) + 1
    return Edges(nodes, from_node, to_node)
