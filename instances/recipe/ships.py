"""Ships to islands on which the source has no roads, and the ways on them to the port."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.roads import ferry_minutes


def by_ship(
    links: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    land: gpd.GeoSeries,
    rule: dict[str, Any],
    network: dict[str, float],
) -> gpd.GeoDataFrame:
    """The links, and those of places that no road leads to: ships from the ports of islands to the
    nearest junction (class `ferry`), and ways from other places of an island to its port (`local`).

    places: demand points (id, unit_id) and land: single polygons, in the CRS of the links.
    """
    islands = _islands(links, places, land, rule)
    names = [*links["from"], *links["to"]]
    ends = [shapely.get_point(links.geometry.to_numpy(), end) for end in (0, -1)]
    tree = shapely.STRtree(np.concatenate(ends))
    rows = []
    for _, own in places[islands >= 0].groupby(islands[islands >= 0]):
        port = own.sort_values(["place", "persons"], ascending=[True, False]).iloc[0]
        near = tree.nearest(port.geometry)
        way = shapely.LineString([port.geometry, tree.geometries[near]])
        minutes = ferry_minutes(way.length / 1000, rule["island"])
        rows.append((port["id"], names[near], minutes, "ferry", way))
        for place in own[own["id"] != port["id"]].itertuples():
            way = shapely.LineString([place.geometry, port.geometry])
            minutes = 60 * network["detour"] * way.length / 1000 / network["access_kmh"]
            rows.append((place.id, port["id"], minutes, "local", way))
    if not rows:
        return links
    columns = ["from", "to", "minutes", "class", "geometry"]
    new = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), crs=links.crs).assign(access="")
    return pd.concat([links, new], ignore_index=True)


def _islands(
    links: gpd.GeoDataFrame, places: gpd.GeoDataFrame, land: gpd.GeoSeries, rule: dict[str, Any]
) -> np.ndarray:
    """(I,) the island of each place that is reached by ship; -1: a road leads there.

    Such a place has `sea_km` and more of sea on its straight way to the nearest road, which is on
    other land. An island that the coast does not show is one place alone.
    """
    points, lines = places.geometry.to_numpy(), links.geometry.to_numpy()
    ways = shapely.shortest_line(points, lines[shapely.STRtree(lines).nearest(points)])
    parts = land.to_numpy()
    tree = shapely.STRtree(parts)
    own, there = tree.nearest(points), tree.nearest(shapely.get_point(ways, -1))
    apart = np.zeros(len(points), dtype=bool)
    for row in np.flatnonzero(shapely.length(ways) >= 1000 * rule["sea_km"]):
        near = parts[tree.query(ways[row])]
        sea = shapely.difference(ways[row], shapely.union_all(near)).length
        apart[row] = sea >= 1000 * rule["sea_km"]
    shown = shapely.distance(points, parts[own]) <= 1000 * rule["shore_km"]
    bridged = places["unit_id"].isin(rule["bridged"]) | places["id"].isin(rule["bridged"])
    reached = apart & ~bridged.to_numpy()
    alone = len(parts) + np.arange(len(points))
    return np.where(reached & ~shown, alone, np.where(reached & (own != there), own, -1))
