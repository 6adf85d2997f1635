"""COMMODITIES AND MODULES of network design; demands with a common node are aggregated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints

#: Up to so many flow variables (commodities times arcs) each pair of nodes is a commodity, whose
#: forcing rows are stronger; above it all demands of one origin are one commodity.
MAX_PAIR_FLOWS = 12_000


@dataclass(frozen=True, eq=False)
class Modules:
    """Capacity modules of the edges.

    edge, capacity, cost: (L,) of each module; several: an edge may have any number of each module,
    not one of them at most; existing, flow_cost: (E,) existing capacity, and cost of a unit of
    flow.
    """

    edge: Ints
    capacity: Floats
    cost: Floats
    several: bool
    existing: Floats
    flow_cost: Floats

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.existing)

    def total(self, counts: Floats) -> Floats:
        """(E,) capacities with these numbers z (L,) of the modules."""
        return self.existing + np.bincount(self.edge, self.capacity * counts, self.edges)

    @property
    def max_capacity(self) -> Floats:
        """(E,) largest capacities; inf where modules repeat."""
        best = np.zeros(self.edges)
        np.maximum.at(best, self.edge, self.capacity)
        return self.existing + np.where(self.several & (best > 0), np.inf, best)


@dataclass(frozen=True, eq=False)
class Commodities:
    """Commodities, each of one origin.

    origin: (K,); sink_amounts: (K, N) w_kv that goes to each node; size: (K,) d_k, their sums.
    commodity, sink, amount: (P,) of each pair of nodes with demand.
    """

    origin: Ints
    sink_amounts: Floats
    size: Floats
    commodity: Ints
    sink: Ints
    amount: Floats

    def demand_across(self, sides: Bools) -> Floats:
        """(S,) demand across the cut of each set of nodes (S, N)."""
        apart = sides[:, self.origin[self.commodity]] != sides[:, self.sink]
        return np.asarray(apart @ self.amount)


def commodities(edges: Edges, source: Ints, sink: Ints, demand: Floats) -> Commodities:
    """Demands (D,) as commodities; those of a pair of nodes, either way, are added up.

    Where they are many, the pairs of one origin are one commodity: its flow decomposes again.
    """
    used = (source != sink) & (demand > 0)
    low, high = np.minimum(source, sink)[used], np.maximum(source, sink)[used]
    pair, row = np.unique(low * edges.nodes + high, return_inverse=True)
    amount = np.bincount(row, demand[used], minlength=len(pair))
    origin_of, sink_of = _oriented(pair // edges.nodes, pair % edges.nodes, edges.nodes)
    commodity = np.arange(len(pair))
    if 2 * len(edges) * len(pair) > MAX_PAIR_FLOWS:
        commodity = np.unique(origin_of, return_inverse=True)[1]
    count = int(commodity.max(initial=-1)) + 1
    origin = np.zeros(count, dtype=np.int64)
    origin[commodity] = origin_of
    sink_amounts = csr_array((amount, (commodity, sink_of)), shape=(count, edges.nodes)).toarray()
    return Commodities(
        origin,
        sink_amounts,
        sink_amounts.sum(axis=1),
        commodity,
        sink_of,
        np.asarray(amount, dtype=float),
    )


def _oriented(u: Ints, v: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Greedy vertex cover: pairs oriented so that few nodes are the first of any."""
    first, second = u.copy(), v.copy()
    remaining = np.ones(len(u), dtype=bool)
    while remaining.any():
        node = np.bincount(np.concatenate([u[remaining], v[remaining]]), minlength=nodes).argmax()
        covered = remaining & ((u == node) | (v == node))
        first[covered], second[covered] = node, (u + v - node)[covered]
        remaining &= ~covered
    return first, second
