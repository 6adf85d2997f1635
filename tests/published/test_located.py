"""Joint location and network design of published instances, where one part of it is free."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.formats import optima, pmed, steinlib, warehouses
from optimizer.case import Case
from optimizer.location import fixed_charge, located_network
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Status
from tests.networks import Town
from tests.published.bench import FOLDER, optimum

#: The money of the engine is the optimum and so much more: enough for a dearer tree.
LITTLE = 10

SMALL = ["t1_instance001", "t1_instance006", "t1_instance009", "t2_instance001"]
LARGE = ["t1_instance007", "t1_instance008", "t1_instance060", "t2_instance020"]


def least(instance: str) -> float:
    """The published cost of a tree; the sizes of the graph stand beside it."""
    (known,) = [one.optimum for one in optima.read(FOLDER) if one.instance == instance]
    return known


def rooted(name: str) -> tuple[steinlib.Graph, np.ndarray, np.ndarray]:
    """The graph; its first terminal as the only node that is open; persons at the others."""
    graph = steinlib.read(dict(steinlib.find(FOLDER))[f"pace18_{name}.gr"])
    fixed, persons = np.full(graph.nodes, np.inf), np.zeros(graph.nodes)
    fixed[graph.terminals[0]], persons[graph.terminals[1:]] = 0.0, 1.0
    return graph, fixed, persons


@pytest.mark.parametrize(
    "name", [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)]
)
def test_one_root_and_free_ways_are_a_steiner_tree(name: str) -> None:
    graph, fixed, persons = rooted(name)
    links = graph.tail, graph.head, graph.cost, np.ones(len(graph.cost))
    found = located_network(*links, fixed, persons, rate=0, limits=Limits(gap=0, seconds=300))
    assert found.status is Status.OPTIMAL
    assert found.objective == found.bound == least(f"pace18_{name}.gr")


@pytest.mark.slow
def test_the_engine_finds_the_same_tree() -> None:
    """80 links and no road: ways that cost more than a tree might are no sets of corridors."""
    graph, fixed, persons = rooted("t1_instance001")
    best = least("pace18_t1_instance001.gr")
    town = Town(graph.tail, graph.head, graph.cost, graph.cost, fixed, persons, best + LITTLE)
    result = solve(Case(town.problem(limit=best + LITTLE), town.policy(0.0)), Limits(gap=0))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(best * town.percent(0.0))
    assert result.bound == pytest.approx(best * town.percent(0.0))


@pytest.mark.parametrize("name", ["cap71", "cap74", "cap104"])
def test_links_that_are_there_are_fixed_charge(name: str) -> None:
    """A link from each customer to each warehouse, as long as the pair costs."""
    facts = warehouses.read_orlib(FOLDER / "capwarehouse_orlib" / f"{name}.txt")
    customers, sites = facts.costs.shape
    tail, head = np.indices(facts.costs.shape).reshape(2, -1)
    # No way leads over another customer: it would be longer than any pair.
    length = facts.costs.reshape(-1) + facts.costs.max()
    fixed = np.concatenate([np.full(customers, np.inf), facts.fixed])
    persons = np.repeat([1.0, 0.0], [customers, sites])
    links = tail, head + customers, np.zeros(len(tail)), length
    found = located_network(*links, fixed, persons)
    expected = optimum(name, "UFLP") + customers * facts.costs.max()
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("engine", [False, True])
def test_part_of_a_pmed_graph_whose_links_are_free(engine: bool) -> None:
    """pmed1 with opening costs; for the engine its first nodes, and every tenth link a corridor."""
    lengths = pmed.read(FOLDER / "pmedian_orlib" / "pmed1.txt").lengths
    nodes = 40 if engine else len(lengths)
    tail, head = np.nonzero(np.triu(lengths[:nodes, :nodes]))
    length = lengths[tail, head]
    fixed, persons = 50.0 + np.arange(nodes) % 7, 1.0 + np.arange(nodes) % 5
    cost = np.where(np.arange(len(tail)) % 10 == 0, 1e-12 * engine, 0.0)
    town = Town(tail, head, cost, length, fixed, persons)
    every = Town(tail, head, 0 * cost, length, fixed, persons).problem().pairs[0]
    apart = np.full((nodes, nodes), np.inf)
    apart[every.origin, every.site] = every.minutes
    rate = town.rate(0.5) if engine else 1.0
    least = fixed_charge(rate * persons[:, None] * apart, fixed)
    if engine:
        result = solve(Case(town.problem(), town.policy(0.5)), Limits(gap=0))
        assert result.objective == pytest.approx(least.objective * town.percent(0.5))
        return
    found = located_network(tail, head, cost, length, fixed, persons)
    assert found.objective == found.bound == least.objective
