"""Ships to islands without a bridge: the only way to the places of the counties that lie there."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.roads import ferry_minutes


def by_ship(
    links: gpd.GeoDataFrame, places: gpd.GeoDataFrame, rule: dict[str, Any]
) -> gpd.GeoDataFrame:
    """The links and ships: from the seat of each county that the rule names to the nearest
    junction, and from each of its other places to the seat.

    places: demand points (id, unit_id) in the CRS of the links.
    """
    at = places.set_index("id").geometry
    names = [*links["from"], *links["to"]]
    lines = links.geometry.to_numpy()
    ends = [shapely.get_point(lines, end) for end in (0, -1)]
    tree = shapely.STRtree(np.concatenate(ends))
    ships = []
    for place in places[places["unit_id"].isin(rule["reached_by_ship"])].itertuples():
        if place.id == place.unit_id:
            near = tree.nearest(place.geometry)
            port, there = names[near], tree.geometries[near]
        else:
            port, there = place.unit_id, at[place.unit_id]
        line = shapely.LineString([place.geometry, there])
        ships.append(
            {
                "from": place.id,
                "to": port,
                "minutes": ferry_minutes(line.length / 1000, rule["island"]),
                "class": "ferry",
                "access": "",
                "geometry": line,
            }
        )
    if not ships:
        return links
    return pd.concat([links, gpd.GeoDataFrame(ships, crs=links.crs)], ignore_index=True)
