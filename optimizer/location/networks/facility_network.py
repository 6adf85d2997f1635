"""FACILITY LOCATION-NETWORK DESIGN: the instance, and the cost of a plan.

With open nodes and built links everybody takes a shortest path to the nearest open node. These
paths are a forest: no link is used both ways, and a node is open or left by one link.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Located:
    """sites: open nodes, ascending; edges: rows of the built links, ascending; served: (N,) the
    open node that serves each node, -1 where nobody lives.
    """

    sites: Ints
    edges: Ints
    served: Ints


@dataclass(frozen=True, eq=False)
class FacilityNetwork:
    """Instance. cost, length: (E,) c_e and l_e of links, those of cost 0 exist; fixed: (N,) F_v of
    nodes, inf: never open, 0: open; populated: (N,); weight: (N,) p_v, cost of a unit of length.
    """

    edges: Edges
    cost: Floats
    length: Floats
    fixed: Floats
    populated: Bools
    weight: Floats
    budget: float

    @cached_property
    def existing(self) -> Bools:
        """(E,) links that exist."""
        return np.asarray(self.cost == 0)

    @cached_property
    def useful(self) -> Bools:
        """(E,) links without those that are no shorter than existing paths, and without parallel
        ones that another dominates.
        """
        low, high = np.sort([self.edges.tail, self.edges.head], axis=0)
        order = np.lexsort((self.cost, self.length, high, low))
        useful = self.existing.copy()
        by_existing = self.distances(self.existing, np.unique(low))
        row_of = np.searchsorted(np.unique(low), low)
        pair, cheapest = (-1, -1), np.inf
        for edge in order.tolist():
            if (low[edge], high[edge]) != pair:
                pair, cheapest = (low[edge], high[edge]), np.inf
            if not self.existing[edge]:
                useful[edge] = (
                    self.cost[edge] < cheapest
                    and self.length[edge] < by_existing[row_of[edge], high[edge]]
                )
            if self.existing[edge] or useful[edge]:
                cheapest = min(cheapest, self.cost[edge])
        return useful

    def distances(self, links: Bools, nodes: Ints) -> Floats:
        """(nodes, N) shortest path lengths over these links (E,); inf where there is none."""
        if not len(nodes):
            return np.empty((0, self.edges.nodes))
        return np.asarray(dijkstra(self.edges.adjacency_matrix(self.length, links), indices=nodes))

    def money(self, is_open: Bools, built: Bools) -> float:
        """Cost of opening these nodes (N,) and building these links (E,)."""
        return float(self.fixed[is_open].sum() + self.cost[built].sum())

    def plan(self, is_open: Bools, built: Bools) -> tuple[float, Bools, Bools, Ints] | None:
        """Objective of these nodes and links, and the used ones of them.

        Objective, (N,) nodes, (E,) links, (N,) the node that serves each; None: not all are served.
        """
        sites = np.flatnonzero(is_open | (self.fixed == 0))
        link, lengths = self._shortest_links(built | self.existing)
        if not len(sites):
            unserved = np.full(self.edges.nodes, -1)
            return None if self.populated.any() else (0.0, is_open & False, built & False, unserved)
        length, predecessor, nearest = dijkstra(
            lengths, indices=sites, min_only=True, return_predecessors=True
        )
        if not np.isfinite(length[self.populated]).all():
            return None
        used = np.zeros(len(self.edges), dtype=bool)
        reached = self.populated & (predecessor >= 0)
        frontier = np.flatnonzero(reached)
        while len(frontier):
            next_nodes = predecessor[frontier]
            used[link[frontier, next_nodes]] = True
            frontier = np.unique(next_nodes[(predecessor[next_nodes] >= 0) & ~reached[next_nodes]])
            reached[frontier] = True
        used &= ~self.existing
        served = np.where(self.populated, nearest, -1)
        opened = self.fixed == 0
        opened[served[self.populated]] = True
        transport = float(self.weight[self.populated] @ length[self.populated])
        return self.money(opened, used) + transport, opened, used, served

    def _shortest_links(self, links: Bools) -> tuple[csr_array, csr_array]:
        """(N, N) rows of the shortest link between two nodes, ties by cost; and its length."""
        rows = np.flatnonzero(links)
        order = rows[np.lexsort((self.cost[rows], self.length[rows]))]
        # Both directions of a link side by side: of two links drawn in opposite directions the
        # shorter comes first.
        u = np.stack([self.edges.tail[order], self.edges.head[order]], axis=1).reshape(-1)
        v = np.stack([self.edges.head[order], self.edges.tail[order]], axis=1).reshape(-1)
        _, is_first = np.unique(u * self.edges.nodes + v, return_index=True)
        row, shape = np.repeat(order, 2)[is_first], (self.edges.nodes, self.edges.nodes)
        position = u[is_first], v[is_first]
        return csr_array((row, position), shape=shape), csr_array(
            (self.length[row], position), shape=shape
        )
