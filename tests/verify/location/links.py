"""Links to build: Steiner trees and forests, networks that survive, modules, nodes and links."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import networkx as nx
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from tests.verify.location.asked import Given, Kind
from tests.verify.location.towns import Drawing, places

EDGE = {name: ("edge",) for name in ("tail", "head", "cost", "minutes", "length", "existing")}
AXES = {**EDGE, "flow_cost": ("edge",), "edge": ("module",), "capacity": ("module",)}

#: Links, or nodes and links, of which all sets are tried.
MOST = 8

#: Steps of the local search.
STEPS = 60


def _graph(draw: Drawing, most: int, links: str = "cost") -> tuple[Given, int]:
    """Edges between near places, and what they cost; how many nodes there are."""
    rng = draw.rng
    n = int(rng.integers(3, most))
    at = places(draw, n)
    ends = [(int(rng.integers(0, b)), b) for b in range(1, n)]
    more = int(rng.integers(0, 2 * n)) if n > 6 else int(rng.integers(0, max(1, 12 - n)))
    for _ in range(more):
        a, b = sorted(rng.choice(n, 2, replace=False).tolist())
        ends.append((a, b))
    tail, head = np.array(ends).T
    cost = np.hypot(*(at[tail] - at[head]).T)
    kind = draw.one("whole costs", "decimal costs", "costs alike", "some are free")
    cost = {
        "whole costs": np.ceil(cost),
        "decimal costs": cost.round(2),
        "costs alike": rng.integers(1, 3, len(cost)).astype(float),
        "some are free": np.where(rng.random(len(cost)) < 0.3, 0.0, np.ceil(cost)),
    }[kind]
    return {"tail": tail, "head": head, links: cost}, n


def _least(worth: Callable[[Given, np.ndarray], float], count: Callable[[Given], int]):
    def least(given: Given) -> float | None:
        links = count(given)
        if links > MOST:
            return None
        return min(worth(given, np.array(one, dtype=bool)) for one in product((0, 1), repeat=links))

    return least


def _searched(
    worth: Callable[[Given, np.ndarray], float],
    count: Callable[[Given], int],
    of: Callable[[Given, Any], np.ndarray],
) -> Callable[[Given, Any, np.random.Generator], float]:
    """One less, one more, one for another; from what was told and from all of them."""

    def search(given: Given, plan: Any, rng: np.random.Generator) -> float:
        links, best = count(given), np.inf
        starts = [np.ones(links, dtype=bool)] + ([] if plan is None else [of(given, plan)])
        for now in starts:
            value = worth(given, now)
            for _ in range(STEPS):
                step = now.copy()
                step[rng.integers(0, links, int(rng.integers(1, 3)))] ^= True
                found = worth(given, step)
                if found <= value:
                    now, value = step, found
            best = min(best, value)
        return best

    return search


def _edges(given: Given, plan: Any) -> np.ndarray:
    built = np.zeros(len(given["tail"]), dtype=bool)
    built[plan.edges] = True
    return built


def _kind(
    draw: Callable[[Drawing], Given],
    worth: Callable[[Given, np.ndarray], float],
    count: Callable[[Given], int] = lambda given: len(given["tail"]),
    of: Callable[[Given, Any], np.ndarray] = _edges,
) -> Kind:
    """worth: of (L,) what is built; count: L; of: what a plan builds."""
    return Kind(
        draw,
        lambda given, plan: worth(given, of(given, plan)),
        _least(worth, count),
        _searched(worth, count, of),
        AXES,
    )


# -- trees -------------------------------------------------------------------------------------


def _tree(draw: Drawing) -> Given:
    rng = draw.rng
    given, n = _graph(draw, 40 if rng.random() < 0.3 else 8)
    given["terminals"] = rng.choice(n, int(rng.integers(2, min(n, 6) + 1)), replace=False)
    if n > 4 and draw.some("forest", 0.3):
        given["terminals"] = [rng.choice(n, 2, replace=False).tolist() for _ in range(2)]
    return {**given, "nodes": n}


def _connects(given: Given, built: np.ndarray) -> float:
    graph = nx.Graph()
    graph.add_nodes_from(range(given["nodes"]))
    tail, head = (given[end][built].tolist() for end in ("tail", "head"))
    graph.add_edges_from(zip(tail, head, strict=True))
    groups = given["terminals"]
    groups = groups if isinstance(groups[0], list) else [np.asarray(groups).tolist()]
    for group in groups:
        if not set(group) <= nx.node_connected_component(graph, group[0]):
            return np.inf
    return float(given["cost"][built].sum())


# -- what survives -----------------------------------------------------------------------------


def _surviving(draw: Drawing) -> Given:
    rng = draw.rng
    given, n = _graph(draw, 12 if rng.random() < 0.3 else 7)
    given["requirement"] = rng.choice(3, n, p=[0.2, 0.3, 0.5])
    given["nodes_fail"] = draw.some("nodes fail", 0.5)
    return given


def _survives(given: Given, built: np.ndarray) -> float:
    needs = given["requirement"]
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(needs)))
    kept = np.flatnonzero(built).tolist()
    graph.add_edges_from((given["tail"][e], given["head"][e], e) for e in kept)
    once, twice = np.flatnonzero(needs >= 1).tolist(), np.flatnonzero(needs == 2).tolist()

    def together(nodes: list[int], left: nx.MultiGraph) -> bool:
        return not nodes or set(nodes) <= nx.node_connected_component(left, nodes[0])

    if not together(once, graph):
        return np.inf
    for e in kept if twice else ():
        left = nx.MultiGraph(graph)
        left.remove_edge(given["tail"][e], given["head"][e], key=e)
        if not together(twice, left):
            return np.inf
    for node in range(len(needs)) if given["nodes_fail"] and twice else ():
        left = nx.MultiGraph(graph)
        left.remove_node(node)
        if not together([one for one in twice if one != node], left):
            return np.inf
    return float(given["cost"][built].sum())


# -- nodes and links together ------------------------------------------------------------------


def _joint(draw: Drawing) -> Given:
    rng = draw.rng
    given, n = _graph(draw, 14 if rng.random() < 0.3 else 6, "length")
    links = len(given["tail"])
    cost = rng.integers(1, 30, links) + (0.0 if rng.random() < 0.5 else rng.random(links))
    given["cost"] = np.where(rng.random(links) < 0.3, 0.0, cost)
    given["fixed"] = rng.choice([1, 0, np.inf], n, p=[0.7, 0.1, 0.2]) * rng.integers(1, 60, n)
    given["fixed"] = np.nan_to_num(given["fixed"], nan=np.inf, posinf=np.inf)
    given["persons"] = rng.choice([0, 1, 2, 5], n).astype(float)
    if draw.some("populations", 0.2):
        given["persons"] = np.round(rng.lognormal(3, 1, n))
    given["rate"] = float(rng.choice([1.0, 0.5, 0.0]))
    if draw.some("budget", 0.3):
        given["budget"] = float(rng.integers(10, 200))
    return given


def _joined(given: Given, built: np.ndarray) -> float:
    """built: (N + E,) which nodes are open and which links built."""
    n = len(given["fixed"])
    is_open, links = built[:n], built[n:]
    if np.isinf(given["fixed"][is_open]).any():
        return np.inf
    money = float(given["fixed"][is_open].sum() + given["cost"][links].sum())
    if money > given.get("budget", np.inf) * (1 + 1e-9):
        return np.inf
    lives = given["persons"] > 0
    if not lives.any():
        return money
    sources = np.flatnonzero(is_open | (given["fixed"] == 0))
    if not len(sources):
        return np.inf
    there = links | (given["cost"] == 0)
    least: dict[tuple[int, int], float] = {}
    for u, v, far in zip(
        *(given[k][there].tolist() for k in ("tail", "head", "length")), strict=True
    ):
        pair = min(u, v), max(u, v)
        least[pair] = min(least.get(pair, np.inf), far or 1e-12)
    ends = np.array([*least], dtype=int).reshape(-1, 2)
    graph = csr_array(([*least.values()], (ends[:, 0], ends[:, 1])), shape=(n, n))
    away = dijkstra(graph, directed=False, indices=sources).min(axis=0)
    if np.isinf(away[lives]).any():
        return np.inf
    return money + given["rate"] * float(given["persons"][lives] @ away[lives])


def _both(given: Given, plan: Any) -> np.ndarray:
    built = np.zeros(len(given["fixed"]) + len(given["tail"]), dtype=bool)
    built[plan.sites] = True
    built[len(given["fixed"]) + plan.edges] = True
    return built


# -- modules and flows -------------------------------------------------------------------------


def _modules(draw: Drawing) -> Given:
    rng = draw.rng
    given, n = _graph(draw, 6, "length")
    links = len(given["tail"])
    del given["length"]
    count = int(rng.integers(1, 5))
    source = rng.integers(0, n, count)
    given |= {
        "source": source,
        "sink": (source + rng.integers(1, n, count)) % n,
        "demand": rng.integers(1, 8, count)
        if draw.some("whole weights", 0.5)
        else rng.random(count) * 8,
    }
    edge = np.repeat(np.arange(links), rng.integers(1, 3, links))[:11]
    capacity = rng.integers(3, 15, len(edge)) * 1.0
    given |= {
        "edge": edge,
        "capacity": capacity,
        "cost": capacity * 2 + rng.integers(1, 20, len(edge)),
    }
    given["existing"] = rng.choice([0.0, 2.0, 5.0], links) if rng.random() < 0.4 else None
    given["flow_cost"] = rng.integers(0, 4, links) * 1.0 if rng.random() < 0.5 else None
    return given


def _program(given: Given, built: np.ndarray | None) -> float:
    """The least cost with these modules, (L,), or with the best of them: one of an edge at most."""
    modules, links, count = len(given["edge"]), len(given["tail"]), len(given["demand"])
    nodes = 1 + int(max(given[k].max() for k in ("tail", "head", "source", "sink")))
    price = np.zeros(links) if given["flow_cost"] is None else given["flow_cost"]
    balance, at = np.zeros((nodes, 2 * links)), np.arange(links)
    for end, sign in ((given["tail"], 1.0), (given["head"], -1.0)):
        np.add.at(balance, (end, at), sign)
        np.add.at(balance, (end, links + at), -sign)
    wanted = np.zeros((count, nodes))
    np.add.at(wanted, (np.arange(count), given["source"]), given["demand"])
    np.add.at(wanted, (np.arange(count), given["sink"]), -given["demand"])
    of_edge = (given["edge"] == at[:, None]).astype(float)
    flows = np.tile(np.eye(links), 2 * count)
    keeps = np.kron(np.eye(count), balance)
    room = np.zeros(links) if given["existing"] is None else given["existing"]
    lower = np.concatenate(
        [np.zeros(modules) if built is None else built, np.zeros(2 * links * count)]
    )
    upper = np.concatenate(
        [np.ones(modules) if built is None else built, np.full(2 * links * count, np.inf)]
    )
    found = milp(
        np.concatenate([given["cost"], np.tile(price, 2 * count)]),
        constraints=[
            LinearConstraint(np.hstack([-of_edge * given["capacity"], flows]), -np.inf, room),
            LinearConstraint(np.hstack([of_edge, np.zeros((links, 2 * links * count))]), 0, 1),
            LinearConstraint(
                np.hstack([np.zeros((len(keeps), modules)), keeps]),
                wanted.reshape(-1),
                wanted.reshape(-1),
            ),
        ],
        integrality=np.arange(len(lower)) < modules,
        bounds=Bounds(lower, upper),
        options={"mip_rel_gap": 0.0, "time_limit": 20.0},
    )
    return float(found.fun) if found.status == 0 else np.inf


def _carried(given: Given, plan: Any) -> float:
    return _program(given, plan.counts.astype(float))


KINDS = {
    "steiner_tree": _kind(_tree, _connects),
    "survivable_network": _kind(_surviving, _survives),
    "located_network": _kind(
        _joint, _joined, lambda given: len(given["fixed"]) + len(given["tail"]), _both
    ),
    "network_design": Kind(
        _modules,
        _carried,
        lambda given: _program(given, None),
        lambda given, plan, rng: np.inf,
        {"edge": ("module",), "capacity": ("module",), "cost": ("module",)},
        rounding=1e-5,
    ),
}
