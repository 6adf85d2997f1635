"""Warnings about roads: drawn without nodes where they meet, or with a direction."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from optimizer.foundation.figures import many
from optimizer.foundation.language import _
from optimizer.geodata.column_reader import as_text
from optimizer.geodata.hanging import SNAP_METRES, ends_of
from optimizer.geodata.tables import Ways
from optimizer.network.graph import Roads
from optimizer.problem import Ints

#: What a column is called that says in which direction a road is open, and how it says both.
ONE_WAY = ("oneway", "one_way", "direction", "单行", "单行道")
BOTH = ("", "no", "false", "0", "b", "both", "n")


def strange_roads(
    network: Roads, ways: Ways, layer: gpd.GeoDataFrame, lines: gpd.GeoSeries
) -> Iterator[str]:
    """Warnings about the roads layer. lines: in metres; network: its junctions among its nodes."""
    start, end = network.at(ways.start, ways.end)
    yield from _twins(network, np.unique(np.concatenate([start, end])))
    yield from _unjoined(ways, start, end, lines)
    yield from _crossing(ways, start, end, lines)
    yield from _one_way(layer)
    yield from _both_ways(ways, start, end)


def _twins(network: Roads, nodes: Ints) -> Iterator[str]:
    """Junctions at one place under several ids."""
    places = shapely.points(network.place[nodes])
    one, other = shapely.STRtree(places).query(places, predicate="dwithin", distance=SNAP_METRES)
    apart = one < other
    if apart.any():
        first, second = nodes[one[apart][0]], nodes[other[apart][0]]
        yield _(
            "roads: {nodes} where another one is, such as {first} and {second}: they are not "
            "joined; if they are one, give them one id",
            nodes=many(len(np.unique(other[apart])), "node"),
            first=network.nodes[first],
            second=network.nodes[second],
        )


def _unjoined(ways: Ways, start: Ints, end: Ints, lines: gpd.GeoSeries) -> Iterator[str]:
    """Roads that end on another one between its nodes."""
    shapes, ends = lines.to_numpy(), ends_of(lines)
    at = np.concatenate([ends[:, 0], ends[:, 1]])
    point, road = shapely.STRtree(shapes).query(
        shapely.points(at), predicate="dwithin", distance=SNAP_METRES
    )
    other = ways.access[road]
    for mine in (start, end):  # nor is it another one where both lead to the same node
        own = mine[point % len(start)]
        other &= (own != start[road]) & (own != end[road])
    for side in (0, 1):  # beside a node of the other road it may end where it likes
        other &= np.linalg.norm(at[point] - ends[road, side], axis=1) > SNAP_METRES
    if other.any():
        n = int(np.flatnonzero(other)[0])
        own, on = point[n] % len(start), road[n]
        yield _(
            "roads: {ends} on another road without a node there, of {one} on {other}: nobody turns "
            "off there, cut the road in two where they meet",
            ends=many(len(np.unique(point[other])), "end"),
            one=_name(ways, own),
            other=_name(ways, on),
        )


def _crossing(ways: Ways, start: Ints, end: Ints, lines: gpd.GeoSeries) -> Iterator[str]:
    """Roads that cross without a node."""
    some = np.flatnonzero(ways.access)
    shapes = lines.to_numpy()[some]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    a, b = some[one], some[other]
    apart = (a < b) & (start[a] != start[b]) & (start[a] != end[b])
    apart &= (end[a] != start[b]) & (end[a] != end[b])
    if apart.any():
        n = int(np.flatnonzero(apart)[0])
        yield _(
            "roads: {pairs} cross without a node, such as {one} and {other}: unless it is a "
            "bridge, cut both where they meet",
            pairs=many(int(apart.sum()), "pair"),
            one=_name(ways, a[n]),
            other=_name(ways, b[n]),
        )


def _one_way(layer: gpd.GeoDataFrame) -> Iterator[str]:
    for column in layer.columns:
        if str(column).casefold() in ONE_WAY:
            directed = np.array([text.casefold() not in BOTH for text in as_text(layer[column])])
            if directed.any():
                yield _(
                    "roads: {column} is set in {rows} and not obeyed: roads go both ways",
                    column=column,
                    rows=many(int(directed.sum()), "row"),
                )


def _both_ways(ways: Ways, start: Ints, end: Ints) -> Iterator[str]:
    """Rows a to b and b to a with different minutes."""
    there = dict[tuple[int, int], float]()
    for a, b, minutes in zip(start.tolist(), end.tolist(), ways.minutes.tolist(), strict=True):
        there[a, b] = min(there.get((a, b), np.inf), minutes)
    different = [(a, b) for (a, b), one in there.items() if a < b and there.get((b, a), one) != one]
    if different:
        row = int(np.flatnonzero((start == different[0][0]) & (end == different[0][1]))[0])
        yield _(
            "roads: {pairs} of nodes with other minutes there than back, such as {road}: roads go "
            "both ways, the fastest counts",
            pairs=many(len(different), "pair"),
            road=_name(ways, row),
        )


def _name(ways: Ways, row: int) -> str:
    return f"{ways.start[row]}:{ways.end[row]}"
