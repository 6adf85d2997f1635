"""One agglomeration, from the pack to its folder: the table of contents of the recipe."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.cities import jurisdictions
from instances.recipe.connect import connect, drawn
from instances.recipe.corridors import candidates, corridors
from instances.recipe.folder import write_layers
from instances.recipe.hubs import hubs
from instances.recipe.readme import readme
from instances.recipe.roads import clip, country, minutes_between
from instances.recipe.settings import backup_floor, instance_toml
from instances.recipe.sources import GEOGRAPHIC, Pack
from instances.recipe.supply import facilities, host_of, seats
from instances.recipe.units import FALLBACK, demand, off_the_water, units_of, utm
from instances.recipe.zones import sea, water, zones
from optimizer.geodata.instance_file import AlignmentTable

ASSUMPTIONS = Path(__file__).with_name("assumptions.toml")


def _around(points: gpd.GeoSeries, crs: str, km: float) -> gpd.GeoSeries:
    """The convex hull of the points and `km` more on each side, in the metric CRS."""
    hull = points.to_crs(crs).union_all().convex_hull
    return gpd.GeoSeries([hull.buffer(1000 * km)], crs=crs)


def _access_minutes(between: np.ndarray, rule: dict[str, float]) -> np.ndarray:
    """Part of the way to the nearest other seat, within bounds; stacked points are one place."""
    others = np.where(between > 0, between, np.inf).min(axis=1)
    part = rule["share_to_next_seat"] * others
    return np.clip(part, rule["least_minutes"], rule["most_minutes"]).round(1)


def _city_seats(units: gpd.GeoDataFrame, named: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """The unit nearest to each city's seat, of those with a place of their own, and the city's
    names."""
    cities = named.set_index(["province", "city_zh"])
    placed = units[units["unit_id"].isin(set(host_of(units)))]
    found = {}
    for key, group in placed.groupby(["province_zh", "prefecture_zh"]):
        seat = cities.loc[key]
        gaps = shapely.distance(group.geometry, shapely.Point(seat["seat_lon"], seat["seat_lat"]))
        found[group["unit_id"].iloc[gaps.argmin()]] = (key[1], seat["city_en"])
    return found


def _title(named: pd.DataFrame) -> dict[str, str]:
    zh = named["agglomeration_zh"].iloc[0]
    suffix = "" if zh.endswith("区") else "城市群"
    return {"zh": zh + suffix, "en": named["agglomeration_en"].iloc[0]}


def _places(units: gpd.GeoDataFrame, hub_sites: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The places that need a connector, by id: of points at one place the first stands for all.

    The others are not road nodes, so they hang on the nearest one: the first, at no distance.
    """
    placed_first = units.sort_values(
        "coord_src", key=lambda source: source == FALLBACK, kind="stable"
    )
    points = pd.concat(
        [
            placed_first.set_index("unit_id").geometry,
            hub_sites.set_index("id").geometry,
        ]
    )
    return points[~points.to_wkb().duplicated()]


def _roads(
    pack: Pack, units: gpd.GeoDataFrame, places: gpd.GeoSeries, rule: dict[str, Any]
) -> gpd.GeoDataFrame:
    """The road graph around the units, with a connector from each place, in the places' CRS."""
    region, crs = rule["region"], places.crs
    links = clip(
        country(pack.edges, crs),
        _around(units.geometry, crs, region["margin_km"]).iloc[0],
        ("n" + units["road_node"].astype(str)).tolist(),
        rule["roads"],
        region["road_tolerance_m"],
    )
    return connect(links, places, rule["roads"], rule["network"])


def build(pack: Pack, slug: str, folder: Path) -> str:
    """Build one instance folder and say what is in it."""
    assumptions = ASSUMPTIONS.read_text(encoding="utf-8")
    rule = tomllib.loads(assumptions)
    region = rule["region"]
    named = pack.agglomerations[pack.agglomerations["slug"] == slug]
    units = units_of(pack, slug)
    crs = utm(units.geometry)

    shown = _around(units.geometry, crs, region["zones_margin_km"]).to_crs(GEOGRAPHIC).iloc[0]
    wet = water(pack)
    wet = wet[wet.intersects(shown)]
    units = off_the_water(units, wet, crs, region["ashore_m"])

    areas = jurisdictions(units, named, rule)
    cities = areas[areas["tier"] == "city"]
    seat_sites = seats(units, set(cities.loc[cities["role"] == "core", "id"]), rule)
    most_sites = int(rule["stations"]["most_sites_per_unit"] * len(units))
    hub_sites = hubs(pack, units, cities, rule, most_sites - len(seat_sites))

    places = _places(units, hub_sites)
    roads = _roads(pack, units, places.to_crs(crs), rule)
    node = pd.Series(places.index, index=places.to_wkb())
    between = minutes_between(roads, node[units.geometry.to_wkb()].tolist())
    if not np.isfinite(between).all():
        raise ValueError(f"{slug}: a unit is not on the road graph")

    people = demand(units, _access_minutes(between, rule["access"]))
    share = rule["services"]["medical"]["levels"]["regional"]["share"]
    asked = AlignmentTable.model_validate(rule["alignment"])
    links = candidates(
        people, _city_seats(units, named), between, pack.land, crs, rule["corridors"], asked
    )
    sites = pd.concat([seat_sites, hub_sites.drop(columns="stands")], ignore_index=True)
    salt = sea(
        pack.land,
        shown,
        pd.concat([people.geometry, sites.geometry]),
        crs,
        rule["corridors"]["ashore_m"],
    )
    layers = {
        "jurisdictions": areas,
        "demand": people,
        "sites": sites,
        "facilities": facilities(units, hub_sites, share, rule["medical"]),
        "roads": drawn(roads),
        "corridors": links,
        "zones": zones(pack, wet, salt, shown, crs, region["zone_tolerance_m"]),
    }
    layers["corridors"] = corridors(links, layers, crs, asked, rule["budget"]["tier"])
    folder.mkdir(exist_ok=True)
    write_layers(folder / "instance.gpkg", layers)
    title, backup = _title(named), backup_floor(people, between, rule)
    settings = instance_toml(title, crs, assumptions, layers, backup)
    (folder / "instance.toml").write_text(settings, encoding="utf-8")
    text = readme(slug, title, named, layers, rule)
    (folder / "README.md").write_text(text, encoding="utf-8")
    return f"{slug}: " + ", ".join(f"{len(table)} {name}" for name, table in layers.items())
