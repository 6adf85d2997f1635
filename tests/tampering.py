"""One change each to a written plan: every layer by column, every key of the manifest, the file.

Nothing here knows what a plan means: the changes are made by the kind of each cell.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.databases import changing

LAYERS = (
    *("facilities", "demand", "assignments", "jurisdictions"),
    *("corridors", "rejected", "scenarios", "failover", "classes"),
)

#: What is put where a number was, and where a word was.
NUMBERS = {
    "more": "{0} * 1.25 + 1",
    "less": "{0} * 0.75 - 0.125",
    "negative": "-1 - abs({0})",
    "infinite": "9e999",
    "huge": "1e300",
    "words": "'abc'",
    "bytes": "x'00ff'",
    "nothing": "NULL",
}
WORDS = {
    "unknown": "'atlantis'",
    "escape": "coalesce({0}, '') || char(27) || '[31m' || char(8238)",
    "number": "4711",
    "bytes": "x'00ff'",
    "nothing": "NULL",
}

#: What is put where a value of the manifest was, whatever it was.
ANYTHING: dict[str, Any] = {
    "null": None,
    "minus one": -1,
    "huge": 10**400,
    "a word": "atlantis",
    "an empty list": [],
    "a table": {"a": 1},
    "yes": True,
}


@dataclass(frozen=True)
class Change:
    """One change. layer: or "manifest" or "file"; column: or its key; how: in a word."""

    layer: str
    column: str
    how: str
    make: Callable[[Path], None]

    def __str__(self) -> str:
        return f"{self.layer}, {self.column}: {self.how}"

    def made(self, plan: Path, folder: Path) -> Path:
        """A copy of the plan with this change."""
        copy = Path(shutil.copy(plan, folder / "tampered.gpkg"))
        self.make(copy)
        return copy


def changes(plan: Path, other: Path) -> Iterator[Change]:
    """Every change to this plan; other: a plan of something else."""
    with closing(sqlite3.connect(plan)) as database:
        named = "SELECT table_name FROM gpkg_contents"
        there = {name for (name,) in database.execute(named)}
        tables = {name: _cells(database, name) for name in LAYERS if name in there}
        pairs = database.execute("SELECT key, value FROM manifest").fetchall()
    for layer, cells in tables.items():
        yield from _columns(layer, cells)
        if cells:
            yield from _rows(layer)
        yield from _whole(layer)
    for key, text in pairs:
        yield from _key(key, text)
    yield from _file(other)


def _cells(database: sqlite3.Connection, layer: str) -> dict[str, tuple[int, Any]]:
    """Column -> a row (fid) that has something in it, and that; the last such row."""
    columns = [name for _, name, *_ in database.execute(f'PRAGMA table_info("{layer}")')]
    found: dict[str, tuple[int, Any]] = {}
    for column in columns:
        empty = f'"{column}" IS NULL, "{column}" = \'\''
        asked = f'SELECT fid, "{column}" FROM "{layer}" ORDER BY {empty}, fid DESC'
        found[column] = database.execute(asked).fetchone() or (-1, None)
    return {name: cell for name, cell in found.items() if name != "fid" and cell[0] >= 0}


def _sql(layer: str, column: str, how: str, *statements: str) -> Change:
    def make(copy: Path) -> None:
        with changing(copy) as database:
            for statement in statements:
                database.execute(statement)

    return Change(layer, column, how, make)


def _columns(layer: str, cells: dict[str, tuple[int, Any]]) -> Iterator[Change]:
    for column, (row, value) in cells.items():
        where = f"WHERE fid = {row}"
        if column == "geom":
            yield from _shapes(layer, row, value)
            continue
        puts = NUMBERS if isinstance(value, int | float) else WORDS
        for how, new in puts.items():
            if how == "nothing" and value in (None, ""):
                continue
            put = new.format(f'"{column}"')
            yield _sql(layer, column, how, f'UPDATE "{layer}" SET "{column}" = {put} {where}')
        yield _sql(layer, column, "dropped", f'ALTER TABLE "{layer}" DROP COLUMN "{column}"')


def _shapes(layer: str, row: int, shape: bytes | None) -> Iterator[Change]:
    """The last coordinate moved, none, a stump, and no shape at all."""
    if shape is None:
        return
    y = struct.unpack("<d", shape[-8:])[0]
    moved = {
        "moved": shape[:-8] + struct.pack("<d", y + 0.01),
        "not a number": shape[:-8] + struct.pack("<d", float("nan")),
        "cut": shape[:-5],
        "garbage": b"GP" + bytes(range(40)),
    }
    for how, new in moved.items():
        put = f"UPDATE \"{layer}\" SET geom = x'{new.hex()}' WHERE fid = {row}"
        yield _sql(layer, "geom", how, put)
    yield _sql(layer, "geom", "nothing", f'UPDATE "{layer}" SET geom = NULL WHERE fid = {row}')


def _rows(layer: str) -> Iterator[Change]:
    last = f'(SELECT max(fid) FROM "{layer}")'
    yield _sql(layer, "*", "a row less", f'DELETE FROM "{layer}" WHERE fid = {last}')
    yield _sql(layer, "*", "no rows", f'DELETE FROM "{layer}"')
    twice = (
        f'CREATE TEMP TABLE two AS SELECT * FROM "{layer}" WHERE fid = {last}',
        "UPDATE two SET fid = fid + 1",
        f'INSERT INTO "{layer}" SELECT * FROM two',
    )
    yield _sql(layer, "*", "a row twice", *twice)
    yield _sql(layer, "*", "another CRS", *_other_crs(layer))


def _whole(layer: str) -> Iterator[Change]:
    yield _sql(layer, "*", "gone", f'DROP TABLE "{layer}"')
    hidden = f"DELETE FROM gpkg_contents WHERE table_name = '{layer}'"
    yield _sql(layer, "*", "not listed", hidden)
    endless = (
        f'ALTER TABLE "{layer}" RENAME TO was',
        f'CREATE VIEW "{layer}" AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) '
        "SELECT was.* FROM was, n",
    )
    yield _sql(layer, "*", "a view without an end", *endless)
    yield _sql(layer, "*", "a column more", f'ALTER TABLE "{layer}" ADD COLUMN proven TEXT')


def _other_crs(layer: str) -> tuple[str, str]:
    return (
        "INSERT INTO gpkg_spatial_ref_sys SELECT 'other', 3857, 'EPSG', 3857, 'EPSG:3857', ''",
        f"UPDATE gpkg_geometry_columns SET srs_id = 3857 WHERE table_name = '{layer}'",
    )


def _key(key: str, text: str) -> Iterator[Change]:
    told = json.loads(text)

    def put(how: str, value: str) -> Change:
        new = value.replace("'", "''")
        return _sql("manifest", key, how, f"UPDATE manifest SET value = '{new}' WHERE key='{key}'")

    for how, value in ANYTHING.items():
        if value != told or type(value) is not type(told):
            yield put(how, json.dumps(value))
    if isinstance(told, int | float) and not isinstance(told, bool):
        yield put("more", json.dumps(told * 1.25 + 1))
        yield put("less", json.dumps(told * 0.75 - 0.125))
    for how, value in _within(told):
        yield put(how, json.dumps(value))
    yield put("no JSON", "{")
    yield put("not a number", "NaN")
    yield put("deep", "[" * 100_000)
    yield _sql("manifest", key, "gone", f"DELETE FROM manifest WHERE key = '{key}'")
    again = f"INSERT INTO manifest (key, value) SELECT key, value FROM manifest WHERE key = '{key}'"
    yield _sql("manifest", key, "twice", again)


def _within(told: Any) -> Iterator[tuple[str, Any]]:
    """One word or number inside of a table or a list changed, each in turn."""
    entries = list(told.items()) if isinstance(told, dict) else []
    entries = list(enumerate(told)) if isinstance(told, list) else entries
    for at, one in entries:
        copy = told.copy()
        copy[at] = one * 1.25 + 1 if isinstance(one, int | float) else "atlantis"
        yield f"another {at}", copy
        for how, inner in _within(one):
            copy = told.copy()
            copy[at] = inner
            yield f"{how} of {at}", copy


def _file(other: Path) -> Iterator[Change]:
    """The file as a whole."""

    def cut(part: float) -> Callable[[Path], None]:
        def make(copy: Path) -> None:
            whole = copy.read_bytes()
            copy.write_bytes(whole[: int(len(whole) * part)])

        return make

    def bytes_changed(copy: Path) -> None:
        whole = bytearray(copy.read_bytes())
        for at in range(4096, len(whole), 5003):
            whole[at] ^= 255
        copy.write_bytes(whole)

    yield Change("file", "*", "empty", cut(0))
    for part in (0.01, 0.3, 0.7, 0.99):
        yield Change("file", "*", f"cut at {part:.0%}", cut(part))
    yield Change("file", "*", "bytes changed", bytes_changed)
    yield Change("file", "*", "of another plan", lambda copy: shutil.copy(other, copy) and None)
    trigger = "CREATE TRIGGER t AFTER UPDATE ON demand BEGIN DELETE FROM demand; END"
    yield _sql("file", "*", "a trigger more", trigger)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n"
    view = f"CREATE VIEW v AS {endless}"
    listed = "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('v', 'attributes')"
    yield _sql("file", "*", "a view more", view, listed)
    yield _sql("file", "*", "no list of layers", "DROP TABLE gpkg_contents")
    yield _sql("file", "*", "no list of shapes", "DROP TABLE gpkg_geometry_columns")
    yield _sql("file", "*", "no list of CRS", "DROP TABLE gpkg_spatial_ref_sys")
    yield _sql("file", "*", "CRS that is none", "UPDATE gpkg_spatial_ref_sys SET definition = 'x'")
    yield _sql("file", "*", "no styles", "DELETE FROM layer_styles")
    yield _sql("file", "*", "a stale count", "UPDATE gpkg_ogr_contents SET feature_count = 1")
    yield _sql("file", "*", "no manifest", "DELETE FROM manifest")
    nul = "UPDATE manifest SET value = char(0) || value"
    yield _sql("file", "*", "a manifest of zeros", nul)
