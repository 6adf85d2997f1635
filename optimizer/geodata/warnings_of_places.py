"""Warnings about places: links of points to the roads, over water and onto motorways.

Each cause is told once, with how many there are and the worst of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.foundation.figures import many
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
        yield (
            f"facilities: {many(int((away > OWN_NODE_METRES).sum()), 'row')} away from the site, "
            f"at {parts.tables.standing.site[worst]} by {away[worst] / 1000:.1f} km: "
            "the site counts"
        )


def _zones(parts: Parts, shapes: Shapes) -> Iterator[str]:
    """Kinds of zone of which none, or hardly any, is near the region."""
    kind, name = parts.tables.zones
    far = beyond(shapes["zones"], region_of(shapes))
    for one in dict.fromkeys(kind):
        away = far[kind == one]
        if (away > 0).mean() > MANY_ZONES:
            worst = np.flatnonzero(kind == one)[int(away.argmax())]
            yield (
                f"zones: {int((away > 0).sum()):,} of {len(away):,} of kind {one} touch nothing of "
                f"the region, {name[worst]} lies {far[worst] / 1000:,.0f} km off: is the CRS right?"
            )


def _scenarios(parts: Parts, shapes: Shapes) -> Iterator[str]:
    """Polygons that touch nothing, of scenarios that name what fails."""
    far = from_all(shapes)
    if (far > 0).any():
        worst = int(far.argmax())
        yield (
            f"scenarios: {many(int((far > 0).sum()), 'polygon')} touch nothing, "
            f"{parts.tables.events.ids[worst]} by {far[worst] / 1000:.1f} km: only what they name "
            "fails"
        )


def _one_place(layer: str, ids: Texts, places: Floats) -> Iterator[str]:
    if len(ids) > 1 and np.ptp(places, axis=0).max() <= SNAP_METRES:
        yield f"{layer}: all {len(ids):,} points are at one place"


def _twice(parts: Parts, places: Floats) -> Iterator[str]:
    """Demand points that say the same: people are counted twice."""
    points, seen, again = parts.tables.points, dict[tuple[float, ...], int](), list[int]()
    for n, key in enumerate(zip(*np.round(places / SNAP_METRES).T, points.persons, strict=True)):
        if seen.setdefault(key, n) != n and points.persons[n] > 0:
            again.append(n)
    if again:
        yield (
            f"demand: {many(len(again), 'point')} where another is, with as many persons, such as "
            f"{points.ids[again[0]]}: are they counted twice?"
        )


def _meeting(parts: Parts, ends: Floats) -> Iterator[str]:
    network, ways = parts.hung.network, parts.tables.ways
    nodes = np.concatenate(network.at(ways.start, ways.end))
    miss = np.linalg.norm(np.concatenate([ends[:, 0], ends[:, 1]]) - network.place[nodes], axis=1)
    if (miss > GAP_METRES).any():
        worst = int(miss.argmax())
        away = f"{miss[worst] / 1000:.1f} km" if miss[worst] >= 1000 else f"{miss[worst]:.0f} m"
        yield (
            f"roads: {many(len(np.unique(nodes[miss > GAP_METRES])), 'node')} where roads meet "
            f"without touching, node {network.nodes[nodes[worst]]} by {away}"
        )


def _far(layer: str, ids: Texts, minutes: Floats) -> Iterator[str]:
    far = minutes > FAR_MINUTES
    if far.any():
        worst = int(minutes.argmax())
        yield (
            f"{layer}: {many(int(far.sum()), 'point')} far from any road, "
            f"{ids[worst]} by {minutes[worst]:.0f} minutes"
        )


def _own(layer: str, ids: Texts, spots: Spots) -> Iterator[str]:
    away = np.where(spots.own, spots.metres, 0.0)
    if (away > OWN_NODE_METRES).any():
        worst = int(away.argmax())
        yield (
            f"{layer}: {many(int((away > OWN_NODE_METRES).sum()), 'point')} away from the road "
            f"node of the same id, {ids[worst]} by {away[worst] / 1000:.1f} km, and the way there "
            "takes no time"
        )


def _entered(layer: str, ids: Texts, spots: Spots, parts: Parts) -> Iterator[str]:
    on = np.flatnonzero(spots.entered)
    if len(on):
        ways, road = parts.tables.ways, spots.road[on[0]]
        yield (
            f"{layer}: {many(len(on), 'point')} on a road of a class without access between its "
            f"junctions, {ids[on[0]]} on {ways.start[road]}:{ways.end[road]}; it enters there: "
            "if it cannot, write no in the column access of the road"
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
        yield (
            f"{layer}: the straight way to the road crosses water at "
            f"{many(int((metres > 0).sum()), 'point')}, {ids[drawn[worst]]} over "
            f"{metres[worst] / 1000:.1f} km: draw the road that leads there"
        )
