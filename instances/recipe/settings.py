"""instance.toml of one agglomeration: what is special here, then the assumptions as they stand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

#: Everything after this line of assumptions.toml is copied.
COPIED = "# ---- Part 2"

SOURCES = Path(__file__).with_name("sources.toml")


def backup_floor(people: gpd.GeoDataFrame, between: np.ndarray, rule: dict[str, Any]) -> float:
    """The floor on backup: part of the persons who could be backed up from another city at all.

    They are those who would reach a second city in time if a station stood at every seat.
    between: (I, I) minutes on the road between seats.
    """
    from_home = people["access_minutes"].to_numpy()[:, None] + rule["egress"]["seat"]
    city = people["jurisdiction"].to_numpy()
    in_time = between + from_home <= rule["services"]["emergency"]["backup"]["minutes"]
    backed = (in_time & (city[:, None] != city[None, :])).any(axis=1)
    reach = people["persons"][backed].sum() / people["persons"].sum()
    asked = rule["backup"]
    steps = math.floor(asked["part_of_reachable"] * reach / asked["step"] + 1e-9)
    return min(asked["most"], round(steps * asked["step"], 6))


def instance_toml(
    title: dict[str, str],
    crs: str,
    assumptions: str,
    layers: dict[str, pd.DataFrame],
    backup: float,
) -> str:
    """The text of instance.toml."""
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

# Least shares of persons served by an emergency station within the standard: in each city, in
# each group; and, of all persons, those with a second station in another city besides: 0.6 of
# what stations at every seat would reach, at most 0.5.
[services.emergency.floors]
tier = "city"
jurisdiction = 0.5
group = 0.7
backup = {backup:g}

{sources}
"""
