"""`instance.toml` from the disk: parsed, changed by overrides, every key judged."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.geodata import presets
from optimizer.geodata.instance_file import InstanceFile, LayersTable
from optimizer.geodata.overrides import Raw, overlay, parse, remeasured, with_unserved
from optimizer.geodata.presets import Applied
from optimizer.geodata.table import Table
from optimizer.geodata.words import suggest

FILE = "instance.toml"

Loc = tuple[int | str, ...]


@dataclass
class Loaded:
    """What the file says. file is None where `faults` keep it from being understood.

    preset: what was asked under the name of one, where that is the policy.
    """

    raw: Raw
    file: InstanceFile | None
    faults: list[Fault]
    preset: Applied | None = None

    @property
    def layers(self) -> dict[str, str]:
        """Layer -> where it is, as far as that is understood."""
        layers = self.raw.get("layers")
        named = layers.items() if isinstance(layers, dict) else ()
        return {
            name: at
            for name, at in named
            if name in LayersTable.model_fields and isinstance(at, str)
        }

    @property
    def columns(self) -> dict[str, dict[str, str]]:
        """Layer -> known column -> what the user calls it, as far as that is understood."""
        return {
            layer: {known: theirs for known, theirs in named.items() if isinstance(theirs, str)}
            for layer, named in _tables(self.raw.get("columns")).items()
        }

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Service -> the names of its levels, as far as they are understood."""
        return {
            name: tuple(_tables(table.get("levels")))
            for name, table in _tables(self.raw.get("services")).items()
        }


def load(folder: Path, policy: str | None, overrides: Sequence[str]) -> Loaded:
    """Read the file, lay the named policy and the overrides over it, and judge all of it.

    policy: one of the file's, or a preset; the file's own is meant where both have the name.
    Raises InputError where there is no such folder or file, or the file is not TOML.
    """
    raw, faults = _parse(folder), list[Fault]()
    places = _judge(raw, FILE, set(), faults)
    named = _tables(raw.get("policies"))
    changed = {
        name: overlay(remeasured(raw, [change]), change, f"{FILE}, policies.{name}", faults)
        for name, change in named.items()
    }
    seen = {
        name: _judge(whole, f"{FILE}, policies.{name}", places, faults)
        for name, whole in changed.items()
    }
    preset: Applied | None = None
    if policy in named:
        raw, places = changed[policy], seen[policy]
    elif policy is not None and policy in presets.presets():
        preset = presets.asked_of(raw, policy)
        raw = _with_preset(raw, preset, faults)
        places = _judge(raw, f"--policy {policy}", places, faults)
    elif policy is not None:
        problem = _("has no policy {policy!r}", policy=policy)
        faults.append(Fault(FILE, problem, suggest(policy, [*named, *presets.presets()])))
    parsed = [parse(override) for override in overrides]
    faults.extend(change for change in parsed if isinstance(change, Fault))
    changes = [change for change in parsed if not isinstance(change, Fault)]
    raw = remeasured(raw, changes)
    for change in changes:
        raw = overlay(raw, change, "--set", faults)
    _judge(raw, "--set", places, faults)
    if preset is not None:
        preset = presets.standing(preset, raw)
    raw = with_unserved(raw)
    return Loaded(raw, None if faults else InstanceFile.model_validate(raw), faults, preset)


def _with_preset(raw: Raw, preset: Applied, faults: list[Fault]) -> Raw:
    """The file with a preset laid over it; a fault where the instance has none of its levels."""
    if preset.missing and not preset.levels:
        remedy = _("Call a level so: {names}", names=", ".join(preset.missing))
        problem = _("the instance has no level that this preset is for")
        faults.append(Fault("--policy", problem, remedy, value=preset.name))
    changes = presets.changes(preset)
    raw = remeasured(raw, changes)
    for change in changes:
        raw = overlay(raw, change, f"--policy {preset.name}", faults)
    return raw


def _parse(folder: Path) -> Raw:
    path = folder / FILE
    if not folder.is_dir():
        names = sorted(file.parent.name for file in folder.parent.glob(f"*/{FILE}"))
        raise InputError([Fault(str(folder), _("no such folder"), suggest(folder.name, names))])
    if not path.is_file():
        problem, remedy = _("has no {file}", file=FILE), _("An instance is a folder with one")
        raise InputError([Fault(str(folder), problem, remedy)])
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        problem = _("is not UTF-8 at byte {n}", n=error.start)
        raise InputError([Fault(FILE, problem, _("Save it as UTF-8"))]) from None
    except RecursionError:
        raise InputError([Fault(FILE, _("is nested too deeply"), _("Look after it"))]) from None
    except OSError:
        raise InputError([Fault(FILE, _("cannot be opened"), _("Look after it"))]) from None
    except tomllib.TOMLDecodeError as error:
        problem = _("is not TOML: {error}", error=error)
        raise InputError([Fault(FILE, problem, _("Correct that line"))]) from None


def _tables(value: Any) -> dict[str, Raw]:
    """The entries of a table that are tables themselves."""
    if not isinstance(value, dict):
        return {}
    return {name: table for name, table in value.items() if isinstance(table, dict)}


def _judge(raw: Raw, source: str, seen: set[Loc], faults: list[Fault]) -> set[Loc]:
    """Add a fault for each wrong place that is not in `seen`; return all places seen so far."""
    raw = with_unserved(raw)
    try:
        InstanceFile.model_validate(raw)
    except ValidationError as errors:
        for error in errors.errors():
            table, place, holds = _walk(error["loc"])
            unknown = error["type"] == "extra_forbidden"
            place = error["loc"] if unknown else place
            if place in seen:
                continue
            seen = seen | {place}
            where = f"{source}, {_path(raw, place)}"
            if unknown:
                remedy = suggest(str(place[-1]), list(table.model_fields))
                faults.append(Fault(where, _("unknown key"), remedy))
            elif error["type"] == "missing":
                remedy = _("Write {value}", value=_(holds))
                faults.append(Fault(where, _("is missing"), remedy))
            else:
                remedy = _("Expected {value}", value=_(holds))
                faults.append(Fault(where, _("wrong value"), remedy, value=_shown(raw, place)))
    return seen


def _walk(loc: Loc) -> tuple[type[Table], Loc, str]:
    """The innermost table on the way to `loc`; the place of its key, and what that holds."""
    table: type[Table] = InstanceFile
    kind: Any = InstanceFile
    place: Loc = ()
    holds = ""
    for step in loc:
        if get_origin(kind) in (dict, tuple):
            kind = get_args(kind)[1 if get_origin(kind) is dict else 0]
        elif isinstance(kind, type) and issubclass(kind, Table):
            table = kind
            if step not in table.model_fields:
                break
            key = table.model_fields[str(step)]
            kind, holds = _given(key.annotation), key.description or ""
        else:
            break
        place += (step,)
    return table, place, holds


def _given(annotation: Any) -> Any:
    """What an optional key holds when it is given."""
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return parts[0] if get_origin(annotation) is UnionType and len(parts) == 1 else annotation


def _shown(raw: Raw, place: Loc) -> object:
    """The value there; a table or list as text."""
    value: Any = raw
    for step in place:
        value = value[step]
    return str(value) if isinstance(value, dict | list) else value


def _path(raw: Raw, loc: Loc) -> str:
    """How a user writes this place: entries of a list by their name."""
    steps: list[str] = []
    value: Any = raw
    for step in loc:
        value = value[step] if isinstance(step, int) or step in value else {}
        named = isinstance(step, int) and isinstance(value, dict) and "name" in value
        steps.append(str(value["name"] if named else step))
    return ".".join(steps)
