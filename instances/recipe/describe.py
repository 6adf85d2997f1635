"""The texts of an instance folder: instance.toml and README.md."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

#: Everything after this line of assumptions.toml is copied into instance.toml.
COPIED = "# ---- Part 2"

SOURCES = """\
[[sources]]
name = "OpenStreetMap, by OpenMapTiles tiles of 2021 (bothness/basemaps) and stations of 2025 (OpenQGIS/OMap-GeoDB)"
licence = "ODbL-1.0"
attribution = "© OpenStreetMap contributors, © OpenMapTiles, OpenQGIS"

[[sources]]
name = "Seventh national census 2020, by county (leiii/census); Hong Kong and Macao censuses 2021"
licence = "MIT (compilation); published facts"
attribution = "Lei Dong et al., Mapping Evolving Population Geography in China, 2022"

[[sources]]
name = "Countries States Cities Database (dr5hn)"
licence = "ODbL-1.0"
attribution = "dr5hn CSC database"

[[sources]]
name = "GeoNames, 2011 and 2018"
licence = "CC-BY-4.0"
attribution = "GeoNames.org"

[[sources]]
name = "OpenFlights airports"
licence = "ODbL-1.0"
attribution = "OpenFlights.org"

[[sources]]
name = "OurAirports runways"
licence = "Unlicense"
attribution = "OurAirports"

[[sources]]
name = "Natural Earth 1:10m"
licence = "public domain"
attribution = "Made with Natural Earth"
"""


def backup_reach(layers: dict[str, pd.DataFrame], between: np.ndarray, rule: dict) -> float:
    """Share of persons backed up from another city if a station stood at every seat."""
    people = layers["demand"]
    backup = rule["services"]["emergency"]["backup"]["minutes"]
    to_door = people["access_minutes"].to_numpy()[:, None] + rule["egress"]["seat"]
    city = people["jurisdiction"].to_numpy()
    other = city[:, None] != city[None, :]
    backed = ((between + to_door <= backup) & other).any(axis=1)
    return float(people["persons"][backed].sum() / people["persons"].sum())


def instance_toml(
    title: dict[str, str],
    crs: str,
    assumptions: str,
    layers: dict[str, pd.DataFrame],
    backup_floor: float,
) -> str:
    """instance.toml: what is special here, then the assumptions as they stand in the recipe."""
    named = "\n".join(f'{name} = "instance.gpkg|{name}"' for name in layers)
    copied = assumptions[assumptions.index(COPIED) :].split("\n", 1)[1].strip()
    return f"""\
# Written by `python -m instances.recipe`. The layers are measured as far as README.md says;
# every number below is an assumption, its reasoning beside it. Change it and run again.
title = {{ zh = "{title["zh"]}城市群", en = "{title["en"]}" }}
crs = "{crs}"
currency = "million CNY"

[layers]
{named}

{copied}

# Least shares of persons within the standard: in each city, in each group, and (backup) of all
# persons with a second station in another city, here {backup_floor:g}: about six tenths of what a
# station at every seat would reach.
[services.emergency.floors]
tier = "city"
jurisdiction = 0.5
group = 0.7
backup = {backup_floor:g}

{SOURCES}"""


def backup_floor(reach: float, rule: dict[str, float]) -> float:
    """The floor asked for, given the share that can be reached at all."""
    steps = math.floor(rule["part_of_reachable"] * reach / rule["step"] + 1e-9)
    return min(rule["most"], round(steps * rule["step"], 6))


def readme(slug: str, title: dict[str, str], crs: str, layers: dict[str, pd.DataFrame]) -> str:
    """README.md of the folder."""
    return f"# {title['en']} ({title['zh']})\n"
