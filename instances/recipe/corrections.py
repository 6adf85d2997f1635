"""Corrections of the pack: better seats of units, airports that moved, seats of cities, stages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

#: How sure a correction must be to be made.
SURE = ("high", "medium")
#: Coordinate source of a unit whose seat was put right.
BETTER = "GeoNames seat"


@dataclass(frozen=True)
class Corrections:
    """What is put right. airports, cities: columns lon, lat, by ICAO code and by name; stages:
    slug -> stage."""

    airports: pd.DataFrame
    cities: pd.DataFrame
    stages: dict[str, str]


def read_corrections(folder: Path) -> Corrections:
    """Of airports those that moved or were missing, where that is sure; of cities those that are
    wrong in the pack; of stages all."""
    every = pd.read_csv(folder / "corrections.csv", dtype={"id": str})
    kind, status = every["kind"], every["status"]
    sure = every["confidence"].isin(SURE)
    airports = every[(kind == "airport") & status.isin(["moved", "missing"]) & sure]
    cities = every[(kind == "city_seat") & (status == "wrong") & sure]
    stages = every[kind == "stage"]
    place = ["lon", "lat"]
    return Corrections(
        airports.set_index("id")[place],
        cities.set_index("id")[place],
        dict(zip(stages["id"], stages["name"], strict=True)),
    )


def at_better_seats(units: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The units at the better of their two seats; `coord_src` says where it is from."""
    better = pd.read_csv(folder / "units_seats.csv", dtype={"unit_id": str}).set_index("unit_id")
    better = better[better["confidence"].isin(SURE)]
    units = units.set_index("unit_id")
    moved = units.index[units.index.isin(better.index)]
    units.loc[moved, ["lon", "lat"]] = better.loc[moved, ["lon", "lat"]]
    units.loc[moved, "coord_src"] = BETTER
    return units.reset_index()
