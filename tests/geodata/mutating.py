"""Instances with something wrong, by chance: in the file, in the bytes of a layer, in its values.

Each has a seed, and the same seed makes the same instance again.
"""

from __future__ import annotations

import json
import math
import re
import signal
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from tests.databases import changing
from tests.geodata.little import Little, little

#: Layers with shapes, and the formats in which they are tried.
DRAWN = ("demand", "sites", "roads", "corridors", "zones")
FORMATS = ("gpkg", "geojson", "shp", "fgb")
#: What stands where something else should; {url} is an address that must not be asked.
JUNK: tuple[Any, ...] = (
    *(None, "", " ", "x", "n/a", "12,5", "1 200", "１２", "-1", "nan", "inf", "1e400", "true"),
    *(0, -1, 1.9, 1e300, 1e-300, -0.0, 2**31, 2**53 + 1, 2**62, True, False, math.nan, math.inf),
    *("a\u0301", "\u202egnp", "\x07", "'; --", "=1+1", "a;b", "a|b", "a:b", "甲" * 5000),
    *("{url}/x", "/vsicurl/{url}/x", "2026-01-01", "001"),
)
#: The same in `instance.toml`.
VALUES = ("3", "-1", "0", "1e400", "1e308", "nan", "inf", "true", '""', '"x"', "[]", "[[1]]", "{}",
          '"{url}/x"', '"/vsicurl/{url}/x"', "2026-01-01", '"a\\u0000b"', '"../.."', '"."',
          '"/dev/zero"', '"/dev/stdin"', "9" * 400, '"' + "x" * 5000 + '"',
          "{a={b={c=1}}}")  # fmt: skip
#: Seconds within which a little instance is read or refused.
PATIENCE = 60


def tried(folder: Path) -> Instance | list[str]:
    """The instance, or what is wrong with it; anything else that is raised is a failure."""
    with _alarm():
        try:
            return read(folder)
        except InputError as error:
            assert error.faults
            for fault in error.faults:
                assert fault.problem and fault.remedy, fault
            return str(error).splitlines()


def mutant(seed: int, folder: Path, url: str = "http://127.0.0.1:9") -> Path:
    """An instance of the seed's, in its folder, with one to three things wrong."""
    chance = Random(seed)
    kind = chance.choice(FORMATS)
    folder.mkdir(parents=True, exist_ok=True)
    one = little()
    saved(one, folder, kind)
    change = chance.choice((_toml, _toml, _values, _values, _bytes, _names))
    for _ in range(chance.randint(1, 3)):
        change(chance, folder, kind, url)
    return folder


def saved(one: Little, folder: Path, kind: str) -> Path:
    """Write it with its drawn layers in this format, one file each."""
    for name in DRAWN:
        if name not in one.layers:
            continue
        one.toml = one.toml.replace(f'"little.gpkg|{name}"', f'"{name}.{kind}"')
        table = one.layers[name]
        more = {"encoding": "utf-8"} if kind == "shp" else {}
        if kind == "geojson":
            table = table.to_crs(4326)
        table.to_file(folder / f"{name}.{kind}", **more)
    for name, table in one.layers.items():
        if name not in DRAWN:
            table.to_csv(folder / f"{name}.csv", index=False)
    (folder / "instance.toml").write_text(one.toml, encoding="utf-8")
    return folder


def _toml(chance: Random, folder: Path, kind: str, url: str) -> None:
    """Lines lost, doubled or exchanged; values and letters that are others."""
    path = folder / "instance.toml"
    lines = path.read_text(encoding="utf-8").splitlines() or [""]
    n = chance.randrange(len(lines))
    how = chance.randrange(7)
    if how == 0:
        del lines[n]
    elif how == 1:
        lines.insert(n, lines[n])
    elif how == 2:
        m = chance.randrange(len(lines))
        lines[n], lines[m] = lines[m], lines[n]
    elif how == 3 and lines[n]:
        at = chance.randrange(len(lines[n]))
        lines[n] = lines[n][:at] + chance.choice("x\"'[]{}=.,#\\ é\u202e0-") + lines[n][at + 1 :]
    elif how == 4:
        depth = chance.choice((3, 300, 3000))
        lines.append(f"deep = {'[' * depth}{']' * depth}")
    else:
        value = chance.choice(VALUES).replace("{url}", url)
        lines[n] = re.sub(r"=.*", lambda _: f"= {value}", lines[n], count=1)
    path.write_text("\n".join(lines), encoding="utf-8")


def _names(chance: Random, folder: Path, kind: str, url: str) -> None:
    """The header of a plain table: letters lost, other quotes, other separators."""
    path = folder / f"{chance.choice(('jurisdictions', 'facilities'))}.csv"
    data = path.read_bytes()
    how = chance.randrange(6)
    if how == 0:
        data = data.replace(b",", chance.choice((b";", b"\t", b"|", b",,", "，".encode())))
    elif how == 1:
        data = data.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"\0", b"\x85")))
    elif how == 2:
        data = data.replace(b",", chance.choice((b'","', b"','", "“,”".encode())))
    elif how == 3:
        text = data.decode("utf-8", "replace")
        data = text.encode(chance.choice(("utf-8-sig", "gb18030", "utf-16", "utf-7")))
    else:
        at = chance.randrange(max(1, data.find(b"\n")))
        data = data[:at] + chance.choice((b"", b"s", b'"', b"_", b"\xff")) + data[at + 1 :]
    path.write_bytes(data)


def _bytes(chance: Random, folder: Path, kind: str, url: str) -> None:
    """Bytes that are others, lost or too many, in any file."""
    files = sorted(file for file in folder.iterdir() if file.name != "instance.toml")
    path = chance.choice(files)
    data = bytearray(path.read_bytes())
    how = chance.randrange(5)
    if how == 0:
        path.unlink()
        return
    if how == 1:
        data = data[: chance.randrange(len(data) + 1)]
    elif how == 2:
        data += bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
    else:
        for _ in range(chance.choice((1, 3, 30))):
            if data:
                # the header decides more than what follows
                most = len(data) if chance.random() < 0.5 else min(len(data), 120)
                data[chance.randrange(most)] = chance.randrange(256)
    path.write_bytes(bytes(data))


def _values(chance: Random, folder: Path, kind: str, url: str) -> None:
    """A value that is another, as the format has it."""
    layer = chance.choice(DRAWN)
    value = chance.choice(JUNK)
    value = value.replace("{url}", url) if isinstance(value, str) else value
    path = folder / f"{layer}.{kind}"
    if not path.is_file():
        return
    columns = [name for name in little().layers[layer].columns if name != "geometry"]
    column = chance.choice(columns)
    row = None if chance.random() < 0.3 else 0
    if kind == "gpkg":
        try:
            put_in_geopackage(path, layer, column, value, row)
        except sqlite3.Error:
            return
    elif kind == "geojson":
        put_in_geojson(path, column, value, row)
    elif kind == "shp" and not (isinstance(value, float) and not math.isfinite(value)):
        put_in_shapefile(path, column, "" if value is None else str(value))


def put_in_geopackage(path: Path, layer: str, column: str, value: Any, row: int | None = 0) -> None:
    """Whatever it is: SQLite asks for no type."""
    with changing(path) as database:
        where = "" if row is None else f" WHERE fid = {row + 1}"
        database.execute(f'UPDATE "{layer}" SET "{column}" = ?{where}', (value,))


def put_in_geojson(path: Path, column: str, value: Any, row: int | None = 0) -> None:
    read = json.loads(path.read_text(encoding="utf-8"))
    for n, feature in enumerate(read["features"]):
        if row is None or n == row:
            feature["properties"][column] = value
    path.write_text(json.dumps(read), encoding="utf-8")


def put_in_shapefile(path: Path, column: str, text: str) -> bool:
    """Into the first row, as far as there is room; whether there is."""
    table = path.with_suffix(".dbf")
    data, at = bytearray(table.read_bytes()), 1
    header, _ = struct.unpack("<HH", data[8:12])
    for begin in range(32, header - 1, 32):
        name = bytes(data[begin : begin + 11]).partition(b"\0")[0].decode()
        size = data[begin + 16]
        if name == column[:10]:
            raw = text.encode()[:size]
            numeric = chr(data[begin + 11]) in "NF"
            data[header + at : header + at + size] = raw.rjust(size) if numeric else raw.ljust(size)
            table.write_bytes(bytes(data))
            return len(text.encode()) <= size
        at += size
    return False


def means(value: Any) -> float | None:
    """The number that somebody means who writes this; None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    text = str(value).strip()
    plain = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII)
    return float(text) if plain and math.isfinite(float(text)) else None


@contextmanager
def _alarm() -> Iterator[None]:
    """What takes too long is a failure of its own."""

    def late(*_: object) -> None:
        raise TimeoutError(f"more than {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


#: A change of a layer, and whether what it says is the same as before.
Odd = tuple[Callable[[gpd.GeoDataFrame], Any], bool]


def _id(values: Any) -> Callable[[gpd.GeoDataFrame], Any]:
    return lambda it: it.assign(id=values[: len(it)])


def _with(value: Any) -> Callable[[gpd.GeoDataFrame], Any]:
    """A column of the user's own."""
    return lambda it: it.assign(own_one=pd.Series([value] * len(it), index=it.index))


def _shape(change: Callable[[Any], Any]) -> Callable[[gpd.GeoDataFrame], Any]:
    return lambda it: it.set_geometry([change(one) for one in it.geometry], crs=it.crs)


def _capitals(it: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return it.rename(columns={name: name.upper() for name in it.columns if name != "geometry"})


def _moved(value: float) -> Callable[[Any], Any]:
    return lambda one: shapely.transform(one, lambda xy: np.full_like(xy, value))


ODD: dict[str, Odd] = {
    "capitals": (_capitals, True),
    "other order": (lambda it: it[[*it.columns[::-1]]].set_geometry("geometry"), True),
    "in 3D": (_shape(shapely.force_3d), True),
    "in collections": (_shape(lambda one: shapely.GeometryCollection([one])), True),
    "in Web Mercator": (lambda it: it.to_crs(3857), True),
    "in degrees": (lambda it: it.to_crs(4490), True),
    "own text": (_with("甲\u202e\x07=1+1"), True),
    "own long text": (_with("x" * 100_000), True),
    "own dates": (_with(pd.Timestamp("2026-01-01")), True),
    "own dates with a zone": (_with(pd.Timestamp("2026-01-01", tz="UTC")), True),
    "own yes and no": (_with(True), True),
    "own number": (_with(2**53 + 1), True),
    "own nothing": (_with(None), True),
    "ids that are dates": (_id(pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])), False),
    "ids that are yes or no": (_id([True, False, True]), False),
    "ids that are fractions": (_id([1.5, 2.5, 3.5]), False),
    "ids that are long": (_id([2.0**60, 2.0**61, 2.0**62]), False),
    "ids that are empty": (_id([None, "", " "]), False),
    "ids of one look": (_id(["é", "e\u0301", "ｅ"]), False),
    "no rows": (lambda it: it.iloc[:0], False),
    "rows twice": (lambda it: pd.concat([it, it]), False),
    "no shapes": (_shape(lambda one: None), False),
    "empty shapes": (_shape(lambda one: shapely.Point()), False),
    "points for all": (_shape(shapely.centroid), False),
    "shapes far off": (_shape(_moved(1e12)), False),
    "shapes at nothing": (_shape(_moved(0.0)), False),
    "shapes at no number": (_shape(_moved(math.nan)), False),
    "shapes without end": (_shape(_moved(math.inf)), False),
    "no CRS": (lambda it: it.set_crs(None, allow_override=True), False),
    "another CRS": (lambda it: it.set_crs(4326, allow_override=True), False),
    "a CRS of the Earth's centre": (lambda it: it.set_crs(4978, allow_override=True), False),
    "a CRS far away": (lambda it: it.set_crs(2193, allow_override=True), False),
}
