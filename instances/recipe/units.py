"""The units of one agglomeration, and the demand points that they are."""

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
    """The member units of an agglomeration, inner and outer, sorted by id."""
    members = pack.members.loc[pack.members["slug"] == slug, ["unit_id", "strict_member"]]
    units = pack.units.merge(members, on="unit_id", validate="one_to_one")
    if len(units) != len(members):
        raise ValueError(f"{slug}: a member unit is not in units.csv")
    return units.sort_values("unit_id", ignore_index=True)


def off_the_water(
    units: gpd.GeoDataFrame, water: gpd.GeoDataFrame, crs: str, step_m: float
) -> gpd.GeoDataFrame:
    """Move the units that lie in a lake or river ashore, `step_m` beyond the nearest bank.

    No seat stands in the water: such a point is a label or a centroid. `moved_m` says how far.
    """
    points = units.geometry.to_crs(crs).to_numpy().copy()
    wet = shapely.union_all(water.to_crs(crs).geometry.to_numpy())
    moved = np.zeros(len(units))
    for i in np.flatnonzero(shapely.intersects(wet, points)):
        dry = wet.buffer(step_m).boundary
        ashore = shapely.get_point(shapely.shortest_line(dry, points[i]), 0)
        moved[i] = round(shapely.distance(ashore, points[i]))
        points[i] = ashore
    on_land = gpd.GeoSeries(points, crs=crs).to_crs(GEOGRAPHIC)
    on_land = on_land.set_precision(1e-5)
    geometry = np.where(moved > 0, on_land.to_numpy(), units.geometry.to_numpy())
    return units.assign(moved_m=moved.astype(int), geometry=geometry).set_crs(
        GEOGRAPHIC, allow_override=True
    )


def demand(units: gpd.GeoDataFrame, access_minutes: np.ndarray) -> gpd.GeoDataFrame:
    """The layer `demand`. Ages that were not published count as 0 and are marked `missing`."""
    workers = (10 * units["health_social_workers_longform"]).round()
    return gpd.GeoDataFrame(
        {
            "id": units["unit_id"],
            "jurisdiction": units["city"],
            "name_zh": units["name_zh"],
            "name_en": units["name_en"],
            "persons": units["pop2020"].astype(int),
            "persons_urban": units["pop_urban"].astype(int),
            "persons_rural": units["pop_rural"].astype(int),
            "persons_0_14": units["pop_0_14"].fillna(0).astype(int),
            "persons_60plus": units["pop_60plus"].fillna(0).astype(int),
            "ages": np.where(units["pop_60plus"].isna(), "missing", "census"),
            "access_minutes": access_minutes,
            "coord_src": units["coord_src"],
            "coarse": units["coord_src"].isin(COARSE),
            "moved_m": units["moved_m"],
            "health_workers": workers.astype("Int64"),
            "inner": units["strict_member"].astype(bool),
        },
        geometry=units.geometry,
        crs=GEOGRAPHIC,
    )
