"""Routing context: the cost surface, where corridors end, and who pays where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.foundation.faults import Fault, InputError
from optimizer.geodata import columns, misplaced
from optimizer.geodata.column_reader import Sheet, Texts
from optimizer.geodata.instance_file import AlignmentTable
from optimizer.geodata.layers import metric
from optimizer.geodata.routing.surface import Shapes, Surface
from optimizer.geodata.tables import Areas, Points, rows
from optimizer.problem import Bools, Ints


@dataclass(frozen=True, eq=False)
class Ground:
    """place: id of a demand point or jurisdiction -> where it stands, metres.

    payer: the same ids -> the jurisdiction that pays for what leads there. areas and area_ids:
    polygons of jurisdictions that pay, and theirs.
    """

    crs: pyproj.CRS
    surface: Surface
    place: Mapping[str, tuple[float, float]]
    payer: Mapping[str, str]
    areas: Shapes
    area_ids: Texts


def ground(
    layers: Mapping[str, gpd.GeoDataFrame],
    crs: pyproj.CRS,
    alignment: AlignmentTable,
    tier: str | None,
    faults: list[Fault],
) -> Ground:
    """The layers jurisdictions, demand, roads and zones as corridors see them.

    tier: of the jurisdictions that pay; None: those at the bottom. A jurisdiction stands at its
    seat; where it names none, where most of its persons do.
    """
    sheets = {name: Sheet(name, layer, faults) for name, layer in layers.items()}
    homes = sheets["demand"].text("id", "")
    areas = columns.areas(sheets["jurisdictions"], sheets["jurisdictions"].ids(), homes)
    points = columns.points(sheets["demand"], areas.ids)
    kind, name = columns.zones(sheets["zones"]) if "zones" in sheets else np.empty((2, 0), object)
    drawn = metric(layers, crs, faults)
    misplaced.judge(layers, drawn, crs, faults)
    if faults:
        raise InputError(faults)
    shapes = {one: drawn[one].to_numpy() for one in ("demand", "roads", "zones")}
    surface = Surface(shapes["zones"], kind, name, shapes["roads"], alignment)
    above = _payer(areas, tier)
    spots = shapely.get_coordinates(shapes["demand"]).tolist()
    place, payer = {}, {}
    for area, point in _seats(areas, points).items():
        place[area] = tuple(spots[point])
        payer[area] = areas.ids[above[rows(np.array([area], object), areas.ids)[0]]]
    for point, (own, area) in enumerate(
        zip(points.ids, rows(points.jurisdiction, areas.ids), strict=True)
    ):
        place[own] = tuple(spots[point])
        payer[own] = areas.ids[above[area]]
    pays = np.isin(np.arange(len(areas.ids)), above)
    drawn = layers["jurisdictions"].geometry
    polygons = pays & (shapely.get_dimensions(drawn.to_numpy()) == 2)
    theirs = drawn[polygons].to_crs(crs).to_numpy() if polygons.any() else np.empty(0, object)
    return Ground(crs, surface, place, payer, theirs, areas.ids[polygons])


def _payer(areas: Areas, tier: str | None) -> Ints:
    """(A,) row of the jurisdiction of the tier at or above each one; itself where none is."""
    parent = rows(areas.parent, areas.ids)
    payer = np.arange(len(parent))
    if tier is None:
        return payer
    at: Bools = areas.tier == tier
    up = payer.copy()
    for _ in parent:  # no chain of parents is longer
        payer = np.where(~at[payer] & (up >= 0) & at[up], up, payer)
        up = np.where(up >= 0, parent[up], -1)
    return np.asarray(payer)


def _seats(areas: Areas, points: Points) -> dict[str, int]:
    """Jurisdiction -> the demand point where it has its seat, else its largest one."""
    row = rows(areas.seat, points.ids)
    named = {areas.ids[n]: int(row[n]) for n in np.flatnonzero(row >= 0)}
    return _largest(areas, points) | named


def _largest(areas: Areas, points: Points) -> dict[str, int]:
    """Jurisdiction -> the demand point with most persons in it, or in one below it."""
    parent = dict(zip(areas.ids, areas.parent, strict=True))
    largest: dict[str, int] = {}
    for point in np.argsort(-points.persons, kind="stable").tolist():
        area = points.jurisdiction[point]
        while area and area not in largest:
            largest[area] = point
            area = parent.get(area, "")
    return largest
