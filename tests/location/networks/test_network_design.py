"""Designs of networks against the plain model, one variable for each demand and direction."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csc_array

from optimizer.location import Design, network_design
from optimizer.location.networks import demands
from optimizer.question import Limits
from optimizer.solution import Solved, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program
from tests.parts import parts

EXACT = Limits(gap=0, threads=1)


def drawn(seed: int) -> dict[str, Any]:
    """A connected graph of few nodes; demands; modules of one to three sizes on each edge."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(3, 7))
    pairs = np.array(list(combinations(range(nodes), 2)))
    picked = random.choice(len(pairs), min(len(pairs), nodes + 2), replace=False)
    tail, head = pairs[picked].T
    count = int(random.integers(1, 6))
    source = random.integers(0, nodes, count)
    sink = (source + random.integers(1, nodes, count)) % nodes
    edge = np.repeat(np.arange(len(tail)), random.integers(1, 4, len(tail)))
    whole = seed % 2 == 0
    capacity = random.integers(3, 15, len(edge)) * 1.0
    cost = capacity * 2 + random.integers(1, 20, len(edge))
    if seed % 7 in (1, 2):  # levels that are sums of modules
        edge = np.repeat(np.arange(len(tail)), 5)
        capacity = np.tile([2.0, 4.0, 6.0, 8.0, 10.0], len(tail))
        first, more = random.integers(4, 9, len(tail)), random.integers(0, 5, len(tail))
        cost = np.outer(first + more, [0, 1, 1, 2, 2]) + np.outer(first, [1, 0, 1, 0, 1])
        cost = cost.reshape(-1).astype(float)
    return {
        "tail": tail,
        "head": head,
        "source": source,
        "sink": sink,
        "demand": random.integers(1, 8, count) if whole else random.random(count) * 8,
        "edge": edge,
        "capacity": capacity if whole else capacity + 0.37,
        "cost": cost,
        "several": seed % 3 == 0,
        "existing": random.choice([0, 0, 2, 5], len(tail)) if seed % 5 == 0 else None,
        "flow_cost": random.integers(0, 4, len(tail)) if seed % 4 < 2 else None,
    }


def none(given: Any, count: int) -> np.ndarray:
    return np.zeros(count) if given is None else np.asarray(given, dtype=float)


def plain(one: dict[str, Any]) -> Program:
    """Rows written out: balances of each demand, capacities, one module for each edge."""
    edges, count, modules = len(one["tail"]), len(one["demand"]), len(one["edge"])
    nodes = (
        int(max(one["tail"].max(), one["head"].max(), one["source"].max(), one["sink"].max())) + 1
    )
    n = modules + 2 * edges * count
    rows: list[np.ndarray] = []
    lower: list[float] = []
    upper: list[float] = []

    def column(k: int, e: int, back: int) -> int:
        return modules + (k * edges + e) * 2 + back

    for k in range(count):
        for v in range(nodes):
            row = np.zeros(n)
            for e in range(edges):
                for at, sign in ((one["tail"][e], 1), (one["head"][e], -1)):
                    if at == v:
                        row[column(k, e, 0)] += sign
                        row[column(k, e, 1)] -= sign
            sent = one["demand"][k] * (int(one["source"][k] == v) - int(one["sink"][k] == v))
            rows.append(row)
            lower.append(sent)
            upper.append(sent)
    for e in range(edges):
        row = np.zeros(n)
        row[[column(k, e, back) for k in range(count) for back in (0, 1)]] = 1
        row[:modules] = np.where(one["edge"] == e, -one["capacity"], 0)
        rows.append(row)
        lower.append(-np.inf)
        upper.append(none(one["existing"], edges)[e])
        if not one["several"]:
            rows.append(
                (np.arange(n) < modules) * np.append(one["edge"] == e, np.zeros(n - modules))
            )
            lower.append(-np.inf)
            upper.append(1)
    price = np.zeros(n)
    price[:modules] = one["cost"]
    for k in range(count):
        for e in range(edges):
            price[[column(k, e, 0), column(k, e, 1)]] = none(one["flow_cost"], edges)[e]
    return Program(
        cost=price,
        offset=0.0,
        rows=csc_array(np.array(rows)),
        row_lower=np.array(lower),
        row_upper=np.array(upper),
        lower=np.zeros(n),
        upper=np.append(
            np.full(modules, 20.0 if one["several"] else 1.0), np.full(n - modules, 1e3)
        ),
        integer=np.arange(n) < modules,
    )


def holds(one: dict[str, Any], found: Solved[Design]) -> None:
    """The design is what it says: flows reach their ends within what is built."""
    plan, edges = found.plan, len(one["tail"])
    assert plan is not None and plan.flows.shape == (len(one["demand"]), edges)
    room = none(one["existing"], edges)
    room = room + np.bincount(one["edge"], one["capacity"] * plan.counts, edges)
    both_ways = np.abs(plan.flows).sum(axis=0)
    assert (both_ways <= room * (1 + 1e-5) + 1e-5).all()
    for flow, source, sink, demand in zip(
        plan.flows, one["source"], one["sink"], one["demand"], strict=True
    ):
        nodes = int(max(one["tail"].max(), one["head"].max())) + 1
        leaves = np.bincount(one["tail"], flow, nodes) - np.bincount(one["head"], flow, nodes)
        sent = np.zeros(nodes)
        sent[source] += demand
        sent[sink] -= demand
        assert leaves == pytest.approx(sent, abs=1e-4)
    if not one["several"]:
        assert np.bincount(one["edge"], plan.counts).max() <= 1
    cost = one["cost"] @ plan.counts + none(one["flow_cost"], edges) @ both_ways
    assert cost == pytest.approx(found.objective, rel=1e-5)


@pytest.mark.parametrize(
    ("together", "seeds"), parts([(True, 10), (True, 31), (False, 31)], usual=1)
)
def test_the_plain_model_finds_nothing_cheaper(
    together: bool, seeds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if together:
        monkeypatch.setattr(demands, "MAX_PAIR_FLOWS", 0)
    for seed in range(100 * together, 100 * together + seeds):
        one = drawn(seed)
        found, best = network_design(**one, limits=EXACT), minimise(plain(one), EXACT)
        if best.status is Status.INFEASIBLE:
            assert found.status is Status.INFEASIBLE and found.reasons, seed
            continue
        assert found.status is Status.OPTIMAL, (seed, found.gap)
        assert found.objective == pytest.approx(best.objective, rel=1e-5, abs=1e-5), seed
        assert found.bound <= found.objective
        holds(one, found)


def test_every_choice_of_levels_is_tried() -> None:
    """Four nodes, 3 ** 5 choices, of which flows show which can carry the demands."""
    tail, head = np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 2])
    edge, capacity = np.repeat(np.arange(5), 2), np.tile([4.0, 9.0], 5)
    cost = np.array([7.0, 11, 6, 13, 8, 12, 5, 10, 9, 15])
    source, sink, demand = np.array([0, 1, 3]), np.array([2, 3, 1]), np.array([5.0, 3.0, 2.0])
    one = dict(
        tail=tail, head=head, source=source, sink=sink, demand=demand, edge=edge,
        capacity=capacity, cost=cost, several=False, existing=None, flow_cost=None,
    )  # fmt: skip
    model, best = plain(one), np.inf
    for choice in np.ndindex(*(3,) * 5):
        z = np.zeros(10)
        for e, level in enumerate(choice):
            if level:
                z[2 * e + level - 1] = 1
        if cost @ z >= best:
            continue
        same = model.row_lower == model.row_upper
        rows = model.rows.toarray()
        room = model.row_upper[~same] - rows[~same][:, :10] @ z
        flows = linprog(
            np.zeros(rows.shape[1] - 10),
            A_ub=rows[~same][:, 10:],
            b_ub=room,
            A_eq=rows[same][:, 10:],
            b_eq=model.row_upper[same],
        )
        if flows.status == 0:
            best = cost @ z
    found = network_design(**one, limits=EXACT)
    assert found.objective == best == found.bound
    holds(one, found)


def test_what_can_not_flow_is_told() -> None:
    line = dict(tail=[0, 1], head=[1, 2], edge=[0, 1], capacity=[5, 3], cost=[1, 1])
    short = network_design(**line, source=[0], sink=[2], demand=[4])
    assert short.status is Status.INFEASIBLE
    assert short.reasons == ("node 2 has demands of 4, its edges at most 3",)
    enough = network_design(**line, source=[0], sink=[2], demand=[4], several=True)
    assert enough.plan is not None and enough.plan.counts.tolist() == [1, 2]
    ring = dict(tail=[0, 1, 2, 3], head=[1, 2, 3, 0], edge=range(4), capacity=[3] * 4, cost=[1] * 4)
    across = network_design(**ring, source=[0, 1], sink=[2, 3], demand=[4, 4])
    assert across.reasons == ("not even all capacities can carry all demands",)


def test_no_demand_builds_nothing() -> None:
    found = network_design([0], [1], [0, 1], [0, 0], [3, 0], [0], [1], [1])
    assert found.status is Status.OPTIMAL and found.objective == 0
    assert found.plan is not None and found.plan.flows.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"edge": [2]}, "edge: must be below 1"),
        ({"capacity": [0]}, "capacity: must be above 0"),
        ({"cost": [np.nan]}, "cost: must be finite"),
        ({"sink": [1, 1]}, "as many as there are demands"),
        ({"demand": [-1]}, "demand: must be finite and not negative"),
        ({"existing": [1, 1]}, "existing: 1 numbers are needed"),
        ({"source": [-1]}, "source: must be whole numbers from 0"),
    ],
)
def test_what_makes_no_sense(change: dict[str, Any], told: str) -> None:
    given = dict(
        tail=[0], head=[1], source=[0], sink=[1], demand=[1], edge=[0], capacity=[1], cost=[1]
    )
    with pytest.raises(ValueError, match=told):
        network_design(**(given | change))


def test_room_for_rounding_carries_nothing() -> None:
    """Nothing is built: there is room for 7 without a cost, and 7.634 are sent."""
    found = network_design(
        tail=[0, 0, 1, 0, 0, 1, 1, 1],
        head=[1, 2, 3, 2, 1, 3, 2, 2],
        source=[1, 2],
        sink=[0, 0],
        demand=[3.9090621481198697, 3.725213531017885],
        edge=[3, 6],
        capacity=[6.0, 6.0],
        cost=[28.0, 23.0],
        existing=[5.0, 0.0, 0.0, 2.0, 2.0, 0.0, 2.0, 0.0],
        flow_cost=[0.0, 3.0, 2.0, 0.0, 1.0, 2.0, 0.0, 0.0],
    )
    # 5 go free from 1 to 0, 2 from 2 to 0, and what is left costs 1 each.
    assert found.objective == pytest.approx(3.9090621481198697 + 3.725213531017885 - 7, rel=1e-9)
    assert found.bound == pytest.approx(found.objective, rel=1e-9)
