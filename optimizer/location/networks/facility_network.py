"""JOINT: what is given and what a plan costs, where nodes are opened and links built together.

With some nodes open and some links there, everybody goes the shortest way to the nearest open node.
Those ways are a forest: no link is used both ways, and a node is open or left by one link.
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
    """sites: the open nodes, ascending; edges: rows of the links that are built, ascending;
    served: (N,) the open node where the persons of each node go, -1 where there are none.
    """

    sites: Ints
    edges: Ints
    served: Ints


@dataclass(frozen=True, eq=False)
class Joint:
    """cost, length: (E,) of links, those of cost 0 are there; fixed: (N,) of nodes, inf: never
    open, 0: open; lives: (N,) whether anybody does; weight: (N,) what a unit of length costs them.
    """

    edges: Edges
    cost: Floats
    length: Floats
    fixed: Floats
    lives: Bools
    weight: Floats
    budget: float

    @cached_property
    def there(self) -> Bools:
        """(E,) links that need not be built."""
        return np.asarray(self.cost == 0)

    @cached_property
    def useful(self) -> Bools:
        """(E,) links but those that are no shorter than what is there, or no better than another
        between the same nodes.
        """
        low, high = np.sort([self.edges.tail, self.edges.head], axis=0)
        order = np.lexsort((self.cost, self.length, high, low))
        useful = self.there.copy()
        free = self.apart(self.there, np.unique(low))
        row = np.searchsorted(np.unique(low), low)
        pair, least = (-1, -1), np.inf
        for edge in order.tolist():
            if (low[edge], high[edge]) != pair:
                pair, least = (low[edge], high[edge]), np.inf
            if not self.there[edge]:
                useful[edge] = (
                    self.cost[edge] < least and self.length[edge] < free[row[edge], high[edge]]
                )
            if self.there[edge] or useful[edge]:
                least = min(least, self.cost[edge])
        return useful

    def apart(self, links: Bools, nodes: Ints) -> Floats:
        """(nodes, N) the shortest ways over these links, (E,); inf where there is none."""
        if not len(nodes):
            return np.empty((0, self.edges.nodes))
        return np.asarray(dijkstra(self.edges.table(self.length, links), indices=nodes))

    def money(self, is_open: Bools, built: Bools) -> float:
        """What opening these nodes (N,) and building these links (E,) costs."""
        return float(self.fixed[is_open].sum() + self.cost[built].sum())

    def plan(self, is_open: Bools, built: Bools) -> tuple[float, Bools, Bools, Ints] | None:
        """What these nodes and links cost in all, and which of them are used, and by whom.

        Objective, (N,) nodes, (E,) links, (N,) the node that serves each; None: not everybody is.
        """
        sites = np.flatnonzero(is_open | (self.fixed == 0))
        link, ways = self._shortest(built | self.there)
        if not len(sites):
            nobody = np.full(self.edges.nodes, -1)
            return None if self.lives.any() else (0.0, is_open & False, built & False, nobody)
        length, before, source = dijkstra(
            ways, indices=sites, min_only=True, return_predecessors=True
        )
        if not np.isfinite(length[self.lives]).all():
            return None
        used = np.zeros(len(self.edges), dtype=bool)
        passed = self.lives & (before >= 0)
        here = np.flatnonzero(passed)
        while len(here):
            onto = before[here]
            used[link[here, onto]] = True
            here = np.unique(onto[(before[onto] >= 0) & ~passed[onto]])
            passed[here] = True
        used &= ~self.there
        served = np.where(self.lives, source, -1)
        opened = self.fixed == 0
        opened[served[self.lives]] = True
        transport = float(self.weight[self.lives] @ length[self.lives])
        return self.money(opened, used) + transport, opened, used, served

    def _shortest(self, links: Bools) -> tuple[csr_array, csr_array]:
        """(N, N) rows of the shortest links between two nodes, the cheapest of those; lengths."""
        kept = np.flatnonzero(links)
        order = kept[np.lexsort((self.cost[kept], self.length[kept]))]
        # Both ways of a link beside each other: of two links that are drawn against each other the
        # shorter comes first.
        u = np.stack([self.edges.tail[order], self.edges.head[order]], axis=1).reshape(-1)
        v = np.stack([self.edges.head[order], self.edges.tail[order]], axis=1).reshape(-1)
        _, first = np.unique(u * self.edges.nodes + v, return_index=True)
        row, shape = np.repeat(order, 2)[first], (self.edges.nodes, self.edges.nodes)
        at = u[first], v[first]
        return csr_array((row, at), shape=shape), csr_array((self.length[row], at), shape=shape)
