"""Where things are drawn: points, lines and areas, against the layers of the instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from pyproj.exceptions import ProjError

from optimizer.foundation.language import _
from optimizer.geodata.plan_file import SHAPE, Row
from optimizer.verification.file.cells import difference, shown
from optimizer.verification.file.written import Written
from optimizer.verification.tolerances import REPROJECTED

#: What the column `area` calls polygons of the user, and those drawn around demand points.
BOUNDARY, CELLS = "boundary", "cells"


def shapes(written: Written) -> Iterator[str]:
    """Shapes that are not where the instance has them."""
    geography, file = written.instance.geography, written.file
    sites, demand = Places(written, geography.sites), Places(written, geography.demand)
    for row in file.layers["facilities"]:
        yield from moved("facilities", row["id"], row, sites.at("facilities", row["site"]))
    for row in file.layers["demand"]:
        yield from moved("demand", row["id"], row, demand.at("demand", row["id"]))
    for layer in ("assignments", "failover"):
        for row in file.layers.get(layer, ()):
            ends = demand.at(layer, row["demand"]), sites.at(layer, row["site"])
            yield from moved(layer, f"{row['demand']} -> {row['site']}", row, _line(*ends))
    if geography.corridors is not None:
        lines = Places(written, geography.corridors)
        for row in file.layers.get("corridors", ()):
            yield from moved("corridors", row["id"], row, lines.at("corridors", row["id"]))
    yield from _areas(written)
    yield from _failures(written)


class Places:
    """The shapes of a layer of the instance, in the CRS of a layer of the plan."""

    def __init__(self, written: Written, table: Any) -> None:
        self.written, self.table = written, table
        self.known: dict[str, dict[str, Any]] = {}

    def at(self, layer: str, name: Any) -> Any:
        """The shape of this id; None where there is none."""
        if layer not in self.known:
            self.known[layer] = self._projected(layer)
        return self.known[layer].get(name)

    def _projected(self, layer: str) -> dict[str, Any]:
        crs = self.written.file.crs.get(layer)
        if crs is None or self.table.crs is None:
            return {}
        try:
            shapes = self.table.geometry.to_crs(crs)
        except ProjError:
            return {}
        return dict(zip(shapes.index, shapes, strict=True))


def _line(start: Any, end: Any) -> Any:
    """From place to place; None where both are one, or one is not there."""
    if start is None or end is None or _same(start, end):
        return None
    return shapely.LineString([start, end])


def moved(layer: str, name: Any, row: Row, truth: Any) -> Iterator[str]:
    """A shape that is not where it should be."""
    if not _same(row[SHAPE], truth):
        yield _(
            "{layer}, {name}: is at {stated}, in truth at {truth}",
            layer=layer,
            name=shown(name),
            stated=_place(row[SHAPE]),
            truth=_place(truth),
        )


def _same(stated: Any, truth: Any) -> bool:
    """Whether two shapes have the same coordinates, in their order."""
    one, other = shapely.get_coordinates(stated), shapely.get_coordinates(truth)
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=REPROJECTED, atol=0))


def _place(shape: Any) -> str:
    """A point by its coordinates, anything else by its first one and their number."""
    at = shapely.get_coordinates(shape)
    if not len(at):
        return _("no place")
    first = f"({float(at[0, 0])}, {float(at[0, 1])})"
    return first if len(at) == 1 else _("{first} and {n} more", first=first, n=len(at) - 1)


def _areas(written: Written) -> Iterator[str]:
    """Areas that are not those of the user, or in which people of theirs do not live.

    A jurisdiction that has no polygon is drawn around its demand points.
    """
    geography, problem = written.instance.geography, written.instance.problem
    given, people = Places(written, geography.jurisdictions), Places(written, geography.demand)
    lives: dict[str, list[str]] = {name: [] for name in problem.jurisdictions.ids}
    for name, area in zip(problem.demand.ids, problem.demand.jurisdiction.tolist(), strict=True):
        while area >= 0:
            lives[problem.jurisdictions.ids[area]].append(name)
            area = int(problem.jurisdictions.parent[area])
    bounded = shapely.get_dimensions(geography.jurisdictions.geometry.to_numpy()) == 2
    has_polygon = dict(zip(geography.jurisdictions.index, bounded.tolist(), strict=True))
    for row in written.file.layers["jurisdictions"]:
        name = row["id"]
        if name not in lives:
            continue
        kind = BOUNDARY if has_polygon.get(name) else CELLS if lives[name] else None
        yield from difference(f"jurisdictions, {name}", "area", row.get("area"), kind)
        if kind == BOUNDARY:
            truth = given.at("jurisdictions", name)
            yield from moved("jurisdictions", name, row, truth)
            continue
        if kind is None:
            yield from moved("jurisdictions", name, row, None)
        for point in lives[name]:
            at = people.at("jurisdictions", point)
            if row[SHAPE] is None or at is None or not row[SHAPE].intersects(at):
                yield _(
                    "jurisdictions, {name}: {point} lies outside of its area",
                    name=name,
                    point=point,
                )


def _failures(written: Written) -> Iterator[str]:
    """What fails in each scenario, by name; and the points where it fails."""
    instance, places = written.instance, written.instance.parts.tables.places
    tables, layer = instance.parts.tables, "scenarios"
    rows = {row["id"]: row for row in written.file.layers.get(layer, ())}
    sites = Places(written, instance.geography.sites)
    lines = {
        "roads": instance.geography.roads,
        "corridors": instance.geography.corridors,
    }
    for failure in instance.failures:
        row = rows.get(failure.id)
        if row is None:
            continue
        names = {
            "sites": [str(places.ids[n]) for n in failure.sites],
            "roads": [f"{tables.ways.start[n]}:{tables.ways.end[n]}" for n in failure.roads],
            "corridors": [str(tables.corridors.ids[n]) for n in failure.corridors],
        }
        for what, ids in names.items():
            truth = ";".join(ids)
            yield from difference(f"{layer}, {shown(failure.id)}", what, row.get(what), truth)
        points = [sites.at(layer, name) for name in names["sites"]]
        for what, table in lines.items():
            hit = getattr(failure, what)
            if table is not None and len(hit):
                points += [_middle(written, table.geometry.iloc[[n]]) for n in hit]
        shape = shapely.MultiPoint([point for point in points if point is not None])
        yield from moved(layer, failure.id, row, shape)


def _middle(written: Written, line: Any) -> Any:
    """The middle of a line, in the CRS of the demand layer, as the plan's scenarios have it."""
    drawn = line.to_crs(written.instance.geography.demand.crs).iloc[0]
    return drawn.interpolate(0.5, normalized=True)
