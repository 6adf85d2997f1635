"""The layers of an instance, from places and assumptions: CSV and GeoJSON, a line for each row."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from instances.geonames.neighbours import gabriel
from instances.geonames.places import counted_at, metric, towns_of

CRS = "EPSG:32632"

Rule = Mapping[str, Any]
Rows = list[dict[str, Any]]


def build(places: pd.DataFrame, rule: Rule) -> dict[str, Rows]:
    """File name -> rows; `geometry` is a list of longitude and latitude, or of several."""
    towns = towns_of(places, rule["regions"])
    around = counted_at(places, towns, rule["places"], CRS)
    people = demand(towns, around, rule["access"])
    return {
        "jurisdictions.csv": jurisdictions(people, rule),
        "demand.geojson": people,
        "sites.geojson": sites(people, rule["access"]),
        "facilities.csv": facilities(people, rule),
        "roads.geojson": roads(towns, rule["roads"]),
    }


def demand(towns: pd.DataFrame, around: pd.DataFrame, rule: Rule) -> Rows:
    """The towns, with the persons of the places around them and the mean way to where the roads
    begin: `town_minutes`, and the way from the place, if it is another one."""
    rows = []
    for id, town in towns.iterrows():
        near = around[around["town"] == id]
        minutes = 60 * rule["detour"] * near["km"] / rule["kmh"]
        persons = int(town["persons"] + near["persons"].sum())
        way = rule["town_minutes"] + (near["persons"] * minutes).sum() / persons
        rows.append(
            {
                "id": str(id),
                "jurisdiction": town["region"],
                "name_en": town["name"],
                "persons": persons,
                "persons_town": int(town["persons"]),
                "persons_around": int(near["persons"].sum()),
                "places_around": len(near),
                "access_minutes": round(float(way), 1),
                "geometry": _place(town),
            }
        )
    return rows


def jurisdictions(people: Rows, rule: Rule) -> Rows:
    """Countries without money, and their regions with it, in millions."""
    empty = {"parent": "", "tier": "country", "budget": ""}
    rows = [{"id": id, "name_en": name} | empty for id, name in rule["countries"].items()]
    for id, region in rule["regions"].items():
        persons = sum(row["persons"] for row in people if row["jurisdiction"] == id)
        rows.append(
            {
                "id": id,
                "name_en": region["name"],
                "parent": region["country"],
                "tier": "region",
                "budget": round(rule["budget"]["per_person"] * persons / 1e6),
            }
        )
    return rows


def sites(people: Rows, rule: Rule) -> Rows:
    """A site in each town."""
    kept = ("id", "jurisdiction", "name_en")
    return [
        {key: row[key] for key in kept}
        | {"egress_minutes": rule["door_minutes"], "geometry": row["geometry"]}
        for row in people
    ]


def facilities(people: Rows, rule: Rule) -> Rows:
    """What is taken to stand, by the persons of a town and of the places around it."""
    hospitals, stations = rule["hospitals"], rule["stations"]
    no_limit = {"capacity_general": "", "capacity_specialised": ""}
    rows = []
    for row in people:
        stands = {"site": row["id"], "status": "existing"}
        if row["persons"] >= hospitals["persons"]:
            large = row["persons_town"] >= hospitals["specialised_town_persons"]
            capacity = {
                "capacity_general": round(hospitals["capacity"] * row["persons"] / 1000) * 1000,
                "capacity_specialised": hospitals["specialised_capacity"] if large else "",
            }
            rows.append(stands | {"service": "hospital"} | capacity)
        if row["persons"] >= stations["persons"]:
            rows.append(stands | {"service": "emergency"} | no_limit)
    return rows


def roads(towns: pd.DataFrame, rule: Rule) -> Rows:
    """A link for each two neighbours, straight on the map, in the minutes of a longer way."""
    points = metric(towns, CRS)
    rows = []
    for i, j in gabriel(points):
        km = float(np.hypot(*(points[i] - points[j]))) / 1000
        rows.append(
            {
                "from": str(towns.index[i]),
                "to": str(towns.index[j]),
                "minutes": round(60 * rule["detour"] * km / rule["kmh"], 1),
                "class": "modelled",
                "geometry": [_place(towns.iloc[i]), _place(towns.iloc[j])],
            }
        )
    return rows


def _place(town: pd.Series) -> list[float]:
    return [float(town["lon"]), float(town["lat"])]


def write(rows: Rows, path: Path) -> None:
    """Write the rows: the same ones give the same bytes."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        return
    features = ",\n".join(json.dumps(_feature(row), ensure_ascii=False) for row in rows)
    text = f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    place = row["geometry"]
    kind = "LineString" if isinstance(place[0], list) else "Point"
    properties = {key: value for key, value in row.items() if key != "geometry"}
    geometry = {"type": kind, "coordinates": place}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
