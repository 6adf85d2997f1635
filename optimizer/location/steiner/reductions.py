"""REDUCTION TESTS for Steiner problems in graphs (Duin and Volgenant 1989).

- Degree tests: a non-terminal of degree 1 is deleted, one of degree 2 becomes an edge; the only
  edge of a terminal is contracted.
- Special distance test: an edge is deleted if a walk between its ends has no section, from one
  terminal to the next, that is longer than the edge (bottleneck Steiner distance). In a forest the
  terminals of the walk need not be in the same tree: there the whole walk must not be longer.
- Nearest vertex test: the shortest edge of a terminal is contracted if the second shortest is no
  shorter than the path over the shortest to another terminal of its group.

Each test keeps an optimal plan of the current graph, so they are made one after the other.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from optimizer.location.steiner.graph import NON_TERMINAL, Graph

#: Nodes that a path search scans at most.
MAX_SCANNED_NODES = 60

#: Another round of special distance tests follows where one deleted more than this share of edges.
MIN_REDUCTION = 0.002


def reduce_graph(graph: Graph, stop: Callable[[], bool]) -> None:
    """All tests, in rounds until they find little more."""
    _contract_free_edges(graph)
    while True:
        while _degree_tests(graph) or _nearest_vertex_tests(graph):
            pass
        edges = sum(map(len, graph.adjacency)) // 2
        if stop() or _special_distance_tests(graph, stop) <= MIN_REDUCTION * edges:
            break
    while _degree_tests(graph):
        pass


def _contract_free_edges(graph: Graph) -> None:
    """Contract edges of cost 0."""
    for node, neighbours in enumerate(graph.adjacency):
        while zero_cost := [
            neighbour for neighbour, edge in neighbours.items() if graph.cost[edge] == 0
        ]:
            graph.contract(zero_cost[0], node)


def _degree_tests(graph: Graph) -> bool:
    """Degree tests; whether any applied."""
    graph.drop_single_terminals()
    queue, changed = list(range(len(graph.adjacency))), False
    while queue:
        node = queue.pop()
        neighbours, label = graph.adjacency[node], graph.group[node]
        if len(neighbours) == 1:
            (neighbour,) = neighbours
            if label == NON_TERMINAL:
                graph.remove(node, neighbour)
            else:
                graph.contract(node, neighbour)
                graph.drop_single_terminals()
            queue.append(neighbour)
        elif len(neighbours) == 2 and label == NON_TERMINAL:
            queue.extend(graph.merge_edges(node))
        else:
            continue
        changed = True
    return changed


def _nearest_vertex_tests(graph: Graph) -> bool:
    """Nearest vertex tests; whether any applied."""
    changed = False
    for node, neighbours in enumerate(graph.adjacency):
        label = graph.group[node]
        if label == NON_TERMINAL or len(neighbours) < 2:
            continue
        (shortest, neighbour), (second, _) = heapq.nsmallest(
            2, ((graph.cost[edge], v) for v, edge in neighbours.items())
        )
        if _reaches(graph, neighbour, second - shortest, _in_same_group(graph, node)):
            graph.contract(node, neighbour)
            graph.drop_single_terminals()
            changed = True
    return changed


def _in_same_group(graph: Graph, node: int) -> Callable[[int], bool]:
    """Whether another node is in the group of this one."""
    label = graph.group[node]
    return lambda other: other != node and graph.group[other] == label


def _special_distance_tests(graph: Graph, stop: Callable[[], bool]) -> int:
    """Special distance tests; how many edges they deleted."""
    is_tree = len(set(graph.group)) <= 2
    removed = 0
    for u in range(len(graph.adjacency)):
        if stop():
            break
        for v in list(graph.adjacency[u]):
            if u < v and _has_alternative_walk(graph, u, v, is_tree):
                graph.remove(u, v)
                removed += 1
    return removed


def _has_alternative_walk(graph: Graph, u: int, v: int, is_tree: bool) -> bool:
    """Special distance test of the edge between two nodes."""
    edge = graph.adjacency[u][v]
    return _reaches(graph, u, graph.cost[edge], lambda node: node == v, edge, is_tree)


def _reaches(
    graph: Graph,
    start: int,
    limit: float,
    is_target: Callable[[int], bool],
    forbidden: int = -1,
    restart_at_terminals: bool = False,
) -> bool:
    """Whether a search of few nodes finds a walk to a target node within the limit.

    forbidden: an edge that is not used; restart_at_terminals: the length starts anew at each.
    """
    distance, queue, scanned = {start: 0.0}, [(0.0, start)], 0
    while queue and scanned < MAX_SCANNED_NODES:
        length_so_far, node = heapq.heappop(queue)
        if length_so_far > distance[node]:
            continue
        if is_target(node):
            return True
        scanned += 1
        if restart_at_terminals and graph.group[node] != NON_TERMINAL:
            length_so_far = 0.0
        for neighbour, edge in graph.adjacency[node].items():
            length = length_so_far + graph.cost[edge]
            if (
                edge != forbidden
                and length <= limit
                and length < distance.get(neighbour, float("inf"))
            ):
                distance[neighbour] = length
                heapq.heappush(queue, (length, neighbour))
    return False
