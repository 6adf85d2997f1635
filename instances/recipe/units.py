"""The county-level units of one agglomeration, at their seats."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from instances.recipe.sources import GEOGRAPHIC, Pack

#: Coordinate source of a development zone that was put on the seat of its city.
FALLBACK = "city_seat_fallback"

#: Coordinate sources that do not place a unit to within a few kilometres.
COARSE = ("dr5hn", FALLBACK)


def utm(points: gpd.GeoSeries) -> str:
    """The UTM zone (WGS 84, north) of the middle of the points' extent."""
    west, _, east, _ = points.total_bounds
    return f"EPSG:{32601 + int(((west + east) / 2 + 180) // 6)}"


def units_of(pack: Pack, slug: str) -> gpd.GeoDataFrame:
    """The member units of an agglomeration, inner and outer, sorted by id.

    `coarse`: the seat is not known to a few kilometres, or two units are said to have the same.
    """
    members = pack.members.loc[pack.members["slug"] == slug, ["unit_id", "strict_member"]]
    units = pack.units.merge(members, on="unit_id", validate="one_to_one")
    if len(units) != len(members):
        raise ValueError(f"{slug}: a member unit is not in units.csv")
    same = units.duplicated(["lon", "lat"], keep=False)
    units["coarse"] = units["coord_src"].isin(COARSE) | same
    return units.sort_values("unit_id", ignore_index=True)


def off_the_water(
    places: gpd.GeoDataFrame, water: gpd.GeoDataFrame, crs: str, step_m: float
) -> gpd.GeoDataFrame:
    """Move the places that lie in a lake or river ashore, `step_m` beyond the nearest bank.

    Nobody lives in the water: such a point is a label or a centroid. `moved_m` says how far.
    """
    points = places.geometry.to_crs(crs).to_numpy().copy()
    wet = shapely.union_all(water.to_crs(crs).geometry.to_numpy())
    moved = np.zeros(len(places))
    shapely.prepare(wet)
    within = np.flatnonzero(shapely.intersects(wet, points))
    dry = wet.buffer(step_m).boundary if len(within) else None
    for i in within:
        ashore = shapely.get_point(shapely.shortest_line(dry, points[i]), 0)
        moved[i] = round(shapely.distance(ashore, points[i]))
        points[i] = ashore
    on_land = gpd.GeoSeries(points, crs=crs).to_crs(GEOGRAPHIC)
    on_land = on_land.set_precision(1e-5)
    geometry = np.where(moved > 0, on_land.to_numpy(), places.geometry.to_numpy())
    before = places.get("moved_m", 0)
    return places.assign(moved_m=before + moved.astype(int), geometry=geometry).set_crs(
        GEOGRAPHIC, allow_override=True
    )
