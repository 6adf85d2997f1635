"""Candidate corridors: neighbours whose road is far slower than a direct line would be."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Delaunay

from instances.recipe.sources import GEOGRAPHIC


def _neighbours(points: gpd.GeoSeries) -> list[tuple[int, int]]:
    """Pairs of rows joined in the Delaunay triangulation; rows at the same place count once."""
    xy = shapely.get_coordinates(points.to_numpy())
    _, first = np.unique(xy.round(), axis=0, return_index=True)
    first = np.sort(first)
    triangles = first[Delaunay(xy[first]).simplices]
    pairs = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    return sorted({(int(min(pair)), int(max(pair))) for pair in pairs})


def corridors(
    demand: gpd.GeoDataFrame,
    city_seats: set[str],
    road_minutes: np.ndarray,
    crs: str,
    rule: dict[str, Any],
) -> gpd.GeoDataFrame:
    """The layer `corridors`: straight lines between demand points.

    city_seats: ids of the demand points that stand for their city: between those a railway may
    be built too. road_minutes: (I, I) between the demand points, without access. Each city pays
    for its half; both ends in one city: it pays for all.
    """
    points = demand.geometry.to_crs(crs)
    is_seat = demand["id"].isin(city_seats).to_numpy()
    seats = np.flatnonzero(is_seat)
    roads = [("expressway", pair) for pair in _neighbours(points)]
    rails = (
        [("railway", (int(seats[a]), int(seats[b]))) for a, b in _neighbours(points.iloc[seats])]
        if len(seats) > 3
        else []
    )
    rows = []
    for kind, (i, j) in roads + rails:
        crow = points.iloc[i].distance(points.iloc[j]) / 1000
        if not rule["least_km"] <= crow <= rule["most_km"]:
            continue
        way = "road" if kind == "expressway" else "rail"
        km = rule[f"{way}_detour"] * crow
        minutes = 60 * km / rule[f"{way}_kmh"]
        if road_minutes[i, j] < rule["least_ratio"] * minutes:
            continue
        a, b = demand.iloc[i], demand.iloc[j]
        cities = sorted({a["jurisdiction"], b["jurisdiction"]})
        saved = (road_minutes[i, j] - minutes) * min(a["persons"], b["persons"])
        rows.append(
            {
                "id": f"{kind[0].upper()}{a['id']}-{b['id']}",
                "from": a["id"],
                "to": b["id"],
                "name_zh": f"{a['name_zh']}—{b['name_zh']}",
                "name_en": f"{a['name_en']}-{b['name_en']}",
                "kind": kind,
                "minutes": round(minutes, 1),
                "road_minutes": round(float(road_minutes[i, j]), 1),
                "cost": round(rule[f"{way}_cost_per_km"] * km),
                "cost_shares": ";".join(f"{city}={1 / len(cities):g}" for city in cities),
                "saved": saved,
                "geometry": shapely.LineString([a["geometry"], b["geometry"]]),
            }
        )
    rows = sorted(rows, key=lambda row: (-row.pop("saved"), row["id"]))[: rule["most"]]
    return gpd.GeoDataFrame(sorted(rows, key=lambda row: row["id"]), crs=GEOGRAPHIC)
