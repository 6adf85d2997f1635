"""CUTS: the rows of a network that survives failures, found where they are broken.

With x_e = 1 for a chosen edge, S a set of nodes and r(S) the most that a node in S and one outside
of it both ask for (Grötschel, Monma and Stoer 1995),

    sum of x_e over delta(S)       >= r(S)
    sum of x_e over delta(S) - z   >= 1      where r(S) = 2 and node z, neither end, may fail

A cut that parts any two nodes parts one of them from a root, so flows from a root to each of the
others find all of them. A node that may fail is an arc of capacity 1: then a cut below 2 has at
most one of those, which is z. Only cuts around the root itself as z are left, and found without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Wanted
from optimizer.problem import Bools, Floats, Ints

#: Flows are in whole numbers: so many are 1.
UNIT = 1 << 20

#: A cut that lacks less than this is kept.
BROKEN = 1e-4


@dataclass
class Cuts:
    """Finds the broken rows of a network."""

    edges: Edges
    wanted: Wanted
    network: _Split = field(init=False)

    def __post_init__(self) -> None:
        self.network = _Split.of(self.edges, self.wanted.nodes_fail)

    def degrees(self) -> tuple[Bools, Floats]:
        """Rows around single nodes, (R, E) edges and what they are at least (R,)."""
        wanted = self.wanted.requirement
        enough = self.wanted.twice if len(self.wanted.twice) > 1 else self.wanted.once[:0]
        asked = np.minimum(wanted, 1) * (len(self.wanted.once) > 1)
        asked[enough] = 2
        nodes = np.flatnonzero(asked)
        return self.edges.crossing(np.eye(self.edges.nodes, dtype=bool)[nodes]), asked[nodes] * 1.0

    def broken(self, x: Floats) -> tuple[Bools, Floats]:
        """Rows that x (E,) breaks: (R, E) which edges, and how many of them at least (R,)."""
        twice, once = self.wanted.twice, self.wanted.once
        found: dict[bytes, tuple[Bools, float]] = {}
        capacity = self.network.capacity(x)
        if len(once) > 1:
            root = twice[0] if len(twice) > 1 else once[0]
            for node in once[once != root]:
                both = len(twice) > 1 and self.wanted.requirement[node] == 2
                self._cut(x, capacity, int(root), int(node), 2.0 if both else 1.0, found)
        if self.wanted.nodes_fail and len(twice) > 2:
            root, *others = twice[1:].tolist()
            left = self.network.without(capacity, int(twice[0]))
            away = (self.edges.tail == twice[0]) | (self.edges.head == twice[0])
            for node in others:
                self._cut(np.where(away, 0.0, x), left, root, node, 1.0, found, away)
        rows = np.array([row for row, _ in found.values()], dtype=bool)
        least = np.array([asked for _, asked in found.values()])
        return rows.reshape(len(least), len(self.edges)), least

    def _cut(
        self,
        x: Floats,
        capacity: csr_array,
        root: int,
        node: int,
        asked: float,
        found: dict[bytes, tuple[Bools, float]],
        away: Bools | None = None,
    ) -> None:
        """Add the cuts nearest to the root and nearest to the node, if they are too small."""
        for inside, outside in self.network.sides(capacity, root, node, asked):
            # A node that is reached, but not left, is the one that fails.
            fails = inside != outside
            crossing = inside[self.edges.tail] != inside[self.edges.head]
            crossing &= ~(fails[self.edges.tail] | fails[self.edges.head])
            if away is not None:
                crossing &= ~away
            least = asked - fails.sum()
            if least > 0 and x[crossing].sum() < least - BROKEN:
                found[crossing.tobytes()] = crossing, float(least)


@dataclass(frozen=True, eq=False)
class _Split:
    """The graph of the flows; where nodes may fail each is two, with an arc between them.

    u, v: (A,) arcs; edge: (A,) what each is an arc of, -1 a node.
    """

    nodes: int
    nodes_fail: bool
    u: Ints
    v: Ints
    edge: Ints

    @classmethod
    def of(cls, edges: Edges, nodes_fail: bool) -> _Split:
        """Arcs both ways; node i comes in at i and leaves at N + i."""
        away = edges.nodes if nodes_fail else 0
        node = np.arange(away)
        return cls(
            edges.nodes,
            nodes_fail,
            np.concatenate([edges.tail + away, edges.head + away, node]),
            np.concatenate([edges.head, edges.tail, node + away]),
            np.concatenate([np.tile(np.arange(len(edges)), 2), np.full(away, -1)]),
        )

    def capacity(self, x: Floats) -> csr_array:
        """The arcs' capacities, in whole units."""
        size = self.nodes * (1 + self.nodes_fail)
        given = np.where(self.edge < 0, 1.0, x[self.edge])
        units = np.round(np.clip(given, 0.0, None) * UNIT).astype(np.int32)
        return csr_array((units, (self.u, self.v)), shape=(size, size), dtype=np.int32)

    def without(self, capacity: csr_array, node: int) -> csr_array:
        """The capacities when this node has failed."""
        left = capacity.copy()
        row, column = np.repeat(np.arange(left.shape[0]), np.diff(left.indptr)), left.indices
        left.data[(row % self.nodes == node) | (column % self.nodes == node)] = 0
        return left

    def sides(
        self, capacity: csr_array, root: int, node: int, asked: float
    ) -> list[tuple[Bools, Bools]]:
        """Two least cuts between root and node, where they are below what is asked.

        Each as two masks (N,): the nodes that the root reaches, and those that it can leave.
        """
        source = root + self.nodes * self.nodes_fail
        flow = maximum_flow(capacity, source, node)
        if flow.flow_value >= (asked - BROKEN) * UNIT:
            return []
        rest = csr_array(capacity - flow.flow)
        rest.eliminate_zeros()
        near = np.zeros(capacity.shape[0], dtype=bool)
        near[breadth_first_order(rest, source, return_predecessors=False)] = True
        far = np.ones(capacity.shape[0], dtype=bool)
        far[breadth_first_order(csr_array(rest.T), node, return_predecessors=False)] = False
        return [self._masks(side, root, node) for side in (near, far)]

    def _masks(self, side: Bools, root: int, node: int) -> tuple[Bools, Bools]:
        if not self.nodes_fail:
            return side, side
        reached, left = side[: self.nodes].copy(), side[self.nodes :].copy()
        # The root can't fail, nor the node.
        reached[root] = left[root] = True
        reached[node] = left[node] = False
        return reached, left
