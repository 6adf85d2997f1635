"""README.md of one agglomeration: what is in the folder, what is measured, what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

TEMPLATE = Path(__file__).with_name("template.md")

OUTER = "\nOuter or later members (`inner` is false): {names}."
SHIPS = "- Reached by ship only, as in early 2021: {names}.\n"
STRAIT = (
    "- A car ferry joins island and mainland: {minutes:.0f} minutes, waiting included, assumed.\n"
)
UNSEEN = (
    "- Hong Kong and Macao: ages were not in the source: they count as 0 in `persons_0_14` and\n"
    "  `persons_60plus` (column `ages` says `missing`). Health workers neither: hospitals are\n"
    "  assumed to serve just their own unit's persons. Border controls are not modelled.\n"
)


def readme(
    slug: str,
    title: dict[str, str],
    named: pd.DataFrame,
    layers: dict[str, Any],
    rule: dict[str, Any],
) -> str:
    """The text. named: the agglomeration's cities in the source; rule: the assumptions."""
    areas, people, sites = layers["jurisdictions"], layers["demand"], layers["sites"]
    standing, roads = layers["facilities"], layers["roads"]
    share = rule["services"]["medical"]["levels"]["regional"]["share"]
    cities = areas[areas["tier"] == "city"]
    persons = people["persons"].sum()
    hospitals = standing[standing["service"] == "medical"]
    kinds = roads["class"].value_counts()
    order = ["motorway", "trunk", "primary", "connector", "ferry"]
    outer = named.loc[named["strict_member"] == 0, "city_en"]
    unseen = (people["ages"] == "missing").any()
    ferries = roads[roads["class"] == "ferry"]
    ships = people.loc[people["id"].isin(ferries["from"]), "name_en"]
    straits = ferries.loc[~ferries["from"].isin(people["id"]), "minutes"]
    extra = "".join(STRAIT.format(minutes=minutes) for minutes in straits)
    extra += SHIPS.format(names=", ".join(ships)) * bool(len(ships)) + UNSEEN * bool(unseen)
    return TEMPLATE.read_text(encoding="utf-8").format(
        slug=slug,
        en=title["en"],
        zh=title["zh"],
        persons=persons,
        units=len(people),
        cities=len(cities),
        provinces=", ".join(areas.loc[areas["tier"] == "province", "name_en"]),
        core=", ".join(cities.loc[cities["role"] == "core", "name_en"]),
        plan=named["membership_source"].iloc[0].removeprefix("from memory of: ").split(";")[0],
        outer=f"\nOuter or later members (`inner` is false): {', '.join(outer)}."
        * bool(len(outer)),
        n={name: len(table) for name, table in layers.items()},
        budget=cities["budget"].sum(),
        seats=(sites["kind"] == "seat").sum(),
        airports=(sites["kind"] == "airport").sum(),
        stations=(sites["kind"] == "station").sum(),
        hospitals=len(hospitals),
        hubs=(standing["service"] == "transport").sum(),
        road_kinds=", ".join(f"{kinds[kind]} {kind}" for kind in order if kind in kinds),
        expressways=(layers["corridors"]["kind"] == "expressway").sum(),
        railways=(layers["corridors"]["kind"] == "railway").sum(),
        protected=(layers["zones"]["feature"] == "protected area").sum(),
        waters=(layers["zones"]["feature"] == "water").sum(),
        sea=" and the sea" * bool((layers["zones"]["feature"] == "sea").any()),
        routed=(layers["corridors"]["rejected"] == "").sum(),
        urban=people["persons_urban"].sum(),
        rural=people["persons_rural"].sum(),
        young=people["persons_0_14"].sum(),
        old=people["persons_60plus"].sum(),
        county=hospitals["capacity_county"].sum() / persons,
        regional=hospitals["capacity_regional"].sum() / (share * persons),
        norm=rule["medical"]["workers_per_1000"],
        special=", of 2021 in Hong Kong and Macao" if unseen else "",
        coarse=people.loc[people["coarse"], "persons"].sum() / persons,
        moved=(people["moved_m"] > 0).sum(),
        extra=extra,
    )
