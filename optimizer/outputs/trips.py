"""Trips as rows and lines: who is served where."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.foundation.tolerances import REPROJECTED
from optimizer.geodata.geography import Instance
from optimizer.problem import Problem
from optimizer.solution import Assignment

#: The columns of trips. share: of the demand point; persons: who need the level, times the share.
TRIPS = ("level", "demand", "site", "share", "persons", "minutes")


def trips(problem: Problem, level: int, served: Assignment) -> pd.DataFrame:
    """The trips at a level (row), in the columns TRIPS; no site where nobody serves them."""
    sites = (*problem.sites.ids, None)
    values = (
        problem.levels[level].id,
        [problem.demand.ids[row] for row in served.demand],
        [sites[row] for row in served.site],
        served.share,
        problem.need(level)[served.demand] * served.share,
        served.minutes,
    )
    return pd.DataFrame(dict(zip(TRIPS, values, strict=True)))


def along(instance: Instance, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Trips as lines; no geometry where both ends are at one place, or there is no site."""
    geography, goes = instance.geography, table["site"].notna().to_numpy()
    starts = geography.demand.geometry.loc[table["demand"][goes]]
    ends = geography.sites.geometry.to_crs(geography.demand.crs).loc[table["site"][goes]]
    lines = np.stack([shapely.get_coordinates(starts), shapely.get_coordinates(ends)], axis=1)
    apart = ~np.isclose(lines[:, 0], lines[:, 1], rtol=REPROJECTED, atol=0).all(axis=1)
    geometry = np.full(len(table), None, dtype=object)
    geometry[np.flatnonzero(goes)[apart]] = shapely.linestrings(lines[apart])
    return gpd.GeoDataFrame(table, geometry=geometry, crs=geography.demand.crs)
