"""Steiner trees and forests: against dynamic programming, by hand, and published optima."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree, shortest_path

from optimizer.location import steiner_tree
from optimizer.location.base.result import Watch
from optimizer.location.networks.graph import edges_of
from optimizer.location.steiner import exact
from optimizer.location.steiner.graph import Graph
from optimizer.location.steiner.program import DirectedCuts
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.sifting import in_rounds

Drawn = tuple[int, np.ndarray, np.ndarray, np.ndarray]


def drawn(seed: int, most: int = 14) -> Drawn:
    """A graph with few nodes; edges are parallel, free or alike in cost now and then."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(2, most))
    count = int(random.integers(1, 4 * nodes))
    tail = random.integers(0, nodes, count)
    head = (tail + random.integers(1, nodes, count)) % nodes
    costs = [
        random.integers(0, 6, count),
        random.integers(1, 4, count),
        random.integers(90, 110, count),
        random.random(count) * 10,
    ]
    return nodes, tail, head, costs[seed % 4].astype(float)


def tree_costs(graph: Drawn, nodes: list[int]) -> dict[frozenset[int], float]:
    """Of every set of these nodes the cost of the best tree (Dreyfus and Wagner 1971)."""
    count, tail, head, cost = graph
    far = np.full((count, count), np.inf)
    np.fill_diagonal(far, 0)
    for u, v, c in zip(tail, head, cost, strict=True):
        far[u, v] = far[v, u] = min(far[u, v], c)
    for k in range(count):
        far = np.minimum(far, far[:, [k]] + far[[k], :])
    best = {1 << n: far[node] for n, node in enumerate(nodes)}
    for chosen in range(1, 1 << len(nodes)):
        if chosen in best:
            continue
        joined, part = np.full(count, np.inf), (chosen - 1) & chosen
        while part:
            joined = np.minimum(joined, best[part] + best[chosen ^ part])
            part = (part - 1) & chosen
        best[chosen] = (joined[:, None] + far).min(axis=0)
    return {
        frozenset(node for n, node in enumerate(nodes) if chosen >> n & 1): float(costs.min())
        for chosen, costs in best.items()
    }


def partitions(groups: list[list[int]]):
    """Every way to put groups together."""
    if not groups:
        yield []
        return
    first, *rest = groups
    for parts in partitions(rest):
        yield [first, *parts]
        for n, part in enumerate(parts):
            yield [first + part, *parts[:n], *parts[n + 1 :]]


def forest_cost(graph: Drawn, groups: list[list[int]]) -> float:
    """The groups of a forest are in trees: the best of all ways to put them into such."""
    nodes = sorted({node for group in groups for node in group})
    costs = tree_costs(graph, nodes)
    return min(sum(costs[frozenset(part)] for part in parts) for parts in partitions(groups))


def agrees(found: Solved, graph: Drawn, groups: list[list[int]], best: float) -> None:
    """The answer is the best, its plan costs that, connects all groups and has no cycle."""
    count, tail, head, cost = graph
    if best == np.inf:
        assert (found.status, found.plan) == (Status.INFEASIBLE, None)
        assert "can't be connected" in found.reasons[0]
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, abs=1e-9)
    assert found.bound == pytest.approx(best, abs=1e-6)
    rows = found.plan.edges
    assert cost[rows].sum() == pytest.approx(found.objective, abs=1e-9)
    table = csr_array((np.ones(len(rows)), (tail[rows], head[rows])), shape=(count, count))
    parts, part = connected_components(table, directed=False)
    assert parts == count - len(rows)
    for group in groups:
        assert (part[group] == part[group[0]]).all()


@pytest.mark.parametrize("seed", range(120))
def test_a_tree_is_the_best_of_all(seed: int):
    graph = drawn(seed)
    random = np.random.default_rng(seed)
    terminals = random.permutation(graph[0])[: random.integers(1, 8)].tolist()
    found = steiner_tree(*graph[1:], terminals, graph[0])
    agrees(found, graph, [terminals], tree_costs(graph, terminals)[frozenset(terminals)])


@pytest.mark.parametrize("seed", range(80))
def test_a_forest_is_the_best_of_all(seed: int):
    graph = drawn(seed, most=12)
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 4, random.integers(2, 4))
    groups = [random.permutation(graph[0])[:size].tolist() for size in sizes]
    found = steiner_tree(*graph[1:], groups, graph[0])
    agrees(found, graph, groups, forest_cost(graph, groups))


@pytest.fixture
def only_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left after the tests goes to the relaxation and to integers."""
    monkeypatch.setattr(exact, "MAX_DP_WORK_FIRST", 0)
    monkeypatch.setattr(exact, "MAX_DP_WORK", 0)


def covering(sets: list[set[int]], leaf: float) -> Drawn:
    """A root, a node for each set, and its elements as leaves: a set costs 1."""
    elements = sorted(set.union(*sets))
    ends = [(0, 1 + j, 1.0) for j in range(len(sets))]
    ends += [
        (1 + j, 1 + len(sets) + i, leaf) for j, one in enumerate(sets) for i in elements if i in one
    ]
    tail, head, cost = (np.array(column) for column in zip(*ends, strict=True))
    return 1 + len(sets) + len(elements), tail, head, cost


#: The points that are not on each line of the Fano plane (Skutella), and pairs of 3 (Goemans).
FANO = [set(range(7)) - {j % 7, (j + 1) % 7, (j + 3) % 7} for j in range(7)]
PAIRS = [set(pair) for pair in combinations(range(3), 2)]
GAPS = [(FANO, 1.0, 8.75, 10.0), (PAIRS, 2.0, 7.5, 8.0)]


@pytest.mark.usefixtures("only_cuts")
@pytest.mark.parametrize(("sets", "leaf", "relaxed", "best"), GAPS, ids=["Skutella", "Goemans"])
def test_a_gap_of_the_relaxation_is_closed(
    sets: list[set[int]], leaf: float, relaxed: float, best: float
):
    count, *arrays = covering(sets, leaf)
    terminals = np.array([0, *range(1 + len(sets), count)])
    whole = Graph.of(edges_of(*arrays[:2], count), arrays[2], [terminals]).compact()
    cuts = DirectedCuts(whole, [0])
    program = cuts.program([], np.zeros(cuts.arcs, dtype=bool))
    _, found = in_rounds(program, cuts.violated, Limits(), 100)
    assert found.objective == pytest.approx(relaxed)
    agrees(steiner_tree(*arrays, terminals), (count, *arrays), [terminals.tolist()], best)


@pytest.mark.usefixtures("only_cuts")
@pytest.mark.parametrize("seed", range(30))
def test_a_tree_by_cuts_alone(seed: int):
    """On a cube of four or five dimensions, where the relaxation has gaps."""
    random = np.random.default_rng(seed)
    count = 16 << seed % 2
    ends = [(u, u ^ bit) for u in range(count) for bit in (1, 2, 4, 8, 16) if u < u ^ bit < count]
    tail, head = np.array(ends).T
    cost = [np.ones(len(ends)), random.integers(10, 13, len(ends)).astype(float)][seed % 3 > 0]
    graph = count, tail, head, cost
    terminals = random.permutation(count)[:6].tolist()
    best = tree_costs(graph, terminals)[frozenset(terminals)]
    agrees(steiner_tree(*graph[1:], terminals, count), graph, [terminals], best)


@pytest.mark.parametrize("seed", range(20))
def test_a_forest_by_cuts_alone(seed: int):
    """As it is where there are too many groups for all their sets."""
    graph = drawn(seed, most=12)
    nodes = np.random.default_rng(seed).permutation(graph[0])
    groups = [pair.tolist() for pair in (nodes[:2], nodes[2:4], nodes[4:6]) if len(pair) == 2]
    best = forest_cost(graph, groups)
    if not groups or best == np.inf:
        return
    watch = Watch(Limits(gap=0))
    found = exact.BranchAndCut(
        edges_of(*graph[1:3], graph[0]), graph[3], [np.array(group) for group in groups], watch
    )
    found.run()
    assert watch.proven
    assert (watch.objective, watch.bound) == pytest.approx((best, best))


def test_two_terminals_are_the_shortest_path():
    nodes, tail, head, cost = drawn(7, most=40)
    far = shortest_path(minimum(nodes, tail, head, cost), directed=False, indices=0)
    for node in np.flatnonzero(np.isfinite(far))[1:]:
        assert steiner_tree(tail, head, cost, [0, node]).objective == pytest.approx(far[node])


def test_all_nodes_are_the_least_spanning_tree():
    random = np.random.default_rng(1)
    tail, head = np.triu_indices(30, 1)
    cost = random.random(len(tail))
    found = steiner_tree(tail, head, cost, np.arange(30))
    table = minimum(30, tail, head, cost)
    assert found.objective == pytest.approx(minimum_spanning_tree(table).sum())


def minimum(nodes: int, tail: np.ndarray, head: np.ndarray, cost: np.ndarray) -> csr_array:
    return edges_of(tail, head, nodes).adjacency_matrix(cost)


def test_groups_with_a_node_in_common_are_one():
    path = np.arange(4), np.arange(1, 5), np.ones(4)
    assert steiner_tree(*path, [[0, 2], [2, 4]]).plan.edges.tolist() == [0, 1, 2, 3]
    assert steiner_tree(*path, [[0, 1], [3, 4]]).plan.edges.tolist() == [0, 3]


@pytest.mark.parametrize("terminals", [[], [3], [[0], [2]]])
def test_what_is_connected_already_needs_no_edges(terminals: list):
    found = steiner_tree([0, 1], [1, 2], [1, 1], terminals, 4)
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, 0, 0)
    assert not len(found.plan.edges)


@pytest.mark.parametrize(
    ("cost", "terminals", "nodes", "told"),
    [
        ([1, -1], [0, 1], 3, "cost"),
        ([1], [0, 1], 3, "cost"),
        ([1, np.inf], [0, 1], 3, "cost"),
        ([1, 1], [0, 3], 3, "terminals"),
        ([1, 1], [0, -1], None, "terminals"),
        ([1, 1], [0, 0.5], None, "terminals"),
        ([1, 1], [0, 1], 2, "head"),
    ],
)
def test_numbers_that_make_no_sense(cost: list, terminals: list, nodes: int | None, told: str):
    with pytest.raises(ValueError, match=told):
        steiner_tree([0, 1], [1, 2], cost, terminals, nodes)


def test_a_limit_leaves_a_plan_and_a_bound():
    tail, head = np.array([(u, v) for u in range(256) for v in range(u) if near(u, v)]).T
    terminals = np.arange(0, 256, 3)
    told: list[Progress] = []
    limits = Limits(seconds=0.5, gap=0)
    found = steiner_tree(tail, head, np.ones(len(tail)), terminals, 256, limits, told.append)
    assert found.status is Status.STOPPED and told
    assert 0 < found.bound < found.objective == len(found.plan.edges)


def near(u: int, v: int) -> bool:
    """Whether two numbers of four digits to the base of four differ in one."""
    return sum((u >> shift & 3) != (v >> shift & 3) for shift in (0, 2, 4, 6)) == 1
