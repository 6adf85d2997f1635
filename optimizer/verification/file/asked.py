"""What a written plan was an answer to: the instance, its files and its policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.geodata.catalogue import known
from optimizer.geodata.geography import Instance
from optimizer.geodata.load import FILE
from optimizer.geodata.plan_file import PlanFile


def find_instance(file: PlanFile) -> Path:
    """The folder of the instance that the manifest names: around or beside the plan, or known."""
    name, here = str(file.manifest["instance"]), file.path.resolve().parent
    named = [here] if here.name == name else []
    named += [here / name, *(path for key, path in known().items() if name in (key, path.name))]
    for folder in named:
        if (folder / FILE).is_file():
            return folder
    where, remedy = f"{file.path.name}, manifest", _("Say where it is: --instance FOLDER")
    raise InputError([Fault(where, _("no such instance"), remedy, value=name)])


def with_attacks(instance: Instance, file: PlanFile) -> Instance:
    """The instance with the attacks that the plan knows, where it is made against any."""
    facts = instance.problem.scenarios
    if instance.problem.adversary is None or facts is None:
        return instance
    rows = [row for row in file.layers.get("scenarios", ()) if row["id"] not in facts.ids]
    rows.sort(key=lambda row: _numbered(str(row["id"])))
    known = _by_name(instance)
    hits = []
    for row in rows:
        named = {what: str(row.get(what) or "").split(";") for what in known}
        hit = {known[what][id] for what in known for id in named[what] if id in known[what]}
        hits.append(np.array(sorted(hit), dtype=np.int64))
    return instance.under(hits)


def _numbered(name: str) -> tuple[int, str]:
    """In the order of the numbers in names, however long: 2 before 10."""
    digits = re.sub(r"\D", "", name).lstrip("0")
    return len(digits), digits


def _by_name(instance: Instance) -> dict[str, dict[str, int]]:
    """What an adversary hits, by layer: id -> row."""
    problem, adversary = instance.problem, instance.problem.adversary
    if adversary is None or adversary.streets is None:
        return {"sites": {id: row for row, id in enumerate(problem.sites.ids)}}
    streets, ends = adversary.streets, instance.parts.hung.sections.names
    rows = {name: row for row, name in enumerate(streets.names)}
    roads = dict(list(rows.items())[: streets.roads])
    roads |= {f"{b}:{a}": row for row, (a, b) in enumerate(ends)}
    return {"roads": roads, "corridors": rows}


def inputs_unchanged(file: PlanFile, instance: Instance) -> Iterator[str]:
    """Files of the instance that are not those that were solved."""
    for name in changed_inputs(file, instance):
        yield _(
            "{file} has changed since: solve again, or check against what was solved", file=name
        )


def changed_inputs(file: PlanFile, instance: Instance) -> Iterator[str]:
    """The names of those files."""
    solved, now = file.manifest["inputs"], instance.geography.inputs
    solved = solved if isinstance(solved, dict) else {}
    for name in sorted(solved.keys() | now.keys()):
        if solved.get(name) != now.get(name):
            yield name


#: Parts of a policy that plans of before do not state: they ask for none of it.
LATER = ("quotas",)


def policy_as_asked(file: PlanFile, instance: Instance) -> Iterator[str]:
    """Parts of the stated policy that the instance, with the stated overrides, does not have."""
    stated, truth = file.manifest["policy"], _plain(instance.policy)
    stated = stated if isinstance(stated, dict) else {}
    for name, value in truth.items():
        if name in LATER and not value and name not in stated:
            continue
        if stated.get(name) != value:
            yield _(
                "{name} is {stated}, in truth {truth}",
                name=name,
                stated=stated.get(name),
                truth=value,
            )


def _plain(value: Any) -> Any:
    """The value as JSON would have it."""
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
