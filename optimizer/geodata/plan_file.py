"""A written plan (.gpkg), read back as it stands: tables and manifest, nothing believed.

Cells are read as SQLite holds them, and not by GDAL as layers of an instance are: text in a column
of numbers is seen as text, and views are not asked, so nothing that a foreign file computes is run.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _
from optimizer.geodata.sources.geopackage import snapshot
from optimizer.geodata.sources.source import UnreadableError

#: One row of a layer: column -> value, None where it is empty.
Row = dict[str, Any]

#: The columns without which a layer is not one of a plan.
COLUMNS = {
    "facilities": ("id", "site", "service", "size", "status"),
    "demand": ("id",),
    "assignments": ("level", "demand", "site", "share", "minutes"),
    "jurisdictions": ("id",),
    "manifest": ("key", "value"),
}

#: Layers that are there where the instance has corridors, where plans are made for failures, and
#: where demand points have classes.
OPTIONAL = {
    "corridors": ("id", "status"),
    "scenarios": ("id", "probability"),
    "failover": ("scenario", "level", "demand", "site", "share", "minutes"),
    "classes": ("id",),
}

#: The keys without which a manifest does not say what the plan is of, or what it claims.
KEYS = (
    *("instance", "policy_name", "overrides", "policy", "inputs"),
    *("status", "objective", "gap", "asked_gap"),
)

#: What `read_plan_file` adds to the rows of layers: their shape, None where there is none.
SHAPE = "(shape)"

#: What is read beside COLUMNS and OPTIONAL; all other tables are for the eye.
ALSO = ("rejected",)

#: Where the bytes of a GeoPackage's geometry begin, by the kind of its envelope.
ENVELOPE = {0: 8, 1: 40, 2: 56, 3: 56, 4: 72}

#: What to do about a file that is no plan; said with `_`.
REMEDY = N_("Give a .gpkg that `equisite solve -o` wrote")


@dataclass(frozen=True)
class PlanFile:
    """layers: name -> rows, each with its shape in the column SHAPE; crs: of each layer's shapes;
    columns: of each layer, without its key and its geometry.
    """

    path: Path
    crs: Mapping[str, CRS]
    layers: Mapping[str, list[Row]]
    manifest: Mapping[str, Any]
    columns: Mapping[str, tuple[str, ...]]


def read_plan_file(path: Path) -> PlanFile:
    """Read a plan back. Raises InputError where the file is not one."""
    if not path.is_file():
        raise InputError([Fault(str(path), _("no such file"), _(REMEDY))])
    try:
        with snapshot(path.resolve()) as whole:
            if _cut(whole):
                raise InputError([Fault(str(path), _("is cut off"), _(REMEDY))])
            # A URI, as `?` and `#` may be part of a name; no file is made beside it.
            where = f"{whole.as_uri()}?immutable=1"
            with closing(sqlite3.connect(where, uri=True)) as database:
                database.text_factory = lambda text: text.decode("utf-8", "replace")
                return _read(path, database)
    except UnreadableError as error:
        raise InputError([Fault(str(path), error.problem, error.remedy)]) from None
    except (sqlite3.Error, UnicodeDecodeError):  # the latter in what SQLite says of a broken one
        problem = _("is no GeoPackage, or is damaged")
        raise InputError([Fault(str(path), problem, _(REMEDY))]) from None


def _cut(path: Path) -> bool:
    """Whether a database says that it is longer than it is."""
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or head[24:28] != head[92:96]:  # it does not say how long it is
        return False
    size = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    return pages * (65536 if size == 1 else size) > path.stat().st_size


def _read(path: Path, database: sqlite3.Connection) -> PlanFile:
    known = _tables(database)
    missing = [name for name in COLUMNS if name not in known]
    if missing:
        problems = [_("has no layer {name}", name=name) for name in missing]
        raise InputError([Fault(str(path), problem, _(REMEDY)) for problem in problems])
    columns_of = COLUMNS | {name: OPTIONAL[name] for name in OPTIONAL if name in known}
    columns_of |= {name: () for name in ALSO if name in known}
    tables = {name: _Table(database, name) for name in columns_of}
    faults = [
        Fault(f"{path.name}, {layer}", _("has no column {name}", name=column), _(REMEDY))
        for layer, columns in columns_of.items()
        for column in columns
        if column not in tables[layer].columns
    ]
    if faults:
        raise InputError(faults)
    manifest = _manifest(path.name, list(tables.pop("manifest").rows()))
    crs = {name: table.crs for name, table in tables.items() if table.crs is not None}
    if "demand" not in crs:
        raise InputError([Fault(f"{path.name}, demand", _("has no CRS"), _(REMEDY))])
    rows = {name: list(table.rows()) for name, table in tables.items()}
    return PlanFile(path, crs, rows, manifest, {n: tables[n].columns for n in tables})


def _tables(database: sqlite3.Connection) -> set[str]:
    """The tables that the GeoPackage lists; no views, and nothing virtual."""
    listed = {str(name) for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
    stored = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {
        str(name) for name, sql in stored if name in listed and "VIRTUAL" not in str(sql).upper()
    }


class _Table:
    """One table: its columns, its CRS and its rows."""

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self.database, self.name = database, name
        query = "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?"
        row = database.execute(query, (name,)).fetchone()
        self.shape: str | None = None if row is None else str(row[0])
        self.srs: object = None if row is None else row[1]
        keys = database.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
        self.every = [str(row[1]) for row in keys]
        key = {str(row[1]) for row in keys if row[5]}
        self.columns = tuple(one for one in self.every if one not in key | {self.shape})

    @property
    def crs(self) -> CRS | None:
        """The CRS of its shapes; None where it has none that is known."""
        query = "SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
        row = self.database.execute(query, (self.srs,)).fetchone()
        try:
            return None if row is None else CRS.from_user_input(str(row[0]))
        except CRSError:
            return None

    def rows(self) -> Iterator[Row]:
        """The rows, as they stand."""
        shaped = self.shape in self.every
        names = [*self.columns, *([self.shape] if shaped and self.shape else [])]
        if not names:
            return
        columns = ", ".join(map(_quoted, names))
        for cells in self.database.execute(f"SELECT {columns} FROM {_quoted(self.name)}"):
            row = dict(zip(self.columns, map(_value, cells), strict=False))
            yield row | {SHAPE: _shape(cells[-1]) if shaped else None}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _manifest(name: str, table: list[Row]) -> dict[str, Any]:
    """Key -> value."""
    manifest: dict[str, Any] = {}
    faults = []
    for row in table:
        key, text = str(row["key"]), row["value"]
        if key in manifest:
            faults.append(Fault(f"{name}, manifest", _("is there twice"), _(REMEDY), key))
        try:
            manifest[key] = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            shown, where = str(text)[:80], f"{name}, manifest"
            faults.append(Fault(where, _("is not JSON"), _(REMEDY), key, value=shown))
    faults += [
        Fault(f"{name}, manifest", _("has no key {key}", key=key), _(REMEDY))
        for key in KEYS
        if key not in manifest
    ]
    if faults:
        raise InputError(faults)
    return manifest


def _shape(cell: object) -> Any:
    """The shape of a cell; None where it holds none."""
    if not isinstance(cell, bytes) or cell[:2] != b"GP" or len(cell) < min(ENVELOPE.values()):
        return None
    start = ENVELOPE.get(cell[3] >> 1 & 7)
    with np.errstate(invalid="ignore"):  # a coordinate may be no number
        return None if start is None else shapely.from_wkb(cell[start:], on_invalid="ignore")


def _value(cell: Any) -> Any:
    """A cell; None where it is empty."""
    return None if cell is None or (isinstance(cell, float) and math.isnan(cell)) else cell
