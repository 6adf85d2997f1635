"""Airports and railway stations: the sites of hubs, and which of them stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from instances.recipe.sources import GEOGRAPHIC, Pack

#: Civil airports and their names, from public knowledge: the source mixes in airfields that are
#: military or closed, and has no Chinese names.
CIVIL_AIRPORTS = Path(__file__).with_name("airports.csv")

DIRECTIONS = {"东": " East", "西": " West", "南": " South", "北": " North", "": ""}
#: Second halves of station names that are neither a direction nor a unit of the city.
PLACES = {"虹桥": " Hongqiao", "机场": " Airport"}

#: What a station's name ends in when no passenger gets on there.
TECHNICAL = ("所", "场", "货", "港", "塔", "口", "段")


def _short(name: str) -> str:
    """The name that a station would carry: 苏州市 -> 苏州, 延边朝鲜族自治州 -> 延边."""
    name = re.sub(r"^(..+?)(?:[^族]{1,6}族)+自治[州县旗]$", r"\1", name)
    name = re.sub(r"(特别行政区|地区|自治[州县旗]|[市区县盟旗])$", "", name)
    return name if len(name) > 1 else ""


def _city_of(pack: Pack, units: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> pd.Series:
    """The member city in which each place lies; missing where it lies in no member unit.

    The source names the prefecture; within it the nearest unit must be a member.
    """
    keys = ["province_zh", "prefecture_zh"]
    members = set(units["unit_id"])
    found = pd.Series(None, index=places.index, dtype=object)
    by_city = dict(iter(pack.units.groupby(keys)))
    for key, group in places.groupby(keys):
        of_city = by_city.get(key)
        if of_city is None or not members.intersection(of_city["unit_id"]):
            continue
        for row, point in group.geometry.items():
            gaps = (of_city["lon"] - point.x) ** 2 + (of_city["lat"] - point.y) ** 2
            if of_city.loc[gaps.idxmin(), "unit_id"] in members:
                found[row] = of_city["city"].iloc[0]
    return found


def _airports(pack: Pack, units: gpd.GeoDataFrame, rule: dict[str, Any]) -> gpd.GeoDataFrame:
    civil = pack.airports.merge(pd.read_csv(CIVIL_AIRPORTS), on="icao")
    city = _city_of(pack, units, civil)
    civil, city = civil[city.notna()], city[city.notna()]
    return gpd.GeoDataFrame(
        {
            "id": "A" + civil["icao"],
            "jurisdiction": city,
            "name_zh": civil["name_zh"],
            "name_en": civil["name_en"],
            "kind": "airport",
            "cost": rule["airports"]["cost"],
            "land": rule["airports"]["land"],
            "egress_minutes": rule["egress"]["airport"],
            "stands": True,
            "rank": -1,
        },
        geometry=civil.geometry,
        crs=GEOGRAPHIC,
    )


def _named_after(
    stations: gpd.GeoDataFrame, names: pd.DataFrame, exact: bool
) -> list[dict[str, Any]]:
    """Stations named after the places in `names` (city, short, english).

    rank: 0 the bare name, 1 with a direction, 2 the name and anything else (not where `exact`).
    """
    rows = []
    by_city = dict(iter(stations.groupby("city")))
    for place in names.itertuples():
        near = by_city.get(place.city)
        if near is None or not place.short:
            continue
        for station in near.itertuples():
            rest = station.name.removeprefix(place.short)
            if rest == station.name or station.name.endswith(TECHNICAL):
                continue
            rank = 0 if not rest else 1 if rest in DIRECTIONS else 2
            if rank < 2 or not exact:
                rows.append({"station": station, "rank": rank, "rest": rest, "place": place})
    return rows


def _stations(
    pack: Pack, units: gpd.GeoDataFrame, cities: pd.DataFrame, rule: dict[str, Any]
) -> gpd.GeoDataFrame:
    """Stations named after a city (they stand), then after a unit (candidates)."""
    found = pack.stations.assign(
        city=_city_of(pack, units, pack.stations), name=pack.stations["name"].str.removesuffix("站")
    )
    found = found[found["city"].notna()].sort_values(["city", "name", "lon", "lat"])
    found = found.drop_duplicates(["city", "name"])
    english = {_short(u.name_zh): " " + u.name_en for u in units.itertuples()}
    rows: list[dict[str, Any]] = []
    taken: set[tuple[str, str]] = set()
    for table, stands, most in (
        (cities[["id", "name_zh", "name_en"]], True, rule["stations"]["most_per_city"]),
        (units[["city", "name_zh", "name_en"]], False, 1),
    ):
        places = table.set_axis(["city", "short", "english"], axis=1)
        places["short"] = places["short"].map(_short)
        hits = _named_after(found, places, exact=not stands)
        hits = sorted(hits, key=lambda h: (h["place"].city, h["place"].short, h["rank"], h["rest"]))
        count: dict[tuple[str, str], int] = {}
        for hit in hits:
            station, key = hit["station"], (hit["place"].city, hit["place"].short)
            if (station.city, station.name) in taken or count.get(key, 0) >= most:
                continue
            count[key] = count.get(key, 0) + 1
            taken.add((station.city, station.name))
            rest = DIRECTIONS.get(hit["rest"]) or PLACES.get(hit["rest"]) or english.get(hit["rest"])
            rows.append(
                {
                    "jurisdiction": station.city,
                    "name_zh": station.name + "站",
                    "name_en": f"{hit['place'].english}{rest or ''} station",
                    "stands": stands,
                    "rank": hit["rank"] + (0 if stands else 3),
                    "geometry": station.geometry,
                }
            )
    if not rows:
        return gpd.GeoDataFrame(columns=["jurisdiction"], geometry=[], crs=GEOGRAPHIC)
    table = gpd.GeoDataFrame(rows, crs=GEOGRAPHIC)
    table["kind"] = "station"
    table["cost"], table["land"] = rule["stations"]["cost"], rule["stations"]["land"]
    table["egress_minutes"] = rule["egress"]["station"]
    return table


def hubs(
    pack: Pack,
    units: gpd.GeoDataFrame,
    cities: pd.DataFrame,
    rule: dict[str, Any],
    most: int,
) -> gpd.GeoDataFrame:
    """Sites of hubs, at most `most`; those with `stands` are hubs today."""
    stations = _stations(pack, units, cities, rule)
    stations = stations.sort_values(["rank", "jurisdiction", "name_zh"])
    airports = _airports(pack, units, rule)
    stations = stations.head(max(0, most - len(airports)))
    stations = stations.sort_values(["jurisdiction", "name_zh"], ignore_index=True)
    stations["id"] = [f"T{number:03d}" for number in range(1, len(stations) + 1)]
    both = pd.concat([airports.sort_values("id"), stations], ignore_index=True)
    both["services"] = "transport"
    return both.drop(columns="rank")
