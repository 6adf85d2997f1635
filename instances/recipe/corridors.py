"""Candidate corridors: neighbours whose road is far slower than a direct line would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Delaunay

from instances.recipe.sources import GEOGRAPHIC

#: Kind of corridor -> how its assumptions are called.
WAYS = {"expressway": "road", "railway": "rail"}


def _neighbours(points: gpd.GeoSeries) -> list[tuple[int, int]]:
    """Pairs of rows joined in the Delaunay triangulation; of rows at one place the first counts."""
    xy = shapely.get_coordinates(points.to_numpy())
    first = np.sort(np.unique(xy.round(), axis=0, return_index=True)[1])
    if len(first) < 4:
        return [(int(a), int(b)) for a in first for b in first if a < b]
    triangles = first[Delaunay(xy[first]).simplices]
    pairs = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    return sorted({(int(min(pair)), int(max(pair))) for pair in pairs})


def _pairs(points: gpd.GeoSeries, seats: list[int]) -> Iterator[tuple[str, int, int]]:
    """Kind of corridor and the two rows that it would join: railways between `seats` only."""
    for i, j in _neighbours(points):
        yield "expressway", i, j
    for a, b in _neighbours(points.iloc[seats]):
        yield "railway", seats[a], seats[b]


def corridors(
    people: gpd.GeoDataFrame,
    city_seats: dict[str, tuple[str, str]],
    road_minutes: np.ndarray,
    land: gpd.GeoDataFrame,
    crs: str,
    rule: dict[str, Any],
) -> gpd.GeoDataFrame:
    """The layer `corridors`: straight lines between demand points.

    city_seats: demand points that stand for their city -> its names (Chinese, English); between
    those a railway may be built too. road_minutes: (I, I) between the demand points, without
    access. land: what is not sea. Two cities pay half each.
    """
    ashore = land[land.intersects(shapely.box(*people.total_bounds))].to_crs(crs).union_all()
    points = people.geometry.to_crs(crs)
    seats = np.flatnonzero(people["id"].isin(city_seats)).tolist()
    rows = []
    for kind, i, j in _pairs(points, seats):
        way = WAYS[kind]
        crow = points.iloc[i].distance(points.iloc[j]) / 1000
        km = rule[f"{way}_detour"] * crow
        minutes = 60 * km / rule[f"{way}_kmh"]
        now = float(road_minutes[i, j])
        fit = rule["least_km"] <= crow <= rule["most_km"]
        if not fit or now < rule[f"{way}_least_ratio"] * minutes:
            continue
        line = shapely.LineString([points.iloc[i], points.iloc[j]])
        sea = shapely.difference(line, ashore).length / 1000
        if sea > rule["most_sea_km"]:
            continue
        ends = people.iloc[[i, j]]
        names = list(zip(ends["name_zh"], ends["name_en"], strict=True))
        if kind == "railway":
            names = [city_seats[unit] for unit in ends["id"]]
        payers = sorted(set(ends["jurisdiction"]))
        rows.append(
            {
                "id": f"{kind[0].upper()}{'-'.join(ends['id'])}",
                "from": ends["id"].iloc[0],
                "to": ends["id"].iloc[1],
                "name_zh": "—".join(zh for zh, _ in names),
                "name_en": " - ".join(en for _, en in names),
                "kind": kind,
                "minutes": round(minutes, 1),
                "road_minutes": round(now, 1),
                "cost": round(
                    rule[f"{way}_cost_per_km"] * (km - sea) + rule["sea_cost_per_km"] * sea
                ),
                "sea_km": round(sea, 1),
                "cost_shares": ";".join(f"{city}={1 / len(payers):g}" for city in payers),
                "saved": (now - minutes) * ends["persons"].min(),
                "geometry": shapely.LineString(ends.geometry.to_list()),
            }
        )
    table = gpd.GeoDataFrame(rows, crs=GEOGRAPHIC).sort_values("id")
    best = table.sort_values("saved", ascending=False, kind="stable").head(rule["most"])
    return best.sort_values("id", ignore_index=True).drop(columns="saved")
