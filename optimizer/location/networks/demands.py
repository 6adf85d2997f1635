"""DEMANDS: what is to be carried, and by what; demands that share a node travel as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints

#: Up to so many flows (commodities times arcs) each pair of nodes has its own, whose rows are
#: stronger; above it all demands of one node are one commodity.
MOST_FLOWS = 12_000


@dataclass(frozen=True, eq=False)
class Modules:
    """What can be built on edges, by row.

    edge, capacity, cost: (L,); several: an edge may have any number of each, not just one of all;
    existing, flow_cost: (E,) capacity that is there already, and the cost of a unit that passes.
    """

    edge: Ints
    capacity: Floats
    cost: Floats
    several: bool
    existing: Floats
    flow_cost: Floats

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return len(self.existing)

    def total(self, counts: Floats) -> Floats:
        """(E,) capacities with these numbers (L,) of each."""
        return self.existing + np.bincount(self.edge, self.capacity * counts, self.edges)

    @property
    def most(self) -> Floats:
        """(E,) the largest capacities; inf where there is no end."""
        best = np.zeros(self.edges)
        np.maximum.at(best, self.edge, self.capacity)
        return self.existing + np.where(self.several & (best > 0), np.inf, best)


@dataclass(frozen=True, eq=False)
class Commodities:
    """Flows that start at one node.

    origin: (K,); wants: (K, N) amounts that go to each node; size: (K,) their sums. of, to, amount:
    (P,) the commodity, the end and the amount of each pair of nodes.
    """

    origin: Ints
    wants: Floats
    size: Floats
    of: Ints
    to: Ints
    amount: Floats

    def across(self, sides: Bools) -> Floats:
        """(S,) demand between each set of nodes (S, N) and the rest."""
        apart = sides[:, self.origin[self.of]] != sides[:, self.to]
        return np.asarray(apart @ self.amount)


def commodities(edges: Edges, source: Ints, sink: Ints, demand: Floats) -> Commodities:
    """Demands either way between two nodes are one, as an edge carries both ways alike.

    Where there are many, those of one node are one flow: it divides into them again.
    """
    some = (source != sink) & (demand > 0)
    low, high = np.minimum(source, sink)[some], np.maximum(source, sink)[some]
    pair, row = np.unique(low * edges.nodes + high, return_inverse=True)
    amount = np.bincount(row, demand[some], minlength=len(pair))
    begin, end = _few_origins(pair // edges.nodes, pair % edges.nodes, edges.nodes)
    of = np.arange(len(pair))
    if 2 * len(edges) * len(pair) > MOST_FLOWS:
        of = np.unique(begin, return_inverse=True)[1]
    count = int(of.max(initial=-1)) + 1
    origin = np.zeros(count, dtype=np.int64)
    origin[of] = begin
    wants = csr_array((amount, (of, end)), shape=(count, edges.nodes)).toarray()
    return Commodities(origin, wants, wants.sum(axis=1), of, end, np.asarray(amount, dtype=float))


def _few_origins(u: Ints, v: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Pairs turned so that few nodes are the first of any: always the one in most that are left."""
    begin, end = u.copy(), v.copy()
    left = np.ones(len(u), dtype=bool)
    while left.any():
        busy = np.bincount(np.concatenate([u[left], v[left]]), minlength=nodes).argmax()
        here = left & ((u == busy) | (v == busy))
        begin[here], end[here] = busy, (u + v - busy)[here]
        left &= ~here
    return begin, end
