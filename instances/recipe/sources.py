"""The data pack, read once: tables and layers as they come, in EPSG:4326."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.corrections import Corrections, at_better_seats, read_corrections
from optimizer.geodata.sources import load

GEOGRAPHIC = "EPSG:4326"

#: Municipalities directly under the central government, and the two special regions: their
#: units have no prefecture between them and the province.
WITHOUT_PREFECTURES = ("11", "12", "31", "50", "81", "82")


@dataclass(frozen=True)
class Pack:
    """Everything that the recipe reads.

    units carry `city`, the id of their city; places are where their persons live.
    """

    units: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    members: pd.DataFrame
    agglomerations: pd.DataFrame
    stations: gpd.GeoDataFrame
    airports: pd.DataFrame
    edges: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    protected: gpd.GeoDataFrame
    lakes: gpd.GeoDataFrame
    old_lakes: gpd.GeoDataFrame
    corrections: Corrections


def as_points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """The table with a point at `lon`, `lat`."""
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=GEOGRAPHIC
    )


def city_ids(units: pd.DataFrame) -> pd.Series:
    """The id of each unit's city: the city's own code, or an invented but stable one.

    A prefecture's code is the first four digits of its units and "00". A unit that the province
    administers itself is its own city. Where there is no prefecture the city is the whole
    municipality: the province's code with "01" in the middle.
    """
    codes = units.loc[~units["unit_id"].str.startswith("X")]
    fours = codes.groupby(["province_zh", "prefecture_zh"])["unit_id"].agg(
        lambda ids: ids.str[:4].mode()[0]
    )
    ids = {}
    for (province, prefecture), four in fours.items():
        if four[:2] in WITHOUT_PREFECTURES:
            ids[province, prefecture] = four[:2] + "0100"
        elif four[2:] == "90":
            own = codes[(codes["province_zh"] == province) & (codes["prefecture_zh"] == prefecture)]
            ids[province, prefecture] = own["unit_id"].iloc[0]
        else:
            ids[province, prefecture] = four + "00"
    if len(set(ids.values())) != len(ids):
        raise ValueError("two cities have the same id")
    keys = zip(units["province_zh"], units["prefecture_zh"], strict=True)
    return pd.Series([ids[key] for key in keys], index=units.index)


def _places(folder: Path, edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Seats, townships and modelled places, with their persons and, of townships, names.

    A modelled place has the number of a road node in its id, and stands just there.
    """
    places = pd.read_csv(folder / "towns_population.csv", dtype={"unit_id": str})
    towns = pd.read_csv(folder / "towns.csv", dtype=str).rename(columns={"town_id": "place_id"})
    columns = ["place_id", "name_zh", "name_en", "match_quality"]
    names = towns[columns].rename(columns={n: f"town_{n}" for n in ("name_zh", "name_en")})
    places = places.merge(names, on="place_id", how="left", validate="one_to_one")
    lines = edges.geometry.to_numpy()
    ends = np.concatenate([shapely.get_point(lines, end) for end in (0, -1)])
    nodes = pd.Series(ends, index=[*edges["u"], *edges["v"]])
    nodes = nodes[~nodes.index.duplicated()]
    modelled = places["type"] == "pseudo"
    number = places.loc[modelled, "place_id"].str.split("-").str[1].astype(int)
    xy = shapely.get_coordinates(nodes.loc[number].to_numpy()).round(5)
    places.loc[modelled, ["lon", "lat"]] = xy
    return as_points(places)


def read_pack(folder: Path) -> Pack:
    """Read the pack in `folder`."""
    text = {"unit_id": str}
    units = pd.read_csv(folder / "units.csv", dtype=text)
    # Macao is one unit; with the province's own code the two could not be told apart.
    macao = {"820000": "820101"}
    units["city"] = city_ids(units)
    # The seats are put right by the codes of the source, before Macao's is changed.
    units = at_better_seats(units, folder / "fine")
    units["unit_id"] = units["unit_id"].replace(macao)
    edges = load(folder / "roads.gpkg", "edges").table
    places = _places(folder / "fine", edges)
    places["unit_id"] = places["unit_id"].replace(macao)
    members = pd.read_csv(folder / "agglomeration_units.csv", dtype=text)
    members["unit_id"] = members["unit_id"].replace(macao)
    stations = pd.read_csv(folder / "stations.csv")
    stations = stations[(stations["station"] == "train") & stations["name"].notna()]

    def layer(name: str) -> gpd.GeoDataFrame:
        return load(folder / "land.gpkg", name).table

    return Pack(
        units=as_points(units),
        places=places,
        members=members,
        agglomerations=pd.read_csv(folder / "agglomerations.csv"),
        stations=as_points(stations),
        airports=pd.read_csv(folder / "airports.csv"),
        edges=edges,
        land=layer("ne_land"),
        protected=layer("osm_protected"),
        lakes=layer("osm_lakes"),
        old_lakes=layer("ne_lakes"),
        corrections=read_corrections(folder / "fine"),
    )
