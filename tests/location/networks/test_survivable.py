"""Networks that survive failures, against all subsets of edges and failures one by one."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from optimizer.location import survivable_network
from optimizer.question import Limits
from optimizer.solution import Status

EXACT = Limits(gap=0, threads=1)

Graph = tuple[np.ndarray, np.ndarray, np.ndarray]


def drawn(seed: int) -> tuple[Graph, np.ndarray, dict[str, object]]:
    """Some edges, two of them parallel now and then; needs; in every third graph pairs in time."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(3, 7))
    pairs = np.array(list(combinations(range(nodes), 2)))
    chosen = random.choice(len(pairs), min(len(pairs), int(random.integers(5, 11))), replace=False)
    if seed % 4 == 0:
        chosen = np.append(chosen, chosen[0])
    cost = random.integers(0, 20, len(chosen)) if seed % 2 else random.random(len(chosen)) * 20
    graph = pairs[chosen, 0], pairs[chosen, 1], cost.astype(float)
    needs = random.choice(3, nodes, p=[0.2, 0.3, 0.5] if seed % 5 else [0, 0, 1.0])
    near: dict[str, object] = {}
    if seed % 3 == 0:
        between = pairs[random.choice(len(pairs), 2)]
        minutes = random.integers(0, 9, len(chosen)).astype(float)
        near = {"minutes": minutes, "between": between, "longest": random.integers(4, 20, 2)}
    return graph, needs, near


def survives(
    graph: Graph, kept: list[int], needs: np.ndarray, nodes_fail: bool, near: dict[str, object]
) -> bool:
    """By removal: connected at first, then without each edge and each node."""
    tail, head, _ = graph
    whole = nx.MultiGraph()
    whole.add_nodes_from(range(len(needs)))
    minutes = near.get("minutes", np.zeros(len(tail)))
    for e in kept:
        whole.add_edge(tail[e], head[e], key=e, time=minutes[e])  # type: ignore[index]

    def together(nodes: list[int], left: nx.MultiGraph) -> bool:
        return all(nx.has_path(left, nodes[0], node) for node in nodes if node in left)

    once, twice = np.flatnonzero(needs >= 1).tolist(), np.flatnonzero(needs == 2).tolist()
    if not together(once, whole):
        return False
    for e in kept:
        left = whole.copy()
        left.remove_edge(tail[e], head[e], key=e)
        if not together(twice, left):
            return False
    for node in whole if nodes_fail else ():
        left = whole.copy()
        left.remove_node(node)
        if not together([one for one in twice if one != node], left):
            return False
    return all(
        nx.has_path(whole, u, v)
        and nx.shortest_path_length(whole, u, v, weight="time") <= longest + 1e-9
        for (u, v), longest in zip(near.get("between", []), near.get("longest", []), strict=True)  # type: ignore[call-overload]
    )


def apart(graph: Graph, nodes: int, minutes: np.ndarray, without: int | None = None) -> np.ndarray:
    """(2^E, N, N) minutes between nodes by each subset of edges (Floyd); inf: not connected."""
    tail, head, cost = graph
    every = (np.arange(1 << len(cost))[:, None] >> np.arange(len(cost))) & 1
    times = np.full((len(every), nodes, nodes), np.inf)
    times[:, np.arange(nodes), np.arange(nodes)] = 0
    for e, (u, v) in enumerate(zip(tail, head, strict=True)):
        if without not in (u, v):
            one = np.where(every[:, e], np.minimum(times[:, u, v], minutes[e]), times[:, u, v])
            times[:, u, v] = times[:, v, u] = one
    for k in range(nodes):
        times = np.minimum(times, times[:, :, k, None] + times[:, None, k])
    return times


def cheapest(
    graph: Graph, needs: np.ndarray, nodes_fail: bool, near: dict[str, object]
) -> float | None:
    """Of all subsets of edges."""
    cost, nodes = graph[2], len(needs)
    mask = np.arange(1 << len(cost))
    times = apart(graph, nodes, np.asarray(near.get("minutes", np.zeros(len(cost)))))
    once, twice = np.flatnonzero(needs >= 1), np.flatnonzero(needs == 2)
    joined = np.isfinite(times)
    good = joined[:, once[:1]][:, :, once].all(axis=(1, 2))
    weak = joined[:, twice[:1]][:, :, twice].all(axis=(1, 2))
    for e in range(len(cost)):
        good &= weak[mask & ~(1 << e)]
    for node in range(nodes) if nodes_fail else ():
        left = twice[twice != node]
        without = np.isfinite(apart(graph, nodes, np.zeros(len(cost)), node))
        good &= without[:, left[:1]][:, :, left].all(axis=(1, 2))
    for (u, v), longest in zip(near.get("between", []), near.get("longest", []), strict=True):  # type: ignore[call-overload]
        good &= times[:, u, v] <= longest
    every = (mask[:, None] >> np.arange(len(cost))) & 1
    return float((every @ cost)[good].min()) if good.any() else None


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_subset_of_edges_is_cheaper(first: int) -> None:
    for seed in range(first, first + 20):
        graph, needs, near = drawn(seed)
        for nodes_fail in (False, True):
            found = survivable_network(*graph, needs, nodes_fail, **near, limits=EXACT)  # type: ignore[arg-type]
            best = cheapest(graph, needs, nodes_fail, near)
            if best is None:
                assert found.status is Status.INFEASIBLE and found.reasons, seed
                continue
            assert found.status is Status.OPTIMAL and found.plan is not None, seed
            assert found.objective == pytest.approx(best), (seed, nodes_fail)
            assert graph[2][found.plan.edges].sum() == pytest.approx(found.objective)
            assert survives(graph, found.plan.edges.tolist(), needs, nodes_fail, near), seed


@pytest.mark.parametrize("nodes_fail", [False, True])
def test_larger_networks_survive_each_failure(nodes_fail: bool) -> None:
    for seed in (1, 2):
        random = np.random.default_rng(seed)
        places = random.random((16, 2))
        distance = np.linalg.norm(places[:, None] - places, axis=2)
        tail, head = np.nonzero(np.triu(distance < 0.6, 1))
        graph = tail, head, np.round(1000 * distance[tail, head])
        needs = random.choice(3, 16, p=[0.2, 0.4, 0.4])
        found = survivable_network(*graph, needs, nodes_fail, limits=EXACT)
        assert found.status is Status.OPTIMAL and found.plan is not None
        assert found.bound == found.objective
        assert survives(graph, found.plan.edges.tolist(), needs, nodes_fail, {})


def test_a_ring_is_cheaper_than_a_star_twice() -> None:
    """Four towns on a square: the ring costs 4; the diagonals are of no use."""
    tail, head, cost = [0, 1, 2, 3, 0, 1], [1, 2, 3, 0, 2, 3], [1, 1, 1, 1, 2, 2]
    found = survivable_network(tail, head, cost, [2, 2, 2, 2])
    assert found.plan is not None and found.plan.edges.tolist() == [0, 1, 2, 3]
    near = survivable_network(
        tail, head, cost, [2] * 4, minutes=cost, between=[[0, 2]], longest=1.5
    )
    assert near.status is Status.INFEASIBLE
    assert near.reasons == ("no path between nodes 0 and 2 takes 1.5 or less",)


def test_the_reasons_name_what_all_hangs_on() -> None:
    """Two triangles that share node 2, and a tail."""
    tail, head = [0, 1, 2, 2, 3, 4, 4], [1, 2, 0, 3, 4, 2, 5]
    needs = [2, 2, 2, 2, 2, 0]
    assert survivable_network(tail, head, [1] * 7, needs).objective == 6
    by_node = survivable_network(tail, head, [1] * 7, needs, nodes_fail=True)
    assert by_node.reasons == ("nodes 0 and 3 can't be connected twice: all hangs on node 2",)
    by_edge = survivable_network(tail, head, [1] * 7, [2] * 6)
    assert by_edge.reasons == ("nodes 0 and 5 can't be connected twice: all hangs on edge 6",)
    apart = survivable_network([0, 2], [1, 3], [1, 1], [1, 1, 1, 0])
    assert apart.reasons == ("nodes 0 and 2 can't be connected",)


def test_nothing_wanted_costs_nothing() -> None:
    found = survivable_network([0, 1], [1, 2], [3, 4], [0, 2, 0])
    assert found.status is Status.OPTIMAL and found.objective == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tail": [0, 3]}, "tail: must be below 3"),
        ({"head": [0, 2]}, "an edge must join two nodes"),
        ({"head": [1]}, "as many as there are edges"),
        ({"cost": [1, -1]}, "cost: must be finite and not negative"),
        ({"requirement": [0, 1, 3]}, "requirement: must be below 3"),
        ({"minutes": [1, 1]}, "all or none"),
        ({"minutes": [1, 1], "between": [0, 1], "longest": 2}, "two nodes for each pair"),
        ({"minutes": [1, 1], "between": [[0, 1]], "longest": np.nan}, "longest"),
    ],
)
def test_what_makes_no_sense(change: dict[str, object], told: str) -> None:
    given = {"tail": [0, 1], "head": [1, 2], "cost": [1, 1], "requirement": [1, 1, 1]}
    with pytest.raises(ValueError, match=told):
        survivable_network(**(given | change))  # type: ignore[arg-type]
