"""PRESETS: policies that ship with the program, each figure with its source.

A preset is a file of `optimizer/presets`. It names levels as planners' documents do; an instance
that calls a level so has it set. What the program cannot ask is told in the file, with the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.geodata.instance_file import Name
from optimizer.geodata.overrides import Raw, nested
from optimizer.geodata.table import Table
from optimizer.geodata.words import suggest

FOLDER = Path(__file__).parents[1] / "presets"

#: How a figure is known: read in its document; told by another (press, a quotation); remembered, or
#: given without a document; assumed by whoever made the preset.
Known = Literal["read", "secondary", "memory", "assumed"]
KNOWN: tuple[str, ...] = get_args(Known)


class Figure(Table):
    """What a document says, and the key that asks it; or `unset`, why none does.

    key: of each level that is called as one of `levels`, else of `instance.toml`. source: where the
    figure is from, or the reason where it is assumed. kmh: the speed at which kilometres are made
    minutes, assumed; why: its reason.
    """

    says: Name
    value: float | str
    unit: Literal["min", "km", "km2", "beds"] | None = None
    known: Known
    source: Name
    key: str | None = None
    levels: tuple[str, ...] = ()
    kmh: float | None = None
    why: Name | None = None
    unset: Name | None = None

    @property
    def asked(self) -> float | str:
        """The value of the key: minutes, where the figure is kilometres."""
        if self.kmh is None or isinstance(self.value, str):
            return self.value
        return 60 * self.value / self.kmh


class Preset(Table):
    """A policy with sources. suits: instances of this repository that it was made for."""

    title: Name
    document: Name
    note: Name
    suits: tuple[str, ...] = ()
    figures: tuple[Figure, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """Every level that it has a figure for, under the first of its names."""
        return tuple(dict.fromkeys(one.levels[0] for one in self.figures if one.levels))


@dataclass(frozen=True)
class Setting:
    """A key of `instance.toml` that a preset set, and the figure that it has."""

    key: str
    value: float | str
    says: Mapping[str, str]
    known: str
    source: Mapping[str, str]


@dataclass(frozen=True)
class Applied:
    """A preset as it was asked of an instance.

    levels: those of the instance that it has a figure for; missing: those that the instance lacks.
    """

    name: str
    document: Mapping[str, str]
    figures: tuple[Setting, ...]
    levels: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def presets() -> Mapping[str, Preset]:
    """Name -> preset, by name."""
    return {
        file.stem: Preset.model_validate(tomllib.loads(file.read_text("utf-8")))
        for file in sorted(FOLDER.glob("*.toml"))
    }


def preset(name: str) -> Preset:
    """The preset of this name; InputError where there is none."""
    if name not in presets():
        remedy = suggest(name, presets())
        raise InputError([Fault("preset", _("none has this name"), remedy, value=name)])
    return presets()[name]


def asked_of(raw: Raw, name: str) -> Applied:
    """What a preset sets in an instance."""
    one = preset(name)
    settings, levels, missing = list[Setting](), list[str](), list[str]()
    for figure in one.figures:
        if figure.key is None:
            continue
        keys = [figure.key]
        if figure.levels:
            places = _places(raw, figure.levels)
            keys = [f"{place}.{figure.key}" for place in places.values()]
            levels += places
            missing += [] if places else [figure.levels[0]]
        says, source = figure.says.model_dump(), figure.source.model_dump()
        settings += [Setting(key, figure.asked, says, figure.known, source) for key in keys]
    document = one.document.model_dump()
    return Applied(name, document, tuple(settings), tuple(levels), tuple(missing))


def changes(applied: Applied) -> list[Raw]:
    """What is laid over `instance.toml`."""
    return [nested(one.key.split("."), one.value) for one in applied.figures]


def standing(applied: Applied, raw: Raw) -> Applied:
    """The preset with the figures that no later override replaced."""
    kept = (one for one in applied.figures if _value(raw, one.key) == one.value)
    return replace(applied, figures=tuple(kept))


def not_set(applied: Applied | None) -> Iterator[str]:
    """What is told of a preset that has figures for levels which the instance has not."""
    if applied is not None and applied.missing:
        yield _(
            "preset {name}: its figures for {levels} are not set, the instance has no such level",
            name=applied.name,
            levels=", ".join(applied.missing),
        )


def _places(raw: Raw, names: Collection[str]) -> dict[str, str]:
    """Levels that are called so, alone or after their service -> where their keys stand."""
    services = raw.get("services")
    places = dict[str, str]()
    for service, table in services.items() if isinstance(services, dict) else ():
        levels = table.get("levels") if isinstance(table, dict) else None
        if isinstance(levels, dict) and levels:
            for level in levels:
                places[f"{service}.{level}"] = f"services.{service}.levels.{level}"
        else:
            places[service] = f"services.{service}"
    called = {level for level in places if any(f".{level}".endswith(f".{name}") for name in names)}
    return {level: place for level, place in places.items() if level in called}


def _value(raw: Any, key: str) -> Any:
    """What stands at the key; None where nothing does."""
    for step in key.split("."):
        raw = raw.get(step) if isinstance(raw, dict) else None
    return raw
