"""The road graph: nodes at places in the plane, undirected sections of roads with minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Roads:
    """N nodes and E sections of roads between them.

    place: (N, 2) metres. start, end: (E,) rows of nodes, start < end, no pair twice.
    minutes: (E,) either way. link: (E,) the link that each is a part of; absent: its own.
    """

    nodes: tuple[str, ...]
    place: Floats
    start: Ints
    end: Ints
    minutes: Floats
    link: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.link):
            object.__setattr__(self, "link", np.arange(len(self.start)))

    @cached_property
    def row(self) -> dict[str, int]:
        """Node id -> row; of two with one name the first, which is a junction."""
        return {node: row for row, node in reversed(list(enumerate(self.nodes)))}

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
