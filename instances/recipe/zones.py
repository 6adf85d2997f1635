"""Zones: what the open data show of protected areas, which are control lines, and of water."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from instances.recipe.sources import GEOGRAPHIC, Pack

#: What a zone shows -> its kind.
KINDS = {"protected area": "ecological", "water": "water", "sea": "water"}


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
    around = places.to_crs(crs).buffer(ashore_m).to_crs(GEOGRAPHIC).union_all()
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
    crs: str,
    tolerance_m: float,
) -> gpd.GeoDataFrame:
    """The layer `zones` inside the region (WGS 84): protected areas `ecological`, the rest `water`.

    wet: lakes and rivers; salt: the sea.
    """
    protected = gpd.GeoDataFrame(
        {"name": pack.protected["name_zh"], "source": "OpenStreetMap", "feature": "protected area"},
        geometry=pack.protected.geometry,
    )
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
