"""PATHS: pairs of nodes that the chosen edges must join in time, as flows.

For a pair s, t with at most T minutes, one unit of flow f on the arcs that lie on some path in
time (from s, along the arc, and on to t within T),

    out(f, v) - in(f, v) = 1 at s, -1 at t, 0 elsewhere
    f_uv + f_vu <= x_e        sum of minutes f <= T

f needs no integers: it is a mean of paths on chosen edges, one of which takes no longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, csr_array, hstack, vstack
from scipy.sparse.csgraph import dijkstra

from optimizer.location.base.given import inclusive as within
from optimizer.location.base.solving import unit_of
from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Wanted
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Paths:
    """arcs: of each pair, rows of 0 .. 2 E - 1; the second half are the edges backwards."""

    edges: Edges
    wanted: Wanted
    arcs: list[Ints]

    @classmethod
    def of(cls, edges: Edges, wanted: Wanted) -> Paths:
        """The arcs that are of use to each pair."""
        if not len(wanted.longest):
            return cls(edges, wanted, [])
        times = dijkstra(edges.table(wanted.minutes), indices=wanted.between.reshape(-1))
        begin, end = times[::2], times[1::2]
        u, v = np.concatenate([edges.tail, edges.head]), np.concatenate([edges.head, edges.tail])
        least = begin[:, u] + np.tile(wanted.minutes, 2) + end[:, v]
        in_time = least <= within(wanted.longest)[:, None]
        return cls(edges, wanted, [np.flatnonzero(row) for row in in_time])

    @property
    def columns(self) -> int:
        """How many flows there are."""
        return sum(map(len, self.arcs))

    def rows(self) -> tuple[csr_array, Floats, Floats]:
        """(R, E + columns) and what they are at least and at most (R,)."""
        count = len(self.edges)
        if not self.arcs:
            return csr_array((0, count)), np.empty(0), np.empty(0)
        built, flows, lower, upper = [], [], [], []
        unit = unit_of(self.wanted.longest)
        for pair, arcs in enumerate(self.arcs):
            edge, here = np.unique(arcs % count, return_inverse=True)
            arc, ones = np.arange(len(arcs)), np.ones(len(arcs))
            u, v = self._ends(arcs)
            nodes = (self.edges.nodes, len(arcs))
            balance = csr_array((ones, (u, arc)), shape=nodes) - csr_array(
                (ones, (v, arc)), shape=nodes
            )
            used = csr_array((ones, (here, arc)), shape=(len(edge), len(arcs)))
            time = csr_array(self.wanted.minutes[arcs % count][None] / unit)
            flows.append(vstack([balance, used, time]))
            shape = (len(edge), count)
            chosen = csr_array((-np.ones(len(edge)), (np.arange(len(edge)), edge)), shape=shape)
            none = csr_array((self.edges.nodes, count))
            built.append(vstack([none, chosen, csr_array((1, count))]))
            sent = np.zeros(self.edges.nodes)
            s, t = self.wanted.between[pair]
            sent[s] += 1.0
            sent[t] -= 1.0
            most = within(self.wanted.longest[pair]) / unit
            lower += [sent, np.full(len(edge) + 1, -np.inf)]
            upper += [sent, np.zeros(len(edge)), np.array([most])]
        rows = csr_array(hstack([vstack(built), block_diag(flows)]))
        return rows, np.concatenate(lower), np.concatenate(upper)

    def along(self, chosen: Bools) -> Floats:
        """(columns,) for each pair its fastest path on the chosen edges."""
        told = []
        for pair, arcs in enumerate(self.arcs):
            s, t = self.wanted.between[pair]
            _, before = dijkstra(
                self.edges.table(self.wanted.minutes, chosen), indices=s, return_predecessors=True
            )
            flow = np.zeros(len(arcs))
            u, v = self._ends(arcs)
            cost = np.where(chosen, self.wanted.minutes, np.inf)[arcs % len(self.edges)]
            while t != s:
                into = np.flatnonzero((u == before[t]) & (v == t))
                flow[into[cost[into].argmin()]] = 1.0
                t = before[t]
            told.append(flow)
        return np.concatenate([*told, np.empty(0)])

    def _ends(self, arcs: Ints) -> tuple[Ints, Ints]:
        """Where these arcs begin and end."""
        edge, back = arcs % len(self.edges), arcs >= len(self.edges)
        tail, head = self.edges.tail[edge], self.edges.head[edge]
        return np.where(back, head, tail), np.where(back, tail, head)
