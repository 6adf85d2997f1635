"""Nodes opened and links built together, against all sets of nodes and links."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall

from optimizer.location import fixed_charge, located_network, steiner_tree
from optimizer.question import Limits
from optimizer.solution import Status

EXACT = Limits(gap=0, threads=1)


def drawn(seed: int) -> dict[str, Any]:
    """Few nodes, some never open, some already; links, some there, two parallel now and then."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(2, 6))
    pairs = np.array(list(combinations(range(nodes), 2)))
    picked = random.choice(len(pairs), min(len(pairs), int(random.integers(1, 8))), replace=False)
    if seed % 4 == 0:
        picked = np.append(picked, picked[0])
    links = len(picked)
    whole = seed % 2 == 0
    noise = 0.0 if whole else 1.0
    cost = random.integers(1, 30, links) + noise * random.random(links)
    fixed = random.integers(1, 60, nodes) + noise * random.random(nodes)
    persons = random.choice([0, 1, 2, 5], nodes)
    return {
        "tail": pairs[picked, 0],
        "head": pairs[picked, 1],
        "cost": np.where(random.random(links) < 0.3, 0.0, cost),
        "length": random.integers(0, 12, links) + noise * random.random(links),
        "fixed": random.choice([1, 0, np.inf], nodes, p=[0.7, 0.1, 0.2]) * 1.0,
        "persons": persons,
        "rate": [1.0, 0.5, 0.0][seed % 3],
        "budget": float(random.integers(10, 90)) if seed % 5 < 2 else None,
        "opening": fixed,
    }


def asked(seed: int) -> dict[str, Any]:
    given = drawn(seed)
    opening, kind = given.pop("opening"), given["fixed"]
    given["fixed"] = np.where(kind == 1, opening, kind)
    return given


def value(given: dict[str, Any], is_open: np.ndarray, built: np.ndarray) -> tuple[float, float]:
    """Money of these nodes and links, and what the ways of all cost."""
    nodes = len(given["fixed"])
    apart = np.full((nodes, nodes), np.inf)
    np.fill_diagonal(apart, 0.0)
    for e in np.flatnonzero(built | (given["cost"] == 0)):
        u, v = given["tail"][e], given["head"][e]
        apart[u, v] = apart[v, u] = min(apart[u, v], given["length"][e])
    for k in range(nodes):
        apart = np.minimum(apart, apart[:, k, None] + apart[None, k])
    ways = apart[:, is_open].min(axis=1, initial=np.inf)
    lives = given["persons"] > 0
    if not np.isfinite(ways[lives]).all():
        return np.inf, np.inf
    money = given["fixed"][is_open].sum() + given["cost"][built].sum()
    return float(money), float(given["rate"] * (given["persons"][lives] @ ways[lives]))


def least(given: dict[str, Any]) -> float:
    """Of all sets of nodes and links that can be paid; inf: none serves everybody."""
    may, priced = np.isfinite(given["fixed"]), given["cost"] > 0
    most = np.inf if given["budget"] is None else given["budget"]
    best = np.inf
    for chosen in product(*([False, True] if one else [False] for one in (*may, *priced))):
        is_open, built = np.array(chosen[: len(may)]), np.array(chosen[len(may) :], dtype=bool)
        money, ways = value(given, is_open, built)
        if money <= most:
            best = min(best, money + ways)
    return best


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_no_nodes_and_links_are_cheaper(first: int) -> None:
    for seed in range(first, first + 30):
        given = asked(seed)
        best, found = least(given), located_network(**given, limits=EXACT)
        if best == np.inf:
            assert found.status is Status.INFEASIBLE and found.reasons, seed
            continue
        assert found.status is Status.OPTIMAL and found.plan is not None, seed
        assert found.objective == pytest.approx(best), seed
        assert found.bound == pytest.approx(best, rel=1e-7), seed
        is_open = np.isin(np.arange(len(given["fixed"])), found.plan.sites)
        built = np.isin(np.arange(len(given["cost"])), found.plan.edges)
        assert sum(value(given, is_open, built)) == pytest.approx(best), seed
        lives = given["persons"] > 0
        assert is_open[found.plan.served[lives]].all() and (found.plan.served[~lives] == -1).all()


def graph(seed: int, nodes: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Links between near places, and their lengths."""
    places = np.random.default_rng(seed).random((nodes, 2)) * 100
    distance = np.linalg.norm(places[:, None] - places, axis=2)
    tail, head = np.nonzero(np.triu(distance <= np.sort(distance, axis=1)[:, [4]], 1))
    return tail, head, np.ceil(distance[tail, head])


@pytest.mark.parametrize("seed", range(3))
def test_one_open_node_and_free_ways_are_a_steiner_tree(seed: int) -> None:
    tail, head, cost = graph(seed)
    terminals = np.arange(0, 30, 4)
    fixed = np.where(np.arange(30) == 4, 0.0, np.inf)
    persons = np.isin(np.arange(30), terminals) * 3.0
    tree = steiner_tree(tail, head, cost, terminals, 30, EXACT)
    found = located_network(tail, head, cost, cost, fixed, persons, rate=0, limits=EXACT)
    assert found.status == tree.status
    assert (found.objective, found.bound) == (tree.objective, tree.bound)


@pytest.mark.parametrize("seed", range(3))
def test_links_that_are_there_are_fixed_charge_on_shortest_paths(seed: int) -> None:
    tail, head, length = graph(seed)
    random = np.random.default_rng(seed)
    persons, fixed = random.integers(1, 9, 30), random.integers(100, 900, 30)
    table = np.full((30, 30), np.inf)
    table[tail, head] = table[head, tail] = length
    costs = persons[:, None] * floyd_warshall(table)
    free = located_network(tail, head, 0 * length, length, fixed, persons, limits=EXACT)
    assert free.objective == free.bound == fixed_charge(costs, fixed, limits=EXACT).objective


def test_a_road_instead_of_a_second_hospital() -> None:
    """Two towns 10 apart: a road for 50 and 5 x 10 of travel, or a hospital for 90 more."""
    given: dict[str, Any] = {"tail": [0], "head": [1], "cost": [30], "length": [10]}
    found = located_network(**given, fixed=[80, 90], persons=[9, 5])
    assert found.plan is not None and found.objective == 160
    assert (found.plan.sites.tolist(), found.plan.edges.tolist()) == ([0], [0])
    near = located_network(**given, fixed=[80, 70], persons=[9, 5])
    assert near.plan is not None and near.plan.served.tolist() == [0, 1]
    poor = located_network(**given, fixed=[80, 70], persons=[9, 5], budget=120)
    assert poor.plan is not None and poor.objective == 160 and poor.plan.sites.tolist() == [0]


def test_the_reasons_say_who_is_cut_off_or_too_dear() -> None:
    apart = located_network([0], [1], [1], [1], [5, np.inf, np.inf], [1, 1, 1])
    assert apart.reasons == ("node 2 can reach no node that may open",)
    dear = located_network([0], [1], [3], [1], [5, np.inf], [1, 1], budget=7)
    assert dear.status is Status.INFEASIBLE
    assert dear.reasons == ("not everybody can be served within 7",)
    assert located_network([0], [1], [3], [1], [5, 5], [0, 0]).objective == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tail": [0, 3]}, "tail: must be below 3"),
        ({"cost": [1, -1]}, "cost: must be finite and not negative"),
        ({"length": [1]}, "length: 2 numbers are needed"),
        ({"fixed": [1, np.nan, 1]}, "fixed: must be finite and not negative"),
        ({"persons": [1, 1]}, "persons: 3 numbers are needed"),
        ({"rate": -1}, "rate"),
        ({"budget": np.inf}, "budget"),
    ],
)
def test_what_makes_no_sense(change: dict[str, object], told: str) -> None:
    given: dict[str, object] = {"tail": [0, 1], "head": [1, 2], "cost": [1, 1], "length": [1, 1]}
    given |= {"fixed": [1, 1, 1], "persons": [1, 1, 1]}
    with pytest.raises(ValueError, match=told):
        located_network(**(given | change))  # type: ignore[arg-type]
