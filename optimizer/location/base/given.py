"""INPUT: numbers of a user, validated and converted to doubles without loss.

Text, booleans and dates are refused, though numpy would convert some of them; so are masked values,
and whole numbers that no double holds, which would silently become others.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from optimizer.foundation.tolerances import LARGEST_MARGIN, SUM_ROUNDING
from optimizer.problem import Floats, Ints

#: Up to here doubles hold every whole number.
MAX_EXACT_INTEGER = 2**53


def numbers(given: object, name: str) -> Floats:
    """The same numbers as doubles, in any shape. Raises ValueError for anything else."""
    if np.ma.is_masked(given):
        raise ValueError(f"{name}: a number is needed where one is masked")
    table: Any = np.ma.getdata(given) if isinstance(given, np.ma.MaskedArray) else given
    try:
        table = np.asarray(table)
    except ValueError:
        raise ValueError(f"{name}: rows of the same length are needed") from None
    if table.dtype.kind == "O":
        invalid = [value for value in table.flat if not _is_number(value)]
        if invalid:
            raise ValueError(f"{name}: numbers are needed, not {invalid[0]!r}")
    elif table.size and table.dtype.kind not in "iuf":
        raise ValueError(
            f"{name}: numbers are needed, not {_KIND_NAMES.get(table.dtype.kind, 'these')}"
        )
    try:
        doubles = table.astype(float)
    except OverflowError:
        raise ValueError(f"{name}: a number is beyond what doubles hold, 1.8e308") from None
    if table.dtype.kind in "iuO":
        _check_exact(table, doubles, name)
    return np.asarray(doubles)


#: Names of numpy's kinds of arrays that hold no numbers, for error messages.
_KIND_NAMES = {
    "U": "text",
    "S": "text",
    "b": "booleans",
    "M": "dates",
    "m": "dates",
    "c": "complex ones",
}


def _is_number(value: object) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)


def _check_exact(table: Any, doubles: Floats, name: str) -> None:
    """Raise where a whole number has no double of the same value."""
    large = np.abs(doubles) >= MAX_EXACT_INTEGER
    for value, double in zip(table[large].flat, doubles[large], strict=True):
        if np.isfinite(double) and value == (whole := int(value)) and int(double) != whole:
            raise ValueError(f"{name}: {whole} is no double, which hold all numbers up to 2^53")


def count(given: object, name: str, least: int = 1) -> int:
    """A whole number, at least so large; 2.0 is one. Raises ValueError for others."""
    number: Any = given
    if isinstance(number, float | np.floating) and float(number).is_integer():
        number = int(number)
    try:
        if isinstance(number, bool | np.bool_):
            raise TypeError
        number = operator.index(number)
    except TypeError:
        raise ValueError(f"{name}: a whole number is needed, not {given!r}") from None
    if number < least:
        raise ValueError(f"{name}: must be {least} or more, not {number}")
    return int(number)


def between(given: object, largest: int, noun: str = "sites") -> int:
    """A number p of sites to be opened, from 1 to `most`. Raises ValueError for others."""
    p = count(given, "p", 0)
    if not 1 <= p <= largest:
        raise ValueError(f"p: between 1 and the {largest} {noun}, not {p}")
    return p


def radii(given: object, points: int) -> Floats:
    """(points,) radii, from one or one for each point."""
    table = numbers(given, "radius")
    if table.shape not in ((), (1,), (points,)):
        raise ValueError(f"radius: one, or one for each of {points} points, not {table.shape}")
    if np.isnan(table).any() or (table < 0).any():
        raise ValueError("radius: must not be negative or NaN")
    return np.array(np.broadcast_to(table, (points,)))


def inclusive(radius: Floats, whole: bool = False) -> Floats:
    """The radius with room for the rounding of sums: 0.1 + 0.2 is within 0.3.

    whole: costs are whole numbers, so the room stays below 1.
    """
    rounding = SUM_ROUNDING * radius
    return np.asarray(radius + (np.minimum(rounding, LARGEST_MARGIN) if whole else rounding))


def indices(given: object, name: str, below: int | None = None) -> Ints:
    """Whole numbers from 0 to `below` - 1, in one dimension. Raises ValueError for others."""
    table = numbers(given, name)
    if table.ndim != 1:
        raise ValueError(f"{name}: must have one dimension")
    if (table != np.floor(table)).any() or (table < 0).any():
        raise ValueError(f"{name}: must be whole numbers from 0")
    if below is not None and (table >= below).any():
        raise ValueError(f"{name}: must be below {below}")
    return np.asarray(table.astype(np.int64))
