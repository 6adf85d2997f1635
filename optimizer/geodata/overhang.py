"""Points outside the polygon of the jurisdiction that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.foundation.faults import Fault
from optimizer.foundation.figures import many
from optimizer.foundation.language import _
from optimizer.geodata.column_reader import TOLD_ROWS, Sheet, Texts
from optimizer.geodata.tables import Areas, Tables, rows
from optimizer.problem import Floats, Ints

Layers = Mapping[str, gpd.GeoDataFrame]
Shapes = Mapping[str, gpd.GeoSeries]

#: Metres outside of one's jurisdiction that are an error, and that are drawing.
ERROR_METRES, DRAWING_METRES = 10_000.0, 100.0


def overhang(layers: Layers, shapes: Shapes, tables: Tables) -> dict[str, Floats]:
    """Layer -> (n,) metres that each point is outside of the polygon of its jurisdiction.

    0: it is inside, or no polygon is drawn, neither of it nor of one that it lies in.
    """
    drawn = layers["jurisdictions"].geometry
    flat = (shapely.get_dimensions(drawn.to_numpy()) == 2) & ~shapely.is_empty(drawn.to_numpy())
    polygons = np.full(len(drawn), None, dtype=object)
    if flat.any():
        polygons[flat] = drawn[flat].to_crs(shapes["demand"].crs).to_numpy()
    area = _drawn_above(tables.areas, flat)
    outside = {}
    for layer, named in (
        ("demand", tables.points.jurisdiction),
        ("sites", tables.places.jurisdiction),
    ):
        at = area[rows(named, tables.areas.ids)]
        theirs = np.append(polygons, np.array([None]))[at]  # -1: the last
        metres = shapely.distance(shapes[layer].to_numpy(), theirs)
        outside[layer] = np.nan_to_num(metres, nan=0.0)
    return outside


def overhang_faults(
    layers: Layers, metres: Mapping[str, Floats], tables: Tables, faults: list[Fault]
) -> None:
    """Points that are too far outside; where most are, the polygons are in the wrong place."""
    every = np.concatenate([*metres.values()])
    if (every > ERROR_METRES).mean() > 0.5:
        problem = _(
            "{n:,} of {all:,} demand points and sites lie outside the polygon of their "
            "jurisdiction, by {km:,.0f} km",
            n=(every > ERROR_METRES).sum(),
            all=len(every),
            km=every.max() / 1000,
        )
        remedy = _("Assign the CRS that its coordinates are really in; none is guessed")
        faults.append(Fault("jurisdictions", problem, remedy))
        return
    for layer, named in (
        ("demand", tables.points.jurisdiction),
        ("sites", tables.places.jurisdiction),
    ):
        sheet, far = (
            Sheet(layer, layers[layer], faults),
            np.flatnonzero(metres[layer] > ERROR_METRES),
        )
        for n in far[:TOLD_ROWS]:
            problem = _(
                "stands {km:,.0f} km outside the polygon of the jurisdiction that it names",
                km=metres[layer][n] / 1000,
            )
            remedy = _("Move it, or name the jurisdiction that it stands in")
            faults.append(Fault(layer, problem, remedy, sheet.rows[n], "jurisdiction", named[n]))
        if len(far) > TOLD_ROWS:
            more = _("stands outside too, in {n:,} more rows", n=len(far) - TOLD_ROWS)
            faults.append(Fault(layer, more, _("See the rows above"), None, "jurisdiction"))


def overhanging(metres: Mapping[str, Floats], tables: Tables) -> Iterator[str]:
    """Points that are a little outside, as warnings."""
    for layer, ids in (("demand", tables.points.ids), ("sites", tables.places.ids)):
        yield from _little(layer, ids, metres[layer])


def _little(layer: str, ids: Texts, metres: Floats) -> Iterator[str]:
    out = metres > DRAWING_METRES
    if out.any():
        worst = int(metres.argmax())
        yield _(
            "{layer}: {points} outside the polygon of the jurisdiction, {id} by {km:.1f} km",
            layer=layer,
            points=many(int(out.sum()), "point"),
            id=ids[worst],
            km=metres[worst] / 1000,
        )


def _drawn_above(areas: Areas, flat: np.typing.NDArray[np.bool_]) -> Ints:
    """(A,) the jurisdiction with a polygon that each one is, or lies in; -1: there is none."""
    parent = rows(areas.parent, areas.ids)
    above = np.arange(len(parent))
    for _row in parent:  # no chain of parents is longer
        above = np.where((above >= 0) & ~flat[above], parent[above], above)
    return np.where((above >= 0) & flat[above], above, -1)
