"""One agglomeration, from the pack to its folder: the table of contents of the recipe."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.access import access_minutes, cells
from instances.recipe.borders import ACROSS, checked, side_of
from instances.recipe.cities import jurisdictions, member_cities, rings
from instances.recipe.connect import connect
from instances.recipe.corridors import candidates, corridors, ends_of
from instances.recipe.folder import write_layers
from instances.recipe.hubs import hubs
from instances.recipe.network import Network, network
from instances.recipe.places import MODELLED, demand, places_of, within_reach
from instances.recipe.readme import readme
from instances.recipe.roads import clip, country, drawn
from instances.recipe.settings import emergency_floors, instance_toml
from instances.recipe.ships import by_ship
from instances.recipe.sources import GEOGRAPHIC, Pack
from instances.recipe.supply import facilities, hospitals, merging, running_costs, seats, towns
from instances.recipe.units import off_the_water, units_of, utm
from instances.recipe.zones import around, frame, sea, water, worth_showing, zones
from optimizer.geodata.instance_file import AlignmentTable

ASSUMPTIONS = Path(__file__).with_name("assumptions.toml")


def _title(named: pd.DataFrame) -> dict[str, str]:
    zh = named["agglomeration_zh"].iloc[0]
    suffix = "" if zh.endswith("区") else "城市群"
    return {"zh": zh + suffix, "en": named["agglomeration_en"].iloc[0]}


def _roads(
    pack: Pack, places: gpd.GeoDataFrame, land: gpd.GeoDataFrame, rule: dict[str, Any]
) -> gpd.GeoDataFrame:
    """The road graph around the places, in their metric CRS, with ships and checked borders.

    Places hang on roads on their own side of a border.
    """
    region = rule["region"]
    seat = shapely.get_coordinates(places.geometry[places["place"] == "seat"].to_numpy())
    links = clip(
        country(pack.edges, places.crs, rule["roads"]["kmh"]),
        places.union_all().convex_hull.buffer(1000 * region["margin_km"]),
        seat,
        rule["roads"],
        region["road_tolerance_m"],
    )
    links = checked(links, rule["borders"])
    parts = land.to_crs(places.crs).geometry.explode()
    side = side_of(places["unit_id"], rule["borders"])
    joined = [links[links["side"] == ACROSS]]
    for own in np.unique(links.loc[links["side"] != ACROSS, "side"]):
        here = places[side == own]
        ways = by_ship(links[links["side"] == own], here, parts, rule["roads"], rule["network"])
        real = here[~here["place"].isin(MODELLED)].set_index("id").geometry
        real = real[~real.to_wkb().duplicated()]  # others at the same spot hang on the first
        joined.append(connect(ways, real, rule["roads"]["junction_km"], rule["network"]))
    return pd.concat(joined, ignore_index=True).drop(columns="side")


def _travel(roads: gpd.GeoDataFrame, places: gpd.GeoDataFrame, rule: dict[str, Any]) -> Network:
    """Places on the roads, by id."""
    return network(roads, places.set_index("id").geometry.to_crs(roads.crs), rule["network"])


def build(pack: Pack, slug: str, folder: Path) -> str:
    """Build one instance folder and say what is in it."""
    assumptions = ASSUMPTIONS.read_text(encoding="utf-8")
    rule = tomllib.loads(assumptions)
    units = units_of(pack, slug)
    named = member_cities(units, pack.agglomerations[pack.agglomerations["slug"] == slug])
    crs = utm(units.geometry)

    # Where persons live, and what lies around them.
    region = rule["region"]
    own = pack.places.geometry[pack.places["unit_id"].isin(set(units["unit_id"]))]
    shown = frame(own, crs, region).intersection(shapely.box(*pack.land.total_bounds))
    land = pack.land.clip(gpd.GeoSeries([shown], crs=GEOGRAPHIC))
    wet = water(pack)
    wet = wet[wet.intersects(shown)]
    units = off_the_water(units, wet, crs, region["ashore_m"])
    places = off_the_water(places_of(pack, units), wet, crs, region["ashore_m"])
    roads = _roads(pack, places.to_crs(crs), land, rule)
    travel = _travel(roads, places, rule)
    real = places.loc[~places["place"].isin(MODELLED), "id"].tolist()
    to_real = travel.to_nearest(places["id"].tolist(), real)
    places = within_reach(places, to_real, rule["places"]["most_minutes"])
    stage = pack.corrections.stages[slug]
    share = rule["services"]["medical"]["levels"]["regional"]["share"]
    medical = merging(hospitals(units, share, rule["medical"]), units, rule["closing"])
    running = running_costs(medical, units)
    areas = jurisdictions(named, places, running, pack, stage, rule)
    cities = areas[areas["tier"] == "city"].reset_index(drop=True)
    core = cities[cities["role"] == "core"]

    # Where facilities can stand.
    seat_sites = seats(units, set(core["id"]), rule)
    hub_sites = hubs(pack, units, cities, rule)
    from_seat = travel.to_nearest(places["id"].tolist(), units["unit_id"].tolist())
    town_sites = towns(places, from_seat, rule)
    sites = pd.concat([seat_sites, town_sites, hub_sites.drop(columns="stands")], ignore_index=True)

    dry = land.union_all().difference(wet.union_all())
    km2 = cells(places.geometry, dry, crs, rule["access"]["neighbours"])
    to_core = travel.to_nearest(places["id"].tolist(), core["seat"].tolist())
    people = demand(
        places,
        access_minutes(places, km2, rule["access"]),
        rings(places, set(core["id"]), to_core, rule["cities"]["circle_minutes"]),
    )

    asked = AlignmentTable.model_validate(rule["alignment"])
    ends = ends_of(units, people, cities, crs, rule["cities"]["seat_km"])
    between = travel.minutes(ends["id"].tolist(), ends["id"].tolist())
    links = candidates(ends, between, land, crs, rule["corridors"], asked)
    ashore = pd.concat([people.geometry, sites.geometry])
    salt = sea(land, shown, ashore, crs, rule["corridors"]["ashore_m"])
    hull = around(places.geometry, crs, region["protected_km"])
    wet = worth_showing(wet, hull, crs, region["far_lake_km2"])
    layers = {
        "jurisdictions": areas,
        "demand": people,
        "sites": sites,
        "facilities": facilities(units, medical, hub_sites, rule),
        "roads": drawn(roads),
        "corridors": links,
        "zones": zones(pack, wet, salt, shown, hull, crs, region["zone_tolerance_m"]),
    }
    layers["corridors"] = corridors(links, layers, crs, asked, rule["budget"]["tier"])
    folder.mkdir(exist_ok=True)
    write_layers(folder / "instance.gpkg", layers)

    posts = pd.concat([seat_sites, town_sites])
    of_demand = posts["id"].str.removeprefix("S").tolist()
    limit = rule["services"]["emergency"]["backup"]["minutes"]
    to_posts = travel.minutes(people["id"].tolist(), of_demand, limit)
    floors = emergency_floors(people, to_posts, posts["jurisdiction"].to_numpy(), rule)
    title = _title(named)
    settings = instance_toml(title, crs, assumptions, layers, floors)
    (folder / "instance.toml").write_text(settings, encoding="utf-8")
    both = _travel(
        roads, pd.concat([people[["id", "geometry"]], hub_sites[["id", "geometry"]]]), rule
    )
    text = readme(slug, title, named, layers, both, rule)
    (folder / "README.md").write_text(text, encoding="utf-8")
    return f"{slug}: " + ", ".join(f"{len(table)} {name}" for name, table in layers.items())
