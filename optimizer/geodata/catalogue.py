"""CATALOGUE: which instances are here, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _
from optimizer.geodata.column_reader import Sheet
from optimizer.geodata.instance_file import SourceTable
from optimizer.geodata.layers import Opener
from optimizer.geodata.load import FILE, load
from optimizer.geodata.words import suggest

#: Beside the code, in a clone; and in the package, where only the examples are.
SHIPPED = (Path(__file__).parents[2] / "instances", Path(__file__).parents[1] / "examples")

#: Where named instances are looked for: here, then those that came with the program.
HOMES = (Path("instances"), *SHIPPED)

#: The instances that every installation has (setup.py), the one for a start first.
EXAMPLES = ("upper-rhine", "ningxia-yellow-river")

#: What there is to say where none is known; said with `_`.
NONE = N_("no instance is here, in a folder `instances`")

#: What `overview` tells of an instance: title, demand points, the jurisdictions of these, ...
COLUMNS = ("zh", "en", "units", "jurisdictions", "persons", "sites")


def known() -> dict[str, Path]:
    """Name -> folder of every instance; the name is the path below `instances`."""
    folders: dict[str, Path] = {}
    for home in HOMES:
        for file in sorted(home.rglob(FILE)):
            folders.setdefault(file.parent.relative_to(home).as_posix(), file.parent)
    return folders


def find(name: str) -> Path:
    """The folder that a user means: a path, or a known name; InputError where there is none."""
    if Path(name).is_dir():
        return Path(name)
    named = known()
    if name.strip("/") in named:
        return named[name.strip("/")]
    raise InputError(
        [Fault("instance", _("no such folder or name"), suggest(name, named), value=name)]
    )


def example(name: str | None) -> Path:
    """The folder of an example, the first if none is named; InputError where there is none."""
    name = EXAMPLES[0] if name is None else name
    for home in SHIPPED:
        if name in EXAMPLES and (home / name / FILE).is_file():
            return home / name
    raise InputError(
        [Fault("example", _("none has this name"), suggest(name, EXAMPLES), value=name)]
    )


def sources(folder: Path) -> Sequence[SourceTable]:
    """What the data of the instance come from."""
    file = load(folder, None, ()).file
    return () if file is None else file.sources


def policies(folder: Path) -> Mapping[str, dict[str, Any]]:
    """Name -> overrides: the policies that the instance names."""
    file = load(folder, None, ()).file
    return {} if file is None else file.policies


def overview(name: str, folder: Path) -> dict[str, Any]:
    """What there is to know without the roads; None for each where the instance has faults."""
    loaded = load(folder, None, ())
    row: dict[str, Any] = {"instance": name} | dict.fromkeys(COLUMNS)
    if loaded.file is None:
        return row
    opener = Opener(folder, loaded)
    points, sites = opener.layer("demand"), opener.layer("sites")
    if points is None or sites is None:
        return row
    persons = Sheet("demand", points, loaded.faults).numbers("persons")
    if loaded.faults:
        return row
    return row | {
        "zh": loaded.file.title.zh,
        "en": loaded.file.title.en,
        "units": len(points),
        "jurisdictions": points.get("jurisdiction", pd.Series(dtype=str)).nunique(),
        "persons": round(float(persons[np.isfinite(persons)].sum())),
        "sites": len(sites),
    }
