"""Linking units and sites to the road graph, and drawing the result."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.ops
from pyproj import CRS

from instances.recipe.roads import ferry_minutes
from instances.recipe.sources import GEOGRAPHIC

#: Coordinates are written to 0.00001 degree, about 1 m.
DECIMALS = 5


def connect(
    links: gpd.GeoDataFrame, points: gpd.GeoSeries, rule: dict[str, Any], network: dict[str, float]
) -> gpd.GeoDataFrame:
    """The links and a connector from each point (index: id) to the nearest place of a road.

    The road is split there, unless a junction is as good as there. The islands that the rule
    names are linked by ship; ferries are not boarded midway.
    """
    boardable = links[links["class"] != "ferry"].reset_index(drop=True)
    lines = boardable.geometry.to_numpy()
    nearest = shapely.STRtree(lines).query_nearest(points.to_numpy(), all_matches=False)[1]
    splits: dict[int, dict[float, str]] = {}
    connectors = []
    for name, point, row in zip(points.index, points, nearest.tolist(), strict=True):
        line = lines[row]
        along = round(line.project(point))
        if min(along, line.length - along) < 1000 * rule["junction_km"]:
            end = 0 if along < line.length / 2 else -1
            node, spot = boardable.loc[row, "to" if end else "from"], line.coords[end]
        else:
            spot = line.interpolate(along).coords[0]
            new = name if point.distance(shapely.Point(spot)) < 1 else f"x{name}"
            node = splits.setdefault(row, {}).setdefault(along, new)
        if node != name:
            way = shapely.LineString([point, spot])
            connectors.append(_connector(name, node, way, rule, network))
    parts = [
        boardable.drop(index=sorted(splits)),
        _table(
            [part for row in sorted(splits) for part in _split(boardable.loc[row], splits[row])],
            links.crs,
        ),
        links[links["class"] == "ferry"],
        _table(connectors, links.crs),
    ]
    joined = pd.concat([part for part in parts if len(part)], ignore_index=True)
    joined["minutes"] = joined["minutes"].round(2).clip(lower=0.01)
    joined = joined.sort_values(["class", "from", "to"], ignore_index=True)
    return joined


def _table(rows: list[dict[str, Any]], crs: CRS) -> gpd.GeoDataFrame:
    columns = ["from", "to", "minutes", "class", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=crs)


def _connector(
    name: str,
    node: str,
    line: shapely.LineString,
    rule: dict[str, Any],
    network: dict[str, float],
) -> dict[str, Any]:
    km = line.length / 1000
    if name in rule["reached_by_ship"]:
        minutes, kind = ferry_minutes(km, rule["island"]), "ferry"
    else:
        minutes, kind = 60 * network["detour"] * km / network["access_kmh"], "connector"
    return {"from": name, "to": node, "minutes": minutes, "class": kind, "geometry": line}


def _split(link: pd.Series, cuts: dict[float, str]) -> list[dict[str, Any]]:
    """The parts of a link between its ends and the places where points hang on it."""
    line = link["geometry"]
    stops = [(0.0, link["from"]), *sorted(cuts.items()), (line.length, link["to"])]
    return [
        {
            "from": a,
            "to": b,
            "minutes": link["minutes"] * (end - start) / line.length,
            "class": link["class"],
            "geometry": shapely.ops.substring(line, start, end),
        }
        for (start, a), (end, b) in pairwise(stops)
    ]


def drawn(links: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The layer `roads` in WGS 84, to `DECIMALS`; a line keeps two different ends."""
    geographic = links.geometry.to_crs(GEOGRAPHIC).to_numpy()
    rounded = shapely.transform(geographic, lambda xy: np.round(xy, DECIMALS))
    lines = np.where(shapely.length(rounded) == 0, geographic, rounded)
    lines = shapely.remove_repeated_points(lines)
    return links.set_geometry(gpd.GeoSeries(lines, index=links.index, crs=GEOGRAPHIC))
