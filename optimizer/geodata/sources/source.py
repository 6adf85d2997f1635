"""What is read from a file: its table, and what it would not be taken at its word for."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.foundation.language import N_, _

#: What to do about a file of another format; said with `_`.
REMEDY = N_("Save it as GeoPackage, GeoJSON, Shapefile, FlatGeobuf, .gdb, .xlsx, .ods or CSV")


class UnreadableError(Exception):
    """A file, or a layer in it, that cannot be read. value: "" stands for the file's own name.

    whole: whatever layer of the file is asked for.
    """

    def __init__(self, problem: str, remedy: str, value: object = "", whole: bool = False) -> None:
        super().__init__(f"{problem}. {remedy}")
        self.problem, self.remedy, self.value, self.whole = problem, remedy, value, whole


@dataclass(frozen=True)
class Doubt:
    """Values that the type of their column would change: a fault wherever the column is used."""

    column: str
    problem: str
    remedy: str
    value: object = None


@dataclass(frozen=True)
class Source:
    """A layer as it stands.

    doubts: values that are not what the table shows; said: what was done to read it; rows: how
    many there are in truth, shapes: in how many of them one is drawn, None where nobody counted;
    encoding: of its text, None where the format has only one.
    """

    table: pd.DataFrame
    doubts: tuple[Doubt, ...] = ()
    said: tuple[str, ...] = ()
    rows: int | None = None
    shapes: int | None = None
    encoding: str | None = None


def several(n: int, what: str) -> str:
    """`is not a number`, or the same with the number of rows."""
    return what if n == 1 else _("{problem}, in {n:,} rows", problem=what, n=n)
