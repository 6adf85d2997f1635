"""Rows of plain values: as a CSV file, and as a table for a terminal."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.harmless import harmless
from optimizer.foundation.language import _, word
from optimizer.outputs.atomic import replacing
from optimizer.outputs.terminal import Grid

Rows = Sequence[Mapping[str, Any]]

#: What a text begins with that spreadsheets compute.
FORMULA = tuple("=+-@＝＋－＠")  # of signs that are none, `harmless` leaves nothing
#: Columns of ids: never broken.
IDS = frozenset({"instance", "preset", "id", "from", "to", "level", "service", "size"})


def check_csv(path: Path) -> None:
    """Raise InputError unless rows can be written to this file."""
    if path.suffix.lower() != ".csv":
        fault = Fault("output", _("is not .csv"), _("Rows are CSV only"), value=str(path))
        raise InputError([fault])
    if not path.parent.is_dir():
        problem = _("its folder does not exist")
        raise InputError([Fault("output", problem, _("Make the folder"), value=str(path))])


def write_csv(rows: Rows, path: Path) -> None:
    """One line per row under the keys of the first; None is empty. UTF-8 that Excel knows.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    with replacing(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)


def _harmless(value: Any) -> Any:
    """A value that no spreadsheet computes, and that changes nothing beside it."""
    if not isinstance(value, str):
        return value
    value = harmless(value)
    return f"'{value}" if value.startswith(FORMULA) else value


def as_table(rows: Rows, language: str = "en") -> Grid:
    """One line per row, headings in the language; numbers to the right."""
    table = Grid()
    for key in rows[0] if rows else ():
        text = any(isinstance(row[key], str) for row in rows)
        heading = word(key, language).replace("_", " ")
        table.add_column(heading, right=not text, whole=key in IDS)
    for row in rows:
        table.add_row(*map(cell, row.values()))
    return table


def cell(value: Any) -> str:
    """A value in a table: six digits of a measured number, a dash for none."""
    value = value.item() if isinstance(value, np.generic) else value
    match value:
        case None:
            return "-"
        case bool():
            return _("yes") if value else _("no")
        case int():
            return f"{value:,}"
        case float():
            return f"{round(value, 9) + 0.0:,.6g}" if math.isfinite(value) else "-"
        case _:
            return str(value)
