"""Columns of a layer: ours, by level, and the user's own beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from optimizer.geodata.geography import Instance
from optimizer.problem import Level

#: Names that a format keeps for itself: GeoPackage's row number and geometry, and the name of
#: the layer in formats that hold all features in one list.
RESERVED = ("fid", "geom", "geometry", "plan_layer")


def of_level(what: str, level: Level) -> str:
    """The column of a quantity at a level: `minutes_medical_county`."""
    return f"{what}_{level.id.replace('.', '_')}"


def own(theirs: pd.DataFrame, ours: Iterable[str], same: Collection[str] = ()) -> pd.DataFrame:
    """The user's own columns, without geometry, under names that are free beside `ours`.

    A column whose name is taken (upper and lower case count as equal: they do in GeoPackage)
    gets the suffix `_input`; one in `same` is told by ours already and left out.
    """
    table = pd.DataFrame(theirs)
    if isinstance(theirs, gpd.GeoDataFrame):
        table = table.drop(columns=theirs.geometry.name)
    table = table.drop(columns=[name for name in same if name in table.columns])
    taken = {name.casefold() for name in (*ours, *RESERVED)}
    names = []
    for name in map(str, table.columns):
        while name.casefold() in taken:
            name += "_input"
        taken.add(name.casefold())
        names.append(name)
    return table.set_axis(names, axis="columns")


def assembled(
    instance: Instance, ours: Mapping[str, Any], kept: pd.DataFrame, geometry: Any
) -> gpd.GeoDataFrame:
    """Our columns, then the user's, with a geometry in the CRS of the plan."""
    crs = instance.geography.demand.crs
    shapes = gpd.GeoSeries(geometry)
    shapes = shapes.set_crs(crs) if shapes.crs is None else shapes.to_crs(crs)
    table = pd.concat([pd.DataFrame(dict(ours)), kept.reset_index(drop=True)], axis="columns")
    return gpd.GeoDataFrame(table, geometry=shapes.to_numpy(), crs=crs)
