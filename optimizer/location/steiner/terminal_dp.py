"""FEW: the best tree for few terminals, however wide the gap of the relaxation is.

With f(S, v) the cost of the best tree that has the terminals S and node v, and q one of them,

    f(S, v) = min over nodes u of  g(S, u) + d(u, v)
    g(S, u) = min over A + B = S, neither empty, of  f(A, u) + f(B, u);   f(all but q, q) is best

(Dreyfus and Wagner 1971), where all v of one S come from one run of Dijkstra's algorithm that
begins at every u with g(S, u) (Erickson, Monma and Veinott 1987): 3^T N / 2 sums, 2^T path trees.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.location.steiner.graph import Slim
from optimizer.problem import Bools, Floats

#: Numbers f that are kept at most.
MOST_KEPT = 100_000_000

#: Sums that take as long as one call, and arcs that take as long as one sum, in a path tree.
CALL, ARC = 1_500, 400


def work(slim: Slim) -> float:
    """How much there is to do, in sums; inf where it does not fit into memory."""
    terminals = len(slim.terminals()) - 1
    if 2**terminals * slim.nodes > MOST_KEPT:
        return np.inf
    sums = 3**terminals / 2 * (CALL + slim.nodes)
    return float(sums + 2**terminals * ARC * (CALL + len(slim.cost)))


def best_tree(slim: Slim, stop: Callable[[], bool]) -> Bools | None:
    """Edges (E,) of the best tree; None if it was stopped."""
    last, *others = slim.terminals().tolist()
    graph = _Rooted(slim)
    every = (1 << len(others)) - 1
    costs: dict[int, Floats] = {}
    for chosen in range(1, every + 1):
        if stop():
            return None
        costs[chosen] = graph.spread(_begin(slim, costs, chosen, others))[0][:-1]
    needed = np.zeros(len(slim.cost), dtype=bool)
    left = [(every, int(last))]
    while left:
        chosen, node = left.pop()
        came = graph.spread(_begin(slim, costs, chosen, others))[1]
        while came[node] != slim.nodes:
            needed[slim.between[int(came[node]), node]] = True
            node = int(came[node])
        if chosen & (chosen - 1):
            part = min(_parts(chosen), key=lambda one: costs[one][node] + costs[chosen ^ one][node])
            left += [(part, node), (chosen ^ part, node)]
    return needed


def _begin(slim: Slim, costs: dict[int, Floats], chosen: int, others: list[int]) -> Floats:
    """g of a set of terminals, (N,)."""
    begin = np.full(slim.nodes, np.inf)
    if not chosen & (chosen - 1):
        begin[others[chosen.bit_length() - 1]] = 0.0
    for part in _parts(chosen):
        np.minimum(begin, costs[part] + costs[chosen ^ part], out=begin)
    return begin


def _parts(chosen: int) -> list[int]:
    """Half of the ways to part a set in two: those with its last element."""
    lowest = chosen & -chosen
    rest, parts = chosen ^ lowest, []
    part = rest
    while part:
        part = (part - 1) & rest
        parts.append(part | lowest)
    return parts


class _Rooted:
    """The graph with one node more, from which an arc leads to each other node."""

    def __init__(self, slim: Slim) -> None:
        table = slim.arcs(np.tile(slim.cost, 2))
        self.nodes = slim.nodes
        self.arcs = len(table.data)
        self.table = csr_array(
            (
                np.concatenate([table.data, np.empty(self.nodes)]),
                np.concatenate([table.indices, np.arange(self.nodes)]),
                np.append(table.indptr, self.arcs + self.nodes),
            ),
            shape=(self.nodes + 1, self.nodes + 1),
        )

    def spread(self, begin: Floats) -> tuple[Floats, Floats]:
        """(N + 1,) costs when each node begins with this one, and from where they came."""
        self.table.data[self.arcs :] = begin
        return dijkstra(self.table, indices=self.nodes, return_predecessors=True)  # type: ignore[no-any-return]
