"""Least-cost path across a lattice of cells between two ends: arrays, no geometry.

A step between two nodes costs its length times the mean of their prices. From a cell a step leads
to its 8 neighbours and, as knights go, to 8 more: no direction is more than 13.3 degrees from one
of those, so lengths are at most 2.8 % too long. Chords straighten what is left of that.

References: D. H. Douglas, Least-cost path in GIS using an accumulated cost surface and slopelines,
Cartographica 31(3), 1994; J. Xu and R. G. Lathrop, Improving cost-path tracing in a raster data
format, Computers & Geosciences 20(10), 1994.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.tolerances import STRAIGHT
from optimizer.problem import Bools, Floats, Ints

#: Rows and columns that a step leads on; each is taken in both directions.
STEPS = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1))
#: The longest step, and that from an end to a cell beside it, is at most so many cells long.
LONGEST_STEP = 5**0.5
#: An end is joined to cells whose row and column are at most so many cells away.
END_CELLS = 1.5
#: Chords skip at most so many turns; their number grows with it, what they save hardly does.
MAX_SKIPPED = 60
#: A turn costs as much as so many cells of the cheapest kind, so that no route turns for nothing.
TURN_CELLS = 0.25


@dataclass(frozen=True, eq=False)
class Lattice:
    """N nodes: rows x columns cells, row by row, and then the two ends. E steps, either way.

    place: (N, 2) metres. start, end: (E,) nodes. cell: metres between neighbours.
    """

    place: Floats
    start: Ints
    end: Ints
    cell: float
    rows: int
    columns: int

    @property
    def length(self) -> Floats:
        """(E,) metres."""
        return np.asarray(np.hypot(*(self.place[self.end] - self.place[self.start]).T))

    def nearest(self, places: Floats) -> Ints:
        """(P,) the cell in which each of the (P, 2) places lies; all must lie in the lattice."""
        at = np.rint((places - self.place[0]) / self.cell).astype(np.int64)
        column = np.clip(at[:, 0], 0, self.columns - 1)
        return np.asarray(np.clip(at[:, 1], 0, self.rows - 1) * self.columns + column)


def lattice(ends: Floats, cell: float, margin: float) -> Lattice:
    """Cells around two ends, (2, 2) metres, and `margin` metres beyond them on each side."""
    low = ends.min(axis=0) - margin
    columns, rows = (np.ceil((ends.max(axis=0) + margin - low) / cell).astype(int) + 1).tolist()
    row, column = np.divmod(np.arange(rows * columns), columns)
    cells = low + cell * np.stack([column, row], axis=1)
    start, end = [], []
    for down, right in STEPS:
        to_row, to_column = row + down, column + right
        inside = (to_row < rows) & (to_column >= 0) & (to_column < columns)
        start.append(np.flatnonzero(inside))
        end.append(to_row[inside] * columns + to_column[inside])
    for number, place in enumerate(ends):
        beside = np.flatnonzero((np.abs(cells - place) <= END_CELLS * cell).all(axis=1))
        start.append(beside)
        end.append(np.full(len(beside), len(cells) + number))
    return Lattice(
        np.concatenate([cells, ends]),
        np.concatenate(start),
        np.concatenate(end),
        cell,
        rows,
        columns,
    )


def step_costs(grid: Lattice, price: Floats) -> Floats:
    """(E,) length x mean price of the two nodes; price: (N,) money per metre."""
    return np.asarray(grid.length * (price[grid.start] + price[grid.end]) / 2)


def cheapest(grid: Lattice, cost: Floats) -> Ints:
    """The nodes of the cheapest way from the first end to the second; cost: (E,), above 0."""
    n = len(grid.place)
    graph = csr_array((cost, (grid.start, grid.end)), shape=(n, n))
    _, before = dijkstra(graph, directed=False, indices=n - 2, return_predecessors=True)
    way = [n - 1]
    while way[-1] != n - 2:
        way.append(int(before[way[-1]]))
    return np.array(way[::-1], dtype=np.int64)


def turns(places: Floats) -> Floats:
    """(P, 2) places of a way without those that lie on the line between their neighbours."""
    before, after = np.diff(places[:-1], axis=0), np.diff(places[1:], axis=0)
    bend = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    straight = np.abs(bend) <= STRAIGHT * np.hypot(*before.T) * np.hypot(*after.T)
    return np.asarray(places[np.concatenate([[True], ~straight, [True]])])


def chords(count: int) -> tuple[Ints, Ints]:
    """Pairs of places of a way, the first before the second, that a straight line may join."""
    first, second = np.triu_indices(count, k=1)
    near = second - first <= MAX_SKIPPED
    return first[near], second[near]


def chord_costs(grid: Lattice, price: Floats, start: Floats, end: Floats) -> Floats:
    """(C,) length x mean price of chords between (C, 2) places, looked up every half cell."""
    length = np.hypot(*(end - start).T)
    number = np.maximum(np.ceil(2 * length / grid.cell), 1).astype(np.int64)
    chord = np.repeat(np.arange(len(length)), number)
    first = np.cumsum(number) - number
    along = (np.arange(len(chord)) - first[chord] + 0.5) / number[chord]
    at = start[chord] + along[:, None] * (end - start)[chord]
    total = np.bincount(chord, price[grid.nearest(at)], minlength=len(length))
    return np.asarray(length * total / number)


def straightened(first: Ints, second: Ints, cost: Floats, allowed: Bools, turn: float) -> Ints:
    """The places of the cheapest chain of allowed chords from the first place to the last.

    A chord of neighbouring places is always allowed. turn: what each place on the chain costs.
    """
    count = int(second.max()) + 1
    fits = allowed | (second == first + 1)
    best, before = np.full(count, np.inf), np.zeros(count, dtype=np.int64)
    best[0] = 0
    order = np.argsort(second, kind="stable")
    bounds = np.searchsorted(second[order], np.arange(count + 1))
    for place in range(1, count):
        into = order[bounds[place] : bounds[place + 1]]
        into = into[fits[into]]
        total = best[first[into]] + cost[into] + turn
        least = int(total.argmin())
        best[place], before[place] = total[least], first[into[least]]
    chain = [count - 1]
    while chain[-1]:
        chain.append(int(before[chain[-1]]))
    return np.array(chain[::-1], dtype=np.int64)
