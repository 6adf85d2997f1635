"""REDUCTIONS: edges that some best plan does without, and edges that it has (Duin, Volgenant 1989).

- A free node with one edge is useless, one with two edges is a bend of one edge.
- A terminal's only edge is in every plan.
- An edge is useless if a walk between its ends has no part, from one terminal to the next, that is
  longer than the edge. In a forest the terminals of the walk need not be in the plan's tree: there
  the walk as a whole must not be longer.
- The shortest edge of a terminal is in some best plan if the second shortest is no shorter than
  the way over the shortest to another terminal of its group.

Each test keeps a best plan of what is there when it is made, so they are made one by one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from optimizer.location.steiner.graph import FREE, Graph

#: A search looks at so many nodes at most.
NEAR = 60

#: Detours are looked for again where they have taken away this share of the edges.
WORTH = 0.002


def reduced(graph: Graph, stop: Callable[[], bool]) -> None:
    """All tests, until they find little more."""
    _without_free_edges(graph)
    while True:
        while _degrees(graph) or _nearest(graph):
            pass
        edges = sum(map(len, graph.around)) // 2
        if stop() or _detours(graph, stop) <= WORTH * edges:
            break
    while _degrees(graph):
        pass


def _without_free_edges(graph: Graph) -> None:
    """Contract what costs nothing."""
    for node, near in enumerate(graph.around):
        while free := [other for other, edge in near.items() if graph.cost[edge] == 0]:
            graph.contract(free[0], node)


def _degrees(graph: Graph) -> bool:
    """Nodes with one edge or two; whether there were any."""
    graph.forget()
    left, changed = list(range(len(graph.around))), False
    while left:
        node = left.pop()
        near, label = graph.around[node], graph.group[node]
        if len(near) == 1:
            (other,) = near
            if label == FREE:
                graph.remove(node, other)
            else:
                graph.contract(node, other)
                graph.forget()
            left.append(other)
        elif len(near) == 2 and label == FREE:
            left.extend(graph.bypass(node))
        else:
            continue
        changed = True
    return changed


def _nearest(graph: Graph) -> bool:
    """Contract the shortest edges of terminals that are in some best plan; whether any."""
    changed = False
    for node, near in enumerate(graph.around):
        label = graph.group[node]
        if label == FREE or len(near) < 2:
            continue
        (shortest, other), (second, _) = heapq.nsmallest(
            2, ((graph.cost[edge], v) for v, edge in near.items())
        )
        if _meets(graph, other, second - shortest, _fellow(graph, node)):
            graph.contract(node, other)
            graph.forget()
            changed = True
    return changed


def _fellow(graph: Graph, node: int) -> Callable[[int], bool]:
    """Whether another node is in the group of this one."""
    label = graph.group[node]
    return lambda other: other != node and graph.group[other] == label


def _detours(graph: Graph, stop: Callable[[], bool]) -> int:
    """Remove edges beside which there is a walk that is no longer; how many."""
    tree = len(set(graph.group)) <= 2
    removed = 0
    for u in range(len(graph.around)):
        if stop():
            break
        for v in list(graph.around[u]):
            if u < v and _avoidable(graph, u, v, tree):
                graph.remove(u, v)
                removed += 1
    return removed


def _avoidable(graph: Graph, u: int, v: int, tree: bool) -> bool:
    """Whether the edge between two nodes can be done without."""
    edge = graph.around[u][v]
    return _meets(graph, u, graph.cost[edge], lambda node: node == v, edge, tree)


def _meets(
    graph: Graph,
    start: int,
    limit: float,
    wanted: Callable[[int], bool],
    without: int = -1,
    rest: bool = False,
) -> bool:
    """Whether such a node is within the limit of a node, of few that are looked at.

    without: an edge that is not taken; rest: terminals begin a new count.
    """
    best, left, looked = {start: 0.0}, [(0.0, start)], 0
    while left and looked < NEAR:
        far, node = heapq.heappop(left)
        if far > best[node]:
            continue
        if wanted(node):
            return True
        looked += 1
        if rest and graph.group[node] != FREE:
            far = 0.0
        for other, edge in graph.around[node].items():
            length = far + graph.cost[edge]
            if edge != without and length <= limit and length < best.get(other, float("inf")):
                best[other] = length
                heapq.heappush(left, (length, other))
    return False
