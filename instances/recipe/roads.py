"""The road graph of a region: clipped from the country's and joined into one piece."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from instances.recipe.sources import GEOGRAPHIC
from optimizer.network.graph import Roads
from optimizer.network.sections import roads

#: Coordinates are written to 0.00001 degree, about 1 m.
DECIMALS = 5


def graph(links: gpd.GeoDataFrame) -> Roads:
    """The graph of links (columns from, to, minutes; lines in a metric CRS)."""
    lines = links.geometry.to_numpy()
    ends = np.stack(
        [shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)], axis=1
    )
    return roads(
        links["from"].tolist(), links["to"].tolist(), links["minutes"].to_numpy(float), ends
    )


def ferry_minutes(km: float, ship: dict[str, float]) -> float:
    """Waiting, then the crossing at the ship's speed."""
    return ship["wait_minutes"] + 60 * km / ship["kmh"]


def country(edges: gpd.GeoDataFrame, crs: str, kmh: dict[str, float]) -> gpd.GeoDataFrame:
    """The country's roads as links in the metric CRS; of parallel roads the fastest.

    kmh: speed by class.
    """
    links = gpd.GeoDataFrame(
        {
            "from": "n" + edges["u"].astype(str),
            "to": "n" + edges["v"].astype(str),
            "minutes": 60 * edges["length_km"] / edges["cls"].map(kmh),
            "class": edges["cls"],
            "access": "",
        },
        geometry=edges.geometry,
    )
    links = links.sort_values(["from", "to", "minutes"]).drop_duplicates(["from", "to"])
    return links.to_crs(crs).reset_index(drop=True)


def _on_fastest_paths(links: gpd.GeoDataFrame, anchors: np.ndarray) -> np.ndarray:
    """(E,) the links on a fastest path between two of the anchors (metres): their nearest nodes."""
    network = graph(links)
    rows = sorted({int(row) for row in cKDTree(network.place).query(anchors)[1]})
    before = dijkstra(network.matrix, directed=False, indices=rows, return_predecessors=True)[1]
    used: set[tuple[int, int]] = set()
    for tree in before:
        seen: set[int] = set()
        for node in rows:
            while tree[node] >= 0 and node not in seen:
                seen.add(node)
                used.add((min(node, tree[node]), max(node, tree[node])))
                node = tree[node]
    ends = np.sort(
        [[network.row[a], network.row[b]] for a, b in zip(links["from"], links["to"], strict=True)]
    )
    return np.array([(a, b) in used for a, b in ends.tolist()])


def _ferry(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame, ship: dict[str, float]) -> dict[str, Any]:
    """The shortest ferry between the junctions of two pieces."""
    here, there = graph(a), graph(b)
    metres, nearest = cKDTree(here.place).query(there.place)
    j = int(np.argmin(metres))
    i = int(nearest[j])
    return {
        "from": here.nodes[i],
        "to": there.nodes[j],
        "minutes": ferry_minutes(metres[j] / 1000, ship),
        "class": "ferry",
        "access": "",
        "geometry": shapely.LineString([here.place[i], there.place[j]]),
    }


def clip(
    links: gpd.GeoDataFrame,
    region: shapely.Geometry,
    anchors: np.ndarray,
    rule: dict[str, Any],
    tolerance_m: float,
) -> gpd.GeoDataFrame:
    """The links that touch the region, and all fastest paths between the anchors: one piece.

    anchors: (A, 2) metres.
    Islands with roads of their own are joined by a ferry; smaller pieces, where no fastest path
    runs, are dropped: they are gaps of the source.
    """
    kept = links[links.intersects(region).to_numpy() | _on_fastest_paths(links, anchors)]
    network = graph(kept)
    piece = network.piece[[network.row[name] for name in kept["from"]]]
    size = np.bincount(network.piece)
    mainland, *islands = [
        kept[piece == number]
        for number in range(len(size))
        if number == 0 or size[number] >= rule["island_nodes"]
    ]
    ferries = [_ferry(mainland, island, rule["strait"]) for island in islands]
    joined = pd.concat([mainland, *islands], ignore_index=True)
    joined = joined.set_geometry(joined.simplify(tolerance_m))
    if ferries:
        joined = pd.concat([joined, gpd.GeoDataFrame(ferries, crs=links.crs)], ignore_index=True)
    return joined


def drawn(links: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The layer `roads` in WGS 84, to `DECIMALS`; a line keeps two different ends."""
    links = links.assign(minutes=links["minutes"].round(2).clip(lower=0.01))
    links = links.sort_values(["class", "from", "to"], ignore_index=True)
    geographic = links.geometry.to_crs(GEOGRAPHIC).to_numpy()
    rounded = shapely.transform(geographic, lambda xy: np.round(xy, DECIMALS))
    lines = np.where(shapely.length(rounded) == 0, geographic, rounded)
    lines = shapely.remove_repeated_points(lines)
    return links.set_geometry(gpd.GeoSeries(lines, index=links.index, crs=GEOGRAPHIC))
