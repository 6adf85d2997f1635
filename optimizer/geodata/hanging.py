"""Access points: where points meet the roads, at a node or on a line, which is cut there.

A point whose id is a node's hangs on that node. Any other hangs on what is nearest: a node, or a
road that may be entered between its junctions. Whatever is within `SNAP_METRES` of a node is
at the node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from optimizer.geodata.column_reader import Texts
from optimizer.geodata.tables import Ways
from optimizer.network.graph import Links, Roads
from optimizer.network.sections import Cuts, Sections, roads, sections
from optimizer.problem import Bools, Floats, Ints

#: Metres within which two places are one: less than the fifth decimal of a degree tells.
SNAP_METRES = 2.0

Lines = Any


@dataclass(frozen=True, eq=False)
class Spots:
    """Where P points meet the roads.

    node: (P,) rows; -1: on a road, of which `share` (P,) is behind it. place: (P, 2) metres.
    metres: (P,) straight from the point. own: (P,) points whose id is the node's. entered: (P,)
    points that stand on a road of a class without access between its junctions.
    """

    node: Ints
    road: Ints
    share: Floats
    place: Floats
    metres: Floats
    own: Bools
    entered: Bools

    def links(self, node: Ints, kmh: float, detour: float) -> Links:
        """The links to these nodes (P,): straight metres x detour at `kmh`; none to one's own."""
        minutes = self.metres / 1000 * detour / kmh * 60
        return Links(node, np.where(self.own, 0.0, minutes))


def spots(
    network: Roads, ways: Ways, ends: Floats, lines: Lines, ids: Texts, places: Floats
) -> Spots:
    """Where points (P, 2) metres hang.

    network: of whole roads; ends: (E, 2, 2) where those of `ways` begin and end; lines: of these.
    """
    node = np.array([network.row.get(name, -1) for name in ids], dtype=np.int64)
    own = node >= 0
    hanging = Spots(
        node,
        np.full(len(node), -1),
        np.zeros(len(node)),
        network.place[node],
        _to_own(network, ways, ends, node, places),
        own,
        np.zeros(len(node), dtype=bool),
    )
    free = np.flatnonzero(~own)
    if len(free):
        _free(hanging, free, network, lines, ways, places[free])
    return hanging


def _free(
    hanging: Spots, free: Ints, network: Roads, lines: Lines, ways: Ways, places: Floats
) -> None:
    """Write the spots of points that have no node of their own."""
    points = shapely.points(places)
    (_, node), metres = shapely.STRtree(shapely.points(network.place)).query_nearest(
        points, return_distance=True, all_matches=False
    )
    road, away = _nearest(points, lines, ways)
    on = np.flatnonzero((metres > SNAP_METRES) & (away < metres))
    line = lines[road[on]]
    length, along = shapely.length(line), shapely.line_locate_point(line, points[on])
    joins = network.at(ways.start[road[on]], ways.end[road[on]])
    at_end = np.where(
        along <= SNAP_METRES, joins[0], np.where(length - along <= SNAP_METRES, joins[1], -1)
    )
    node[on] = at_end
    metres[on] = np.where(at_end < 0, away[on], _apart(places[on], network.place[at_end]))
    hanging.node[free], hanging.metres[free] = node, metres
    hanging.place[free] = network.place[node]
    cut = on[at_end < 0]
    hanging.road[free[cut]] = road[cut]
    hanging.share[free[cut]] = (along / np.where(length > 0, length, 1.0))[at_end < 0]
    foot = shapely.line_interpolate_point(line, along)
    hanging.place[free[cut]] = shapely.get_coordinates(foot)[at_end < 0]
    hanging.entered[free[cut]] = ~ways.access[road[cut]]


def _to_own(network: Roads, ways: Ways, ends: Floats, node: Ints, places: Floats) -> Floats:
    """(P,) metres to the nearest end of a road at the node of each point; inf: it has none."""
    at = np.concatenate(network.at(ways.start, ways.end))
    place = np.concatenate([ends[:, 0], ends[:, 1]])
    order = np.argsort(at, kind="stable")
    own = np.flatnonzero(node >= 0)
    first = np.searchsorted(at[order], node[own])
    many = np.searchsorted(at[order], node[own], side="right") - first
    who = np.repeat(own, many)
    behind = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many - first, many)
    metres = np.full(len(node), np.inf)
    np.minimum.at(metres, who, _apart(places[who], place[order[behind]]))
    return metres


def _apart(some: Floats, others: Floats) -> Floats:
    return np.asarray(np.linalg.norm(some - others, axis=1))


def _nearest(points: Lines, lines: Lines, ways: Ways) -> tuple[Ints, Floats]:
    """(P,) nearest road that may be entered (-1: none is) and metres to it (inf).

    Who stands on a road enters it there, whatever its class: but not where `access` says no.
    """
    road, away = np.full(len(points), -1), np.full(len(points), np.inf)
    for may, reach in ((ways.access, None), (~ways.access & ~ways.shut, SNAP_METRES)):
        rows = np.flatnonzero(may)
        if not len(rows):
            continue
        tree = shapely.STRtree(lines[rows])
        (point, line), metres = tree.query_nearest(
            points, max_distance=reach, return_distance=True, all_matches=False
        )
        nearer = (metres < away[point]) & ((away[point] > SNAP_METRES) | (reach is None))
        road[point[nearer]] = rows[line[nearer]]
        away[point[nearer]] = metres[nearer]
    return road, away


def hung(
    ways: Ways, ends: Floats, lines: Lines, points: Sequence[tuple[Texts, Floats]]
) -> tuple[Sections, list[Spots], list[Ints]]:
    """The roads, cut where points hang; by list of points (ids, places): where, and their nodes.

    ends: (E, 2, 2) metres, where each road starts and ends.
    """
    whole = roads(ways.start, ways.end, ways.minutes, ends)
    by_list = [spots(whole, ways, ends, lines, ids, places) for ids, places in points]
    between = [one.node < 0 for one in by_list]
    cuts = Cuts(
        *(
            np.concatenate(
                [getattr(one, name)[some] for one, some in zip(by_list, between, strict=True)]
            )
            for name in ("road", "share", "place")
        )
    )
    cut, node = sections(ways.start, ways.end, ways.minutes, ends, cuts)
    nodes = []
    for one, some in zip(by_list, between, strict=True):
        own, node = node[: some.sum()], node[some.sum() :]
        nodes.append(one.node.copy())
        nodes[-1][some] = own
    return cut, by_list, nodes


def ends_of(lines: gpd.GeoSeries) -> Floats:
    """(E, 2, 2) first and last coordinate of each line."""
    if not len(lines):
        return np.zeros((0, 2, 2))
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    last = np.append(first[1:], len(line)) - 1
    return np.stack([coordinates[first], coordinates[last]], axis=1)
