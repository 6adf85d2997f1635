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

#: Metres within which nodes are equally near to a point: it may hang on any of them.
TIE = 0.001


def minutes_on_roads(
    geography: Geography, file: PlanFile, metric_crs: str, kmh: float, detour: float
) -> Iterator[str]:
    """Trips whose minutes are not those of the fastest way on the roads.

    minutes = access + link of the demand point + roads + link of the site + egress; a link is
    straight to the nearest node, x detour, at `kmh`, in the metric CRS.
    """
    nodes, graph = _graph(geography.roads.to_crs(metric_crs))
    built = [str(row["id"]) for row in file.layers.get("corridors", ()) if row["status"] == "built"]
    if built:
        assert geography.corridors is not None
        lines = geography.corridors.to_crs(metric_crs).loc[built]
        _build(lines, nodes, graph, kmh, detour)
    trips: dict[str, list[Row]] = defaultdict(list)
    for row in file.layers["assignments"]:
        trips[row["site"]].append(row)
    demand = geography.demand.to_crs(metric_crs)
    sites = geography.sites.to_crs(metric_crs)
    starts = {
        name: _links(name, demand, "access_minutes", nodes, kmh, detour)
        for name in {row["demand"] for row in file.layers["assignments"]}
    }
    for site, rows in trips.items():
        farthest = max(row["minutes"] for row in rows)
        trees = [
            (after, nx.single_source_dijkstra_path_length(graph, node, farthest + 1, "minutes"))
            for node, after in _links(site, sites, "egress_minutes", nodes, kmh, detour)
        ]
        for row in rows:
            truths = [
                before + tree.get(start, math.inf) + after
                for after, tree in trees
                for start, before in starts[row["demand"]]
            ]
            if not any(same(row["minutes"], truth) for truth in truths):
                told = f"{min(truths):g}" if math.isfinite(min(truths)) else "more"
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


def _build(lines: Any, nodes: dict[str, Place], graph: nx.Graph, kmh: float, detour: float) -> None:
    """Add corridors, each linked to the roads where its ends are."""
    for a, b, minutes, line in zip(
        lines["from"], lines["to"], lines["minutes"], lines.geometry, strict=True
    ):
        parts = list(getattr(line, "geoms", [line]))
        ends = parts[0].coords[0][:2], parts[-1].coords[-1][:2]
        (first, before), (last, after) = (
            (name, 0.0) if (name := _text(end)) in nodes else _nearest(at, nodes, kmh, detour)
            for end, at in zip((a, b), ends, strict=True)
        )
        whole = before + float(minutes) + after
        if not graph.has_edge(first, last) or whole < graph.edges[first, last]["minutes"]:
            graph.add_edge(first, last, minutes=whole)


def _nearest(at: Place, nodes: Mapping[str, Place], kmh: float, detour: float) -> tuple[str, float]:
    """The node nearest to a place, and the minutes to it."""
    node = min(nodes, key=lambda name: math.dist(nodes[name], at))
    return node, math.dist(nodes[node], at) / 1000 * detour / kmh * 60


def _links(
    name: str, layer: Any, column: str, nodes: Mapping[str, Place], kmh: float, detour: float
) -> list[tuple[str, float]]:
    """The nodes that a point may hang on, and the minutes between its door and each."""
    extra = float(layer.at[name, column]) if column in layer.columns else 0.0
    extra = 0.0 if math.isnan(extra) else extra
    if name in nodes:
        return [(name, extra)]
    at = layer.geometry.at[name]
    metres = {node: math.dist(place, (at.x, at.y)) for node, place in nodes.items()}
    nearest = min(metres.values())
    minutes = extra + nearest / 1000 * detour / kmh * 60
    return [(node, minutes) for node, away in metres.items() if away <= nearest + TIE]


def _text(value: object) -> str:
    """A node id as text; whole numbers without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
