"""Changes to `instance.toml` before it is judged: named policies and `--set path=value`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.geodata.instance_file import PolicyTable
from optimizer.geodata.words import suggest

Raw = dict[str, Any]


def parse(override: str) -> Raw | Fault:
    """The nested tables that `path=value` stands for; a bare word is a string."""
    path, equals, text = override.partition("=")
    steps = [step.strip() for step in path.split(".")]
    if not equals or not all(steps):
        return Fault(
            "--set",
            _("is not path=value"),
            _("Write such as services.medical.cutoff=90"),
            value=override,
        )
    return nested(steps, _value(text.strip()))


def nested(steps: Sequence[str], value: Any) -> Raw:
    """The value as the only one of tables in tables, whose names are the steps."""
    for step in reversed(steps):
        value = {step: value}
    return dict(value)


def remeasured(base: Raw, changes: Sequence[Raw]) -> Raw:
    """`base` without the parameters of the measures that the changes replace by another.

    Parameters belong to a measure, so those of the old one say nothing of the new. The changes
    are made together: parameters among them are the new measure's, whatever their order.
    """
    policy = base.get("policy")
    if not isinstance(policy, dict):
        return base
    default = PolicyTable.model_fields["equity"].default
    policy = _without_old(policy, "equity", default, [_entry(one, "policy") for one in changes])
    bounds = policy.get("bounds")
    if isinstance(bounds, dict):
        changed = [_entry(_entry(one, "policy"), "bounds") for one in changes]
        kept = {
            name: _without_old(bound, "measure", None, [_entry(one, name) for one in changed])
            for name, bound in bounds.items()
        }
        policy = policy | {"bounds": kept}
    return base | {"policy": policy}


def _without_old(table: Any, key: str, default: Any, changes: Sequence[Any]) -> Any:
    """The table without `parameters`, if the last of the changes names another measure."""
    if not isinstance(table, dict):
        return table
    old = table.get(key, default)
    named = [_entry(one, key) for one in changes if _entry(one, key) is not None]
    same = not named or named[-1] == old
    return {name: value for name, value in table.items() if same or name != "parameters"}


def with_unserved(raw: Raw) -> Raw:
    """`raw` with `policy.failures.unserved` where it counts: it is `unmet.minutes` of each service.

    Of those that say nothing of their own; needs stay unmet where something fails only, if nothing
    else is said.
    """
    failures = _entry(_entry(raw, "policy"), "failures")
    services = raw.get("services")
    if _entry(failures, "unserved") is None or not isinstance(services, dict):
        return raw
    usual = {"minutes": failures["unserved"], "allowed": False}
    told = {
        name: table | {"unmet": {"minutes": usual["minutes"]} | table.get("unmet", usual)}
        if isinstance(table, dict) and isinstance(table.get("unmet", {}), dict)
        else table
        for name, table in services.items()
    }
    rest = {key: value for key, value in failures.items() if key != "unserved"}
    return raw | {"services": told, "policy": raw["policy"] | {"failures": rest}}


def _entry(table: Any, name: str) -> Any:
    """The entry of a table; None where it is none."""
    return table.get(name) if isinstance(table, dict) else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def overlay(base: Any, change: Any, source: str, faults: list[Fault], path: str = "") -> Any:
    """`base` with `change` laid over it: tables are merged, all other values replaced.

    A list of tables that have names is changed by name. A change cannot add a service, a level
    or a list entry: a name that `base` does not have is a fault of `source`.
    """
    if isinstance(change, dict) and isinstance(base, list):
        names = [_entry(entry, "name") for entry in base]  # None or nonsense: judged elsewhere
        known = {name: entry for name, entry in zip(names, base, strict=True) if _is_text(name)}
        change = _known(change, known, source, faults, path)
        return [
            overlay(entry, change.get(name, {}), source, faults, f"{path}{name}.")
            if _is_text(name)
            else entry
            for name, entry in zip(names, base, strict=True)
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
        faults.append(Fault(f"{source}, {path}{name}", _("unknown name"), suggest(name, entries)))
    return {name: value for name, value in change.items() if name in entries}


def _value(text: str) -> Any:
    """A TOML value, or the text itself where it is none."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if len(parsed) == 1 else text
