"""Demand points of one agglomeration: seats, townships and modelled places, with their persons."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.sources import GEOGRAPHIC, Pack

#: Places that are none: road nodes that stand for townships without a position.
MODELLED = ("pseudo", "pseudo-urban")
GROUPS = ["persons", "persons_urban", "persons_rural", "persons_0_14", "persons_60plus"]
#: What their unit's name is followed by.
MODELLED_NAMES = {"name_zh": "（推定点{}）", "name_en": " (modelled {})"}


def places_of(pack: Pack, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The places where the persons of the units live, by unit; a seat has the id of its unit.

    units: with their seats as geometry; the places of type seat are put there. Column `place`:
    seat, town, pseudo or pseudo-urban; `coarse`: the position is not known to a few kilometres.
    """
    here = pack.places[pack.places["unit_id"].isin(set(units["unit_id"]))]
    own = ["unit_id", "city", "name_zh", "name_en", "coarse", "moved_m"]
    found = pd.DataFrame(here.drop(columns="geometry")).merge(units[own], on="unit_id")
    seat, town = found["type"] == "seat", found["type"] == "town"
    for name in ("name_zh", "name_en"):
        found[name] = found[name].mask(town, found[f"town_{name}"])
    number = found[~seat & ~town].groupby("unit_id").cumcount() + 1
    for name, called in MODELLED_NAMES.items():
        own = found.loc[number.index, name] + number.map(called.format)
        found[name] = own.reindex(found.index).fillna(found[name])
    at = units.set_index("unit_id").geometry.loc[found["unit_id"]].to_numpy()
    geometry = np.where(seat, at, here.geometry.to_numpy())
    places = gpd.GeoDataFrame(
        found.assign(
            id=found["place_id"].mask(seat, found["unit_id"]),
            place=found["type"].mask(found["type"] == "pseudo", found["kind"]),
            coarse=np.where(seat, found["coarse"], ~town),
            moved_m=found["moved_m"].where(seat, 0),
        ),
        geometry=geometry,
        crs=GEOGRAPHIC,
    )
    return places.sort_values(["unit_id", "id"], ignore_index=True)


def within_reach(places: gpd.GeoDataFrame, minutes: np.ndarray, most: float) -> gpd.GeoDataFrame:
    """The places without those modelled ones that are too far from every real one.

    minutes: (I,) to the nearest seat or township. Their persons live at the nearest real place of
    their unit instead.
    """
    far = places["place"].isin(MODELLED).to_numpy() & (minutes > most)
    kept = places[~far].reset_index(drop=True)
    real = kept[~kept["place"].isin(MODELLED)]
    for lost in places[far].itertuples():
        own = real[real["unit_id"] == lost.unit_id]
        row = own.index[shapely.distance(own.geometry.to_numpy(), lost.geometry).argmin()]
        kept.loc[row, GROUPS] += [getattr(lost, group) for group in GROUPS]
    return kept


def demand(
    places: gpd.GeoDataFrame, access_minutes: np.ndarray, ring: np.ndarray
) -> gpd.GeoDataFrame:
    """The layer `demand`. Ages that were not published count as 0 and are marked `missing`."""
    persons = places[GROUPS].fillna(0).astype(int)
    return gpd.GeoDataFrame(
        {
            "id": places["id"],
            "jurisdiction": places["city"],
            "name_zh": places["name_zh"],
            "name_en": places["name_en"],
            "unit": places["unit_id"],
            "place": places["place"],
            "kind": places["kind"].where(places["place"] == "town", None),
            "match_quality": places["match_quality"],
            "coarse": places["coarse"],
            **persons,
            "ages": np.where(places["persons_60plus"].isna(), "missing", "census"),
            "access_minutes": access_minutes,
            "ring": ring,
            "moved_m": places["moved_m"].astype(int),
        },
        geometry=places.geometry,
        crs=GEOGRAPHIC,
    )
