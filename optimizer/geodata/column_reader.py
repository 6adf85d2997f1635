"""The columns of one layer under judgement: as text, numbers, known words, references."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.geodata.words import suggest
from optimizer.problem import Bools, Floats

#: Rows of one fault that are told one by one.
TOLD_ROWS = 20

#: From here on a number with decimals does not tell all whole ones apart.
LAST_EXACT = 2.0**53
#: Values that could be counted as numbers, and are none.
ODD = (bool, np.bool_, bytes, datetime.date, np.datetime64)

Texts = NDArray[np.object_]


@dataclass
class Sheet:
    """A layer and its table; what is wrong with it is added to `faults`."""

    layer: str
    table: pd.DataFrame
    faults: list[Fault]

    def __len__(self) -> int:
        return len(self.table)

    def has(self, column: str) -> bool:
        return column in self.table.columns

    @cached_property
    def rows(self) -> Texts:
        """What a row is called in a message: its id, or #1, #2, ... where it has none."""
        numbered = np.array([f"#{n + 1}" for n in range(len(self))], dtype=object)
        if not self.has("id"):
            return numbered
        ids = as_text(self.table["id"])
        return np.where(ids == "", numbered, ids)

    def report(
        self,
        wrong: Bools,
        column: str | None,
        problem: str,
        remedy: str | Texts,
        values: Any = None,
    ) -> None:
        """One fault for each wrong row; beyond `TOLD_ROWS` only their number is told."""
        wrong_rows = np.flatnonzero(wrong)
        for n in wrong_rows[:TOLD_ROWS]:
            value = None if values is None else _shown(values[n])
            what = remedy if isinstance(remedy, str) else remedy[n]
            self.faults.append(Fault(self.layer, problem, what, self.rows[n], column, value))
        if len(wrong_rows) > TOLD_ROWS:
            more = _(
                "{problem}, in {n:,} more rows", problem=problem, n=len(wrong_rows) - TOLD_ROWS
            )
            self.faults.append(Fault(self.layer, more, _("See the rows above"), None, column))

    def text(self, column: str, default: str | None = None, free: bool = False) -> Texts:
        """(n,) stripped text, "" where empty. Without a default the column must be there.

        free: nothing refers to it, so it may be anything.
        """
        if self.has(column):
            if not free:
                self._judge_type(column)
            return as_text(self.table[column])
        if default is None:
            self._absent(column)
        return np.full(len(self), default or "", dtype=object)

    def filled(self, column: str) -> Texts:
        """(n,) text that must be there in each row."""
        values = self.text(column)
        if self.has(column):
            self.report(values == "", column, _("is empty"), _("Fill it in"))
        return values

    def ids(self) -> Texts | None:
        """(n,) unique ids; None where there is no such column."""
        values = self.filled("id")
        self.twice(values, "id", _("stands in more than one row"))
        return values if self.has("id") else None

    def words(self, column: str, known: Collection[str], optional: bool = False) -> Texts:
        """(n,) words of which each must be known; optional: "" is known too."""
        values = self.text(column, "") if optional else self.filled(column)
        self.unknown(column, values, known, _("unknown word"))
        return values

    def references(self, column: str, ids: Texts | None, layer: str, empty: bool = False) -> Texts:
        """(n,) ids of rows of another layer (None: those are not known, nothing is judged)."""
        values = self.text(column) if empty else self.filled(column)
        if ids is not None:
            problem = _("no such row in {layer}", layer=layer)
            self.unknown(column, values, list(dict.fromkeys(ids)), problem)
        return values

    def lists(
        self, column: str, ids: Texts | None, layer: str, problem: str = ""
    ) -> tuple[tuple[str, ...], ...]:
        """(n,) words with `;` between them, each the id of a row of another layer, as above."""
        lists = tuple(
            tuple(word for part in text.split(";") if (word := part.strip()))
            for text in self.text(column, "")
        )
        if ids is not None:
            known = dict.fromkeys(ids)
            unknown = [next((word for word in words if word not in known), "") for words in lists]
            values = np.array(unknown or [], dtype=object)
            problem = problem or _("no such row in {layer}", layer=layer)
            self.unknown(column, values, list(known), problem)
        return lists

    def drawn(self) -> Bools:
        """(n,) rows with a shape."""
        shapes = getattr(self.table, "geometry", None)
        if shapes is None:
            return np.zeros(len(self), dtype=bool)
        return np.asarray(shapes.notna() & ~shapes.is_empty, dtype=bool)

    def unknown(self, column: str, values: Texts, known: Collection[str], problem: str) -> None:
        """Report values that are not known, with the nearest one; empty ones are left alone."""
        words = set(known)
        wrong = np.array([value != "" and value not in words for value in values], dtype=bool)
        remedies = np.full(len(values), "", dtype=object)
        for n in np.flatnonzero(wrong)[:TOLD_ROWS]:
            remedies[n] = suggest(values[n], known)
        self.report(wrong, column, problem, remedies, values)

    def numbers(
        self,
        column: str,
        default: float | None = None,
        empty: float | None = None,
        remedy: str | None = None,
        whole: bool = False,
    ) -> Floats:
        """(n,) finite numbers of 0 or more.

        default: for all rows where there is no such column; None: the column must be there.
        empty: for rows without a value; None: each row must have one. whole: without decimals.
        """
        remedy = remedy or _("Write a number of 0 or more")
        if not self.has(column):
            if default is None:
                self._absent(column)
            return np.full(len(self), np.nan if default is None else default)
        raw = self.table[column]
        missing = as_text(raw) == ""
        other = _other_type(raw)
        if other is not None:
            self.faults.append(Fault(self.layer, other, remedy, None, column))
            return np.full(len(self), np.nan)
        values = raw.to_numpy(dtype=object)
        numbers = np.array(pd.to_numeric(raw, errors="coerce"), dtype=float)
        numbers[[isinstance(value, ODD) for value in values]] = np.nan
        if empty is None:
            self.report(missing, column, _("is empty"), remedy)
        wrong = np.isnan(numbers) & ~missing
        remedies = [_digits(value, remedy) for value in values[wrong]]
        self.report(wrong, column, _("is not a number"), _spread(wrong, remedies), values)
        self.report(numbers < 0, column, _("is negative"), remedy, values)
        self.report(numbers == np.inf, column, _("is not finite"), remedy, values)
        long = np.isfinite(numbers) & (numbers >= LAST_EXACT)
        long[long] = [_rounded(value) for value in values[long]]
        problem = _("has more digits than a number can keep")
        self.report(long, column, problem, _("Round it"), values)
        if whole:
            broken = np.isfinite(numbers) & (numbers != np.floor(numbers))
            self.report(broken, column, _("is not a whole number"), remedy, values)
        return np.where(missing, np.nan if empty is None else empty, numbers)

    def twice(self, values: Texts, column: str, problem: str) -> None:
        """Report values that were there in a row before; empty ones are left alone."""
        again = pd.Series(values, dtype=object).duplicated().to_numpy() & (values != "")
        self.report(again, column, problem, _("Keep one of them"), values)

    def _judge_type(self, column: str) -> None:
        """A fault where the column's type is not that of words, which were changed before."""
        raw = self.table[column]
        other = _other_type(raw)
        if other is not None:
            remedy = _("Make it text: a program took the words for something else")
            self.faults.append(Fault(self.layer, other, remedy, None, column))
        elif raw.dtype.kind == "f" and (long := raw.abs() >= LAST_EXACT).any():
            problem, remedy = _("holds numbers too long to be told apart"), _("Make it text")
            first = f"{raw[long].iloc[0]:.0f}"
            self.faults.append(Fault(self.layer, problem, remedy, None, column, first))

    def _absent(self, column: str) -> None:
        known = [name for name in map(str, self.table.columns) if name != "geometry"]
        remedy = suggest(column, known)
        self.faults.append(Fault(self.layer, _("no such column"), remedy, None, column))


def as_text(values: pd.Series[Any]) -> Texts:
    """(n,) stripped text, "" where there is no value; whole numbers without a decimal point."""
    return np.array([_text(value) for value in values.tolist()] or [], dtype=object)


def _other_type(values: pd.Series[Any]) -> str | None:
    """The problem of a column that by its type holds neither words nor numbers."""
    if values.dtype.kind == "b":
        return _("holds yes and no")
    dates = values.dtype.kind in "mM" or hasattr(values.dtype, "tz")
    return _("holds dates") if dates else None


def _digits(value: object, remedy: str) -> str:
    """The remedy, with a hint where digits are grouped or have a decimal comma."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d[\d\s.,'’]*", value.strip()):
        return _(
            "{remedy}: digits, with a point before decimals and nothing between the others",
            remedy=remedy,
        )
    return remedy


def _spread(rows: Bools, values: list[str]) -> Texts:
    """(n,) the values in these rows, "" in the others."""
    spread = np.full(len(rows), "", dtype=object)
    spread[rows] = values
    return spread


def _rounded(value: object) -> bool:
    """Whether a whole number is not the same when it is counted with."""
    text = str(value).strip()
    return re.fullmatch(r"[-+]?\d+", text) is not None and int(float(text)) != int(text)


def _shown(value: object) -> object:
    """A value as a message shows it; nothing where it is empty."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, str | int | float):
        return None if value != value else value
    return _text(value) or None


def _text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:.0f}" if value.is_integer() else str(value)
    return str(value).strip()
