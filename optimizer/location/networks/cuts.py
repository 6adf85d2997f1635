"""CUT INEQUALITIES of survivable network design, and their separation.

With x_e = 1 for a chosen edge, delta(S) the edges that leave a set S of nodes, and r(S) the largest
requirement min(r_i, r_j) of a node i in S and a node j outside (Grötschel, Monma and Stoer 1995),

    x(delta(S))               >= r(S)        cut inequality
    x(delta(S)) - x(delta(z)) >= 1           node cut inequality, r(S) = 2: node z, no end, may fail

where x(delta(z)) counts the edges of delta(S) at z. Maximum flows from a root to each other node
find all violated cuts, as a cut that separates two nodes separates one of them from the root. Where
nodes may fail, each is split into two with an arc of capacity 1 between them; a cut of less than 2
has at most one such arc, which is z. Node cuts with the root itself as z need flows from a second
root.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.foundation.tolerances import CUT_VIOLATION, FLOW_UNITS
from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Requirements
from optimizer.problem import Bools, Floats, Ints


@dataclass
class CutSeparation:
    """Separation of cut inequalities."""

    edges: Edges
    requirements: Requirements
    network: _SplitGraph = field(init=False)

    def __post_init__(self) -> None:
        self.network = _SplitGraph.of(self.edges, self.requirements.nodes_fail)

    def degree_rows(self) -> tuple[Bools, Floats]:
        """Degree inequalities of single nodes: edges (R, E) and lower sides (R,)."""
        r = self.requirements.requirement
        two_connected = (
            self.requirements.two_connected
            if len(self.requirements.two_connected) > 1
            else self.requirements.connected[:0]
        )
        least_degree = np.minimum(r, 1) * (len(self.requirements.connected) > 1)
        least_degree[two_connected] = 2
        nodes = np.flatnonzero(least_degree)
        return self.edges.crossing(np.eye(self.edges.nodes, dtype=bool)[nodes]), least_degree[
            nodes
        ] * 1.0

    def violated(self, x: Floats) -> tuple[Bools, Floats]:
        """Cut inequalities that x (E,) violates: edges (R, E) and lower sides (R,)."""
        two_connected, connected = self.requirements.two_connected, self.requirements.connected
        rows_found: dict[bytes, tuple[Bools, float]] = {}
        capacity = self.network.capacity(x)
        if len(connected) > 1:
            root = two_connected[0] if len(two_connected) > 1 else connected[0]
            for node in connected[connected != root]:
                double = len(two_connected) > 1 and self.requirements.requirement[node] == 2
                self._add_cuts(
                    x, capacity, int(root), int(node), 2.0 if double else 1.0, rows_found
                )
        if self.requirements.nodes_fail and len(two_connected) > 2:
            root, *others = two_connected[1:].tolist()
            remaining = self.network.without(capacity, int(two_connected[0]))
            deleted = (self.edges.tail == two_connected[0]) | (self.edges.head == two_connected[0])
            for node in others:
                self._add_cuts(
                    np.where(deleted, 0.0, x), remaining, root, node, 1.0, rows_found, deleted
                )
        rows = np.array([row for row, _ in rows_found.values()], dtype=bool)
        lower = np.array([r for _, r in rows_found.values()])
        return rows.reshape(len(lower), len(self.edges)), lower

    def _add_cuts(
        self,
        x: Floats,
        capacity: csr_array,
        root: int,
        node: int,
        r: float,
        rows_found: dict[bytes, tuple[Bools, float]],
        deleted: Bools | None = None,
    ) -> None:
        """Add the minimum cuts nearest to the root and to the node, where violated."""
        for entered, exited in self.network.minimum_cuts(capacity, root, node, r):
            # The node z that fails is entered but not left.
            fails = entered != exited
            crossing = entered[self.edges.tail] != entered[self.edges.head]
            crossing &= ~(fails[self.edges.tail] | fails[self.edges.head])
            if deleted is not None:
                crossing &= ~deleted
            lower = r - fails.sum()
            if lower > 0 and x[crossing].sum() < lower - CUT_VIOLATION:
                rows_found[crossing.tobytes()] = crossing, float(lower)


@dataclass(frozen=True, eq=False)
class _SplitGraph:
    """The flow network; where nodes may fail, each is split into two.

    u, v: (A,) arcs; edge: (A,) the edge of each arc, -1: of a split node.
    """

    nodes: int
    nodes_fail: bool
    u: Ints
    v: Ints
    edge: Ints

    @classmethod
    def of(cls, edges: Edges, nodes_fail: bool) -> _SplitGraph:
        """Arcs either way; node i is entered at i and left at N + i."""
        shift = edges.nodes if nodes_fail else 0
        node = np.arange(shift)
        return cls(
            edges.nodes,
            nodes_fail,
            np.concatenate([edges.tail + shift, edges.head + shift, node]),
            np.concatenate([edges.head, edges.tail, node + shift]),
            np.concatenate([np.tile(np.arange(len(edges)), 2), np.full(shift, -1)]),
        )

    def capacity(self, x: Floats) -> csr_array:
        """Capacities of the arcs in flow units, for values x (E,)."""
        size = self.nodes * (1 + self.nodes_fail)
        value = np.where(self.edge < 0, 1.0, x[self.edge])
        units = np.round(np.clip(value, 0.0, None) * FLOW_UNITS).astype(np.int32)
        return csr_array((units, (self.u, self.v)), shape=(size, size), dtype=np.int32)

    def without(self, capacity: csr_array, node: int) -> csr_array:
        """The capacities without this node."""
        remaining = capacity.copy()
        row, column = (
            np.repeat(np.arange(remaining.shape[0]), np.diff(remaining.indptr)),
            remaining.indices,
        )
        remaining.data[(row % self.nodes == node) | (column % self.nodes == node)] = 0
        return remaining

    def minimum_cuts(
        self, capacity: csr_array, root: int, node: int, r: float
    ) -> list[tuple[Bools, Bools]]:
        """The two extreme minimum cuts between root and node, where they are below r.

        Each as two masks (N,): nodes that are entered from the root, and nodes that are left.
        """
        source = root + self.nodes * self.nodes_fail
        flow = maximum_flow(capacity, source, node)
        if flow.flow_value >= (r - CUT_VIOLATION) * FLOW_UNITS:
            return []
        residual = csr_array(capacity - flow.flow)
        residual.eliminate_zeros()
        root_side = np.zeros(capacity.shape[0], dtype=bool)
        root_side[breadth_first_order(residual, source, return_predecessors=False)] = True
        sink_complement = np.ones(capacity.shape[0], dtype=bool)
        sink_complement[
            breadth_first_order(csr_array(residual.T), node, return_predecessors=False)
        ] = False
        return [self._masks(side, root, node) for side in (root_side, sink_complement)]

    def _masks(self, side: Bools, root: int, node: int) -> tuple[Bools, Bools]:
        if not self.nodes_fail:
            return side, side
        entered, exited = side[: self.nodes].copy(), side[self.nodes :].copy()
        # Neither the root nor the node can fail.
        entered[root] = exited[root] = True
        entered[node] = exited[node] = False
        return entered, exited
