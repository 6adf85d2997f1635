"""Connectors of places to the roads: who lives where a facility stands need not go to a road."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import shapely.ops

from instances.recipe.network import ways_of
from instances.recipe.roads import graph
from optimizer.geodata.hanging import SNAP_METRES, ends_of, spots

COLUMNS = ["from", "to", "minutes", "class", "access", "geometry"]


def connect(
    links: gpd.GeoDataFrame, places: gpd.GeoSeries, junction_km: float, network: dict[str, float]
) -> gpd.GeoDataFrame:
    """The links and a connector from each place (index: id) to where the program would hang it.

    A road is split there, unless one of its ends is within `junction_km`. A place that stands on a
    node, or is one, needs no connector.
    """
    whole, ways, lines = graph(links), ways_of(links), links.geometry.to_numpy()
    at = shapely.get_coordinates(places.to_numpy())
    ids = places.index.to_numpy(dtype=object)
    found = spots(whole, ways, ends_of(links.geometry), lines, ids, at)
    cuts: dict[int, dict[float, str]] = {}
    connectors = []
    for row in range(len(ids)):
        name, node, road, spot = ids[row], found.node[row], found.road[row], found.place[row]
        if found.own[row] or (node >= 0 and found.metres[row] <= SNAP_METRES):
            continue
        if node >= 0:
            there = whole.nodes[node]
        else:
            length = lines[road].length
            along = found.share[row] * length
            end = 0 if along < length / 2 else -1
            if min(along, length - along) < 1000 * junction_km:
                there = (ways.end if end else ways.start)[road]
                spot = lines[road].coords[end]
            else:
                new = name if found.metres[row] <= SNAP_METRES else f"x{name}"
                there = cuts.setdefault(int(road), {}).setdefault(along, new)
        if there != name:
            way = shapely.LineString([at[row], spot])
            minutes = 60 * network["detour"] * way.length / 1000 / network["access_kmh"]
            connectors.append((name, there, minutes, "connector", "", way))
    parts = [part for road in sorted(cuts) for part in _split(links.iloc[road], cuts[road])]
    new = gpd.GeoDataFrame(
        pd.DataFrame([*parts, *connectors], columns=COLUMNS), geometry="geometry", crs=links.crs
    )
    return pd.concat([links.drop(index=links.index[sorted(cuts)]), new], ignore_index=True)


def _split(link: pd.Series, cuts: dict[float, str]) -> list[tuple[Any, ...]]:
    """The parts of a link between its ends and the places where connectors meet it."""
    line = link["geometry"]
    stops = [(0.0, link["from"]), *sorted(cuts.items()), (line.length, link["to"])]
    return [
        (
            a,
            b,
            link["minutes"] * (end - start) / line.length,
            link["class"],
            link["access"],
            shapely.ops.substring(line, start, end),
        )
        for (start, a), (end, b) in pairwise(stops)
    ]
