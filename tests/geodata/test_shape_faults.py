"""Each fault of a layer's file, CRS and geometry, with its message."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from tests.geodata.little import CRS, Break, Little, at, declare, faults, line, put, text

REALLY = "Assign the CRS that the coordinates are really in; none is guessed."
BOW_TIE = Polygon([at(0, 50), at(1, 51), at(1, 50), at(0, 51)])


def degrees(it: Little) -> None:
    """Degrees that claim to be metres."""
    it.layers["demand"] = it.layers["demand"].to_crs(4326).set_crs(CRS, allow_override=True)


def south_pole(it: Little) -> None:
    """On a cone around the north pole it is infinitely far away."""
    it.set('"EPSG:32650"', '"EPSG:2154"')
    it.layers["zones"] = it.layers["zones"].to_crs(4326)
    it.layers["zones"].loc[0, "geometry"] = box(0, -90, 1, -89)


def plain(it: Little) -> None:
    """Demand without a geometry."""
    it.layers["demand"] = pd.DataFrame(it.layers["demand"].drop(columns="geometry"))
    it.set("little.gpkg|demand", "demand.csv")


#: Case -> what is broken, and all that is said of it.
FAULTS: dict[str, tuple[Break, list[str]]] = {
    "no CRS": (
        declare("demand", None),
        ["demand: has no CRS. Assign the CRS that its coordinates are in; none is guessed."],
    ),
    "a CRS that is nowhere on the Earth": (
        declare("demand", 'LOCAL_CS["drawing",UNIT["metre",1]]'),
        [
            "demand: its CRS, drawing, is neither geographic nor projected. "
            "Assign the CRS that its coordinates are in; none is guessed."
        ],
    ),
    "metres that claim to be degrees": (
        declare("sites", 4326),
        [
            f"sites, row {row}, column geometry: lies outside the Earth in EPSG:4326 "
            f"(is 'POINT ({x} 3500000)'). {REALLY}"
            for row, x in (("s", 500000), ("t", 510000), ("u", 520000))
        ],
    ),
    "degrees that claim to be metres": (
        degrees,
        [f"demand: has coordinates that are degrees, in {CRS}, which is in metres. {REALLY}"],
    ),
    "beyond what the CRS can show": (
        put("sites", 2, "geometry", Point(1e12, 1e12)),
        [
            "sites, row u, column geometry: lies outside the Earth in EPSG:32650 "
            f"(is 'POINT (1000000000000 1000000000000)'). {REALLY}"
        ],
    ),
    "beyond what the metric CRS can show": (
        south_pole,
        [
            "zones, row 1, column geometry: cannot be projected to EPSG:2154. "
            "Move it, or choose another crs in instance.toml.",
            "instance.toml, crs: demand lies 8,992 km outside the area of EPSG:2154 (-9.86 to "
            "10.38 degrees east, 41.15 to 51.56 north). Name the zone that the region is in, or "
            "put its coordinates right.",
        ],
    ),
    "wrong type": (
        put("demand", 1, "geometry", line(1, 2)),
        ["demand, row b, column geometry: wrong type (is 'LineString'). It must be a point."],
    ),
    "no geometry in a row": (
        put("roads", 1, "geometry", None),
        ["roads, row #2, column geometry: is empty or broken. Draw a line, or remove the row."],
    ),
    "empty geometry": (
        put("zones", 0, "geometry", Polygon()),
        ["zones, row 1, column geometry: is empty or broken. Draw a polygon, or remove the row."],
    ),
    "invalid geometry": (
        put("zones", 0, "geometry", BOW_TIE),
        [
            "zones, row 1, column geometry: is invalid "
            "(is 'Self-intersection[500500 3550500]'). Repair it (QGIS: Fix geometries)."
        ],
    ),
    "coordinates that are not numbers": (
        put("corridors", 0, "geometry", LineString([at(0), (float("nan"), 1.0)])),
        [
            "corridors, row k, column geometry: has coordinates that are not numbers. "
            "Draw a line again."
        ],
    ),
    "no geometry at all": (plain, ["demand: has no geometry. Each row needs a point."]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, messages = FAULTS[case]
    assert faults(tmp_path, broken) == messages


#: A file in place of a layer's -> what is said of it.
FILES: dict[str, tuple[str, str, bytes, str]] = {
    "not a data set": (
        "little.gpkg|demand",
        "demand.gpkg",
        b"nonsense",
        "instance.toml, layers.demand: is no .gpkg inside (is 'demand.gpkg'). Save it as "
        "GeoPackage, GeoJSON, Shapefile, FlatGeobuf, .gdb, .xlsx, .ods or CSV.",
    ),
    "not UTF-8": (
        "jurisdictions.csv",
        "cities.csv",
        "id,parent,tier,role\nP,,city,核心\n".encode("gb18030") + b"\xff\xff",
        "instance.toml, layers.jurisdictions: has text that is not UTF-8 (is 'cities.csv'). "
        "Save it as UTF-8 (Excel: CSV UTF-8).",
    ),
    "two columns of one name": (
        "jurisdictions.csv",
        "cities.csv",
        b"id,parent,tier,tier\nP,,city,city\n",
        "jurisdictions, column tier: two columns have this name. Rename one.",
    ),
    "a ring that is no ring": (
        "little.gpkg|zones",
        "zones.geojson",
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"kind": "ecological"},
                        "geometry": {"type": "Polygon", "coordinates": [[[117, 31], [118, 31]]]},
                    }
                ],
            }
        ).encode(),
        "zones, row #1, column geometry: is empty or broken. Draw a polygon, or remove the row.",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_broken_file(case: str, tmp_path: Path) -> None:
    old, new, content, message = FILES[case]
    (tmp_path / new).write_bytes(content)
    assert faults(tmp_path, text(old, new)) == [message]
