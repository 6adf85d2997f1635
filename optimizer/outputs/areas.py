"""The area of each jurisdiction: its boundary, or cells around its demand points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from optimizer.geodata.geography import Instance
from optimizer.outputs.cells import cells
from optimizer.problem import Ints, Jurisdictions

BOUNDARY, CELLS = "boundary", "cells"


def areas(instance: Instance) -> tuple[gpd.GeoSeries, list[str | None]]:
    """(C,) areas in the metric CRS, and what each is: BOUNDARY, CELLS or None (nobody lives there).

    A jurisdiction whose geometry is no polygon gets the cells of the demand points in it.
    """
    geography = instance.geography
    given = geography.jurisdictions.geometry
    if given.crs is not None:
        given = given.to_crs(geography.crs)
    shapes = given.to_numpy().copy()
    kind = np.full(len(shapes), None, dtype=object)
    bounded = shapely.get_dimensions(shapes) == 2
    kind[bounded] = BOUNDARY
    if not bounded.all():
        shapes[~bounded] = _cells_by_jurisdiction(instance)[~bounded]
        kind[~bounded & ~shapely.is_missing(shapes)] = CELLS
    return gpd.GeoSeries(shapes, crs=geography.crs), list(kind)


def upwards(jurisdictions: Jurisdictions, rows: Ints) -> Iterator[Ints]:
    """The jurisdictions of some places, then those above them, up to the top; -1 beyond it."""
    while (rows >= 0).any():
        yield rows
        rows = np.where(rows >= 0, jurisdictions.parent[rows], -1)


def _cells_by_jurisdiction(instance: Instance) -> Any:
    """(C,) union of the cells of the demand points in each jurisdiction and those below it."""
    facts, geography = instance.problem.jurisdictions, instance.geography
    around = cells(shapely.get_coordinates(geography.demand.geometry.to_crs(geography.crs)))
    own = np.full(len(facts.ids), None, dtype=object)
    for row in np.unique(instance.problem.demand.jurisdiction):
        own[row] = shapely.union_all(around[instance.problem.demand.jurisdiction == row])
    merged = own.copy()
    for owner in upwards(facts, facts.parent):
        for row in np.unique(owner[owner >= 0]):
            parts = [merged[row], *own[owner == row]]
            merged[row] = shapely.union_all(parts) if any(parts) else None
    return merged


def focus_tier(instance: Instance) -> str:
    """The tier that a map is about: that of the budgets, else that of most demand points."""
    if instance.policy.budget is not None:
        return instance.policy.budget.tier
    facts = instance.problem.jurisdictions
    tiers: list[str] = [facts.tier[row] for row in instance.problem.demand.jurisdiction]
    return max(dict.fromkeys(tiers), key=tiers.count)
