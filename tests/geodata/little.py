"""A little valid instance, to be broken in one place at a time.

Three demand points a, b, c on a road from west to east, b 10 and c 25 minutes from a; a lies in
city P, b and c in city Q. Sites s, t, u stand where a, b, c are. A hospital stands at s; an
emergency station must be built at t. All in EPSG:32650, metres.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import LineString, Point, box

from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read

# Little folders need not survive a power cut: without waiting for the disk they are written fast.
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})

CRS = "EPSG:32650"
EAST, NORTH = 500_000, 3_500_000
GEOPACKAGE = "little.gpkg"

TOML = """
title = { zh = "小城", en = "Little" }
crs = "EPSG:32650"

[layers]
jurisdictions = "jurisdictions.csv"
demand = "little.gpkg|demand"
sites = "little.gpkg|sites"
facilities = "facilities.csv"
roads = "little.gpkg|roads"
corridors = "little.gpkg|corridors"
zones = "little.gpkg|zones"

[services.emergency]
name = "Station"
standard = 12
cutoff = 40
backup = { minutes = 30, tier = "city" }
floors = { jurisdiction = 0.5, backup = 0.1, tier = "city" }

[[services.emergency.sizes]]
name = "small"
cost = 8
upgrade_cost = 5
land = 0.5

[services.medical]
weight = 2

[services.medical.levels.county]
standard = 20
cutoff = 40
referral = 30

[services.medical.levels.regional]
share = 0.1
standard = 30
cutoff = 60
weight = 0.5

[[services.medical.sizes]]
name = "ward"
cost = 40
upgrade_cost = 30
land = 2
capacity = { county = 500 }

[[services.medical.sizes]]
name = "centre"
cost = 90
land = 3
capacity = { county = 800, regional = 300 }

[budget]
tier = "city"
pooled = 0.5

[policies.fair]
policy.weight = 1
"""


def at(km: float, north: float = 0.0) -> Point:
    """A point so many kilometres east (and north) of a."""
    return Point(EAST + 1000 * km, NORTH + 1000 * north)


def line(*km: float) -> LineString:
    return LineString([at(k) for k in km])


def square(km: float, north: float, half: float = 1.0) -> Any:
    """A square of 2 x `half` km around a place."""
    middle = at(km, north)
    reach = 1000 * half
    return box(middle.x - reach, middle.y - reach, middle.x + reach, middle.y + reach)


@dataclass
class Little:
    """The text of `instance.toml`, and the layers: change them, then write."""

    toml: str
    layers: dict[str, pd.DataFrame]

    def set(self, old: str, new: str) -> None:
        """Change the text of `instance.toml`, in the one place where `old` stands."""
        assert self.toml.count(old) == 1, old
        self.toml = self.toml.replace(old, new)

    def put(self, layer: str, row: int, column: str, value: Any) -> None:
        """Change one value of a layer."""
        table = self.layers[layer]
        if isinstance(value, str):
            table[column] = table[column].astype(object)
        table.loc[row, column] = value

    def add(self, layer: str, **values: Any) -> None:
        """Add a row that is like the first but for these values."""
        table = self.layers[layer]
        self.layers[layer] = pd.concat([table, table.iloc[[0]].assign(**values)], ignore_index=True)

    def drop(self, layer: str, column: str) -> None:
        self.layers[layer] = self.layers[layer].drop(columns=column)

    def write(self, folder: Path) -> Path:
        (folder / "instance.toml").write_text(self.toml, encoding="utf-8")
        for name, table in self.layers.items():
            if not isinstance(table, gpd.GeoDataFrame):
                table.to_csv(folder / f"{name}.csv", index=False)
        (folder / GEOPACKAGE).write_bytes(_geopackage(self._shapes()))
        return folder

    def _shapes(self) -> bytes:
        """The layers that have shapes, pickled."""
        each = self.layers.items()
        return pickle.dumps({name: one for name, one in each if isinstance(one, gpd.GeoDataFrame)})


@lru_cache(maxsize=4)
def _geopackage(shapes: bytes) -> bytes:
    """The file with these layers: most tests change none of them, so it is written once."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / GEOPACKAGE
        for name, table in pickle.loads(shapes).items():
            table.to_file(file, layer=name, driver="GPKG")
        return file.read_bytes()


@cache
def unchanged() -> bytes:
    """The file with the layers of a fresh little instance."""
    return _geopackage(little()._shapes())


def little() -> Little:
    """A fresh one."""
    named = {"id": ["a", "b", "c"], "jurisdiction": ["P", "Q", "Q"]}
    demand = {
        **named,
        "name_zh": ["甲", "乙", "丙"],
        "persons": [1000, 2000, 3000],
        "persons_old": [100, 200, 0],
        "own": ["x", "y", "z"],
    }
    sites = {
        "id": ["s", "t", "u"],
        "jurisdiction": ["P", "Q", "Q"],
        "services": ["emergency;medical", "emergency;medical", "emergency"],
        "cost": [1.0, 2.0, 3.0],
        "land": [None, 5.0, 1.0],
        "hosts": [2, 2, 1],
        "egress_minutes": [0.0, 1.0, 2.0],
    }
    places = [at(0), at(10), at(20)]
    return Little(
        TOML,
        {
            "jurisdictions": pd.DataFrame(
                {
                    "id": ["V", "P", "Q"],
                    "parent": [None, "V", "V"],
                    "tier": ["province", "city", "city"],
                    "role": [None, "core", "member"],
                    "budget": [None, 100, 50],
                }
            ),
            "facilities": pd.DataFrame(
                {
                    "site": ["s", "t"],
                    "service": ["medical", "emergency"],
                    "status": ["existing", "required"],
                    "capacity_county": [4000, None],
                    "capacity_regional": [700, None],
                }
            ),
            "demand": gpd.GeoDataFrame(demand, geometry=places, crs=CRS),
            "sites": gpd.GeoDataFrame(sites, geometry=places, crs=CRS),
            "roads": gpd.GeoDataFrame(
                {"from": ["a", "b"], "to": ["b", "c"], "minutes": [10.0, 15.0]},
                geometry=[line(0, 10), line(10, 20)],
                crs=CRS,
            ),
            "corridors": gpd.GeoDataFrame(
                {
                    "id": ["k"],
                    "from": ["a"],
                    "to": ["Q"],
                    "minutes": [12.0],
                    "cost": [70.0],
                    "cost_shares": ["P=0.5;Q=0.5"],
                },
                geometry=[line(0, 20)],
                crs=CRS,
            ),
            "zones": gpd.GeoDataFrame(
                {"id": [1], "kind": ["ecological"], "name": ["湿地"]},
                geometry=[square(5, 8)],
                crs=CRS,
            ),
        },
    )


Break = Callable[[Little], object]


def put(layer: str, row: int, column: str, value: Any) -> Break:
    """Breaks one value of a layer."""
    return lambda it: it.put(layer, row, column, value)


def text(old: str, new: str) -> Break:
    """Breaks one place of `instance.toml`."""
    return lambda it: it.set(old, new)


def declare(layer: str, crs: object) -> Break:
    """The coordinates stay, the CRS that they are said to be in is another one, or none."""

    def change(it: Little) -> None:
        it.layers[layer] = it.layers[layer].set_crs(crs, allow_override=True)

    return change


def all_of(*breaks: Break) -> Break:
    """Breaks in several places."""
    return lambda it: [one(it) for one in breaks]


def faults(folder: Path, broken: Break, *sets: str, policy: str | None = None) -> list[str]:
    """What reading says of a little instance that is broken in this way, line by line."""
    one = little()
    broken(one)
    with pytest.raises(InputError) as error:
        read(one.write(folder), policy, sets)
    return str(error.value).splitlines()


def read_little(folder: Path, changed: Break = lambda it: None, *sets: str) -> Instance:
    """The little instance, changed in this way, as it is read."""
    one = little()
    changed(one)
    return read(one.write(folder), overrides=sets)
