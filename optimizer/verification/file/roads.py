"""Minutes of trips, once more: one shortest-path tree per site, in networkx, slow and plain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import networkx as nx

from optimizer.foundation.language import _
from optimizer.geodata.geography import Instance
from optimizer.geodata.plan_file import PlanFile, Row
from optimizer.verification.file.hooks import Hook, Network, network
from optimizer.verification.verdict import same


def minutes_on_roads(
    instance: Instance, file: PlanFile, kmh: float, detour: float
) -> Iterator[str]:
    """Trips whose minutes are not those of the fastest way on the roads that are left.

    minutes = access + link of the demand point + roads + link of the site + egress; a link is
    straight to the nearest road, x detour, at `kmh`, in the metric CRS. In a scenario some roads
    and corridors are closed: on a road that is closed nobody goes anywhere.
    """
    geography = instance.geography
    roads = geography.roads.to_crs(geography.crs)
    demand, sites = (layer.to_crs(geography.crs) for layer in (geography.demand, geography.sites))
    hangs = network(roads, kmh, detour)
    by_closed = _by_closed(instance, file)
    homes = {row["demand"] for rows in by_closed.values() for row in rows}
    starts = {name: _door(hangs, name, demand, "access_minutes") for name in sorted(homes)}
    open_sites = {row["site"] for rows in by_closed.values() for row in rows}
    doors = {name: _door(hangs, name, sites, "egress_minutes") for name in sorted(open_sites)}
    built = {str(row["id"]) for row in file.layers.get("corridors", ()) if row["status"] == "built"}
    corridors = dict[str, tuple[Hook, float, Hook]]()
    if built:
        assert geography.corridors is not None
        corridors = _corridors(hangs, geography.corridors.to_crs(geography.crs).loc[sorted(built)])
    hooks = [hook for every in (starts, doors) for some in every.values() for hook, after in some]
    hooks += [hook for first, minutes, last in corridors.values() for hook in (first, last)]
    for (closed, broken), rows in by_closed.items():
        graph = _graph(hangs, closed, hooks)
        for name, (first, minutes, last) in corridors.items():
            if name not in broken:
                _join(graph, first.at, last.at, minutes)
        trips: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            trips[row["site"]].append(row)
        for site, here in trips.items():
            farthest = max(row["minutes"] for row in here)
            trees = [(after, _tree(graph, hook.at, farthest + 1)) for hook, after in doors[site]]
            for row in here:
                truths = [
                    before + tree.get(hook.at, math.inf) + after
                    for after, tree in trees
                    for hook, before in starts[row["demand"]]
                ]
                if not any(same(row["minutes"], truth) for truth in truths):
                    yield _untrue(row, min(truths))


def core_minutes_on_roads(instance: Instance, kmh: float, detour: float) -> Iterator[str]:
    """Minutes to the nearest core that are not those of the roads to the seat of one.

    access + link of the demand point + roads + link of the seat; of a seat, its access alone.
    """
    geography, demand = instance.geography, instance.problem.demand
    if demand.core_minutes is None:
        return
    roads, homes = (one.to_crs(geography.crs) for one in (geography.roads, geography.demand))
    cores, hangs = _core_seats(instance), network(roads, kmh, detour)
    starts = {name: _door(hangs, name, homes, "access_minutes") for name in demand.ids}
    hooks = {core: hangs.hooks(core, _xy(homes, core)) for core in cores}
    every = [hook for some in starts.values() for hook, after in some]
    every += [hook for some in hooks.values() for hook in some]
    graph = _graph(hangs, frozenset(), every)
    trees = [
        [(hook.minutes, _tree(graph, hook.at, math.inf)) for hook in some]
        for some in hooks.values()
    ]
    for name, stated in zip(demand.ids, demand.core_minutes.tolist(), strict=True):
        truths = list[float]()
        for hook, before in starts[name]:
            if name in cores:
                truths.append(before - hook.minutes)
                continue
            away = [
                [before + tree.get(hook.at, math.inf) + after for after, tree in some]
                for some in trees
            ]
            nearest = min(map(max, away))  # wherever the seats hang, one is no farther
            truths += [one for some in away for one in some if one <= nearest]
        if not any(same(stated, truth) for truth in truths):
            yield _(
                "{point}: {minutes:g} minutes to the nearest core, on the roads {truth:g}",
                point=name,
                minutes=stated,
                truth=min(truths),
            )


def _core_seats(instance: Instance) -> set[str]:
    """Demand points where cores have their seats."""
    areas = instance.parts.tables.areas
    both = zip(areas.role, areas.seat, strict=True)
    return {str(seat) for role, seat in both if role == "core" and seat}


def _untrue(row: Row, truth: float) -> str:
    """A trip whose minutes are not those on the roads."""
    trip: dict[str, object] = {
        "trip": f"{row['level']}, {row['demand']} -> {row['site']}",
        "scenario": row.get("scenario"),
        "minutes": row["minutes"],
        "truth": truth,
    }
    if "scenario" in row:
        if math.isfinite(truth):
            return _(
                "{trip} in {scenario}: {minutes:g} minutes, on the roads {truth:g}",
                **trip,
            )
        return _("{trip} in {scenario}: {minutes:g} minutes, on the roads more", **trip)
    if math.isfinite(truth):
        return _("{trip}: {minutes:g} minutes, on the roads {truth:g}", **trip)
    return _("{trip}: {minutes:g} minutes, on the roads more", **trip)


def _by_closed(
    instance: Instance, file: PlanFile
) -> dict[tuple[frozenset[int], frozenset[str]], list[Row]]:
    """Closed roads (rows) and corridors -> the trips that are made then."""
    trips: dict[tuple[frozenset[int], frozenset[str]], list[Row]] = defaultdict(list)
    trips[frozenset(), frozenset()] += file.layers["assignments"]
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
            trips[closed[row["scenario"]]].append(row)
    return trips


def _graph(hangs: Network, closed: frozenset[int], hooks: list[Hook]) -> nx.Graph:
    """The fastest road of each two nodes, of those that are open, by way of whoever hangs on it."""
    graph = nx.Graph()
    graph.add_nodes_from(hangs.nodes)
    graph.add_nodes_from(hook.at for hook in hooks)
    on: dict[int, set[float]] = defaultdict(set)
    for hook in hooks:
        if not isinstance(hook.at, str):
            row, share = hook.at
            on[row].add(share)
    for row, (first, last, minutes) in enumerate(hangs.roads):
        if row in closed:
            continue
        stops: list[tuple[Any, float]] = [(first, 0.0)]
        stops += [((row, share), share) for share in sorted(on[row])]
        for (a, here), (b, there) in pairwise([*stops, (last, 1.0)]):
            _join(graph, a, b, (there - here) * minutes)
    return graph


def _join(graph: nx.Graph, a: Any, b: Any, minutes: float) -> None:
    if not graph.has_edge(a, b) or minutes < graph.edges[a, b]["minutes"]:
        graph.add_edge(a, b, minutes=minutes)


def _tree(graph: nx.Graph, start: Any, farthest: float) -> dict[Any, float]:
    away: dict[Any, float] = nx.single_source_dijkstra_path_length(
        graph, start, farthest, "minutes"
    )
    return away


def _corridors(hangs: Network, lines: Any) -> dict[str, tuple[Hook, float, Hook]]:
    """Where each corridor meets the roads, and minutes from there to there."""
    ends = {}
    for name, a, b, minutes, line in zip(
        lines.index, lines["from"], lines["to"], lines["minutes"], lines.geometry, strict=True
    ):
        parts = list(getattr(line, "geoms", [line]))
        first = hangs.hooks(a, parts[0].coords[0][:2])[0]
        last = hangs.hooks(b, parts[-1].coords[-1][:2])[0]
        ends[str(name)] = first, first.minutes + float(minutes) + last.minutes, last
    return ends


def _door(hangs: Network, name: str, layer: Any, column: str) -> list[tuple[Hook, float]]:
    """Where a point may hang, and the minutes between its door and there."""
    extra = float(layer.at[name, column]) if column in layer.columns else 0.0
    extra = 0.0 if math.isnan(extra) else extra
    return [(hook, extra + hook.minutes) for hook in hangs.hooks(name, _xy(layer, name))]


def _xy(layer: Any, name: str) -> tuple[float, float]:
    """Where a point stands, metres."""
    at = layer.geometry.at[name]
    return at.x, at.y
