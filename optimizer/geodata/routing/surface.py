"""The cost surface: what a corridor costs at a place, where it may not pass, and what it meets.

In a zone a metre costs so many times the open price as the zone's factor says or, in a control line
that bridge or tunnel may pass, what that costs; of several zones the dearest counts. Beside a road,
and in no zone, it costs the open price times the factor of roads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.geodata.column_reader import Texts
from optimizer.geodata.control_lines import FORBIDDEN
from optimizer.geodata.instance_file import AlignmentTable
from optimizer.network.least_cost_paths import LONGEST_STEP, Lattice
from optimizer.problem import Bools, Floats, Ints

Shapes = NDArray[np.object_]

#: Farther than this (m) from a control line a route does not touch it, whatever is rounded later.
CLEARANCE_METRES = 1.0
#: Money and speeds are per kilometre, places in metres.
KM = 1000.0


@dataclass(frozen=True, eq=False)
class Pieces:
    """A line cut wherever it enters or leaves something.

    length: (n,) metres. zone: (n,) row of the zone that makes the price, -1 outside all.
    road: (n,) whether beside a road. area: (n,) row of the area, -1 outside all. Of areas that
    overlap the last counts.
    """

    length: Floats
    zone: Ints
    road: Bools
    area: Ints


class Surface:
    """Zones and roads in metres, and the prices of `instance.toml`."""

    def __init__(
        self, zones: Shapes, kind: Texts, name: Texts, roads: Shapes, alignment: AlignmentTable
    ) -> None:
        crossings = {one: table for one, table in alignment.crossings if table is not None}
        self.alignment, self.zones, self.kind = alignment, zones, kind
        self.name, self.roads = name, roads
        self.forbids = np.array([k in FORBIDDEN and k not in crossings for k in kind], dtype=bool)
        self.factor = np.array([getattr(alignment.factors, k, np.nan) for k in kind], dtype=float)
        self.fixed = np.array(
            [crossings[k].cost_per_km if k in crossings else np.nan for k in kind], dtype=float
        )
        self.crossings = crossings
        shapely.prepare(zones)
        self._zones, self._roads = shapely.STRtree(zones), shapely.STRtree(roads)

    def price(self, places: Floats, open_price: float) -> Floats:
        """(P,) money per km at (P, 2) places, those of control lines left aside."""
        zone, road = self._at(places, open_price)
        return self._price(zone, road, open_price)

    def closed(self, grid: Lattice) -> Bools:
        """(E,) steps of a lattice that meet a forbidden zone.

        A step that meets one either starts inside, or has an end within half the longest step of
        its edge: only of those the exact shapes are asked.
        """
        zones = self.zones[self._near(grid.place, CLEARANCE_METRES, self.forbids)]
        points = shapely.STRtree(shapely.points(grid.place))
        reach = LONGEST_STEP / 2 * grid.cell + CLEARANCE_METRES
        near, inside = np.zeros((2, len(grid.place)), dtype=bool)
        near[points.query(zones, predicate="dwithin", distance=reach)[1]] = True
        inside[points.query(zones, predicate="intersects")[1]] = True
        closed = inside[grid.start] | inside[grid.end]
        steps = np.flatnonzero((near[grid.start] | near[grid.end]) & ~closed)
        closed[steps] = self.meets(grid.place[grid.start[steps]], grid.place[grid.end[steps]])
        return np.asarray(closed)

    def meets(self, start: Floats, end: Floats) -> Bools:
        """(C,) straight lines between (C, 2) places that meet a forbidden zone."""
        meeting = np.zeros(len(start), dtype=bool)
        if len(start):
            lines = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
            zones = self._near(np.concatenate([start, end]), CLEARANCE_METRES, self.forbids)
            met = lines.query(self.zones[zones], predicate="dwithin", distance=CLEARANCE_METRES)
            meeting[met[1]] = True
        return meeting

    def stops(self, lines: Shapes) -> int:
        """The row of the forbidden zone that these lines pass longest."""
        row, hit = self._zones.query(lines, predicate="dwithin", distance=CLEARANCE_METRES)
        row, hit = row[self.forbids[hit]], hit[self.forbids[hit]]
        inside = shapely.length(shapely.intersection(lines[row], self.zones[hit]))
        total = np.bincount(hit, inside + CLEARANCE_METRES, minlength=len(self.zones))
        return int(total.argmax())

    def cut(self, line: shapely.LineString, areas: Shapes, open_price: float) -> Pieces:
        """The line in pieces of one price in one area each."""
        met = self.zones[self._zones.query(line, predicate="intersects")]
        beside = self._roads.query(line, predicate="dwithin", distance=self.alignment.road_m)
        strips = shapely.buffer(self.roads[beside], self.alignment.road_m)
        edges = shapely.boundary(np.concatenate([met, strips, areas]))
        spots = shapely.points(shapely.get_coordinates(shapely.intersection(line, edges)))
        cuts = shapely.line_locate_point(line, spots)
        stops = np.unique(np.concatenate([[0.0], cuts, [line.length]]))
        middle = shapely.get_coordinates(
            shapely.line_interpolate_point(line, (stops[:-1] + stops[1:]) / 2)
        )
        zone, road = self._at(middle, open_price)
        area = np.full(len(middle), -1, dtype=np.int64)
        row, point = shapely.STRtree(shapely.points(middle)).query(areas, predicate="intersects")
        area[point] = row
        return Pieces(np.diff(stops), zone, road, area)

    def price_of(self, pieces: Pieces, open_price: float) -> Floats:
        """(n,) money per km on each piece."""
        return self._price(pieces.zone, pieces.road, open_price)

    def kmh_of(self, pieces: Pieces, kmh: float) -> Floats:
        """(n,) speed on each piece: that of the bridge or tunnel, where one is stated."""
        kinds = np.append(self.kind, "")[pieces.zone]
        stated = {one: table.kmh for one, table in self.crossings.items() if table.kmh is not None}
        return np.array([stated.get(kind, kmh) for kind in kinds], dtype=float)

    def _zone_price(self, open_price: float) -> Floats:
        """(Z,) money per km in each zone; 0 where a zone has none."""
        made = np.where(np.isnan(self.fixed), self.factor * open_price, self.fixed)
        return np.asarray(np.nan_to_num(made))

    def _price(self, zone: Ints, road: Bools, open_price: float) -> Floats:
        elsewhere = np.where(road, self.alignment.factors.roads * open_price, open_price)
        within = np.append(self._zone_price(open_price), 0.0)[zone]
        return np.asarray(np.where(within > 0, within, elsewhere))

    def _at(self, places: Floats, open_price: float) -> tuple[Ints, Bools]:
        """The zone that makes the price of each place (-1: none), and whether a road is beside."""
        price = self._zone_price(open_price)
        points = shapely.STRtree(shapely.points(places))
        zones = self._near(places, 0.0, price > 0)
        row, point = points.query(self.zones[zones], predicate="intersects")
        zone = np.full(len(places), -1, dtype=np.int64)
        order = np.argsort(price[zones[row]], kind="stable")  # the dearest is written last
        zone[point[order]] = zones[row[order]]
        road = np.zeros(len(places), dtype=bool)
        around = self._roads.query(_frame(places, self.alignment.road_m))
        near = points.query(self.roads[around], predicate="dwithin", distance=self.alignment.road_m)
        road[near[1]] = True
        return zone, road

    def _near(self, places: Floats, beyond: float, wanted: Bools) -> Ints:
        """Rows of the wanted zones around places, in order."""
        rows = np.sort(self._zones.query(_frame(places, beyond)))
        return np.asarray(rows[wanted[rows]])


def _frame(places: Floats, beyond: float) -> shapely.Polygon:
    """The rectangle around places, and `beyond` metres more."""
    low, high = places.min(axis=0) - beyond, places.max(axis=0) + beyond
    return shapely.box(*low, *high)
