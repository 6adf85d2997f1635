"""The user's own columns and shapes of any kind come back, and the check says so."""

from __future__ import annotations

import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from optimizer.geodata.read import read
from tests.geodata.little import CRS, little, square
from tests.plans import broken, edited, solved

NAMES = "names and own columns are those of the instance"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Columns of every kind, some with our own names; polygons of the cities in another CRS."""
    one = little()
    one.set("backup = 0.1, ", "")
    one.put("facilities", 0, "capacity_county", 6000)
    demand, sites = one.layers["demand"], one.layers["sites"]
    demand["surveyed"] = [datetime.date(2020, 5, 17), None, datetime.date(2021, 1, 2)]
    demand["seen"] = pd.to_datetime(["2020-05-17T12:30:05", None, "2021-01-02T00:00:00"])
    demand["poor"] = pd.array([True, None, False], dtype="boolean")
    demand["Site_Emergency"] = ["x", "", None]
    demand["houses"] = pd.array([3, None, 2**40], dtype="Int64")
    sites["Status"] = ["ready", None, "later"]
    sites["plan_layer"] = [1.5, None, -2]
    sites["share"] = ["1", "2.50", "x"]
    one.layers["corridors"]["status"] = ["asked for"]
    areas = one.layers["jurisdictions"]
    shapes = [square(10, 0, 30), square(0, 0), square(15, 0, 8)]
    one.layers["jurisdictions"] = gpd.GeoDataFrame(areas, geometry=shapes, crs=CRS).to_crs(4490)
    one.set('"jurisdictions.csv"', '"little.gpkg|jurisdictions"')
    return one.write(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def plan(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(folder), tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_all_kinds_come_back(plan: Path, folder: Path) -> None:
    assert broken(plan, folder) == {}


CHANGES = {
    "a date": ("demand", "surveyed = '2020-05-18'", "id = 'a'", "surveyed is 2020-05-18"),
    "a time": ("demand", "seen = '2020-05-17T12:30:06Z'", "id = 'a'", "seen is 2020-05-17T12:30"),
    "yes or no": ("demand", "poor = 0", "id = 'a'", "poor is 0.0, in truth 1.0"),
    "nothing": ("demand", "poor = 1", "id = 'b'", "poor is 1.0, in truth None"),
    "a large number": ("demand", "houses = houses + 2000000", "id = 'c'", "houses is 10995"),
    "a name of ours": ("demand", "Site_Emergency_input = 'y'", "id = 'a'", "is y, in truth x"),
    "of a site": ("facilities", "Status_input = 'never'", "site = 's'", "is never, in truth ready"),
    "digits": ("facilities", "share = '2.5'", "site = 't'", "share is 2.5, in truth 2.50"),
    "of a corridor": ("corridors", "status_input = ''", "id = 'k'", "in truth asked for"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found(plan: Path, folder: Path, tmp_path: Path, what: str) -> None:
    layer, put, where, detail = CHANGES[what]
    copy = edited(plan, tmp_path, f"UPDATE {layer} SET {put} WHERE {where}")
    assert detail in broken(copy, folder)[NAMES]


def test_a_border_that_is_moved(plan: Path, folder: Path, tmp_path: Path) -> None:
    other = "UPDATE jurisdictions SET geom = (SELECT geom FROM jurisdictions WHERE id = 'P')"
    found = broken(edited(plan, tmp_path, f"{other} WHERE id = 'Q'"), folder)
    assert "jurisdictions, Q: is at" in found["everything is drawn where it is"]
