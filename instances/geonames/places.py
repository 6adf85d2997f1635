"""The places of GeoNames: read, checked, and counted at the towns that they look to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

COLUMNS = {
    "geonameid": "id",
    "name": "name",
    "countrycode": "country",
    "admin1code": "admin1",
    "population": "persons",
    "longitude": "lon",
    "latitude": "lat",
}


def read_places(path: Path, sha256: str) -> pd.DataFrame:
    """All places, by id: name, country, admin1, persons, lon, lat. Raises ValueError where the
    file is another one than that whose places were looked at."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path} is not the cities500.json that upper_rhine.toml names")
    table = pd.DataFrame(list(json.loads(content).values()))[list(COLUMNS)]
    return table.rename(columns=COLUMNS).set_index("id").sort_index()


def towns_of(places: pd.DataFrame, regions: Mapping[str, Any]) -> pd.DataFrame:
    """The towns, by id, with their region and the name that they have here.

    Raises ValueError where GeoNames has a town elsewhere, or calls it otherwise.
    """
    rows = []
    for region, table in regions.items():
        for id, name in table["towns"].items():
            place = places.loc[int(id)]
            where = (place["country"], place["admin1"])
            if where != (table["country"], table["admin1"]) or not name.startswith(place["name"]):
                raise ValueError(f"{id} is {place['name']} in {where}, not {name} of {region}")
            rows.append(place.to_dict() | {"id": int(id), "name": name, "region": region})
    return pd.DataFrame(rows).set_index("id")


def metric(table: pd.DataFrame, crs: str) -> np.ndarray:
    """Rows of x and y, in metres."""
    points = gpd.GeoSeries.from_xy(table["lon"], table["lat"], crs="EPSG:4326").to_crs(crs)
    return np.column_stack([points.x, points.y])


def counted_at(
    places: pd.DataFrame, towns: pd.DataFrame, rule: Mapping[str, Any], crs: str
) -> pd.DataFrame:
    """The places that count at a town, by id: town (its id), persons, km (straight).

    Each counts at the nearest town of its own country and unit, if that is near enough.
    """
    found = []
    for (country, admin1), own in towns.groupby(["country", "admin1"], sort=False):
        here = places[(places["country"] == country) & (places["admin1"] == admin1)]
        here = here.drop([*own.index, *here.index.intersection(rule["left_out"])])
        apart = metric(here, crs)[:, None, :] - metric(own, crs)[None, :, :]
        km = np.hypot(apart[..., 0], apart[..., 1]) / 1000
        nearest = km.argmin(axis=1)
        table = here.assign(town=own.index[nearest], km=km[np.arange(len(here)), nearest])
        found.append(table[table["km"] <= rule["radius_km"]])
    return pd.concat(found)[["town", "persons", "km"]].sort_index()
