"""What fails, on random roads and corridors, against shortest paths found the plain way."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from shapely import LineString

from optimizer.geodata.geography import Instance
from tests.geodata.little import (
    CRS,
    Little,
    at,
    read_little,
)


@pytest.mark.parametrize("seed", range(12))
def test_trips_are_those_of_what_is_left(tmp_path: Path, seed: int) -> None:
    """Of random roads and corridors, for every set that is built: shortest paths, the plain way."""
    rng = np.random.default_rng(seed)
    found = read_little(
        tmp_path,
        lambda it: _tangle(it, rng),
        'policy.failures.draw=["roads", "corridors"]',
        "policy.corridors=true",
        "services.emergency.cutoff=60",
    )
    facts, problem = found.problem.scenarios, found.problem
    assert facts is not None
    assert problem.corridors is not None
    assert len(facts.ids) > 2
    roads, lines = found.geography.roads, found.geography.corridors
    assert lines is not None
    for trips, failure in zip(facts.trips, found.failures, strict=True):
        left = roads.drop(index=roads.index[failure.roads])
        for chosen in product((False, True), repeat=len(lines)):
            built = np.flatnonzero(chosen)
            stands = problem.corridors.built(built)
            standing = lines.iloc[np.setdiff1d(built, failure.corridors)]
            graph = _graph(roads, left, standing)
            pairs = trips[0].only(stands[trips[0].needs])
            told: dict[tuple[int, int], float] = {}
            for i, j, m in zip(pairs.origin, pairs.site, pairs.minutes, strict=True):
                told[i, j] = min(m, told.get((i, j), np.inf))
            assert told == pytest.approx(_truth(found, graph))


def _tangle(it: Little, rng: np.random.Generator) -> None:
    """Six nodes around a, b and c, a ring of roads with chords, and three corridors."""
    nodes = ["a", "b", "c", "d", "e", "f"]
    places = {name: at(10.0 * (n % 3), 8.0 * (n // 3)) for n, name in enumerate(nodes)}
    joins = [(nodes[n], nodes[(n + 1) % 6]) for n in range(6)]
    joins += [tuple(rng.choice(nodes, 2, replace=False)) for _ in range(3)]
    it.layers["roads"] = gpd.GeoDataFrame(
        {
            "from": [a for a, _ in joins],
            "to": [b for _, b in joins],
            "minutes": rng.integers(3, 20, len(joins)).astype(float),
        },
        geometry=[LineString([places[a], places[b]]) for a, b in joins],
        crs=CRS,
    )
    ends = [tuple(rng.choice(["a", "b", "c"], 2, replace=False)) for _ in range(3)]
    it.layers["corridors"] = gpd.GeoDataFrame(
        {
            "id": ["k1", "k2", "k3"],
            "from": [a for a, _ in ends],
            "to": [b for _, b in ends],
            "minutes": rng.integers(1, 9, 3).astype(float),
            "cost": [10.0, 20.0, 30.0],
        },
        geometry=[LineString([places[a], places[b]]) for a, b in ends],
        crs=CRS,
    )


def _graph(
    every: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, corridors: gpd.GeoDataFrame
) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from([*every["from"], *every["to"]])
    for layer in (roads, corridors):
        for a, b, m in zip(layer["from"], layer["to"], layer["minutes"], strict=True):
            if not graph.has_edge(a, b) or graph.edges[a, b]["minutes"] > m:
                graph.add_edge(a, b, minutes=m)
    return graph


def _truth(found: Instance, graph: nx.Graph) -> dict[tuple[int, int], float]:
    """Within 60 minutes; s, t and u stand where a, b and c are."""
    truth = {}
    for i, home in enumerate(found.problem.demand.ids):
        away = nx.single_source_dijkstra_path_length(graph, home, weight="minutes")
        for j, site in enumerate(found.problem.sites.ids):
            node = {"s": "a", "t": "b", "u": "c"}[site]
            egress = {"s": 0.0, "t": 1.0, "u": 2.0}[site]
            if away.get(node, np.inf) + egress <= 60:
                truth[i, j] = away[node] + egress
    return truth
