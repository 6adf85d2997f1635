"""REGISTRY: classes by their names, none of which is taken twice."""

from __future__ import annotations

from typing import Any, TypeVar

Kind = TypeVar("Kind", bound="type[Any]")


def enrol(registry: dict[str, Any], kind: Kind, what: str) -> Kind:
    """Put a class into the registry under its `name`, and give it back, as a decorator does.

    Raises ValueError for a name that is taken. what: such a class in words.
    """
    if kind.name in registry:
        raise ValueError(f"{what} {kind.name!r} is registered twice")
    registry[kind.name] = kind
    return kind
