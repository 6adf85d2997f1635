"""The engine's joint siting beside `located_network`, and what both become where one part is free.

The two share no mathematics: the engine has a column for each path, the other one for each link.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from optimizer.case import Case
from optimizer.location import fixed_charge, located_network, steiner_tree
from optimizer.network import corridor_sets
from optimizer.network.corridor_sets import TooManySetsError
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification import check
from tests.networks import Town
from tests.parts import parts

EXACT = Limits(gap=0, threads=1)


def drawn(seed: int) -> Town:
    """Few nodes; links, a third of them there; every second town has a budget."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(3, 7))
    pairs = np.array(list(combinations(range(nodes), 2)))
    links = pairs[random.choice(len(pairs), min(len(pairs), 8), replace=False)]
    cost = random.integers(1, 30, len(links)) * random.choice([0, 1], len(links), p=[0.3, 0.7])
    fixed = random.integers(5, 60, nodes).astype(float)
    fixed[random.random(nodes) < 0.3] = np.inf
    persons = random.choice([0, 1, 2, 5], nodes).astype(float)
    persons[0], fixed[1] = 3.0, 40.0
    length = random.integers(1, 20, len(links))
    budget = float(random.integers(20, 100)) if seed % 2 else None
    return Town(*links.T, cost.astype(float), length, fixed, persons, budget)


@pytest.mark.parametrize("first", parts(range(0, 40, 8), usual=1))
def test_paths_and_flows_agree(first: int) -> None:
    for seed in range(first, first + 8):
        town, weight = drawn(seed), (0.0, 0.3, 0.8)[seed % 3]
        problem, policy = town.problem(), town.policy(weight)
        result = solve(Case(problem, policy), EXACT)
        found = located_network(
            *(town.tail, town.head, town.cost, town.length, town.fixed, town.persons),
            *(town.rate(weight), town.money),
            limits=EXACT,
        )
        assert found.status is result.status, seed
        if found.plan is None:
            continue
        assert result.plan is not None and found.status is Status.OPTIMAL
        assert check(Case(problem, policy), result.plan, result).ok, seed
        percent = town.percent(weight)
        assert result.objective == pytest.approx(found.objective * percent, rel=1e-6), seed
        assert result.bound == pytest.approx(found.bound * percent, rel=1e-6), seed


def lattice(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three times four nodes and the links between neighbours, with lengths."""
    at = np.arange(12).reshape(3, 4)
    tail = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    head = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    return tail, head, np.random.default_rng(seed).integers(1, 20, len(tail)).astype(float)


@pytest.mark.parametrize("seed", parts(range(4), usual=2))
def test_the_engine_finds_steiner_trees(seed: int) -> None:
    """One root, nothing but money: only what connects all homes to it is paid."""
    tail, head, cost = lattice(seed)
    random = np.random.default_rng(seed)
    root, *homes = random.permutation(12)[:5].tolist()
    fixed, persons = np.full(12, np.inf), np.zeros(12)
    fixed[root], persons[homes] = 0.0, 2.0
    town = Town(tail, head, cost, np.ones(len(cost)), fixed, persons)
    result = solve(Case(town.problem(), town.policy(0.0)), EXACT)
    tree = steiner_tree(tail, head, cost, [root, *homes], limits=EXACT)
    assert result.objective == pytest.approx(tree.objective * town.percent(0.0))
    assert result.bound == pytest.approx(tree.bound * town.percent(0.0))


@pytest.mark.parametrize("seed", parts(range(4), usual=2))
def test_the_engine_finds_fixed_charge_where_corridors_are_free(seed: int) -> None:
    """Half of the links are roads, half corridors that cost nothing."""
    tail, head, length = lattice(seed)
    random = np.random.default_rng(seed)
    fixed = random.integers(20, 90, 12).astype(float)
    persons = random.integers(1, 9, 12).astype(float)
    road = random.random(len(tail)) < 0.5
    # As little as a rounding, so that they are corridors and no roads.
    town = Town(tail, head, np.where(road, 0.0, 1e-12), length, fixed, persons)
    result = solve(Case(town.problem(), town.policy(0.5)), EXACT)
    every = Town(tail, head, np.zeros(len(tail)), length, fixed, persons).problem().pairs[0]
    apart = np.full((12, 12), np.inf)
    apart[every.origin, every.site] = every.minutes
    costs = town.rate(0.5) * persons[:, None] * apart
    least = fixed_charge(costs, fixed, limits=EXACT).objective
    assert result.objective == pytest.approx(least * town.percent(0.5))


def test_corridors_in_too_many_sets_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tail, head, cost = lattice(0)
    town = Town(tail, head, cost, cost, np.full(12, 10.0), np.ones(12))
    monkeypatch.setattr(corridor_sets, "MAX_SETS", 50)
    told = "17 corridors make trips faster in more than 50 different sets"
    with pytest.raises(TooManySetsError, match=told):
        town.problem()
