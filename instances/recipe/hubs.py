"""Airports and railway stations: the sites of hubs, and which of them stand."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from instances.recipe.sources import GEOGRAPHIC, Pack, as_points

#: Civil airports and their names, from public knowledge: the source mixes in airfields that are
#: military or closed, and has no Chinese names. Place or city are given where the source is wrong.
CIVIL_AIRPORTS = Path(__file__).with_name("airports.csv")

DIRECTIONS = {"": "", "东": " East", "西": " West", "南": " South", "北": " North"}
#: Second halves of main stations' names that are neither a direction nor a unit of the city.
PLACES = {"虹桥": " Hongqiao", "机场": " Airport", "西九龍": " West Kowloon", "长隆": " Changlong"}


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
    ours = pd.read_csv(CIVIL_AIRPORTS).set_index("icao")
    theirs = pack.airports.set_index("icao").reindex(ours.index)
    right = pack.corrections.airports.reindex(ours.index).combine_first(ours[["lon", "lat"]])
    civil = right.join(ours.drop(columns=["lon", "lat"])).combine_first(
        theirs[["lon", "lat", "province_zh", "prefecture_zh"]]
    )
    civil = as_points(civil.reset_index())
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
        },
        geometry=civil.geometry,
        crs=GEOGRAPHIC,
    )


def _ranked(stations: gpd.GeoDataFrame, places: pd.DataFrame, also: dict[str, str]) -> list[dict]:
    """Stations named after the places (columns city, name_zh, name_en), best first.

    rank: 0 the bare name, 1 with a direction, 2 with one of `also` (Chinese -> English).
    """
    rows = []
    by_city = dict(iter(stations.groupby("city")))
    for place in places.itertuples():
        short = _short(place.name_zh)
        if not short or place.city not in by_city:
            continue
        for station in by_city[place.city].itertuples():
            rest = station.name.removeprefix(short)
            english = (DIRECTIONS | also).get(rest)
            if rest == station.name or english is None:
                continue
            rank = 0 if not rest else 1 if rest in DIRECTIONS else 2
            rows.append(
                {
                    "jurisdiction": station.city,
                    "place": short,
                    "rank": rank,
                    "station": station.name,
                    "name_zh": station.name + "站",
                    "name_en": f"{place.name_en}{english} station",
                    "geometry": station.geometry,
                }
            )
    return sorted(
        rows, key=lambda row: (row["jurisdiction"], row["place"], row["rank"], row["station"])
    )


def _stations(
    pack: Pack, units: gpd.GeoDataFrame, cities: pd.DataFrame, rule: dict[str, Any]
) -> gpd.GeoDataFrame:
    """Stations named after a city (they stand), then after a unit (candidates)."""
    names = pack.stations["name"].str.removesuffix("站")
    found = pack.stations.assign(name=names, city=_city_of(pack, units, pack.stations))
    found = found[found["city"].notna()].sort_values(["city", "name", "lon", "lat"])
    found = found.drop_duplicates(["city", "name"])
    columns = ["city", "name_zh", "name_en"]
    of_units = {_short(u.name_zh): f" {u.name_en}" for u in units.itertuples()} | PLACES
    of_units.pop("", None)
    main = _ranked(found, cities.set_axis(["city", *cities.columns[1:]], axis=1)[columns], of_units)
    local = _ranked(found, units[columns], {})
    rows: list[dict[str, Any]] = []
    taken: set[tuple[str, str]] = set()
    for hits, stands, most in ((main, True, rule["stations"]["most_per_city"]), (local, False, 1)):
        count: Counter[tuple[str, str]] = Counter()
        for hit in hits:
            station = hit["jurisdiction"], hit.pop("station")
            place = hit["jurisdiction"], hit.pop("place")
            if station not in taken and count[place] < most:
                count[place] += 1
                taken.add(station)
                rows.append(hit | {"stands": stands})
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
) -> gpd.GeoDataFrame:
    """Sites of hubs, at most so many for each unit; those with `stands` are hubs today."""
    most = int(rule["stations"]["most_hubs_per_unit"] * len(units))
    stations = _stations(pack, units, cities, rule)
    order = ["stands", "rank", "jurisdiction", "name_zh"]
    stations = stations.sort_values(order, ascending=[False, True, True, True])
    airports = _airports(pack, units, rule)
    stations = stations.head(max(0, most - len(airports)))
    stations = stations.sort_values(["jurisdiction", "name_zh"], ignore_index=True)
    stations["id"] = [f"T{number:03d}" for number in range(1, len(stations) + 1)]
    both = pd.concat([airports.sort_values("id"), stations], ignore_index=True)
    both["services"] = "transport"
    return both.drop(columns="rank")
