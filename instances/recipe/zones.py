"""Zones: what the open data show of protected areas, which are control lines, and of water."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from instances.recipe.sources import GEOGRAPHIC, Pack

#: What a zone shows -> its kind.
KINDS = {"protected area": "ecological", "water": "water", "sea": "water"}

#: Farther than any buffer along the shore, in degrees.
ASHORE_DEGREES = 0.1


def water(pack: Pack) -> gpd.GeoDataFrame:
    """Lakes and wide rivers; the older, coarser lakes only where the newer source has none."""
    newer = pack.lakes
    seen = gpd.sjoin(pack.old_lakes, newer, predicate="intersects").index.unique()
    older = pack.old_lakes.drop(index=seen)
    return pd.concat(
        [
            gpd.GeoDataFrame(
                {"name": None, "source": "OpenStreetMap"}, newer.index, geometry=newer.geometry
            ),
            gpd.GeoDataFrame(
                {"name": older["name"], "source": "Natural Earth"}, geometry=older.geometry
            ),
        ],
        ignore_index=True,
    )


def frame(places: gpd.GeoSeries, crs: str, rule: dict[str, float]) -> shapely.Geometry:
    """What a map of the places may show (WGS 84): a square round them, and a margin.

    A map is as wide as its region or wider, to make room for its legend: never wider than a square.
    """
    west, south, east, north = places.to_crs(crs).total_bounds
    half = max(east - west, north - south) / 2 * (1 + rule["frame_share"])
    half += 1000 * rule["frame_km"]
    x, y = (west + east) / 2, (south + north) / 2
    square = shapely.box(x - half, y - half, x + half, y + half).segmentize(20_000)
    return gpd.GeoSeries([square], crs=crs).to_crs(GEOGRAPHIC).iloc[0]


def around(places: gpd.GeoSeries, crs: str, km: float) -> shapely.Geometry:
    """The convex hull of the places and `km` more on each side (WGS 84)."""
    hull = places.to_crs(crs).union_all().convex_hull.buffer(1000 * km)
    return gpd.GeoSeries([hull], crs=crs).to_crs(GEOGRAPHIC).iloc[0]


def worth_showing(
    wet: gpd.GeoDataFrame, region: shapely.Geometry, crs: str, least_km2: float
) -> gpd.GeoDataFrame:
    """The waters that touch the region, and beyond it those that are large."""
    near, km2 = wet.intersects(region), wet.to_crs(crs).area / 1e6
    return wet[near | (km2 >= least_km2)]


def sea(
    land: gpd.GeoDataFrame,
    region: shapely.Geometry,
    places: gpd.GeoSeries,
    crs: str,
    ashore_m: float,
) -> gpd.GeoDataFrame:
    """The sea inside the region (WGS 84), nowhere nearer to a place than `ashore_m`; no row or one.

    The coast is coarse: a place at the shore would lie in the sea.
    """
    dry = land[land.intersects(region)].union_all()
    near = places[shapely.dwithin(places.to_numpy(), region.difference(dry), ASHORE_DEGREES)]
    around = near.to_crs(crs).buffer(ashore_m, quad_segs=8).to_crs(GEOGRAPHIC).union_all()
    wet = region.difference(dry).difference(around)
    table = {"name": None, "source": "Natural Earth", "feature": "sea"}
    return gpd.GeoDataFrame(
        [table] if not wet.is_empty else [],
        columns=list(table),
        geometry=[wet] if not wet.is_empty else [],
        crs=GEOGRAPHIC,
    )


def zones(
    pack: Pack,
    wet: gpd.GeoDataFrame,
    salt: gpd.GeoDataFrame,
    region: shapely.Geometry,
    near: shapely.Geometry,
    crs: str,
    tolerance_m: float,
) -> gpd.GeoDataFrame:
    """The layer `zones` inside the region (WGS 84): protected areas `ecological`, the rest `water`.

    wet: lakes and rivers; salt: the sea; near: protected areas elsewhere are left out.
    """
    protected = gpd.GeoDataFrame(
        {"name": pack.protected["name_zh"], "source": "OpenStreetMap", "feature": "protected area"},
        geometry=pack.protected.geometry,
    )
    protected = protected[protected.intersects(near)]
    both = pd.concat([protected, wet.assign(feature="water"), salt], ignore_index=True)
    both = both[both.intersects(region)]
    shapes = both.geometry.intersection(region).to_crs(crs).simplify(tolerance_m).make_valid()
    shapes = shapes.to_crs(GEOGRAPHIC).set_precision(1e-5)
    shapes = shapes.map(_polygons)
    both = both.set_geometry(shapes)[~shapes.is_empty]
    both = both.sort_values(["feature", "name", "source"], kind="stable").reset_index(drop=True)
    both.insert(0, "id", [f"Z{number:04d}" for number in range(1, len(both) + 1)])
    both.insert(1, "kind", both["feature"].map(KINDS))
    return both


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygon parts of a shape, however deep they lie, as one MultiPolygon."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
