"""Cells of a foreign file: each is judged before it is used, and told in words that do no harm."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from optimizer.geodata.plan_file import Row
from optimizer.verification.verdict import same

#: Characters of a foreign value that are told.
MAX_SHOWN = 60

#: Characters of a time that tell its second.
SECOND_LENGTH = 19


def number(value: Any, empty: float) -> float:
    """A number of the file, infinite where it is too large to be one; `empty` where there is none.

    Yes and no are no numbers.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return empty
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def shown(value: Any) -> str:
    """A value of the file as it is told: short, without anything that a terminal would obey."""
    text = str(value)
    text = "".join(one if one.isprintable() else "?" for one in text[: MAX_SHOWN + 1])
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def difference(who: str, column: str, told: Any, truth: Any) -> Iterator[str]:
    """A cell that is not true."""
    if not agree(told, truth):
        yield f"{who}: {column} is {shown(told)}, in truth {shown(truth)}"


def differences(layer: str, rows: Iterable[Row], truth: Mapping[str, Row]) -> Iterator[str]:
    """Rows that are missing, too many or twice, and cells that are not true. truth: by id."""
    seen: set[str] = set()
    for row in rows:
        name = row["id"] if isinstance(row["id"], str) else shown(row["id"])
        if name in seen or name not in truth:
            what = "twice" if name in seen else "and should not be"
            yield f"{layer}: {shown(name)} is there {what}"
            continue
        seen.add(name)
        for column, value in truth[name].items():
            yield from difference(f"{layer}, {name}", column, row.get(column), value)
    for name in truth:
        if name not in seen:
            yield f"{layer}: {name} is missing"


def agree(told: Any, truth: Any) -> bool:
    """Whether a cell is what it should be. Empty stands for nothing, NaN and an empty word."""
    if _empty(truth):
        return _empty(told)
    if isinstance(truth, bool | int | float):
        if isinstance(told, str):  # a column of several kinds is written as text
            return told == str(truth)
        return same(number(told, math.nan), float(truth))
    if isinstance(truth, str | bytes):
        return bool(told == truth)
    if isinstance(truth, list | dict):
        return bool(_parsed(told) == truth)
    # Times, in any of the ways in which text says them.
    return str(told)[:SECOND_LENGTH].replace("T", " ").startswith(str(truth)[:SECOND_LENGTH])


def _empty(value: Any) -> bool:
    """None, an empty word, NaN, and whatever else is not itself."""
    if value is None or (isinstance(value, str) and value == ""):
        return True
    return isinstance(value, float) and math.isnan(value)


def _parsed(told: Any) -> Any:
    try:
        return json.loads(told)
    except (TypeError, ValueError, RecursionError):
        return None
