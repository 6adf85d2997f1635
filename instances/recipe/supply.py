"""Where facilities can stand, and those that stand: sites and facilities of one agglomeration."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from instances.recipe.sources import GEOGRAPHIC
from instances.recipe.units import FALLBACK

ALL_SERVICES = "emergency;medical;transport"


def host_of(units: gpd.GeoDataFrame) -> pd.Series:
    """The unit at whose seat each unit's facilities stand (index and values: unit ids).

    A development zone that the source puts on the city seat for want of its own coordinates has
    no place to build on: what it has counts to the most populous unit of its city.
    """
    placed = units[units["coord_src"] != FALLBACK]
    largest = placed.sort_values(["pop2020", "unit_id"], ascending=[False, True])
    largest = largest.drop_duplicates("city").set_index("city")["unit_id"]
    own = units["unit_id"].where(units["coord_src"] != FALLBACK, units["city"].map(largest))
    return pd.Series(own.fillna(units["unit_id"]).to_numpy(), index=units["unit_id"])


def seats(units: gpd.GeoDataFrame, core: set[str], rule: dict[str, Any]) -> gpd.GeoDataFrame:
    """One site at the seat of each unit that hosts; `core`: ids of core cities."""
    at = units[units["unit_id"].isin(set(host_of(units)))]
    short_of_land = at["city"].isin(core) & at["name_zh"].str.endswith("区")
    land = rule["seats"]["land"]
    return _sites(at.assign(id=at["unit_id"]), "seat", rule).assign(
        services=ALL_SERVICES,
        land=np.where(short_of_land, rule["seats"]["land_core_district"], land),
    )


def towns(
    places: gpd.GeoDataFrame, from_seat: np.ndarray, rule: dict[str, Any]
) -> gpd.GeoDataFrame:
    """Sites at townships: emergency posts, and small hospitals where many live or seats are far.

    from_seat: (I,) road minutes of each place to the nearest seat.
    """
    asked, town = rule["towns"], (places["place"] == "town").to_numpy()
    at = places[town]
    many, far = at["persons"] >= asked["hospital_persons"], from_seat >= asked["hospital_minutes"]
    return _sites(at, "town", rule).assign(
        services=np.where(many | far[town], "emergency;medical", "emergency"), land=asked["land"]
    )


def _sites(at: gpd.GeoDataFrame, kind: str, rule: dict[str, Any]) -> gpd.GeoDataFrame:
    """Sites of one kind at demand points: what all of them have."""
    return gpd.GeoDataFrame(
        {
            "id": "S" + at["id"],
            "jurisdiction": at["city"],
            "name_zh": at["name_zh"],
            "name_en": at["name_en"],
            "kind": kind,
            "services": "",
            "cost": rule[f"{kind}s"]["cost"],
            "land": 0.0,
            "egress_minutes": rule["egress"][kind],
        },
        geometry=at.geometry,
        crs=GEOGRAPHIC,
    )


def stations(units: gpd.GeoDataFrame, rule: dict[str, Any]) -> pd.DataFrame:
    """Standing emergency stations: one at the seat of each unit that hosts, with the ambulances
    that the norm of the time gave to its persons."""
    persons = units.groupby(host_of(units).to_numpy())["pop2020"].sum()
    ambulances = (persons / rule["persons_per_ambulance_today"]).round().clip(lower=2)
    return pd.DataFrame(
        {
            "site": "S" + persons.index,
            "service": "emergency",
            "status": "existing",
            "name": units.set_index("unit_id").loc[persons.index, "name_zh"].to_numpy(),
            "capacity": ambulances * rule["persons_per_ambulance"],
        }
    )


def hospitals(units: gpd.GeoDataFrame, share: float, rule: dict[str, Any]) -> pd.DataFrame:
    """Standing hospitals: what the health workers counted in each unit can serve.

    County level: workers / (county workers per person). Where a district, or a unit that is its
    own city, has many more than its own persons need, the surplus is a regional hospital; its
    capacity is in referred persons, `share` of all. In Hong Kong and Macao, where the source has
    no count, hospitals are taken to serve just the unit's own persons: `capacity_src` says so.
    """
    regional = rule["regional_workers_per_1000"] / 1000
    county = rule["workers_per_1000"] / 1000 - regional
    host = host_of(units).to_numpy()
    persons = units.groupby(host)["pop2020"].sum()
    workers = 10 * units.groupby(host)["health_social_workers_longform"].sum(min_count=1)
    seat = units.set_index("unit_id").loc[persons.index]
    surplus = workers - county * persons
    district = seat["name_zh"].str.endswith("区") | seat.index.str.endswith("00")
    has_regional = district & (surplus >= rule["regional_surplus_workers"])
    uncounted = workers.isna() & seat["province_zh"].str.endswith("特别行政区")
    at_county = (workers / county).mask(has_regional | uncounted, persons)
    referred = (surplus * share / regional).where(has_regional, 0.0)
    table = pd.DataFrame(
        {
            "site": "S" + persons.index,
            "service": "medical",
            "status": "existing",
            "name": seat["name_zh"],
            "capacity_county": at_county.round(-2),
            "capacity_regional": referred.mask(uncounted, share * persons).round(-2),
            "capacity_src": np.where(uncounted, "assumed", "health workers"),
            "health_workers": workers,
        }
    )
    return table[table["capacity_county"] > 0]


def merging(hospitals: pd.DataFrame, units: gpd.GeoDataFrame, rule: dict[str, Any]) -> pd.DataFrame:
    """Standing hospitals with what closing one costs, where it may be closed.

    That is one of a district, without a regional part, in a city with several of districts. Those
    alone have a running cost: what the others cost is not to be decided.
    """
    at = units.set_index("unit_id").loc[hospitals["site"].str.removeprefix("S")]
    district = at["name_zh"].str.endswith("区").to_numpy()
    several = pd.Series(district).groupby(at["city"].to_numpy()).transform("sum") > 1
    closable = district & several.to_numpy() & (hospitals["capacity_regional"] == 0).to_numpy()
    beds = np.where(closable, hospitals["capacity_county"] / rule["persons_per_bed"], 0.0)
    return hospitals.assign(
        closable=closable,
        closing_cost=(rule["closing_cost"] * beds).round(1),
        running_cost=(rule["running_cost"] * beds).round(1),
    )


def running_costs(facilities: pd.DataFrame, units: gpd.GeoDataFrame) -> pd.Series:
    """By city: money a year for what stands at the seats of its units."""
    city = units.set_index("unit_id")["city"].loc[facilities["site"].str.removeprefix("S")]
    return facilities["running_cost"].groupby(city.to_numpy()).sum()


def facilities(
    units: gpd.GeoDataFrame,
    medical: pd.DataFrame,
    hub_sites: gpd.GeoDataFrame,
    rule: dict[str, Any],
) -> pd.DataFrame:
    """The table `facilities`: emergency stations, hospitals (`medical`), and hubs without limit."""
    hub = hub_sites[hub_sites["stands"]]
    standing = pd.DataFrame(
        {
            "site": hub["id"],
            "service": "transport",
            "status": "existing",
            "name": hub["name_zh"],
        }
    )
    every = pd.concat([stations(units, rule["emergency"]), medical, standing], ignore_index=True)
    none = {"closable": False, "closing_cost": 0.0, "running_cost": 0.0}
    return every.fillna(none).astype({"closable": bool})
