"""instance.toml of one agglomeration: what is special here, then the assumptions as they stand."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

#: Everything after this line of assumptions.toml is copied.
COPIED = "# ---- Part 2"

SOURCES = Path(__file__).with_name("sources.toml")


def emergency_floors(
    people: gpd.GeoDataFrame, to_sites: np.ndarray, site_city: np.ndarray, rule: dict[str, Any]
) -> dict[str, float]:
    """Floors on emergency coverage: part of what there would be if something stood at every site.

    `jurisdiction`: of the persons of a city, within the standard; `group`: of a group; `backup`: of
    all persons, those with a second station in another city. to_sites: (I, J) road minutes.
    """
    emergency, asked = rule["services"]["emergency"], rule["floors"]
    minutes = people["access_minutes"].to_numpy()[:, None] + to_sites + rule["egress"]["seat"]
    covered = (minutes <= emergency["standard"]).any(axis=1)
    city = people["jurisdiction"].to_numpy()
    backed = np.zeros(len(people), dtype=bool)
    for own in np.unique(city):
        of_others = minutes[city == own][:, site_city != own]
        backed[city == own] = (of_others <= emergency["backup"]["minutes"]).any(axis=1)
    groups = [f"persons_{name}" for name in ("urban", "rural", "0_14", "60plus")]
    persons = people[["persons", *groups]]
    by_city = persons["persons"].where(covered, 0).groupby(city).sum()
    reach = {
        "jurisdiction": (by_city / persons["persons"].groupby(city).sum()).min(),
        "group": (persons[groups][covered].sum() / persons[groups].sum()).min(),
        "backup": persons["persons"][backed].sum() / persons["persons"].sum(),
    }
    return {name: _floor(reach[name], asked[name], asked) for name in reach}


def _floor(reach: float, most: float, asked: dict[str, float]) -> float:
    """A part of what can be reached, in whole steps, at most `most`."""
    steps = math.floor(asked["part_of_reachable"] * reach / asked["step"] + 1e-9)
    return min(most, round(steps * asked["step"], 6))


def instance_toml(
    title: dict[str, str],
    crs: str,
    assumptions: str,
    layers: dict[str, pd.DataFrame],
    floors: dict[str, float],
) -> str:
    """The text of instance.toml."""
    part = tomllib.loads(assumptions)["floors"]["part_of_reachable"]
    named = "\n".join(f'{name} = "instance.gpkg|{name}"' for name in layers)
    copied = assumptions[assumptions.index(COPIED) :].split("\n", 1)[1].strip()
    sources = SOURCES.read_text(encoding="utf-8").split("\n", 2)[2].strip()
    return f"""\
# Written by `python -m instances.recipe`. What the layers hold is measured as far as README.md
# says; every number below is an assumption, its reasoning beside it. Change it and run again.
title = {{ zh = "{title["zh"]}", en = "{title["en"]}" }}
crs = "{crs}"
currency = "million CNY"

[layers]
{named}

{copied}

# Least shares of persons served by an emergency station or post: within the standard in each city
# and each group; and, of all persons, those with a second one in another city besides. Each is
# {part:g} of what there would be if one stood at every site, and at most what part 1 of the
# assumptions says.
[services.emergency.floors]
tier = "city"
jurisdiction = {floors["jurisdiction"]:g}
group = {floors["group"]:g}
backup = {floors["backup"]:g}

{sources}
"""
