"""Validation that every table of facts passes when it is made. Raises ValueError."""

from __future__ import annotations

from dataclasses import fields
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyArray = TypeVar("AnyArray", bound="NDArray[Any]")


def freeze(table: object) -> None:
    """Make the arrays of a frozen dataclass read-only and its mappings immutable."""
    for item in fields(table):  # type: ignore[arg-type]
        value = getattr(table, item.name)
        if isinstance(value, np.ndarray):
            value = value.copy() if value.base is not None else value
            value.setflags(write=False)
            object.__setattr__(table, item.name, value)
        elif isinstance(value, dict):
            object.__setattr__(table, item.name, MappingProxyType(dict(value)))


def read_only(array: AnyArray) -> AnyArray:
    """The same array, for all who share it: nobody may change it."""
    array.setflags(write=False)
    return array


def require(holds: object, message: str) -> None:
    """Raise with this message unless it holds."""
    if not holds:
        raise ValueError(message)


def amounts(values: Floats, n: int, what: str) -> None:
    """Require `n` finite, non-negative numbers."""
    require(values.shape == (n,), f"{what}: expected {n} values, got shape {values.shape}")
    require(np.isfinite(values).all(), f"{what}: every value must be finite")
    require((values >= 0).all(), f"{what}: no value may be negative")


def rows(values: Ints, n: int, top: int, what: str, lowest: int = 0) -> None:
    """Require `n` row numbers in lowest..top-1."""
    require(values.shape == (n,), f"{what}: expected {n} values, got shape {values.shape}")
    inside = (values >= lowest) & (values < top)
    require(inside.all(), f"{what}: a row number is outside {lowest}..{top - 1}")


def unique(ids: tuple[str, ...], what: str) -> None:
    """Require that no two are the same."""
    require(len(set(ids)) == len(ids), f"{what}: ids must be unique")
