"""Rows of plain values: as a CSV file, and as a table for a terminal."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from optimizer.outputs.atomic import replacing

Rows = Sequence[Mapping[str, Any]]


def write_csv(rows: Rows, path: Path) -> None:
    """One line per row under the keys of the first; None is empty. UTF-8 that Excel knows."""
    with replacing(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def as_table(rows: Rows) -> Table:
    """One line per row; numbers to the right."""
    table = Table(box=SIMPLE, pad_edge=False)
    for key, value in rows[0].items():
        justify = "left" if isinstance(value, str) else "right"
        table.add_column(key, justify=justify)  # type: ignore[arg-type]
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
            return f"{value:,.6g}"
        case _:
            return str(value)
