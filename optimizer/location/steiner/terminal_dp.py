"""DREYFUS-WAGNER dynamic program for the Steiner tree of few terminals (1971).

With f(S, v) the cost of a minimum tree that spans the terminals S and node v, d the shortest path
lengths, and q one of the terminals,

    f(S, v) = min over nodes u of  g(S, u) + d(u, v)
    g(S, u) = min over A + B = S, neither empty, of  f(A, u) + f(B, u)

and f(all terminals but q, q) is the optimum. One run of Dijkstra's algorithm that starts at every u
with g(S, u) gives all v of one S (Erickson, Monma and Veinott 1987): 3^T N / 2 sums and 2^T
shortest path trees. It needs no relaxation, so it solves what the relaxation leaves a wide gap of.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.location.steiner.graph import CompactGraph
from optimizer.problem import Bools, Floats

#: Entries f(S, v) of the table at most: 0.8 GB.
MAX_TABLE = 100_000_000

#: Measured, in the time of one sum: a call of numpy or scipy; each arc of a shortest path tree.
CALL_WORK, ARC_WORK = 1_500, 400


def dp_work(graph: CompactGraph) -> float:
    """Estimated work in sums; inf where the table exceeds its limit."""
    terminals = len(graph.terminals()) - 1
    if 2**terminals * graph.nodes > MAX_TABLE:
        return np.inf
    sums = 3**terminals / 2 * (CALL_WORK + graph.nodes)
    return float(sums + 2**terminals * ARC_WORK * (CALL_WORK + len(graph.cost)))


def dreyfus_wagner(graph: CompactGraph, stop: Callable[[], bool]) -> Bools | None:
    """Edges (E,) of a minimum Steiner tree; None if it was stopped."""
    root, *terminals = graph.terminals().tolist()
    sourced = _SourcedGraph(graph)
    all_terminals = (1 << len(terminals)) - 1
    costs: dict[int, Floats] = {}
    for subset in range(1, all_terminals + 1):
        if stop():
            return None
        costs[subset] = sourced.shortest_paths(_joined_costs(graph, costs, subset, terminals))[0][
            :-1
        ]
    tree = np.zeros(len(graph.cost), dtype=bool)
    stack = [(all_terminals, int(root))]
    while stack:
        subset, node = stack.pop()
        predecessor = sourced.shortest_paths(_joined_costs(graph, costs, subset, terminals))[1]
        while predecessor[node] != graph.nodes:
            tree[graph.edge_between[int(predecessor[node]), node]] = True
            node = int(predecessor[node])
        if subset & (subset - 1):
            half = min(
                _splits(subset), key=lambda other: costs[other][node] + costs[subset ^ other][node]
            )
            stack += [(half, node), (subset ^ half, node)]
    return tree


def _joined_costs(
    graph: CompactGraph, costs: dict[int, Floats], subset: int, terminals: list[int]
) -> Floats:
    """(N,) g(S, u) of a subset S of terminals."""
    joined = np.full(graph.nodes, np.inf)
    if not subset & (subset - 1):
        joined[terminals[subset.bit_length() - 1]] = 0.0
    for half in _splits(subset):
        np.minimum(joined, costs[half] + costs[subset ^ half], out=joined)
    return joined


def _splits(subset: int) -> list[int]:
    """All splits of a subset in two, each once: by the half that has its lowest terminal."""
    lowest = subset & -subset
    remainder, halves = subset ^ lowest, []
    half = remainder
    while half:
        half = (half - 1) & remainder
        halves.append(half | lowest)
    return halves


class _SourcedGraph:
    """The graph with a super source, from which an arc leads to each node."""

    def __init__(self, graph: CompactGraph) -> None:
        table = graph.arcs(np.tile(graph.cost, 2))
        self.nodes = graph.nodes
        self.arcs = len(table.data)
        self.table = csr_array(
            (
                np.concatenate([table.data, np.empty(self.nodes)]),
                np.concatenate([table.indices, np.arange(self.nodes)]),
                np.append(table.indptr, self.arcs + self.nodes),
            ),
            shape=(self.nodes + 1, self.nodes + 1),
        )

    def shortest_paths(self, start: Floats) -> tuple[Floats, Floats]:
        """(N + 1,) distances from the super source with arc lengths (N,), and predecessors."""
        self.table.data[self.arcs :] = start
        return dijkstra(self.table, indices=self.nodes, return_predecessors=True)  # type: ignore[no-any-return]
