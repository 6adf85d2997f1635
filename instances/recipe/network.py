"""Travel minutes between places, which hang on the roads just as the program hangs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.geodata.hanging import ends_of, hung
from optimizer.geodata.tables import NO_ACCESS, Ways
from optimizer.network.graph import Roads


@dataclass(frozen=True)
class Network:
    """Places on the road graph.

    row: place -> number; node: (P,) of the graph; link: (P,) minutes from the place to its node.
    """

    roads: Roads
    row: dict[str, int]
    node: np.ndarray
    link: np.ndarray

    def minutes(self, some: list[str], others: list[str], limit: float = np.inf) -> np.ndarray:
        """(S, O) fastest minutes, links included; inf beyond the limit; none to oneself."""
        a, b = self._rows(some), self._rows(others)
        found = dijkstra(self.roads.matrix, directed=False, indices=self.node[a], limit=limit)
        minutes = found[:, self.node[b]] + self.link[a][:, None] + self.link[b]
        return np.where(a[:, None] == b, 0.0, minutes)

    def to_nearest(self, some: list[str], goals: list[str]) -> np.ndarray:
        """(S,) fastest minutes from each place to the nearest of `goals`, links included."""
        a, b = self._rows(some), self._rows(goals)
        matrix, n = self.roads.matrix.tocoo(), len(self.roads.nodes)
        last = np.full(n, np.inf)
        np.minimum.at(last, self.node[b], self.link[b])
        ends = np.flatnonzero(np.isfinite(last))
        # One node more, as far from each goal's node as the goal is.
        row, column = np.append(matrix.row, ends), np.append(matrix.col, np.full(len(ends), n))
        minutes = np.append(matrix.data, last[ends])
        graph = csr_array((minutes, (column, row)), shape=(n + 1, n + 1))
        found = dijkstra(graph, directed=True, indices=n)[self.node[a]] + self.link[a]
        return np.where(np.isin(a, b), 0.0, found)

    def _rows(self, ids: list[str]) -> np.ndarray:
        return np.array([self.row[name] for name in ids], dtype=np.int64)


def ways_of(links: gpd.GeoDataFrame) -> Ways:
    """The links (from, to, minutes, class, access) as the program reads them."""
    kind = links["class"].to_numpy(dtype=object)
    shut = (links["access"] == "no").to_numpy()
    return Ways(
        links["from"].to_numpy(dtype=object),
        links["to"].to_numpy(dtype=object),
        links["minutes"].to_numpy(float),
        kind,
        ~np.isin(kind, NO_ACCESS) & ~shut,
        shut,
    )


def network(links: gpd.GeoDataFrame, places: gpd.GeoSeries, rule: dict[str, float]) -> Network:
    """The graph of the links and where places (index: id) hang.

    rule: `access_kmh` and `detour` of a straight way to the road, as in the instance's [network].
    """
    lines: Any = links.geometry.to_numpy()
    ids = places.index.to_numpy(dtype=object)
    at = shapely.get_coordinates(places.to_numpy())
    hang = hung(ways_of(links), ends_of(links.geometry), lines, [(ids, at)])
    sections, (spots,), (node,) = hang
    link = spots.links(node, rule["access_kmh"], rule["detour"])
    return Network(sections.roads(), {name: n for n, name in enumerate(ids)}, node, link.minutes)
