"""What is strange about places: links of points to the roads, over water and onto motorways.

Each cause is told once, with how many there are and the worst of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.figures import many
from optimizer.geodata.assemble import Parts
from optimizer.geodata.hanging import SNAP, Spots, ends_of
from optimizer.geodata.sheet import Texts
from optimizer.geodata.tables import WATER
from optimizer.problem import Floats

#: Metres by which roads may miss the node where they meet, and minutes of a link that are few.
GAP, FAR = 1000.0, 30.0
#: Metres to the node of its own id that a point may be away without a word.
OWN = 500.0

Shapes = Mapping[str, gpd.GeoSeries]


def strange_places(parts: Parts, shapes: Shapes) -> Iterator[str]:
    """Warnings about roads and what hangs on them. shapes: of each layer, in metres."""
    yield from _meeting(parts, ends_of(shapes["roads"]))
    for layer, ids, links in (
        ("demand", parts.tables.points.ids, parts.hung.demand),
        ("sites", parts.tables.places.ids, parts.hung.sites),
    ):
        spots, places = parts.hung.spots[layer], shapely.get_coordinates(shapes[layer])
        yield from _far(layer, ids, links.minutes)
        yield from _own(layer, ids, spots)
        yield from _entered(layer, ids, spots, parts)
        yield from _wet(layer, ids, spots, places, _water(parts, shapes))


def _meeting(parts: Parts, ends: Floats) -> Iterator[str]:
    network, ways = parts.hung.network, parts.tables.ways
    nodes = np.concatenate(network.at(ways.start, ways.end))
    miss = np.linalg.norm(np.concatenate([ends[:, 0], ends[:, 1]]) - network.place[nodes], axis=1)
    if (miss > GAP).any():
        worst = int(miss.argmax())
        yield (
            f"roads: {many(len(np.unique(nodes[miss > GAP])), 'node')} where roads meet without "
            f"touching, node {network.nodes[nodes[worst]]} by {miss[worst] / 1000:.1f} km"
        )


def _far(layer: str, ids: Texts, minutes: Floats) -> Iterator[str]:
    far = minutes > FAR
    if far.any():
        worst = int(minutes.argmax())
        yield (
            f"{layer}: {many(int(far.sum()), 'point')} far from any road, "
            f"{ids[worst]} by {minutes[worst]:.0f} minutes"
        )


def _own(layer: str, ids: Texts, spots: Spots) -> Iterator[str]:
    away = np.where(spots.own, spots.metres, 0.0)
    if (away > OWN).any():
        worst = int(away.argmax())
        yield (
            f"{layer}: {many(int((away > OWN).sum()), 'point')} away from the road node of the "
            f"same id, {ids[worst]} by {away[worst] / 1000:.1f} km, and the way there takes no time"
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
    drawn = np.flatnonzero(spots.metres > SNAP)
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
