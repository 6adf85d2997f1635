"""The route of one corridor over the cost surface, and what follows from its line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from optimizer.foundation.language import N_
from optimizer.geodata.instance_file import AlignmentTable
from optimizer.geodata.routing.surface import KM, Pieces, Shapes, Surface
from optimizer.geodata.tables import ECOLOGICAL, FARMLAND
from optimizer.network.least_cost_paths import (
    TURN_CELLS,
    cheapest,
    chord_costs,
    chords,
    lattice,
    step_costs,
    straightened,
    turns,
)
from optimizer.problem import Floats

#: Cells between the ends of a link, and the metres that a cell has at least and at most.
CELLS_BETWEEN_ENDS, MIN_CELL_METRES, MAX_CELL_METRES = 100, 50.0, 1000.0
#: How far beyond its ends a route is looked for, in lengths of the link: the next where none is.
MARGINS = (0.5, 1.5)
#: Why there is no route, by the kind of zone in the way. Files keep it in English; `_` says it.
NO_WAY = {
    ECOLOGICAL: N_("no way around ecological redline"),
    FARMLAND: N_("no way around permanent farmland"),
}
#: A step through a forbidden zone costs so many times open land: any way around is cheaper.
FORBIDDEN_FACTOR = 1e6


@dataclass(frozen=True)
class Prices:
    """Of one kind of corridor. cost: money per km on open land; detour: length over line."""

    cost: float
    kmh: float
    detour: float


@dataclass(frozen=True, eq=False)
class Route:
    """The line of a corridor; straight, with a reason and a zone, where none is admissible.

    km: length; minutes; cost: money; by_area: (A,) money in each area, nothing for what lies in
    none; crosses: what the line meets -> km. cell: metres per cell.
    """

    line: shapely.LineString
    km: float
    minutes: float
    cost: float
    by_area: Floats
    crosses: dict[str, float]
    cell: float
    reason: str = ""
    zone: str = ""


def prices_of(alignment: AlignmentTable, kind: str) -> Prices:
    """What `instance.toml` says of this kind of corridor."""
    own = alignment.kinds.get(kind)
    stated = {} if own is None else own.model_dump(exclude_none=True)
    return Prices(
        stated.get("cost_per_km", alignment.cost_per_km),
        stated.get("kmh", alignment.kmh),
        stated.get("detour", alignment.detour),
    )


def cell_of(alignment: AlignmentTable, metres: float) -> float:
    """Metres per cell for a link of this length."""
    if alignment.cell_m is not None:
        return alignment.cell_m
    return float(np.clip(metres / CELLS_BETWEEN_ENDS, MIN_CELL_METRES, MAX_CELL_METRES))


def route(surface: Surface, ends: Floats, prices: Prices, areas: Shapes) -> Route:
    """The cheapest line between two ends, (2, 2) metres, that meets no forbidden zone."""
    straight = shapely.linestrings(ends)
    cell = cell_of(surface.alignment, straight.length)
    stopped = -1
    for margin in MARGINS if straight.length > 0 else ():
        line, stopped = _traced(surface, ends, prices, cell, margin * straight.length)
        if line is not None:
            return _route_of(surface, line, prices, areas, cell)
    if stopped < 0:
        return _route_of(surface, straight, prices, areas, cell)
    reason = NO_WAY[surface.kind[stopped]]
    return _route_of(surface, straight, prices, areas, cell, reason, surface.name[stopped])


def _traced(
    surface: Surface, ends: Floats, prices: Prices, cell: float, margin: float
) -> tuple[shapely.LineString | None, int]:
    """The line; None, and the row of the zone in the way, if there is none within the margin."""
    grid = lattice(ends, cell, margin)
    price = surface.price(grid.place, prices.cost) / KM
    closed = surface.closed(grid)
    cost = np.where(
        closed, grid.length * FORBIDDEN_FACTOR * prices.cost / KM, step_costs(grid, price)
    )
    way = cheapest(grid, cost)
    pairs = np.sort(np.stack([way[:-1], way[1:]], axis=1), axis=1)
    through = surface.meets(grid.place[pairs[:, 0]], grid.place[pairs[:, 1]])
    if through.any():
        lines = shapely.linestrings(grid.place[pairs[through]])
        return None, surface.stops(lines)
    places = turns(grid.place[way])
    first, second = chords(len(places))
    start, end = places[first], places[second]
    chain = straightened(
        first,
        second,
        chord_costs(grid, price, start, end),
        ~surface.meets(start, end),
        TURN_CELLS * cell * prices.cost / KM,
    )
    return shapely.linestrings(places[chain]), -1


def _route_of(
    surface: Surface,
    line: shapely.LineString,
    prices: Prices,
    areas: Shapes,
    cell: float,
    reason: str = "",
    zone: str = "",
) -> Route:
    """Length, minutes and money of a line."""
    pieces = surface.cut(line, areas, prices.cost)
    km = prices.detour * pieces.length / KM
    money = km * surface.price_of(pieces, prices.cost)
    inside = pieces.area >= 0
    by_area = np.bincount(pieces.area[inside], money[inside], minlength=len(areas)).astype(float)
    return Route(
        line,
        km=float(km.sum()),
        minutes=float((60 * km / surface.kmh_of(pieces, prices.kmh)).sum()),
        cost=float(money.sum()),
        by_area=by_area,
        crosses={} if reason else _crosses(surface, pieces),
        cell=cell,
        reason=reason,
        zone=zone,
    )


def _crosses(surface: Surface, pieces: Pieces) -> dict[str, float]:
    """What the line meets -> km, drawn: land by its kind, control lines by their names."""
    km_of: dict[str, float] = {}
    for length, row in zip(pieces.length, pieces.zone, strict=True):
        if row < 0:
            continue
        kind, what = surface.kind[row], surface.kind[row]
        if kind in surface.crossings:
            what = f"{surface.crossings[kind].by} {kind} {surface.name[row]}"
        km_of[what] = km_of.get(what, 0.0) + float(length) / KM
    return dict(sorted(km_of.items()))
