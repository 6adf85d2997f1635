"""README.md of one agglomeration: what is in the folder, what is measured, what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from instances.recipe.network import Network
from instances.recipe.places import MODELLED

TEMPLATE = Path(__file__).with_name("template.md")

OUTER = "\nOuter or later members: {names}."
SHIPS = "- Reached by ship only, as in early 2021: {names}.\n"
STRAIT = (
    "- A car ferry joins island and mainland: {minutes:.0f} minutes, waiting included, assumed.\n"
)
UNSEEN = (
    "- Hong Kong and Macao: ages were not in the source: they count as 0 in `persons_0_14` and\n"
    "  `persons_60plus` (column `ages` says `missing`). Health workers neither: hospitals are\n"
    "  assumed to serve just their own unit's persons.\n"
    "- {roads} roads cross a border with controls (class `border`): {minutes:g} minutes more,\n"
    "  assumed; who may cross at all is not modelled.\n"
)
CITY = "| {name_en} {name_zh} | {role} | {size_class} | {persons:,} | {pseudo} | {coarse} |"
OWN = "| {name} | {mean:.1f} | {own:.1f} | {share:.0%} |"
#: What people go to -> how it is called.
NEAREST = {"emergency": "emergency station", "medical": "hospital", "transport": "hub"}


def by_city(cities: pd.DataFrame, people: pd.DataFrame) -> str:
    """Rows of the table of cities: persons, and the share of them at uncertain places."""
    persons = people.groupby("jurisdiction")["persons"].sum()
    rows = cities.assign(
        persons=persons.loc[cities["id"]].to_numpy(),
        pseudo=[f"{share:.0%}" for share in cities["pseudo_share"]],
        coarse=[f"{share:.0%}" for share in cities["coarse_share"]],
    )
    return "\n".join(CITY.format(**row) for row in rows.to_dict("records"))


def own_cell(layers: dict[str, Any], travel: Network) -> str:
    """Rows of the table of mean minutes to the nearest of what stands, and what part of them is
    the way in the own cell, which no plan changes."""
    people, sites = layers["demand"], layers["sites"].set_index("id")
    persons, own = people["persons"].to_numpy(), people["access_minutes"].to_numpy()
    rows = []
    for service, name in NEAREST.items():
        standing = layers["facilities"]
        at = standing.loc[standing["service"] == service, "site"]
        hub = service == "transport"
        goals = at.tolist() if hub else at.str.removeprefix("S").tolist()
        egress = sites.loc[at, "egress_minutes"].min()
        way = travel.to_nearest(people["id"].tolist(), goals)
        mean = float(np.average(way + own + egress, weights=persons))
        part = float(np.average(own, weights=persons))
        rows.append(OWN.format(name=name, mean=mean, own=part, share=part / mean))
    return "\n".join(rows)


def _faults(layers: dict[str, Any], rule: dict[str, Any]) -> str:
    """What is special about the data of this agglomeration."""
    people, roads = layers["demand"], layers["roads"]
    ferries = roads[roads["class"] == "ferry"]
    ships = people.loc[people["id"].isin(ferries["from"]), "name_en"]
    straits = ferries.loc[~ferries["from"].isin(people["id"]), "minutes"]
    told = "".join(STRAIT.format(minutes=minutes) for minutes in straits)
    if len(ships):
        told += SHIPS.format(names=", ".join(ships))
    if (people["ages"] == "missing").any():
        borders = (roads["class"] == "border").sum()
        told += UNSEEN.format(roads=borders, minutes=rule["borders"]["minutes"])
    return told


def readme(
    slug: str,
    title: dict[str, str],
    named: pd.DataFrame,
    layers: dict[str, Any],
    travel: Network,
    rule: dict[str, Any],
) -> str:
    """The text. named: the agglomeration's cities in the source; rule: the assumptions."""
    areas, people, sites = layers["jurisdictions"], layers["demand"], layers["sites"]
    standing, roads = layers["facilities"], layers["roads"]
    share = rule["services"]["medical"]["levels"]["regional"]["share"]
    cities = areas[areas["tier"] == "city"]
    persons = people["persons"].sum()
    hospitals = standing[standing["service"] == "medical"]
    ambulances = standing[standing["service"] == "emergency"]
    kinds = roads["class"].value_counts()
    order = ["motorway", "trunk", "primary", "connector", "local", "ferry", "border"]
    outer = named.loc[named["strict_member"] == 0, "city_en"]
    unseen = (people["ages"] == "missing").any()
    place, zone = people["place"].value_counts(), layers["zones"]["feature"].value_counts()
    modelled = people["place"].isin(MODELLED)
    kind = sites["kind"].value_counts()
    part = people.groupby("ring")["persons"].sum() / persons
    return TEMPLATE.read_text(encoding="utf-8").format(
        slug=slug,
        en=title["en"],
        zh=title["zh"],
        persons=persons,
        units=people["unit"].nunique(),
        cities=len(cities),
        provinces=", ".join(areas.loc[areas["tier"] == "province", "name_en"]),
        core=", ".join(cities.loc[cities["role"] == "core", "name_en"]),
        stage=cities["stage"].iloc[0],
        plan=named["membership_source"].iloc[0].removeprefix("from memory of: ").split(";")[0],
        outer=OUTER.format(names=", ".join(outer)) * bool(len(outer)),
        n={name: len(table) for name, table in layers.items()},
        budget=cities["budget"].sum(),
        per_person=1e6 * cities["budget"].sum() / persons,
        place=place.reindex(["seat", "town", *MODELLED], fill_value=0),
        kind=kind.reindex(["seat", "town", "airport", "station"], fill_value=0),
        medical_towns=((sites["kind"] == "town") & sites["services"].str.contains("medical")).sum(),
        hospitals=len(hospitals),
        closable=hospitals["closable"].sum(),
        running=hospitals["running_cost"].sum(),
        hubs=(standing["service"] == "transport").sum(),
        stations=len(ambulances),
        ambulances=ambulances["capacity"].sum() / rule["emergency"]["persons_per_ambulance"],
        road_kinds=", ".join(f"{kinds[kind]} {kind}" for kind in order if kind in kinds),
        expressways=(layers["corridors"]["kind"] == "expressway").sum(),
        railways=(layers["corridors"]["kind"] == "railway").sum(),
        protected=zone.get("protected area", 0),
        waters=zone.get("water", 0),
        sea=" and the sea" * ("sea" in zone),
        routed=(layers["corridors"]["rejected"] == "").sum(),
        urban=people["persons_urban"].sum(),
        rural=people["persons_rural"].sum(),
        young=people["persons_0_14"].sum(),
        old=people["persons_60plus"].sum(),
        ring=part.reindex(["core", "circle", "rest"], fill_value=0.0),
        county=hospitals["capacity_county"].sum() / persons,
        regional=hospitals["capacity_regional"].sum() / (share * persons),
        norm=rule["medical"]["workers_per_1000"],
        special=", of 2021 in Hong Kong and Macao" if unseen else "",
        modelled=people.loc[modelled, "persons"].sum() / persons,
        coarse=people.loc[people["coarse"] & ~modelled, "persons"].sum() / persons,
        by_city=by_city(cities, people),
        own_cell=own_cell(layers, travel),
        moved=(people["moved_m"] > 0).sum(),
        kmh=rule["roads"]["kmh"],
        extra=_faults(layers, rule),
    )
