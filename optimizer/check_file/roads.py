"""Minutes of trips, once more: one shortest-path tree per site, in networkx, slow and plain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from optimizer.check.verdict import same
from optimizer.geodata.geography import Geography
from optimizer.geodata.plan_file import PlanFile, Row

Place = tuple[float, float]


def minutes_on_roads(
    geography: Geography, file: PlanFile, metric_crs: str, kmh: float, detour: float
) -> Iterator[str]:
    """Trips whose minutes are not those of the fastest way on the roads.

    minutes = access + link of the demand point + roads + link of the site + egress; a link is
    straight to the nearest node, x detour, at `kmh`. Points are given in the metric CRS.
    """
    nodes, graph = _graph(geography.roads.to_crs(metric_crs))
    trips: dict[str, list[Row]] = defaultdict(list)
    for row in file.layers["assignments"]:
        trips[row["site"]].append(row)
    demand = geography.demand.to_crs(metric_crs)
    sites = geography.sites.to_crs(metric_crs)
    starts = {
        name: _link(name, demand, "access_minutes", nodes, kmh, detour)
        for name in {row["demand"] for row in file.layers["assignments"]}
    }
    for site, rows in trips.items():
        node, after = _link(site, sites, "egress_minutes", nodes, kmh, detour)
        farthest = max(row["minutes"] for row in rows)
        tree = nx.single_source_dijkstra_path_length(graph, node, farthest + 1, "minutes")
        for row in rows:
            start, before = starts[row["demand"]]
            truth = before + tree.get(start, math.inf) + after
            if not same(row["minutes"], truth):
                told = f"{truth:g}" if math.isfinite(truth) else "more"
                who = f"{row['level']}, {row['demand']} -> {site}"
                yield f"{who}: {row['minutes']:g} minutes, on the roads {told}"


def _graph(roads: Any) -> tuple[dict[str, Place], nx.Graph]:
    """Node -> where the first road that names it has it; and the fastest road of each two."""
    graph, starts, ends = nx.Graph(), dict[str, Place](), dict[str, Place]()
    for a, b, minutes, line in zip(
        roads["from"], roads["to"], roads["minutes"], roads.geometry, strict=True
    ):
        a, b, minutes = _text(a), _text(b), float(minutes)
        parts = list(getattr(line, "geoms", [line]))
        starts.setdefault(a, parts[0].coords[0][:2])
        ends.setdefault(b, parts[-1].coords[-1][:2])
        if not graph.has_edge(a, b) or minutes < graph.edges[a, b]["minutes"]:
            graph.add_edge(a, b, minutes=minutes)
    return ends | starts, graph


def _link(
    name: str, layer: Any, column: str, nodes: Mapping[str, Place], kmh: float, detour: float
) -> tuple[str, float]:
    """The node that a point hangs on, and the minutes between its door and that node."""
    extra = float(layer.at[name, column]) if column in layer.columns else 0.0
    extra = 0.0 if math.isnan(extra) else extra
    if name in nodes:
        return name, extra
    at = layer.geometry.at[name]
    node = min(nodes, key=lambda other: math.dist(nodes[other], (at.x, at.y)))
    metres = math.dist(nodes[node], (at.x, at.y))
    return node, extra + metres / 1000 * detour / kmh * 60


def _text(value: object) -> str:
    """A node id as text; whole numbers without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
