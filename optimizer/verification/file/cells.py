"""Cells of a foreign file: each is judged before it is used, and shown without doing harm."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from optimizer.foundation.language import _
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


def difference(who: str, column: str, stated: Any, truth: Any) -> Iterator[str]:
    """A cell that is not true."""
    if not agree(stated, truth):
        yield _(
            "{who}: {column} is {stated}, in truth {truth}",
            who=who,
            column=column,
            stated=shown(stated),
            truth=shown(truth),
        )


def differences(layer: str, rows: Iterable[Row], truth: Mapping[str, Row]) -> Iterator[str]:
    """Rows that are missing, too many or twice, and cells that are not true. truth: by id."""
    seen: set[str] = set()
    for row in rows:
        name = row["id"] if isinstance(row["id"], str) else shown(row["id"])
        if name in seen or name not in truth:
            if name in seen:
                yield _("{layer}: {name} is there twice", layer=layer, name=shown(name))
            else:
                yield _("{layer}: {name} is there and should not be", layer=layer, name=shown(name))
            continue
        seen.add(name)
        for column, value in truth[name].items():
            yield from difference(f"{layer}, {name}", column, row.get(column), value)
    for name in truth:
        if name not in seen:
            yield _("{layer}: {name} is missing", layer=layer, name=name)


def agree(stated: Any, truth: Any) -> bool:
    """Whether a cell is what it should be. Empty stands for nothing, NaN and an empty word."""
    if _empty(truth):
        return _empty(stated)
    if isinstance(truth, bool | int | float):
        if isinstance(stated, str):  # a column of several kinds is written as text
            return stated == str(truth)
        return same(number(stated, math.nan), float(truth))
    if isinstance(truth, str | bytes):
        return bool(stated == truth)
    if isinstance(truth, list | dict):
        return bool(_parsed(stated) == truth)
    # Times, in any of the ways in which text says them.
    return str(stated)[:SECOND_LENGTH].replace("T", " ").startswith(str(truth)[:SECOND_LENGTH])


def _empty(value: Any) -> bool:
    """None, an empty word, NaN, and whatever else is not itself."""
    if value is None or (isinstance(value, str) and value == ""):
        return True
    return isinstance(value, float) and math.isnan(value)


def _parsed(stated: Any) -> Any:
    try:
        return json.loads(stated)
    except (TypeError, ValueError, RecursionError):
        return None
