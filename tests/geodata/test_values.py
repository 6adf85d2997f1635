"""Values that are not of the type of their column, and names that only look the same."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest

from optimizer.foundation.faults import Fault, InputError
from optimizer.geodata import sources
from optimizer.geodata.column_reader import Sheet
from optimizer.geodata.read import read
from tests.databases import changing
from tests.geodata.little import Break, at, faults, little, put, read_little

PERSONS = "Write persons, 0 or more"


def whole(it: Any) -> None:
    """Persons as whole numbers of 32 bits."""
    it.layers["demand"]["persons"] = np.array([1000, 2000, 3000], dtype="int32")


def stored(folder: Path, column: str, value: Any, changed: Break = lambda it: None) -> list[str]:
    """What is said where a GeoPackage holds this value in the row of a."""
    one = little()
    changed(one)
    one.write(folder)
    with changing(folder / "little.gpkg") as database:
        database.execute(f'UPDATE demand SET "{column}" = ? WHERE id = ?', (value, "a"))
    return [str(one) for one in sources.load(folder / "little.gpkg", "demand").doubts]


@pytest.mark.parametrize("value", ["1 200", "12,5", "n/a", 1.9, b"1"])
@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_geopackage_with_other_values_in_whole_numbers(
    kind: str, value: Any, tmp_path: Path
) -> None:
    def typed(it: Any) -> None:
        it.layers["demand"]["persons"] = it.layers["demand"]["persons"].astype(kind)

    (said,) = stored(tmp_path, "persons", value, typed)
    assert "column='persons'" in said
    assert "is no whole number from" in said
    assert repr(value) in said


def test_geopackage_with_more_than_its_column_holds(tmp_path: Path) -> None:
    """GDAL would read -1,294,967,296."""
    assert stored(tmp_path, "persons", 3_000_000_000, whole) == [
        "Doubt(column='persons', problem='is no whole number from -2,147,483,648 to "
        "2,147,483,647, which MEDIUMINT stands for', "
        "remedy='Give the column a type that holds it', value=3000000000)"
    ]


def test_geopackage_with_text_in_numbers_is_a_fault(tmp_path: Path) -> None:
    def broken(it: Any) -> None:
        write = it.write

        def then_break(folder: Path) -> Path:
            write(folder)
            stored(folder, "own", "x")  # the user's own columns are not judged
            with changing(folder / "little.gpkg") as database:
                database.execute("UPDATE sites SET cost = '12,5'")
                database.execute("UPDATE demand SET own = x'00'")
            return folder

        it.write = then_break

    assert faults(tmp_path, broken) == [
        "sites, column cost: is not a number, in 3 rows (is '12,5'). "
        "Write numbers, as in all REAL columns."
    ]


@pytest.mark.parametrize("text", ["1.9", "n/a", "12,5", "1 200", "--"])
def test_shapefile_with_text_in_numbers(text: str, tmp_path: Path) -> None:
    """GDAL would read 1, 0, 12, 1 and 0."""
    drawn = little().layers["demand"][["id", "persons", "geometry"]]
    drawn.to_file(tmp_path / "layer.shp", encoding="utf-8")
    data = bytearray((tmp_path / "layer.dbf").read_bytes())
    (header,) = struct.unpack("<H", data[8:10])
    width = data[32 + 16], data[64 + 16]
    begin = header + 1 + width[0]
    data[begin : begin + width[1]] = text.rjust(width[1]).encode()
    (tmp_path / "layer.dbf").write_bytes(data)
    (doubt,) = sources.load(tmp_path / "layer.shp").doubts
    assert (doubt.column, doubt.problem, doubt.value) == ("persons", "is not a whole number", text)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([True, 5], "is yes or no among numbers"),
        ([2**53 + 1, None], "is a whole number too long to be kept"),
        ([2**53 + 1, 1.5], "is a whole number too long to be kept"),
        ([2**53 + 1, 1], None),
        ([2**53 + 1, "x"], None),
        ([True, None], None),
        ([True, "x"], None),
    ],
)
def test_geojson_with_mixed_values(values: list[Any], problem: str | None, tmp_path: Path) -> None:
    rows = [
        {"type": "Feature", "properties": {"persons": value}, "geometry": None} for value in values
    ]
    path = tmp_path / "layer.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    found = sources.load(path)
    assert [doubt.problem for doubt in found.doubts] == ([] if problem is None else [problem])
    if problem is None and isinstance(values[0], int) and not isinstance(values[0], bool):
        assert str(found.table["persons"][0]) == str(values[0])


def test_geojson_with_numbers_that_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "layer.geojson"
    row = {"type": "Feature", "properties": {"n": 2**63}, "geometry": None}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    with pytest.raises(sources.UnreadableError, match="n that is too long to be read, 92233"):
        sources.load(path)


#: What stands in a column of numbers, and what is said of it.
NUMBERS: dict[str, tuple[Any, str | None]] = {
    "text": ("1200", None),
    "spaces around": (" 1200 ", None),
    "exponent": ("1.2e3", None),
    "comma": ("12,5", "is not a number"),
    "thousands": ("1 200", "is not a number"),
    "grouped": ("1,200", "is not a number"),
    "none": ("n/a", "is not a number"),
    "wide": ("１２００", "is not a number"),
    "no number": ("nan", "is not a number"),
    "without end": ("-inf", "is negative"),
    "beyond": ("1e400", "is not finite"),
    "hexadecimal": ("0x10", "is not a number"),
    "yes": (True, "holds yes and no"),
    "date": (pd.Timestamp("2026-01-01"), "holds dates"),
    "bytes": (b"12", "is not a number"),
    "long": (2**53 + 1, "has more digits than a number can keep"),
    "long text": (str(2**53 + 1), "has more digits than a number can keep"),
    "as long as can be": (2**53, None),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers(case: str) -> None:
    value, problem = NUMBERS[case]
    found: list[Fault] = []
    column = pd.Series([value, value], dtype=object if isinstance(value, str | bytes) else None)
    numbers = Sheet("demand", pd.DataFrame({"persons": column}), found).numbers("persons")
    assert {fault.problem for fault in found} == ({problem} - {None})
    if problem is None:
        assert numbers.tolist() == [float(str(value).strip())] * 2


def test_yes_among_numbers() -> None:
    found: list[Fault] = []
    table = pd.DataFrame({"persons": pd.Series([True, 5, pd.Timestamp(0)], dtype=object)})
    Sheet("demand", table, found).numbers("persons")
    assert [fault.row for fault in found] == ["#1", "#3"]


def test_hint_for_grouped_digits(tmp_path: Path) -> None:
    assert faults(tmp_path, put("demand", 1, "persons", "1 200,5")) == [
        f"demand, row b, column persons: is not a number (is '1 200,5'). {PERSONS}: digits, with "
        "a point before decimals and nothing between the others."
    ]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]), "dates"),
        ([True, False, None], "yes and no"),
        ([2.0**53, 2.0**60, 1.0], "numbers too long to be told apart (is '9007199254740992')"),
    ],
)
def test_ids_that_were_taken_for_something_else(values: Any, what: str) -> None:
    found: list[Fault] = []
    column = pd.Series(values, dtype="boolean" if what == "yes and no" else None)
    Sheet("demand", pd.DataFrame({"id": column}), found).ids()
    assert any(what.split(" (")[0] in fault.problem for fault in found)


@pytest.mark.parametrize(
    ("mine", "theirs"), [("ａ", "a"), ("é", "e\u0301"), ("a\u200b", "a"), ("x\xa0y", "x y")]
)
def test_ids_that_look_the_same(mine: str, theirs: str, tmp_path: Path) -> None:
    def named(it: Any) -> None:
        it.put("demand", 0, "id", mine)
        it.put("roads", 0, "from", theirs)
        it.drop("corridors", "from")
        it.layers["corridors"]["from"] = [mine]

    (said,) = faults(tmp_path, named)
    assert said == (
        f"ids: 1 id looks like another: {mine!a} (demand) and {theirs!a} (roads). "
        "Write them with the same letters, or rename one."
    )


def test_ids_with_zeros_before_them(tmp_path: Path) -> None:
    def numbered(it: Any) -> None:
        it.put("demand", 0, "id", "001")
        it.put("roads", 0, "from", "1")
        it.put("corridors", 0, "from", "001")

    assert (
        "demand: 1 ids are no road node, but for zeros before them: 001 (1)"
        in read_little(tmp_path, numbered).geography.warnings
    )


def test_rows_without_a_shape_beside_others_with_one(tmp_path: Path) -> None:
    """Of a layer that may be a plain table, in a CRS."""

    def some(it: Any) -> None:
        table = it.layers["facilities"]
        it.layers["facilities"] = type(it.layers["demand"])(
            table, geometry=[at(0), None], crs="EPSG:32650"
        )
        it.set('"facilities.csv"', '"little.gpkg|facilities"')

    facilities = read_little(tmp_path, some).geography.facilities
    assert facilities is not None
    assert facilities.geometry.isna().tolist() == [False, True]


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "shp"])
def test_shapes_that_are_broken_where_none_is_needed(kind: str, tmp_path: Path) -> None:
    """Without a word a failure would be left without what its polygon touches."""
    one = little()
    drawn = one.layers["zones"].assign(sites="s").drop(columns=["kind", "name"])
    path = tmp_path / f"failing.{kind}"
    one.set('zones = "', f'scenarios = "{path.name}"\nzones = "')
    one.write(tmp_path)
    drawn.to_crs(4326 if kind == "geojson" else 32650).to_file(path)
    if kind == "geojson":
        text = path.read_text().replace('"Polygon"', '"Polygone"')
        path.write_text(text)
    elif kind == "shp":
        data = bytearray(path.read_bytes())
        data[108:112] = struct.pack("<i", 77)  # of a kind that there is not
        path.write_bytes(data)
    else:
        with changing(path) as database:
            database.execute("UPDATE failing SET geom = substr(geom, 1, 60)")
    with pytest.raises(InputError, match=r"geometry: is broken|cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_tables_of_a_spreadsheet(kind: str, tmp_path: Path) -> None:
    """Of words alone too: its first row has the names of the columns."""
    table = pd.DataFrame({"id": ["001", "2"], "name": ["甲", "乙"]})
    pyogrio.write_dataframe(table, tmp_path / f"table.{kind}", layer="one")
    found = sources.load(tmp_path / f"table.{kind}").table
    assert found["id"].tolist() == ["001", "2"]
    assert found["name"].tolist() == ["甲", "乙"]
