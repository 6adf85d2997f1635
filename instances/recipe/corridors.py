"""Candidate corridors: neighbours whose road is far slower than a direct line, and their routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from scipy.spatial import Delaunay

from instances.recipe.sources import GEOGRAPHIC
from optimizer.foundation.faults import Fault, InputError
from optimizer.geodata.instance_file import AlignmentTable
from optimizer.geodata.routing.context import ground
from optimizer.geodata.routing.corridor_layer import routed
from optimizer.geodata.routing.least_cost_path import prices_of

#: Kind of corridor -> how its assumptions are called.
WAYS = {"expressway": "road", "railway": "rail"}
#: Lines are written to 0.000001 degree, 0.1 m: they keep farther than that from control lines.
DECIMALS = 6


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


def ends_of(
    units: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    cities: pd.DataFrame,
    crs: str,
    near_km: float,
) -> gpd.GeoDataFrame:
    """Demand points that corridors may join: the seats of the cities and those of the units.

    A unit within `near_km` of the seat of its city is not an end of its own: its persons count
    at the city's. Column `city`: the end stands for its city, whose names it bears.
    cities: jurisdictions (id, seat, name_zh, name_en).
    """
    seat = places.set_index("id").geometry.loc[cities["seat"]]
    own = seat.to_crs(crs).set_axis(cities["id"]).loc[units["city"]].to_numpy()
    near = shapely.distance(units.geometry.to_crs(crs).to_numpy(), own) <= 1000 * near_km
    persons = units["pop2020"].where(near, 0).groupby(units["city"]).sum()
    others = units[~near]
    return gpd.GeoDataFrame(
        {
            "id": [*cities["seat"], *others["unit_id"]],
            "name_zh": [*cities["name_zh"], *others["name_zh"]],
            "name_en": [*cities["name_en"], *others["name_en"]],
            "persons": [*persons.loc[cities["id"]], *others["pop2020"]],
            "city": [True] * len(cities) + [False] * len(others),
        },
        geometry=[*seat, *others.geometry],
        crs=units.crs,
    ).sort_values("id", ignore_index=True)


def candidates(
    people: gpd.GeoDataFrame,
    road_minutes: np.ndarray,
    land: gpd.GeoDataFrame,
    crs: str,
    rule: dict[str, Any],
    asked: AlignmentTable,
) -> gpd.GeoDataFrame:
    """The links of the layer `corridors`, as straight lines between demand points.

    people: as `ends_of` has them; between those that stand for a city a railway may be built too.
    road_minutes: (I, I) between them, without access. land: what is not sea.
    """
    ashore = land[land.intersects(shapely.box(*people.total_bounds))].to_crs(crs).union_all()
    points = people.geometry.to_crs(crs)
    seats = np.flatnonzero(people["city"]).tolist()
    rows = []
    for kind, i, j in _pairs(points, seats):
        way, prices = WAYS[kind], prices_of(asked, kind)
        crow = points.iloc[i].distance(points.iloc[j]) / 1000
        minutes = 60 * prices.detour * crow / prices.kmh
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
        rows.append(
            {
                "id": f"{kind[0].upper()}{'-'.join(ends['id'])}",
                "from": ends["id"].iloc[0],
                "to": ends["id"].iloc[1],
                "name_zh": "—".join(zh for zh, _ in names),
                "name_en": " - ".join(en for _, en in names),
                "kind": kind,
                "road_minutes": round(now, 1),
                "saved": (now - minutes) * ends["persons"].min(),
                "geometry": shapely.LineString(ends.geometry.to_list()),
            }
        )
    table = gpd.GeoDataFrame(rows, crs=GEOGRAPHIC).sort_values("id")
    best = table.sort_values("saved", ascending=False, kind="stable").head(rule["most"])
    return best.sort_values("id", ignore_index=True).drop(columns="saved")


def corridors(
    links: gpd.GeoDataFrame,
    layers: dict[str, pd.DataFrame],
    crs: str,
    asked: AlignmentTable,
    tier: str,
) -> gpd.GeoDataFrame:
    """The layer `corridors`: the links with their routes, without those no faster than the road.

    layers: all others. tier: of the jurisdictions that pay.
    """
    faults: list[Fault] = []
    areas = layers["jurisdictions"]
    shapeless = gpd.GeoDataFrame(areas, geometry=gpd.GeoSeries([None] * len(areas)))
    drawn = {name: layers[name] for name in ("demand", "roads", "zones")}
    under = ground({**drawn, "jurisdictions": shapeless}, pyproj.CRS(crs), asked, tier, faults)
    if faults:
        raise InputError(faults)
    found = routed(under, links, links.crs)
    lines = shapely.transform(found.geometry.to_numpy(), lambda xy: xy.round(DECIMALS))
    found = found.set_geometry(gpd.GeoSeries(lines, index=found.index, crs=found.crs))
    worth = (found["minutes"] < found["road_minutes"]) | (found["rejected"] != "")
    return found[worth].reset_index(drop=True)
