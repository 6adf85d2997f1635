"""One agglomeration, from the pack to its folder: the table of contents of the recipe."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.connect import connect, drawn
from instances.recipe.corridors import corridors
from instances.recipe.describe import backup_floor, backup_reach, instance_toml, readme
from instances.recipe.folder import write_layers
from instances.recipe.hubs import hubs
from instances.recipe.roads import clip, country, minutes_between
from instances.recipe.sources import GEOGRAPHIC, Pack
from instances.recipe.supply import hosts, medical, seats
from instances.recipe.units import demand, jurisdictions, off_the_water, units_of, utm
from instances.recipe.zones import water, zones

ASSUMPTIONS = Path(__file__).with_name("assumptions.toml")


def _around(points: gpd.GeoSeries, crs: str, km: float) -> shapely.Geometry:
    """The convex hull of the points and `km` more on each side, in WGS 84."""
    hull = points.to_crs(crs).union_all().convex_hull.buffer(1000 * km)
    return gpd.GeoSeries([hull], crs=crs).to_crs(GEOGRAPHIC).iloc[0]


def _access_minutes(between: np.ndarray, rule: dict[str, float]) -> pd.Series:
    """Part of the way to the nearest other seat, within bounds; stacked points are one place."""
    others = np.where(between > 0, between, np.inf).min(axis=1)
    minutes = np.clip(
        rule["share_to_next_seat"] * others, rule["least_minutes"], rule["most_minutes"]
    )
    return pd.Series(minutes.round(1))


def _city_seats(pack: Pack, units: gpd.GeoDataFrame, slug: str) -> set[str]:
    """The unit nearest to the seat of each city, of those that lie in the agglomeration."""
    named = pack.agglomerations[pack.agglomerations["slug"] == slug]
    named = named.set_index(["province", "city_zh"])
    found = set()
    placed = units[units["unit_id"].isin(set(hosts(units)))]
    for key, group in placed.groupby(["province_zh", "prefecture_zh"]):
        seat = named.loc[key]
        gaps = (group["lon"] - seat["seat_lon"]) ** 2 + (group["lat"] - seat["seat_lat"]) ** 2
        found.add(group.loc[gaps.idxmin(), "unit_id"])
    return found


def build(pack: Pack, slug: str, folder: Path) -> str:
    """Build one instance folder and say what is in it."""
    text = ASSUMPTIONS.read_text(encoding="utf-8")
    rule: dict[str, Any] = tomllib.loads(text)
    region = rule["region"]
    units = units_of(pack, slug)
    crs = utm(units.geometry)

    shown = _around(units.geometry, crs, region["zones_margin_km"])
    wet = water(pack)
    wet = wet[wet.intersects(shown)]
    units = off_the_water(units, wet, crs, region["ashore_m"])

    areas = jurisdictions(pack, units, slug, rule)
    cities = areas[areas["tier"] == "city"]
    core = set(cities.loc[cities["role"] == "core", "id"])
    seat_sites = seats(units, core, rule)
    most = int(rule["stations"]["most_sites_per_unit"] * len(units)) - len(seat_sites)
    hub_sites = hubs(pack, units, cities, rule, most)

    around = gpd.GeoSeries([_around(units.geometry, crs, region["margin_km"])], crs=GEOGRAPHIC)
    links = clip(
        country(pack.edges, crs),
        around.to_crs(crs).iloc[0],
        ("n" + units["road_node"].astype(str)).tolist(),
        rule["roads"],
        region["road_tolerance_m"],
    )
    ids = pd.Index([*units["unit_id"], *hub_sites["id"]])
    points = pd.concat([units.geometry, hub_sites.geometry]).to_crs(crs).set_axis(ids)
    roads = connect(links, points, rule["roads"], rule["network"])
    between = minutes_between(roads, units["unit_id"].tolist())
    if not np.isfinite(between).all():
        raise ValueError(f"{slug}: a unit is not on the road graph")

    people = demand(units, _access_minutes(between, rule["access"]))
    links_to_build = corridors(
        people, _city_seats(pack, units, slug), between, crs, rule["corridors"]
    )
    share = rule["services"]["medical"]["levels"]["regional"]["share"]
    standing_hubs = hub_sites[hub_sites["stands"]]
    facilities = pd.concat(
        [
            medical(units, share, rule["medical"]),
            pd.DataFrame(
                {
                    "site": standing_hubs["id"],
                    "service": "transport",
                    "status": "existing",
                    "name": standing_hubs["name_zh"],
                }
            ),
        ],
        ignore_index=True,
    )
    sites = pd.concat([seat_sites, hub_sites.drop(columns="stands")], ignore_index=True)
    layers = {
        "jurisdictions": areas,
        "demand": people,
        "sites": sites,
        "facilities": facilities,
        "roads": drawn(roads),
        "corridors": links_to_build,
        "zones": zones(pack, wet, shown, crs, region["zone_tolerance_m"]),
    }
    folder.mkdir(exist_ok=True)
    write_layers(folder / "instance.gpkg", layers)
    named = pack.agglomerations[pack.agglomerations["slug"] == slug].iloc[0]
    title = {"zh": named["agglomeration_zh"], "en": named["agglomeration_en"]}
    floor = backup_floor(backup_reach(layers, between, rule), rule["backup"])
    (folder / "instance.toml").write_text(
        instance_toml(title, crs, text, layers, floor), encoding="utf-8"
    )
    (folder / "README.md").write_text(readme(slug, title, crs, layers), encoding="utf-8")
    return f"{slug}: " + ", ".join(f"{len(table)} {name}" for name, table in layers.items())
