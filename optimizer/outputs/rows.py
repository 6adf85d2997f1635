"""Rows of plain values: as a CSV file, and as a table for a terminal."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from optimizer.faults import Fault, InputError
from optimizer.outputs.atomic import replacing
from optimizer.outputs.headings import say

Rows = Sequence[Mapping[str, Any]]


def check_csv(path: Path) -> None:
    """Raise InputError unless rows can be written to this file."""
    if path.suffix.lower() != ".csv":
        raise InputError([Fault("output", "is not .csv", "Rows are CSV only", value=str(path))])
    if not path.parent.is_dir():
        fault = Fault("output", "its folder does not exist", "Make the folder", value=str(path))
        raise InputError([fault])


def write_csv(rows: Rows, path: Path) -> None:
    """One line per row under the keys of the first; None is empty. UTF-8 that Excel knows."""
    with replacing(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def as_table(rows: Rows, language: str = "en") -> Table:
    """One line per row, headings in the language; numbers to the right."""
    table = Table(box=SIMPLE, pad_edge=False)
    for key, value in rows[0].items():
        heading = say(key, language).replace("_", " ")
        table.add_column(heading, justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*map(cell, row.values()))
    return table


def cell(value: Any) -> str:
    """A value in a table: six digits of a measured number, a dash for none."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{round(value, 9):,.6g}"
        case _:
            return str(value)
