"""GeoPackages: three files read as one, and values that are not of the type of their column."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from optimizer.foundation.language import _
from optimizer.geodata.geopackage import copied, stop_if_locked
from optimizer.geodata.sources.source import Doubt, Source, UnreadableError, several

#: Declared type -> the whole numbers that GDAL can read from it.
WHOLE = {
    "BOOLEAN": (0, 1),
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "MEDIUMINT": (-(2**31), 2**31 - 1),
    "INT": (-(2**63), 2**63 - 1),
    "INTEGER": (-(2**63), 2**63 - 1),
}
FRACTIONAL = {"FLOAT", "DOUBLE", "REAL"}


def logs(path: Path) -> list[Path]:
    """The file beside a GeoPackage that holds what a program that has it open saved last, if any.

    >>> logs(Path("none.gpkg"))
    []
    """
    log = path.with_name(f"{path.name}-wal")
    return [log] if log.is_file() and log.stat().st_size else []


@contextmanager
def snapshot(path: Path) -> Iterator[Path]:
    """The file; or, where changes stand beside it, a copy that has them. Neither is touched.

    Only a GeoPackage has such files beside it. Raises OSError where a program lets nobody read.
    """
    stop_if_locked(path)
    if not logs(path):
        yield path
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copied(path, copy)
        yield copy


def judge(path: Path, layer: str) -> Source:
    """What GDAL would change: text or fractions where whole numbers are declared, and the like."""
    try:
        # all is in the file by now, so that none is made beside it
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as database:
            doubts = tuple(_doubts(database, layer))
            return Source(pd.DataFrame(), doubts, shapes=_shapes(database, layer))
    except sqlite3.Error as error:
        problem = _("is broken: {error}", error=error)
        raise UnreadableError(problem, _("Save it anew")) from None


def _doubts(database: sqlite3.Connection, layer: str) -> Iterator[Doubt]:
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    table = _quoted(layer)
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    judged = {
        name: misfit
        for _row, name, declared, *_rest in columns
        if (misfit := _misfit(_quoted(name), declared.upper().partition("(")[0].strip()))
    }
    if not judged:
        return
    sums = ", ".join(f"sum({condition})" for condition, *_words in judged.values())
    (counts,) = database.execute(f"SELECT {sums} FROM {table}").fetchall()
    for (name, (condition, problem, remedy)), n in zip(judged.items(), counts, strict=True):
        if n:
            first = f"SELECT {_quoted(name)} FROM {table} WHERE {condition} LIMIT 1"
            ((value,),) = database.execute(first).fetchall()
            yield Doubt(name, several(n, problem), remedy, value)


def _shapes(database: sqlite3.Connection, layer: str) -> int | None:
    """In how many rows something is drawn; None where the layer is a plain table."""
    where = "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?"
    for (column,) in database.execute(where, (layer,)).fetchall():
        ((n,),) = database.execute(f"SELECT count({_quoted(column)}) FROM {_quoted(layer)}")
        return int(n)
    return None


def _misfit(column: str, declared: str) -> tuple[str, str, str] | None:
    """The SQL that is true of a value that is not of the declared type; its problem and remedy."""
    there = f"{column} IS NOT NULL AND NOT"
    if declared in WHOLE:
        low, high = WHOLE[declared]
        fits = f"(typeof({column}) = 'integer' AND {column} >= {low} AND {column} <= {high})"
        problem = _(
            "is no whole number from {low:,} to {high:,}, which {declared} stands for",
            low=low,
            high=high,
            declared=declared,
        )
        return f"({there} {fits})", problem, _("Give the column a type that holds it")
    if declared in FRACTIONAL:
        fits = f"(typeof({column}) IN ('integer', 'real'))"
        return (
            f"({there} {fits})",
            _("is not a number"),
            _("Write numbers, as in all {declared} columns", declared=declared),
        )
    if declared == "TEXT":
        fits = f"(typeof({column}) = 'text')"
        return f"({there} {fits})", _("is not text"), _("Write text")
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
