"""PATH LENGTH CONSTRAINTS as flows: pairs of nodes within a time limit on the chosen edges.

For a pair s, t with at most T minutes, one unit of flow f on the arcs of paths within T,

    out(f, v) - in(f, v) = 1 at s, -1 at t, 0 elsewhere
    f_uv + f_vu <= x_e        sum of minutes f <= T

f needs no integers: it is a convex combination of paths on chosen edges, one of which is within T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, csr_array, hstack, vstack
from scipy.sparse.csgraph import dijkstra

from optimizer.location.base.given import inclusive as within
from optimizer.location.base.solving import unit_of
from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Requirements
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class PathFlows:
    """arcs: of each pair, numbers in 0 .. 2 E - 1; the second half are the edges backwards."""

    edges: Edges
    requirements: Requirements
    arcs: list[Ints]

    @classmethod
    def of(cls, edges: Edges, requirements: Requirements) -> PathFlows:
        """The arcs of paths within the limit of each pair."""
        if not len(requirements.longest):
            return cls(edges, requirements, [])
        distances = dijkstra(
            edges.adjacency_matrix(requirements.minutes), indices=requirements.between.reshape(-1)
        )
        from_source, to_target = distances[::2], distances[1::2]
        u, v = np.concatenate([edges.tail, edges.head]), np.concatenate([edges.head, edges.tail])
        through = from_source[:, u] + np.tile(requirements.minutes, 2) + to_target[:, v]
        in_time = through <= within(requirements.longest)[:, None]
        return cls(edges, requirements, [np.flatnonzero(row) for row in in_time])

    @property
    def columns(self) -> int:
        """Number of flow columns."""
        return sum(map(len, self.arcs))

    def rows(self) -> tuple[csr_array, Floats, Floats]:
        """Rows (R, E + columns), lower and upper sides (R,)."""
        count = len(self.edges)
        if not self.arcs:
            return csr_array((0, count)), np.empty(0), np.empty(0)
        edge_blocks, flow_blocks, lower, upper = [], [], [], []
        unit = unit_of(self.requirements.longest)
        for pair, arcs in enumerate(self.arcs):
            edge, row = np.unique(arcs % count, return_inverse=True)
            arc, ones = np.arange(len(arcs)), np.ones(len(arcs))
            u, v = self._ends(arcs)
            nodes = (self.edges.nodes, len(arcs))
            balance = csr_array((ones, (u, arc)), shape=nodes) - csr_array(
                (ones, (v, arc)), shape=nodes
            )
            arc_rows = csr_array((ones, (row, arc)), shape=(len(edge), len(arcs)))
            time_row = csr_array(self.requirements.minutes[arcs % count][None] / unit)
            flow_blocks.append(vstack([balance, arc_rows, time_row]))
            shape = (len(edge), count)
            edge_rows = csr_array((-np.ones(len(edge)), (np.arange(len(edge)), edge)), shape=shape)
            nothing = csr_array((self.edges.nodes, count))
            edge_blocks.append(vstack([nothing, edge_rows, csr_array((1, count))]))
            supply = np.zeros(self.edges.nodes)
            s, t = self.requirements.between[pair]
            supply[s] += 1.0
            supply[t] -= 1.0
            limit = within(self.requirements.longest[pair]) / unit
            lower += [supply, np.full(len(edge) + 1, -np.inf)]
            upper += [supply, np.zeros(len(edge)), np.array([limit])]
        rows = csr_array(hstack([vstack(edge_blocks), block_diag(flow_blocks)]))
        return rows, np.concatenate(lower), np.concatenate(upper)

    def along(self, chosen: Bools) -> Floats:
        """(columns,) the fastest path of each pair on the chosen edges."""
        flows = []
        for pair, arcs in enumerate(self.arcs):
            s, t = self.requirements.between[pair]
            _, predecessor = dijkstra(
                self.edges.adjacency_matrix(self.requirements.minutes, chosen),
                indices=s,
                return_predecessors=True,
            )
            flow = np.zeros(len(arcs))
            u, v = self._ends(arcs)
            cost = np.where(chosen, self.requirements.minutes, np.inf)[arcs % len(self.edges)]
            while t != s:
                arcs_in = np.flatnonzero((u == predecessor[t]) & (v == t))
                flow[arcs_in[cost[arcs_in].argmin()]] = 1.0
                t = predecessor[t]
            flows.append(flow)
        return np.concatenate([*flows, np.empty(0)])

    def _ends(self, arcs: Ints) -> tuple[Ints, Ints]:
        """Tails and heads of these arcs."""
        edge, back = arcs % len(self.edges), arcs >= len(self.edges)
        tail, head = self.edges.tail[edge], self.edges.head[edge]
        return np.where(back, head, tail), np.where(back, tail, head)
