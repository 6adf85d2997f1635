"""Ends of corridors away from what they name: lines count for control lines, ids for trips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.foundation.faults import Fault
from optimizer.foundation.figures import many
from optimizer.foundation.language import _
from optimizer.geodata.column_reader import TOLD_ROWS
from optimizer.geodata.hanging import Spots, ends_of
from optimizer.geodata.tables import Tables, rows
from optimizer.problem import Floats

Shapes = Mapping[str, gpd.GeoSeries]

#: Metres between an end and what it names that are an error, and that are drawing.
ERROR_METRES, DRAWING_METRES = 50_000.0, 5_000.0


def ends_away(tables: Tables, shapes: Shapes, spots: Mapping[str, Spots]) -> Floats:
    """(A, 2) metres from each end to the road node of that id, else to the demand point.

    0: it names a jurisdiction. spots: of the ends, under "from" and "to".
    """
    people = shapely.get_coordinates(shapes["demand"].to_numpy())
    ends, away = ends_of(shapes["corridors"]), []
    for side, name in enumerate(("from", "to")):
        ids = (tables.corridors.start, tables.corridors.end)[side]
        point, own = rows(ids, tables.points.ids), spots[name].own
        metres = np.linalg.norm(ends[:, side] - people[point], axis=1)
        away.append(np.where(own, spots[name].metres, np.where(point >= 0, metres, 0.0)))
    return np.stack(away, axis=1)


def far_ends(tables: Tables, metres: Floats, faults: list[Fault]) -> None:
    """Corridors that are drawn somewhere else."""
    far = np.flatnonzero((metres > ERROR_METRES).any(axis=1))
    for n in far[:TOLD_ROWS]:
        side = int(metres[n].argmax())
        names = (tables.corridors.start, tables.corridors.end)[side]
        problem = _("ends {km:,.0f} km from what it names", km=metres[n, side] / 1000)
        remedy = _("Draw it from there to there, and see that the layer is in the CRS that it says")
        column = ("from", "to")[side]
        faults.append(
            Fault("corridors", problem, remedy, tables.corridors.ids[n], column, names[n])
        )
    if len(far) > TOLD_ROWS:
        more = _("end far away too, {n:,} more rows", n=len(far) - TOLD_ROWS)
        faults.append(Fault("corridors", more, _("See the rows above"), None, "from"))


def ends_off(tables: Tables, metres: Floats) -> Iterator[str]:
    """Ends that are some way off, as a warning."""
    off = metres > DRAWING_METRES
    if off.any():
        row, side = np.unravel_index(int(metres.argmax()), metres.shape)
        names = (tables.corridors.start, tables.corridors.end)[int(side)]
        yield _(
            "corridors: {ends} away from what it names, {id} by {km:,.0f} km from {name}",
            ends=many(int(off.sum()), "end"),
            id=tables.corridors.ids[row],
            km=metres[row, side] / 1000,
            name=names[row],
        )
