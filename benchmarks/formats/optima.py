"""OPTIMA: the published optimum of each instance, from a table beside the instances.

Columns: instance, problem, p_or_param, optimum, source.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "optima.csv"

#: By how much a number that is printed with decimals may be off; papers round them, or cut them.
LAST_DECIMAL = 0.01

#: By how much any number may be off, relative to its size.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Published:
    """parameter: what p_or_param says, by name; value: as printed; best_known: it is no proof."""

    instance: str
    problem: str
    parameter: Mapping[str, float]
    value: str
    source: str

    @property
    def optimum(self) -> float:
        """The value as a number."""
        return float(self.value)

    @property
    def tolerance(self) -> float:
        """By how much another value may differ and still be the same."""
        return LAST_DECIMAL * ("." in self.value) + ROUNDING * abs(self.optimum)

    @property
    def best_known(self) -> bool:
        """Whether something better may be found."""
        return "best-known" in self.source


def read(folder: Path) -> list[Published]:
    """All rows; none where the folder has no such table."""
    file = folder / FILE
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Published(
                row["instance"],
                row["problem"].split(" (")[0],
                parameters(row["p_or_param"]),
                row["optimum"].strip(),
                row["source"],
            )
            for row in csv.DictReader(lines)
        ]


def parameters(text: str) -> dict[str, float]:
    """Every `name=number` in the text; a number alone is p."""
    if text.strip().isdecimal():
        return {"p": float(text)}
    return {name: float(value) for name, value in re.findall(r"(\w+)=(-?\d+(?:\.\d+)?)", text)}
