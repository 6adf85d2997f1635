"""Layers in files: the one place where they are opened, so that all defences are everywhere.

A few formats are read, told by suffix and first bytes, with the drivers of these formats alone: no
layer makes the program open a connection. What a file counts of its own rows is not believed, text
is read as what it is, and values that GDAL would bend to the type of their column are told.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj

from optimizer.foundation.language import _
from optimizer.geodata.sources import csv_text, flatgeobuf, geojson, geopackage, shapefile
from optimizer.geodata.sources.drivers import OURS, only_ours
from optimizer.geodata.sources.geopackage import logs
from optimizer.geodata.sources.source import (
    REMEDY,
    Doubt,
    Source,
    UnreadableError,
    several,
)
from optimizer.geodata.words import suggest

__all__ = [
    "OURS",
    "Doubt",
    "Source",
    "UnreadableError",
    "layer_names",
    "load",
    "logs",
    "only_ours",
]

#: Suffix -> the bytes with which such a file begins; where they tell nothing, its module judges.
BEGINS = {
    ".gpkg": b"SQLite format 3\0",
    ".shp": b"\0\0\x27\x0a",
    ".dbf": b"",
    ".geojson": b"",
    ".json": b"",
    ".fgb": b"fgb",
    ".xlsx": b"PK\3\4",
    ".ods": b"PK\3\4",
    ".csv": b"",
}
#: The one format that is a folder.
FOLDER = ".gdb"
#: Tables that programs put beside the layers of a GeoPackage.
BESIDE = {"layer_styles", "qgis_projects"}
#: A condition that every row meets: with one, GDAL counts the rows and does not believe the number
#: of them that the file states.
EVERY = "1 = 1"
#: What each format is told: dates stay the text that they are, a first row of words names columns.
OPTIONS = {
    ".geojson": {"DATE_AS_STRING": "YES"},
    ".json": {"DATE_AS_STRING": "YES"},
    ".xlsx": {"HEADERS": "FORCE"},
    ".ods": {"HEADERS": "FORCE"},
}
#: Who reads a format, or looks it through before GDAL may.
JUDGES = {
    ".csv": csv_text.read,
    ".shp": shapefile.judge,
    ".dbf": shapefile.judge,
    ".geojson": geojson.judge,
    ".json": geojson.judge,
    ".fgb": flatgeobuf.judge,
}


def layer_names(path: Path) -> list[str]:
    """The layers of a file, without the styles kept beside them. Raises UnreadableError."""
    with _opened(path) as (file, suffix, _source):
        return [path.stem] if suffix == ".csv" else _names(file)


def load(path: Path, layer: str = "") -> Source:
    """One layer of a file: the only one where none is named. Raises UnreadableError."""
    with _opened(path) as (file, suffix, source):
        if suffix == ".csv":
            _chosen(path.name, [path.stem], layer)
            return source
        name = _chosen(path.name, _names(file), layer)
        if suffix == ".gpkg":
            source = geopackage.judge(file, name)
        table = _table(file, name, source.encoding, OPTIONS.get(suffix, {}))
        if source.rows is not None and len(table) != source.rows:
            problem = _(
                "has {n:,} rows, of which {read:,} can be read", n=source.rows, read=len(table)
            )
            raise UnreadableError(problem, _("Save it anew"))
        return replace(source, table=table, doubts=(*source.doubts, *_lost(source, table)))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Path, str, Source]]:
    """The file to read, its suffix, and what is known of it before GDAL sees it.

    A GeoPackage that another program has open is up to three files: it is read as it is now, from
    a copy, and left as it is.
    """
    path, suffix = path.resolve(), path.suffix.lower()
    try:
        if not (path.is_dir() if suffix == FOLDER else path.is_file() and suffix in BEGINS):
            raise UnreadableError(_("cannot be read as a layer"), _(REMEDY))
        if suffix != FOLDER:
            with path.open("rb") as stream:
                if not stream.read(len(BEGINS[suffix])).startswith(BEGINS[suffix]):
                    raise UnreadableError(_("is no {suffix} inside", suffix=suffix), _(REMEDY))
        judged = JUDGES[suffix](path) if suffix in JUDGES else Source(pd.DataFrame())
        with geopackage.snapshot(path) as copy, only_ours():
            yield copy, suffix, judged
    except OSError as error:
        problem = _("cannot be opened: {reason}", reason=error.strerror or error)
        remedy = _("Close it elsewhere, or let it be read")
        raise UnreadableError(problem, remedy, value=None, whole=True) from None


def _names(file: Path) -> list[str]:
    with _guarded():
        return [name for row in pyogrio.list_layers(file) if (name := str(row[0])) not in BESIDE]


def _chosen(file: str, inside: list[str], layer: str) -> str:
    """The layer that is meant."""
    if layer and layer not in inside:
        problem = _("{file} has no layer {layer!r}", file=file, layer=layer)
        raise UnreadableError(problem, suggest(layer, inside), value=None)
    if not layer and len(inside) != 1:
        names = ", ".join(inside)
        remedy = _("Write {file}|layer; known: {names}", file=file, names=names)
        problem = _("{file} has {n} layers", file=file, n=len(inside))
        raise UnreadableError(problem, remedy if inside else _(REMEDY), value=None)
    return layer or inside[0]


def _table(file: Path, layer: str, encoding: str | None, options: dict[str, str]) -> Any:
    with _guarded():
        return pyogrio.read_dataframe(
            file, layer=layer, where=EVERY, encoding=encoding, on_invalid="ignore", **options
        )


def _lost(source: Source, table: pd.DataFrame) -> Iterator[Doubt]:
    """Shapes that are in the file, and could not be read."""
    drawn = table.geometry.notna().sum() if isinstance(table, gpd.GeoDataFrame) else 0
    if source.shapes is not None and drawn < source.shapes:
        problem = several(source.shapes - int(drawn), _("is broken"))
        yield Doubt("geometry", problem, _("Draw it again, or leave it empty"))


@contextmanager
def _guarded() -> Iterator[None]:
    """Whatever GDAL, pandas and pyproj say of a broken file, said in one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL finds odd is judged row by row
            yield
    except UnicodeDecodeError:
        problem = _("has text that is not UTF-8")
        raise UnreadableError(problem, _("Save it as UTF-8")) from None
    except (RuntimeError, ValueError, OverflowError, pyproj.exceptions.CRSError):
        raise UnreadableError(_("cannot be read as a layer"), _(REMEDY)) from None
