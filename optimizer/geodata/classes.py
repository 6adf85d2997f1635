"""Classes of demand points, from their own columns and those above; minutes to the nearest core."""

from __future__ import annotations

import numpy as np

from optimizer.geodata.column_reader import Texts
from optimizer.geodata.tables import Areas, Points, Tables, rows
from optimizer.network.graph import Links, Roads
from optimizer.network.minutes import travel
from optimizer.problem import CORE, Classes, Floats, Ints

#: Minutes that no trip takes: a limit where there is none.
NEVER_MINUTES = 1e7


def classes(tables: Tables) -> dict[str, Classes]:
    """Name -> class of each demand point: its own, else of the nearest above it that has one."""
    areas, points = tables.areas, tables.points
    found = {}
    for name in dict.fromkeys([*areas.classes, *points.classes]):
        words = _of_point(areas, points, name)
        labels = tuple(sorted({*words} - {""}))
        if labels:
            found[name] = Classes(labels, rows(words, np.array(labels, dtype=object)))
    return found


def classes_of_areas(areas: Areas) -> dict[str, Classes]:
    """Name -> class that each jurisdiction gives itself."""
    found = {}
    for name, words in areas.classes.items():
        labels = tuple(sorted({*words} - {""}))
        found[name] = Classes(labels, rows(words, np.array(labels, dtype=object)))
    return found


def _of_point(areas: Areas, points: Points, name: str) -> Texts:
    """(I,) what a class says of each demand point, "" where it says nothing."""
    empty = np.full(len(points.ids), "", dtype=object)
    own = points.classes.get(name, empty)
    above = areas.classes.get(name)
    if above is None:
        return own
    parent, row = rows(areas.parent, areas.ids), rows(points.jurisdiction, areas.ids)
    words = own.copy()
    while (lacking := (words == "") & (row >= 0)).any():
        words[lacking] = above[row[lacking]]
        row[lacking] = parent[row[lacking]]
    return words


def core_minutes(tables: Tables, network: Roads, demand: Links) -> Floats | None:
    """(I,) minutes on the roads as they are to the seat of the nearest core; inf: there is no way.

    From home, as to a site; the seat itself is no farther than its own access. None where no core
    names its seat.
    """
    points, seats = tables.points, core_seats(tables)
    if not len(seats):
        return None
    away = np.full(len(points.ids), np.inf)
    no_egress = np.zeros(len(seats))
    pairs = travel(network, demand, demand[seats], points.access, no_egress, NEVER_MINUTES)
    np.minimum.at(away, pairs.origin, pairs.minutes)
    away[seats] = points.access[seats]
    return away


def core_seats(tables: Tables) -> Ints:
    """Rows of the demand points where cores have their seats."""
    areas = tables.areas
    named = (areas.role == CORE) & (areas.seat != "")
    return np.unique(rows(areas.seat[named], tables.points.ids))
