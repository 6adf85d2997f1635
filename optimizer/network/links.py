"""Breakable links of the road network, and where demand points and sites are on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.tolerances import SUMMED_MINUTES
from optimizer.problem import Bools, Floats, Ints, Problem

#: What scipy has for no predecessor and no source.
NO_PREDECESSOR = -9999


@dataclass(frozen=True, eq=False)
class Ground:
    """N nodes, S sections of E links between them, I homes and J doors at nodes.

    start, end: (S,) nodes; minutes: (S,) either way. Two sections may join the same nodes.
    link: (S,) the link that each is a section of, 0..E-1; who breaks a link breaks all of it.
    home, before: (I,) node and minutes to it; door, after: (J,) node and minutes from it.
    """

    nodes: int
    start: Ints
    end: Ints
    minutes: Floats
    link: Ints
    home: Ints
    before: Floats
    door: Ints
    after: Floats

    def only(self, links: Ints) -> Ground:
        """The same ground with these links (rows, ascending) alone, and numbered anew."""
        kept = np.flatnonzero(np.isin(self.link, links))
        ways = self.start[kept], self.end[kept], self.minutes[kept]
        link = np.searchsorted(links, self.link[kept])
        return Ground(self.nodes, *ways, link, self.home, self.before, self.door, self.after)

    @cached_property
    def street(self) -> Ints:
        """(S,) number of the two nodes that a section joins, parallel ones share it; -1: a loop."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        number = np.searchsorted(self._streets, low * self.nodes + high)
        return np.where(low < high, number, -1)

    @cached_property
    def _streets(self) -> Ints:
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        return np.unique((low * self.nodes + high)[low < high])

    @cached_property
    def _beside(self) -> tuple[Ints, Ints]:
        """Sections by street, the fastest of each first; and where each street starts."""
        order = np.lexsort((self.minutes, self.street))
        order = order[self.street[order] >= 0]
        return order, np.searchsorted(self.street[order], np.arange(len(self._streets) + 1))

    @cached_property
    def dead_end(self) -> Bools:
        """(E,) links with an end that no other link leads to; who hangs between is no end."""
        links = int(self.link.max(initial=-1)) + 1
        of = np.concatenate([self.link, self.link])
        both, count = np.unique(
            np.stack([np.concatenate([self.start, self.end]), of]), axis=1, return_counts=True
        )
        node, link = both
        alone = np.bincount(node, minlength=self.nodes) == 1
        dead = np.zeros(links, dtype=bool)
        dead[link[(count % 2 == 1) & alone[node]]] = True
        return dead

    def fastest(self, street: int, broken: frozenset[int] = frozenset()) -> int:
        """The fastest section of a street of which the link is not broken; -1: none is left."""
        order, first = self._beside
        here = order[first[street] : first[street + 1]].tolist()
        return next((one for one in here if int(self.link[one]) not in broken), -1)

    @cached_property
    def _whole(self) -> tuple[csr_array, Ints]:
        """The graph, and (S, 2) where the two directions of each street stand in its data.

        Nodes 0..N-1, then doors; from a door it leads to its node, never back, so that no trip
        goes through one.
        """
        n, doors = self.nodes, len(self.door)
        low, high = np.divmod(self._streets, n)
        order, first = self._beside
        minutes = self.minutes[order[first[:-1]]]
        rows = np.concatenate([low, high, n + np.arange(doors)])
        columns = np.concatenate([high, low, self.door])
        data = np.concatenate([minutes, minutes, self.after])
        by_row = np.lexsort((columns, rows))
        starts = np.searchsorted(rows[by_row], np.arange(n + doors + 1))
        graph = csr_array((data[by_row], columns[by_row], starts), shape=(n + doors, n + doors))
        at = np.empty(len(rows), dtype=np.int64)
        at[by_row] = np.arange(len(rows))
        return graph, at[: 2 * len(low)].reshape(2, -1).T

    def without(self, broken: frozenset[int]) -> csr_array:
        """(N + J, N + J) minutes of the links that are left; inf: nothing is."""
        graph, at = self._whole
        if not broken:
            return graph
        data = graph.data.copy()
        for street in set(self.street[np.isin(self.link, list(broken))].tolist()) - {-1}:
            section = self.fastest(street, broken)
            data[at[street]] = self.minutes[section] if section >= 0 else np.inf
        return csr_array((data, graph.indices, graph.indptr), shape=graph.shape)

    def ways(self, before: Ints, to: Ints, broken: frozenset[int]) -> tuple[Ints, Ints]:
        """Links of the ways to these nodes (T,) in their trees: which of them, and the link, once.

        before: (T, N + J) the node before each, in the tree of each way.
        """
        way, node, nothing = np.arange(len(to)), to, np.empty(0, dtype=np.int64)
        passed = [(nothing, nothing)]
        while len(way):
            ahead = before[way, node]
            on = (ahead >= 0) & (ahead < self.nodes)
            way, node, ahead = way[on], node[on], ahead[on]
            low, high = np.minimum(node, ahead), np.maximum(node, ahead)
            passed.append((way, np.searchsorted(self._streets, low * self.nodes + high)))
            node = ahead
        who, street = (np.concatenate(part) for part in zip(*passed, strict=True))
        unique, at = np.unique(street, return_inverse=True)
        sections = np.array([self.fastest(one, broken) for one in unique.tolist()], dtype=np.int64)
        link = self.link[sections[at.reshape(-1)]]
        pairs = np.unique(np.stack([who, link], axis=1), axis=0)  # a link in two sections is one
        return pairs[:, 0], pairs[:, 1]


@dataclass(frozen=True, eq=False)
class Group:
    """Demand points (P,) and open sites (D,) of one level that may meet: no border is between."""

    level: int
    points: Ints
    sites: Ints


def groups(problem: Problem, is_open: Bools, borders: bool = True) -> tuple[Group, ...]:
    """Who may go where, at each level. is_open: (J, L). Demand points without any site are told.

    borders: whether those of the levels are closed.
    """
    groups = []
    everybody = np.arange(len(problem.demand.ids))
    for row, level in enumerate(problem.levels):
        sites = np.flatnonzero(is_open[:, row])
        if level.border is None or not borders:
            groups.append(Group(row, everybody, sites))
            continue
        here, there = problem.demand_at(level.border), problem.sites_at(level.border)[sites]
        for area in np.unique(here):
            inside = there == area if area >= 0 else np.zeros(len(sites), dtype=bool)
            groups.append(Group(row, everybody[here == area], sites[inside]))
    return tuple(groups)


@dataclass(frozen=True, eq=False)
class Nearest:
    """By point of a group: minutes (inf: nobody is reached), site (-1), and the tree (N + J,)."""

    minutes: Floats
    site: Ints
    before: Ints


def nearest(ground: Ground, graph: csr_array, group: Group, cutoff: float) -> Nearest:
    """The nearest open site of each point of a group, within the cut-off."""
    if not len(group.sites):
        none = np.full(len(group.points), -1)
        return Nearest(
            np.full(len(group.points), np.inf),
            none,
            np.full(graph.shape[0], NO_PREDECESSOR, np.int64),
        )
    reach = cutoff - ground.before[group.points].min() + SUMMED_MINUTES
    away, before, source = dijkstra(
        graph,
        indices=ground.nodes + group.sites,
        limit=max(reach, 0.0),
        min_only=True,
        return_predecessors=True,
    )
    home = ground.home[group.points]
    minutes = within(ground.before[group.points] + away[home], cutoff)
    site = np.where(np.isfinite(minutes), source[home] - ground.nodes, -1)
    return Nearest(minutes, site, before)


def within(minutes: Floats, cutoff: float) -> Floats:
    """The minutes, inf beyond the cut-off; a rounding above it is the cut-off."""
    return np.where(minutes <= cutoff + SUMMED_MINUTES, np.minimum(minutes, cutoff), np.inf)
