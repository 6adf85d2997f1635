"""Control lines: what may not be built on, or only there, before anything is decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.foundation.language import N_
from optimizer.geodata.column_reader import Texts
from optimizer.geodata.tables import DEVELOPMENT, ECOLOGICAL, FARMLAND, WATER
from optimizer.problem import Bools, Ints

#: Kinds of zone where nothing may be built.
FORBIDDEN = (ECOLOGICAL, FARMLAND)
#: Why no site may stand in a zone of a kind. Files keep reasons in English; `_` says them.
INSIDE = {
    ECOLOGICAL: N_("inside ecological redline"),
    FARMLAND: N_("inside permanent farmland"),
    WATER: N_("inside water"),
}
#: Why no corridor may be built through one: it crosses water on a bridge.
CROSSES = {
    ECOLOGICAL: N_("crosses ecological redline"),
    FARMLAND: N_("crosses permanent farmland"),
}
#: Why a site may not stand where it does, if there are development zones.
OUTSIDE = N_("outside all development zones")


@dataclass(frozen=True, eq=False)
class Control:
    """What control lines say of n shapes: why each is forbidden ("": it is not), by which zone."""

    reason: Texts
    zone: Texts

    @property
    def forbids(self) -> Bools:
        """(n,) whether nothing may be built there."""
        return np.asarray(self.reason != "", dtype=bool)

    def only(self, rows: Bools) -> Control:
        """The same for these shapes, and nothing against all others."""
        return Control(np.where(rows, self.reason, ""), np.where(rows, self.zone, ""))


def control_points(
    points: gpd.GeoSeries, zones: gpd.GeoSeries, kind: Texts, name: Texts
) -> Control:
    """Points in water or a forbidden zone or, with development zones, outside all of those.

    All in one CRS; kind, name: of each zone. A point on the edge of a zone is inside it.
    """
    control, row, hit = _crossed(points, zones, kind, name, INSIDE)
    if (kind == DEVELOPMENT).any():
        inside = np.isin(np.arange(len(points)), row[kind[hit] == DEVELOPMENT])
        control.reason[~inside & ~control.forbids] = OUTSIDE
    return control


def control_lines(
    lines: gpd.GeoSeries,
    zones: gpd.GeoSeries,
    kind: Texts,
    name: Texts,
    crossings: Collection[str] = (),
) -> Control:
    """Lines that cross or touch a forbidden zone, but for kinds that bridge or tunnel may pass."""
    reasons = {one: reason for one, reason in CROSSES.items() if one not in crossings}
    return _crossed(lines, zones, kind, name, reasons)[0]


def rejected(
    parts: Sequence[tuple[str, Texts, gpd.GeoSeries, Control]], crs: pyproj.CRS
) -> gpd.GeoDataFrame:
    """What is removed, of each (layer, ids, shapes, control): layer, id, reason, zone, shape."""
    shapes = [part.to_crs(crs)[control.forbids].to_numpy() for _, _, part, control in parts]
    table = {
        "layer": [name for name, _, _, control in parts for _ in range(control.forbids.sum())],
        "id": [row for _, ids, _, control in parts for row in ids[control.forbids]],
        "reason": [why for *_, control in parts for why in control.reason[control.forbids]],
        "zone": [zone for *_, control in parts for zone in control.zone[control.forbids]],
    }
    return gpd.GeoDataFrame(table, geometry=np.concatenate(shapes), crs=crs)


def _crossed(
    shapes: gpd.GeoSeries,
    zones: gpd.GeoSeries,
    kind: Texts,
    name: Texts,
    reasons: Mapping[str, str],
) -> tuple[Control, Ints, Ints]:
    """Zones of these kinds that shapes meet; then all meetings, as rows of shapes and of zones."""
    control = Control(*np.full((2, len(shapes)), "", dtype=object))
    row, hit = shapely.STRtree(zones.to_numpy()).query(shapes.to_numpy(), predicate="intersects")
    for forbidden, reason in reasons.items():
        of_kind = (kind[hit] == forbidden) & ~control.forbids[row]
        control.reason[row[of_kind]] = reason
        control.zone[row[of_kind]] = name[hit[of_kind]]
    return control, row, hit
