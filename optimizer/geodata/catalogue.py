"""CATALOGUE: which instances are here, by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _
from optimizer.geodata.column_reader import Sheet
from optimizer.geodata.layers import Opener
from optimizer.geodata.load import FILE, load
from optimizer.geodata.words import suggest

#: Where named instances are looked for: here, then beside the code.
HOMES = (Path("instances"), Path(__file__).parents[2] / "instances")

#: What there is to say where none is known; said with `_`.
NONE = N_("no instance is here, in a folder `instances`")

#: What `overview` tells of an instance: title, demand points, jurisdictions of tier city, ...
COLUMNS = ("zh", "en", "units", "cities", "persons", "sites")


def known() -> dict[str, Path]:
    """Name -> folder of every instance; the name is the path below `instances`."""
    found: dict[str, Path] = {}
    for home in HOMES:
        for file in sorted(home.rglob(FILE)):
            found.setdefault(file.parent.relative_to(home).as_posix(), file.parent)
    return found


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
    areas, points, sites = (opener.layer(name) for name in ("jurisdictions", "demand", "sites"))
    if areas is None or points is None or sites is None:
        return row
    persons = Sheet("demand", points, loaded.faults).numbers("persons")
    if loaded.faults:
        return row
    return row | {
        "zh": loaded.file.title.zh,
        "en": loaded.file.title.en,
        "units": len(points),
        "cities": int((areas.get("tier", pd.Series(dtype=str)) == "city").sum()),
        "persons": round(float(persons[np.isfinite(persons)].sum())),
        "sites": len(sites),
    }
