"""Warnings about places: links of points to the roads, over water and onto motorways.

Each cause is named once, with how many there are and the worst of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.foundation.figures import many
from optimizer.foundation.language import _
from optimizer.geodata.assemble import Parts
from optimizer.geodata.column_reader import Texts
from optimizer.geodata.hanging import SNAP_METRES, Spots, ends_of
from optimizer.geodata.misplaced import beyond, from_all, region_of
from optimizer.geodata.tables import WATER, rows
from optimizer.problem import Floats

#: Metres by which roads may miss the node where they meet, and minutes of a link that are few.
GAP_METRES, FAR_MINUTES = 50.0, 30.0
#: Share of the zones of a kind that may be elsewhere without a word.
MANY_ZONES = 0.25
#: Metres to the node of its own id that a point may be away without a word.
OWN_NODE_METRES = 500.0

Shapes = Mapping[str, gpd.GeoSeries]


def strange_places(
    parts: Parts, layers: Mapping[str, gpd.GeoDataFrame], shapes: Shapes
) -> Iterator[str]:
    """Warnings about places, and what hangs on the roads. shapes: of each layer, in metres."""
    yield from _facilities(parts, layers, shapes)
    yield from _zones(parts, shapes)
    yield from _scenarios(parts, shapes)
    yield from _meeting(parts, ends_of(shapes["roads"]))
    for layer, ids, links in (
        ("demand", parts.tables.points.ids, parts.hung.demand),
        ("sites", parts.tables.places.ids, parts.hung.sites),
    ):
        spots, places = parts.hung.spots[layer], shapely.get_coordinates(shapes[layer])
        yield from _one_place(layer, ids, places)
        if layer == "demand":
            yield from _twice(parts, places)
        yield from _far(layer, ids, links.minutes)
        yield from _own(layer, ids, spots)
        yield from _entered(layer, ids, spots, parts)
        yield from _wet(layer, ids, spots, places, _water(parts, shapes))


def _facilities(
    parts: Parts, layers: Mapping[str, gpd.GeoDataFrame], shapes: Shapes
) -> Iterator[str]:
    """Facilities drawn somewhere else than the site that they name; the site counts."""
    drawn = layers.get("facilities")
    if drawn is None or drawn.crs is None:
        return
    sites = shapes["sites"].to_numpy()[rows(parts.tables.standing.site, parts.tables.places.ids)]
    away = np.nan_to_num(shapely.distance(drawn.geometry.to_crs(shapes["sites"].crs), sites))
    if (away > OWN_NODE_METRES).any():
        worst = int(away.argmax())
        yield _(
            "facilities: {rows} away from the site, at {site} by {km:.1f} km: the site counts",
            rows=many(int((away > OWN_NODE_METRES).sum()), "row"),
            site=parts.tables.standing.site[worst],
            km=away[worst] / 1000,
        )


def _zones(parts: Parts, shapes: Shapes) -> Iterator[str]:
    """Kinds of zone of which none, or hardly any, is near the region."""
    kind, name = parts.tables.zones
    far = beyond(shapes["zones"], region_of(shapes))
    for one in dict.fromkeys(kind):
        away = far[kind == one]
        if (away > 0).mean() > MANY_ZONES:
            worst = np.flatnonzero(kind == one)[int(away.argmax())]
            yield _(
                "zones: {n:,} of {all:,} of kind {kind} touch nothing of the region, {name} lies "
                "{km:,.0f} km off: is the CRS right?",
                n=int((away > 0).sum()),
                all=len(away),
                kind=one,
                name=name[worst],
                km=far[worst] / 1000,
            )


def _scenarios(parts: Parts, shapes: Shapes) -> Iterator[str]:
    """Polygons that touch nothing, of scenarios that name what fails."""
    far = from_all(shapes)
    if (far > 0).any():
        worst = int(far.argmax())
        yield _(
            "scenarios: {polygons} touch nothing, {id} by {km:.1f} km: only what they name fails",
            polygons=many(int((far > 0).sum()), "polygon"),
            id=parts.tables.events.ids[worst],
            km=far[worst] / 1000,
        )


def _one_place(layer: str, ids: Texts, places: Floats) -> Iterator[str]:
    if len(ids) > 1 and np.ptp(places, axis=0).max() <= SNAP_METRES:
        yield _("{layer}: all {n:,} points are at one place", layer=layer, n=len(ids))


def _twice(parts: Parts, places: Floats) -> Iterator[str]:
    """Demand points that say the same: people are counted twice."""
    points, seen, again = parts.tables.points, dict[tuple[float, ...], int](), list[int]()
    for n, key in enumerate(zip(*np.round(places / SNAP_METRES).T, points.persons, strict=True)):
        if seen.setdefault(key, n) != n and points.persons[n] > 0:
            again.append(n)
    if again:
        yield _(
            "demand: {points} where another is, with as many persons, such as {id}: are they "
            "counted twice?",
            points=many(len(again), "point"),
            id=points.ids[again[0]],
        )


def _meeting(parts: Parts, ends: Floats) -> Iterator[str]:
    network, ways = parts.hung.network, parts.tables.ways
    nodes = np.concatenate(network.at(ways.start, ways.end))
    miss = np.linalg.norm(np.concatenate([ends[:, 0], ends[:, 1]]) - network.place[nodes], axis=1)
    if (miss > GAP_METRES).any():
        worst = int(miss.argmax())
        away = (
            _("{km:.1f} km", km=miss[worst] / 1000)
            if miss[worst] >= 1000
            else _("{m:.0f} m", m=miss[worst])
        )
        yield _(
            "roads: {nodes} where roads meet without touching, node {id} by {distance}",
            nodes=many(len(np.unique(nodes[miss > GAP_METRES])), "node"),
            id=network.nodes[nodes[worst]],
            distance=away,
        )


def _far(layer: str, ids: Texts, minutes: Floats) -> Iterator[str]:
    far = minutes > FAR_MINUTES
    if far.any():
        worst = int(minutes.argmax())
        yield _(
            "{layer}: {points} far from any road, {id} by {minutes:.0f} minutes",
            layer=layer,
            points=many(int(far.sum()), "point"),
            id=ids[worst],
            minutes=minutes[worst],
        )


def _own(layer: str, ids: Texts, spots: Spots) -> Iterator[str]:
    away = np.where(spots.own, spots.metres, 0.0)
    if (away > OWN_NODE_METRES).any():
        worst = int(away.argmax())
        yield _(
            "{layer}: {points} away from the road node of the same id, {id} by {km:.1f} km, and "
            "the way there takes no time",
            layer=layer,
            points=many(int((away > OWN_NODE_METRES).sum()), "point"),
            id=ids[worst],
            km=away[worst] / 1000,
        )


def _entered(layer: str, ids: Texts, spots: Spots, parts: Parts) -> Iterator[str]:
    on = np.flatnonzero(spots.entered)
    if len(on):
        ways, road = parts.tables.ways, spots.road[on[0]]
        yield _(
            "{layer}: {points} on a road of a class without access between its junctions, {id} on "
            "{road}; it enters there: if it cannot, write no in the column access of the road",
            layer=layer,
            points=many(len(on), "point"),
            id=ids[on[0]],
            road=f"{ways.start[road]}:{ways.end[road]}",
        )


def _water(parts: Parts, shapes: Shapes) -> shapely.STRtree:
    return shapely.STRtree(shapes["zones"].to_numpy()[parts.tables.zones[0] == WATER])


def _wet(
    layer: str, ids: Texts, spots: Spots, places: Floats, water: shapely.STRtree
) -> Iterator[str]:
    """Links that cross water: the straight way is none."""
    drawn = np.flatnonzero(spots.metres > SNAP_METRES)
    if not len(drawn) or not len(water.geometries):
        return
    lines = shapely.linestrings(np.stack([places[drawn], spots.place[drawn]], axis=1))
    link, zone = water.query(lines, predicate="intersects")
    over = shapely.length(shapely.intersection(lines[link], water.geometries[zone]))
    metres = np.bincount(link, over, minlength=len(drawn))
    if (metres > 0).any():
        worst = int(metres.argmax())
        yield _(
            "{layer}: the straight way to the road crosses water at {points}, {id} over "
            "{km:.1f} km: draw the road that leads there",
            layer=layer,
            points=many(int((metres > 0).sum()), "point"),
            id=ids[drawn[worst]],
            km=metres[worst] / 1000,
        )
