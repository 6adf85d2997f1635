"""Mean way from the homes of a demand point to its place, inside its own cell."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree


def _disc_km(km2: np.ndarray) -> np.ndarray:
    """Mean distance (km) to the centre of a disc of that area (km2): two thirds of its radius."""
    return 2 / 3 * np.sqrt(km2 / np.pi)


def cells(places: gpd.GeoSeries, dry: shapely.Geometry, crs: str, neighbours: int) -> np.ndarray:
    """(I,) land area (km2) nearer to each place than to any other, and within its reach.

    dry: land without its waters (WGS 84). Places at one spot share its cell. The reach of a place
    is the distance to its `neighbours`-th neighbour, so that those at the edge of the region have
    no endless cells.
    """
    land = gpd.GeoSeries([dry], crs=places.crs).to_crs(crs).iloc[0]
    xy = shapely.get_coordinates(places.to_crs(crs).to_numpy())
    spots, row = np.unique(xy.round(), axis=0, return_inverse=True)
    many = shapely.MultiPoint(spots)
    polygons = shapely.get_parts(shapely.voronoi_polygons(many, ordered=True))
    reach = cKDTree(spots).query(spots, k=min(neighbours + 1, len(spots)))[0][:, -1]
    discs = shapely.buffer(shapely.points(spots), reach)
    area = shapely.area(shapely.intersection(shapely.intersection(polygons, discs), land)) / 1e6
    shared = np.bincount(row)
    return (area / shared)[row]


def access_minutes(places: gpd.GeoDataFrame, km2: np.ndarray, rule: dict[str, Any]) -> np.ndarray:
    """(I,) mean minutes from home to the place, urban and rural persons by their own rules.

    km2: (I,) of the cells. Urban persons live on a disc of `urban_per_km2`, which is no larger than
    the cell, rural persons all over the cell.
    """
    urban, rural = (places[f"persons_{group}"].to_numpy(float) for group in ("urban", "rural"))
    town = _disc_km(np.minimum(urban / rule["urban_per_km2"], km2))
    way = rule["detour"] * 60
    minutes = urban * way * town / rule["urban_kmh"] + rural * way * _disc_km(km2) / rule["kmh"]
    mean = minutes / np.maximum(urban + rural, 1)
    return np.clip(mean, rule["least_minutes"], rule["most_minutes"]).round(1)
