"""CSV: plain tables, read the same under every locale, or refused where they are ragged."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from optimizer.foundation.language import _
from optimizer.geodata.sources.source import Source, UnreadableError

#: What may stand between the values; a tie goes to the first.
BETWEEN = (",", ";", "\t", "|")
#: The column in which a table may have shapes, as text; its CRS is in a .prj beside it.
SHAPES = "WKT"

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a polygon can be long


def read(path: Path) -> Source:
    """All values as text, None where there is nothing; UnreadableError where rows do not fit."""
    text, said = _decoded(path.read_bytes())
    lines = io.StringIO(text, newline=None)
    first = next((line for line in text.splitlines() if line.strip()), "")
    between = max(BETWEEN, key=lambda one: (len(_split(first, one)), -BETWEEN.index(one)))
    try:
        rows = list(csv.reader(lines, delimiter=between, strict=True))
    except csv.Error as error:
        problem = _("is no CSV: {error}", error=error)
        raise UnreadableError(problem, _("Look for a quote that is not closed")) from None
    rows = [row for row in rows if any(value.strip() for value in row)]
    if not rows:
        remedy = _("Write the names of its columns, and a row for each")
        raise UnreadableError(_("is empty"), remedy)
    names, body = [name.strip() for name in rows[0]], rows[1:]
    names = names[: max(n + 1 for n, name in enumerate(names) if name)]
    body = [_fitted(row, names, number) for number, row in enumerate(body, start=1)]
    values = [[value.strip() or None for value in column] for column in zip(*body, strict=True)]
    table = pd.DataFrame(dict(enumerate(values or [[] for _name in names])), dtype=object)
    table.columns = pd.Index(names, dtype=object)
    return Source(_drawn(table, path), said=said)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and how it was read where that is not UTF-8."""
    if b"\0" in data:
        raise UnreadableError(_("is no text"), _("Save it as CSV in UTF-8"))
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), (_("its text is read as GB18030: it is not UTF-8"),)
    except UnicodeDecodeError:
        remedy = _("Save it as UTF-8 (Excel: CSV UTF-8)")
        raise UnreadableError(_("has text that is not UTF-8"), remedy) from None


def _split(line: str, between: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=between), [])
    except csv.Error:
        return []


def _fitted(row: list[str], names: list[str], number: int) -> list[str]:
    """A row with a value for each column; empty ones at its end may be too many."""
    if len(row) < len(names) or any(value.strip() for value in row[len(names) :]):
        problem = _(
            "has {values} values for {columns} columns in row #{row}",
            values=len(row),
            columns=len(names),
            row=number,
        )
        remedy = _("Write one for each column, and quotes around a value with a comma in it")
        raise UnreadableError(problem, remedy)
    return row[: len(names)]


def _drawn(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """With shapes, where a column has them as text."""
    if list(table.columns).count(SHAPES) != 1:
        return table
    shapes = []
    for number, text in enumerate(table[SHAPES], start=1):
        try:
            shapes.append(None if text is None else shapely.from_wkt(text))
        except shapely.errors.GEOSException:
            problem = _("has no shape in {column} in row #{row}", column=SHAPES, row=number)
            raise UnreadableError(problem, _("Draw it again")) from None
    beside = path.with_suffix(".prj")
    crs = None
    if beside.is_file():
        try:
            crs = pyproj.CRS.from_wkt(beside.read_text("utf-8", "replace"))
        except pyproj.exceptions.CRSError:
            problem = _("{file} is no CRS", file=beside.name)
            raise UnreadableError(problem, _("Assign it anew"), value=None) from None
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=crs))
