"""The road graph of a region: clipped, joined into one piece, units and sites linked to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.ops
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from instances.recipe.sources import GEOGRAPHIC

#: Coordinates are written to 0.00001 degree, about 1 m.
DECIMALS = 5


@dataclass(frozen=True)
class Roads:
    """Links with columns from, to, minutes, class; geometry in the metric CRS."""

    links: gpd.GeoDataFrame

    def minutes(self, ids: list[str]) -> np.ndarray:
        """(n, n) fastest minutes between road nodes, without access or egress."""
        nodes = pd.Index(pd.unique(self.links[["from", "to"]].to_numpy().ravel()))
        ends = [nodes.get_indexer(self.links[end]) for end in ("from", "to")]
        graph = csr_array(
            (self.links["minutes"].to_numpy(), (ends[0], ends[1])), shape=(len(nodes), len(nodes))
        )
        rows = nodes.get_indexer(ids)
        return dijkstra(graph, directed=False, indices=rows)[:, rows]


def _keep_pieces(links: gpd.GeoDataFrame, least: int) -> list[gpd.GeoDataFrame]:
    """The connected pieces: the largest, then those of at least `least` nodes."""
    nodes = pd.Index(pd.unique(links[["from", "to"]].to_numpy().ravel()))
    ends = [nodes.get_indexer(links[end]) for end in ("from", "to")]
    shape = (len(nodes), len(nodes))
    graph = csr_array((np.ones(len(links)), (ends[0], ends[1])), shape=shape)
    piece = connected_components(graph, directed=False)[1]
    size = np.bincount(piece)
    order = np.argsort(-size, kind="stable")
    kept = [order[0], *(p for p in order[1:] if size[p] >= least)]
    return [links[piece[ends[0]] == p] for p in kept]


def _ferry(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame, rule: dict[str, Any]) -> dict[str, Any]:
    """The shortest ferry between the junctions of two pieces."""
    ids, places = [], []
    for piece in (a, b):
        lines = piece.geometry.to_numpy()
        ids.append(np.concatenate([piece["from"], piece["to"]]))
        ends = [shapely.get_point(lines, 0), shapely.get_point(lines, -1)]
        places.append(shapely.get_coordinates(np.concatenate(ends)))
    distance, at = cKDTree(places[0]).query(places[1])
    j = int(np.argmin(distance))
    line = shapely.LineString([places[0][at[j]], places[1][j]])
    return {
        "from": ids[0][at[j]],
        "to": ids[1][j],
        "minutes": ferry_minutes(distance[j] / 1000, rule),
        "class": "ferry",
        "geometry": line,
    }


def ferry_minutes(km: float, rule: dict[str, Any]) -> float:
    """Waiting, then the crossing at the ship's speed."""
    return rule["ferry_wait_minutes"] + 60 * km / rule["ferry_kmh"]


def clip(
    edges: gpd.GeoDataFrame, region: shapely.Geometry, crs: str, rule: dict[str, Any], simple_m: float
) -> gpd.GeoDataFrame:
    """The edges that touch the region (WGS 84), in one connected piece, in the metric CRS."""
    near = edges[edges.intersects(region)].to_crs(crs)
    links = gpd.GeoDataFrame(
        {
            "from": "n" + near["u"].astype(str),
            "to": "n" + near["v"].astype(str),
            "minutes": near["minutes"],
            "class": near["cls"],
        },
        geometry=near.geometry.simplify(simple_m),
        crs=crs,
    ).sort_values(["from", "to", "minutes"])
    links = links.drop_duplicates(["from", "to"])
    mainland, *islands = _keep_pieces(links, rule["island_nodes"])
    ferries = [_ferry(mainland, island, rule) for island in islands]
    parts = [mainland, *islands]
    if ferries:
        parts.append(gpd.GeoDataFrame(ferries, crs=crs))
    return pd.concat(parts, ignore_index=True)


def attach(
    links: gpd.GeoDataFrame,
    points: gpd.GeoSeries,
    land: shapely.Geometry,
    rule: dict[str, Any],
    network: dict[str, float],
) -> Roads:
    """Link each point (index: id) to the nearest place of the road graph, which is split there.

    A link over open sea is a ferry. Ferries are not boarded midway.
    """
    boardable = links[links["class"] != "ferry"].reset_index(drop=True)
    lines = boardable.geometry.to_numpy()
    nearest = shapely.STRtree(lines).query_nearest(points.to_numpy(), all_matches=False)[1]
    splits: dict[int, dict[float, str]] = {}
    connectors = []
    for name, point, row in zip(points.index, points, nearest, strict=True):
        line, ends = lines[row], boardable.loc[row, ["from", "to"]].to_list()
        along = float(np.clip(line.project(point), 0, line.length))
        if min(along, line.length - along) < 1000 * rule["junction_km"]:
            first = along < line.length / 2
            node, spot = (ends[0], line.coords[0]) if first else (ends[1], line.coords[-1])
        else:
            node = splits.setdefault(int(row), {}).setdefault(round(along), f"x{name}")
            spot = line.interpolate(round(along)).coords[0]
        connector = shapely.LineString([point, spot])
        if connector.length < 1:
            raise ValueError(f"{name} lies on the road itself: a link of no length cannot be drawn")
        connectors.append(_connector(name, node, connector, land, rule, network))
    split = [_split(boardable.loc[row], splits[row]) for row in sorted(splits)]
    whole = boardable.drop(index=sorted(splits))
    parts = [
        whole,
        gpd.GeoDataFrame([part for parts in split for part in parts], crs=links.crs),
        links[links["class"] == "ferry"],
        gpd.GeoDataFrame(connectors, crs=links.crs),
    ]
    joined = pd.concat([part for part in parts if len(part)], ignore_index=True)
    joined["minutes"] = joined["minutes"].round(2).clip(lower=0.01)
    return Roads(joined.sort_values(["class", "from", "to"], ignore_index=True))


def _connector(
    name: str,
    node: str,
    line: shapely.LineString,
    land: shapely.Geometry,
    rule: dict[str, Any],
    network: dict[str, float],
) -> dict[str, Any]:
    km = line.length / 1000
    if shapely.difference(line, land).length > 1000 * rule["sea_km"]:
        minutes, kind = ferry_minutes(km, rule), "ferry"
    else:
        minutes, kind = 60 * network["detour"] * km / network["access_kmh"], "connector"
    return {"from": name, "to": node, "minutes": minutes, "class": kind, "geometry": line}


def _split(edge: pd.Series, cuts: dict[float, str]) -> list[dict[str, Any]]:
    """The parts of an edge between its ends and the places where points hang on it."""
    line = edge["geometry"]
    stops = [(0.0, edge["from"]), *sorted(cuts.items()), (line.length, edge["to"])]
    parts = []
    for (start, a), (end, b) in zip(stops, stops[1:], strict=False):
        parts.append(
            {
                "from": a,
                "to": b,
                "minutes": edge["minutes"] * (end - start) / line.length,
                "class": edge["class"],
                "geometry": shapely.ops.substring(line, start, end),
            }
        )
    return parts


def drawn(roads: Roads) -> gpd.GeoDataFrame:
    """The layer `roads` in WGS 84, drawn to `DECIMALS`; a line keeps two different ends."""
    links = roads.links.to_crs(GEOGRAPHIC)
    rounded = shapely.transform(links.geometry.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    flat = shapely.length(rounded) == 0
    lines = shapely.remove_repeated_points(np.where(flat, links.geometry.to_numpy(), rounded))
    return links.set_geometry(gpd.GeoSeries(lines, index=links.index, crs=GEOGRAPHIC))
