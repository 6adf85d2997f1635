"""Control lines: what the open data show of protected areas and water."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from instances.recipe.sources import GEOGRAPHIC, Pack


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


def zones(
    pack: Pack, wet: gpd.GeoDataFrame, region: shapely.Geometry, crs: str, tolerance_m: float
) -> gpd.GeoDataFrame:
    """The layer `zones` inside the region (WGS 84): all of kind `ecological`."""
    protected = gpd.GeoDataFrame(
        {"name": pack.protected["name_zh"], "source": "OpenStreetMap", "feature": "protected area"},
        geometry=pack.protected.geometry,
    )
    both = pd.concat([protected, wet.assign(feature="water")], ignore_index=True)
    both = both[both.intersects(region)]
    shapes = both.geometry.intersection(region).to_crs(crs).simplify(tolerance_m).make_valid()
    shapes = shapes.to_crs(GEOGRAPHIC).set_precision(1e-5)
    shapes = shapes.map(_polygons)
    both = both.set_geometry(shapes)[~shapes.is_empty]
    both = both.sort_values(["feature", "name", "source"], kind="stable").reset_index(drop=True)
    both.insert(0, "id", [f"Z{number:04d}" for number in range(1, len(both) + 1)])
    both.insert(1, "kind", "ecological")
    return both


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygon parts of a shape, however deep they lie, as one MultiPolygon."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
