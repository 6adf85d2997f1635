"""DUAL ASCENT of Wong (1984) for the Steiner arborescence: a lower bound and reduced costs.

Each edge is an arc either way; r is the root. The dual of the directed cut formulation,

    maximise sum_S w_S,   sum of w_S over the S that arc a enters <= c_a,   w >= 0

has a multiplier w_S for each set S of nodes with a terminal but not r, and bounds the cost of a
tree. The ascent raises w_S for S the nodes that reach a terminal on saturated arcs (those of
reduced cost 0), until one more arc that enters S is saturated. When S reaches the root or another
active set, its terminal is done. The terminal with the fewest entering arcs is next (Poggi de
Aragão, Uchoa and Werneck 2001).

In a forest the groups share edges: each group may use the residual cost that those before it left.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.tolerances import SATURATED
from optimizer.location.steiner.graph import CompactGraph
from optimizer.problem import Bools, Floats, Ints

#: A terminal goes back into the queue where it has so many times the entering arcs of the next.
REQUEUE_RATIO = 1.25


@dataclass(frozen=True, eq=False)
class DualAscent:
    """Dual solution. bound: sum of w_S; reduced_cost: (2 E,) of the arcs, for a forest the residual
    cost of each edge, twice; cuts: the arcs that enter each S with w_S > 0, and its group.
    """

    root: int
    bound: float
    reduced_cost: Floats
    cuts: list[tuple[Ints, int]]


def dual_ascent(graph: CompactGraph, roots: list[int]) -> DualAscent:
    """Dual ascent, group after group; roots: one for each group."""
    edges = len(graph.cost)
    residual = graph.cost
    bound, reduced_cost = 0.0, np.tile(residual, 2)
    cuts: list[tuple[Ints, int]] = []
    for group, root in enumerate(roots):
        terminals = [node for node in graph.terminals(group).tolist() if node != root]
        ascent = _Ascent(graph, np.tile(residual, 2))
        ascent.run(root, terminals)
        bound += ascent.bound
        cuts += [(np.array(cut), group) for cut in ascent.cuts]
        reduced_cost = np.maximum(np.array(ascent.reduced_cost), 0.0)
        residual = np.minimum(reduced_cost[:edges], reduced_cost[edges:])
    return DualAscent(
        roots[-1], bound, reduced_cost if len(roots) == 1 else np.tile(residual, 2), cuts
    )


class _Ascent:
    """Reduced costs of the arcs, bound and cuts during the ascent of one group."""

    def __init__(self, graph: CompactGraph, cost: Floats) -> None:
        self.reduced_cost: list[float] = cost.tolist()
        self.tail: list[int] = graph.tail.tolist()
        self.in_arcs: list[list[int]] = [[] for _ in range(graph.nodes)]
        for arc, head in enumerate(graph.head.tolist()):
            self.in_arcs[head].append(arc)
        self.bound = 0.0
        self.cuts: list[list[int]] = []

    def run(self, root: int, terminals: list[int]) -> None:
        """Raise multipliers until the root reaches all terminals on saturated arcs."""
        active = {root, *terminals}
        component = {node: {node} for node in terminals}
        entering = {node: list(self.in_arcs[node]) for node in terminals}
        queue = [(len(entering[node]), node) for node in terminals]
        heapq.heapify(queue)
        while queue:
            _, node = heapq.heappop(queue)
            entering[node], reached = self._grow(component[node], entering[node], active)
            if reached:
                # The active node that reaches it is itself reached from the root in the end.
                active.discard(node)
                continue
            if queue and len(entering[node]) > REQUEUE_RATIO * queue[0][0]:
                heapq.heappush(queue, (len(entering[node]), node))
                continue
            step = min(self.reduced_cost[arc] for arc in entering[node])
            for arc in entering[node]:
                self.reduced_cost[arc] -= step
            self.bound += step
            self.cuts.append(entering[node])
            heapq.heappush(queue, (len(entering[node]), node))

    def _grow(
        self, component: set[int], entering: list[int], active: set[int]
    ) -> tuple[list[int], bool]:
        """Add the nodes that reach S on saturated arcs.

        The arcs that enter S, and whether an active node reaches it.
        """
        reduced_cost, tail = self.reduced_cost, self.tail
        unsaturated, frontier = [], entering
        while frontier:
            next_frontier: list[int] = []
            for arc in frontier:
                node = tail[arc]
                if node in component:
                    continue
                if reduced_cost[arc] > SATURATED:
                    unsaturated.append(arc)
                    continue
                if node in active:
                    return entering, True
                component.add(node)
                next_frontier += self.in_arcs[node]
            frontier = next_frontier
        return [arc for arc in unsaturated if tail[arc] not in component], False


def excluded_arcs(graph: CompactGraph, dual: DualAscent, cutoff: float) -> tuple[Bools, Bools]:
    """Reduced-cost fixing (Duin 1993): arcs (2 E,) of no tree within the cutoff, and edges (E,) of
    which both arcs are excluded.

    A tree with arc a has a path from the root to a and one from a to a terminal, so it costs at
    least bound + d(r, a) + reduced cost of a + d(a, terminal), distances d in reduced costs.
    """
    edges = len(graph.cost)
    terminals = graph.terminals()
    terminals = terminals[terminals != dual.root]
    lengths = graph.arcs(dual.reduced_cost)
    from_root = dijkstra(lengths, indices=dual.root)
    to_terminal = dijkstra(lengths.T, indices=terminals, min_only=True)
    lower_bound = dual.bound + from_root[graph.tail] + dual.reduced_cost + to_terminal[graph.head]
    excluded = (lower_bound > cutoff) | (graph.head == dual.root)
    return excluded, excluded[:edges] & excluded[edges:]
