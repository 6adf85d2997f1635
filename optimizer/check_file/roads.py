"""Minutes of trips, once more: one shortest-path tree per site, in networkx, slow and plain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from optimizer.check.verdict import same
from optimizer.geodata.geography import Instance
from optimizer.geodata.plan_file import PlanFile, Row

Place = tuple[float, float]

#: Metres within which nodes are equally near to a point: it may hang on any of them.
TIE = 0.001


def minutes_on_roads(
    instance: Instance, file: PlanFile, kmh: float, detour: float
) -> Iterator[str]:
    """Trips whose minutes are not those of the fastest way on the roads that are left.

    minutes = access + link of the demand point + roads + link of the site + egress; a link is
    straight to the nearest node, x detour, at `kmh`, in the metric CRS. In a scenario some roads
    and corridors are closed.
    """
    geography = instance.geography
    roads = geography.roads.to_crs(geography.crs)
    demand, sites = (layer.to_crs(geography.crs) for layer in (geography.demand, geography.sites))
    nodes = _nodes(roads)
    starts = {
        name: _links(name, demand, "access_minutes", nodes, kmh, detour)
        for name in {row["demand"] for row in file.layers["assignments"]}
    }
    built = {str(row["id"]) for row in file.layers.get("corridors", ()) if row["status"] == "built"}
    for (closed, broken), rows in _by_closed(instance, file).items():
        graph = _graph(roads.iloc[[row for row in range(len(roads)) if row not in closed]])
        graph.add_nodes_from(nodes)
        if built - broken:
            assert geography.corridors is not None
            lines = geography.corridors.to_crs(geography.crs).loc[sorted(built - broken)]
            _build(lines, nodes, graph, kmh, detour)
        trips: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            trips[row["site"]].append(row)
        for site, here in trips.items():
            farthest = max(row["minutes"] for row in here)
            trees = [
                (after, nx.single_source_dijkstra_path_length(graph, node, farthest + 1, "minutes"))
                for node, after in _links(site, sites, "egress_minutes", nodes, kmh, detour)
            ]
            for row in here:
                truths = [
                    before + tree.get(start, math.inf) + after
                    for after, tree in trees
                    for start, before in starts[row["demand"]]
                ]
                if not any(same(row["minutes"], truth) for truth in truths):
                    told = f"{min(truths):g}" if math.isfinite(min(truths)) else "more"
                    who = f"{row['level']}, {row['demand']} -> {site}"
                    who += f" in {row['scenario']}" if "scenario" in row else ""
                    yield f"{who}: {row['minutes']:g} minutes, on the roads {told}"


def _by_closed(
    instance: Instance, file: PlanFile
) -> dict[tuple[frozenset[int], frozenset[str]], list[Row]]:
    """Closed roads (rows) and corridors -> the trips that are made then."""
    found: dict[tuple[frozenset[int], frozenset[str]], list[Row]] = defaultdict(list)
    found[frozenset(), frozenset()] += file.layers["assignments"]
    facts, ids = instance.problem.scenarios, instance.parts.tables.corridors.ids
    closed = {
        name: (
            frozenset(failure.roads.tolist()),
            frozenset(str(ids[row]) for row in failure.corridors.tolist()),
        )
        for name, failure in zip(facts.ids if facts else (), instance.failures, strict=True)
    }
    for row in file.layers.get("failover", ()):
        if row["site"] is not None:
            found[closed[row["scenario"]]].append(row)
    return found


def _nodes(roads: Any) -> dict[str, Place]:
    """Node -> where the first road that names it has it."""
    starts, ends = dict[str, Place](), dict[str, Place]()
    for a, b, line in zip(roads["from"], roads["to"], roads.geometry, strict=True):
        parts = list(getattr(line, "geoms", [line]))
        starts.setdefault(_text(a), parts[0].coords[0][:2])
        ends.setdefault(_text(b), parts[-1].coords[-1][:2])
    return ends | starts


def _graph(roads: Any) -> nx.Graph:
    """The fastest road of each two nodes."""
    graph = nx.Graph()
    for a, b, minutes in zip(roads["from"], roads["to"], roads["minutes"], strict=True):
        a, b, minutes = _text(a), _text(b), float(minutes)
        if not graph.has_edge(a, b) or minutes < graph.edges[a, b]["minutes"]:
            graph.add_edge(a, b, minutes=minutes)
    return graph


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
