"""The road graph: nodes at places in the plane, undirected roads with minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Roads:
    """N nodes and E roads.

    place: (N, 2) metres. start, end: (E,) rows of nodes, start < end, no pair twice.
    minutes: (E,) either way; of parallel roads the fastest.
    """

    nodes: tuple[str, ...]
    place: Floats
    start: Ints
    end: Ints
    minutes: Floats

    @cached_property
    def row(self) -> dict[str, int]:
        """Node id -> row."""
        return {node: row for row, node in enumerate(self.nodes)}

    def at(self, *ids: Iterable[str]) -> tuple[Ints, ...]:
        """Rows of the nodes with these ids, list by list."""
        return tuple(np.array([self.row[id] for id in some], dtype=np.int64) for some in ids)

    @cached_property
    def graph(self) -> nx.Graph:
        """The roads as a networkx graph on rows of nodes, attribute `minutes`."""
        graph = nx.Graph()
        graph.add_nodes_from(range(len(self.nodes)))
        roads = zip(self.start.tolist(), self.end.tolist(), self.minutes.tolist(), strict=True)
        graph.add_weighted_edges_from(roads, weight="minutes")
        return graph

    @cached_property
    def matrix(self) -> csr_array:
        """(N, N) minutes of the roads, symmetric; a stored 0 is a road of 0 minutes."""
        n = len(self.nodes)
        rows = np.concatenate([self.start, self.end])
        columns = np.concatenate([self.end, self.start])
        both = np.concatenate([self.minutes, self.minutes])
        return csr_array((both, (rows, columns)), shape=(n, n))

    @cached_property
    def piece(self) -> Ints:
        """(N,) number of the connected piece of each node; 0 is the largest."""
        pieces = sorted(nx.connected_components(self.graph), key=lambda p: (-len(p), min(p)))
        piece = np.empty(len(self.nodes), dtype=np.int64)
        for number, rows in enumerate(pieces):
            piece[list(rows)] = number
        return piece

    def pieces_with(self, start: Ints, end: Ints) -> Ints:
        """(N,) number of the piece of each node when roads between these nodes are there too."""
        both, n = (self.piece[start], self.piece[end]), int(self.piece.max()) + 1
        links = csr_array((np.ones(len(start)), both), shape=(n, n))
        return np.asarray(connected_components(links, directed=False)[1][self.piece])


@dataclass(frozen=True, eq=False)
class Links:
    """Where points meet the roads. node: (P,) rows; minutes: (P,) on the link; all other 0."""

    node: Ints
    minutes: Floats

    def __getitem__(self, rows: Ints | Bools) -> Links:
        return Links(self.node[rows], self.minutes[rows])


def roads(start: Iterable[str], end: Iterable[str], minutes: Floats, ends: Floats) -> Roads:
    """The graph of roads between node ids.

    minutes: (E,); ends: (E, 2, 2) metres, where each road starts and ends. A node stands where
    the first road that names it has it. Roads from a node to itself are left out.
    """
    e = len(minutes)
    names, first, row = np.unique(
        np.array([*start, *end], dtype=str),
        return_index=True,
        return_inverse=True,
    )
    place = np.concatenate([ends[:, 0], ends[:, 1]])[first]
    row = row.reshape(-1).astype(np.int64)
    return Roads(tuple(names.tolist()), place, *_fastest(row[:e], row[e:], minutes))


def without(network: Roads, start: Ints, end: Ints, minutes: Floats, closed: Ints) -> Roads:
    """The graph of the same roads, between rows of nodes, but for those that are closed (rows)."""
    left = np.setdiff1d(np.arange(len(minutes)), closed)
    return Roads(network.nodes, network.place, *_fastest(start[left], end[left], minutes[left]))


def _fastest(start: Ints, end: Ints, minutes: Floats) -> tuple[Ints, Ints, Floats]:
    """Of the roads between two nodes the fastest, the lower row first; loops are left out."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((minutes, high, low))
    order = order[low[order] < high[order]]
    low, high, minutes = low[order], high[order], minutes[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return low[first], high[first], minutes[first]


def link(network: Roads, ids: Iterable[str], places: Floats, kmh: float, detour: float) -> Links:
    """Hang points on the roads.

    A point whose id is a node's id hangs on that node. Any other is linked to the nearest node:
    straight metres x detour at `kmh`.
    """
    node = np.array([network.row.get(name, -1) for name in ids], dtype=np.int64)
    minutes = np.zeros(len(node))
    free = node < 0
    if free.any():
        metres, nearest = cKDTree(network.place).query(places[free])
        node[free] = nearest
        minutes[free] = metres / 1000 * detour / kmh * 60
    return Links(node, minutes)
