"""Changes to `instance.toml` before it is judged: named policies and `--set path=value`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from optimizer.faults import Fault
from optimizer.geodata.words import suggest

Raw = dict[str, Any]


def parse(override: str) -> Raw | Fault:
    """The nested tables that `path=value` stands for; a bare word is a string."""
    path, equals, text = override.partition("=")
    steps = [step.strip() for step in path.split(".")]
    if not equals or not all(steps):
        return Fault(
            "--set", "is not path=value", "Write such as services.medical.cutoff=90", value=override
        )
    value: Any = _value(text.strip())
    for step in reversed(steps):
        value = {step: value}
    return dict(value)


def overlay(base: Any, change: Any, source: str, faults: list[Fault], path: str = "") -> Any:
    """`base` with `change` laid over it: tables are merged, all other values replaced.

    A list of tables that have names is changed by name. A change cannot add a service, a level
    or a list entry: a name that `base` does not have is a fault of `source`.
    """
    if isinstance(change, dict) and isinstance(base, list):
        entries = {entry.get("name"): entry for entry in base if isinstance(entry, dict)}
        change = _known(change, entries, source, faults, path)
        return [
            overlay(entry, change.get(name, {}), source, faults, f"{path}{name}.")
            for name, entry in entries.items()
        ]
    if isinstance(change, dict) and (path == "services." or path.endswith(".levels.")):
        change = _known(change, base if isinstance(base, dict) else {}, source, faults, path)
    if not (isinstance(change, dict) and isinstance(base, dict)):
        return change
    return base | {
        name: overlay(base.get(name), value, source, faults, f"{path}{name}.")
        for name, value in change.items()
    }


def _known(
    change: Raw, entries: Mapping[Any, Any], source: str, faults: list[Fault], path: str
) -> Raw:
    """The part of the change whose names exist."""
    for name in change.keys() - entries.keys():
        faults.append(Fault(f"{source}, {path}{name}", "unknown name", suggest(name, entries)))
    return {name: value for name, value in change.items() if name in entries}


def _value(text: str) -> Any:
    """A TOML value, or the text itself where it is none."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if len(parsed) == 1 else text
