"""ASCENT: a bound, and which arcs matter, from cuts that are raised one by one (Wong 1984).

With the edges as arcs both ways and a root r, a tree enters every set S of nodes that has a
terminal but not r. The multipliers of these cuts,

    maximise sum_S w_S,   sum of w_S over the S that arc a enters <= c_a,   w >= 0

bound the cost of a tree. A cut around a terminal is raised until one more arc is paid for; S is
what reaches the terminal on arcs that are paid for. When the root does, too, the terminal is done.
The terminal with the fewest arcs is next (Poggi de Aragão, Uchoa and Werneck 2001).

In a forest groups share edges: a group may pay what the groups before have left of an edge.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.location.steiner.graph import Slim
from optimizer.problem import Bools, Floats, Ints

#: A terminal is looked at again where it has so many times the arcs of the next one.
FEWER = 1.25


@dataclass(frozen=True, eq=False)
class Ascent:
    """bound: proven. left: (2 E,) what is not yet paid of each arc; for a forest of each edge,
    twice. cuts: the arcs that enter each set, and the group that it is a cut of.
    """

    root: int
    bound: float
    left: Floats
    cuts: list[tuple[Ints, int]]


def ascent(slim: Slim, roots: list[int]) -> Ascent:
    """Raise the cuts, group by group; roots: one for each group."""
    edges = len(slim.cost)
    pay = slim.cost
    bound, left = 0.0, np.tile(pay, 2)
    cuts: list[tuple[Ints, int]] = []
    for group, root in enumerate(roots):
        terminals = [node for node in slim.terminals(group).tolist() if node != root]
        raised = _Raised(slim, np.tile(pay, 2))
        raised.all(root, terminals)
        bound += raised.bound
        cuts += [(np.array(cut), group) for cut in raised.cuts]
        left = np.maximum(np.array(raised.left), 0.0)
        pay = np.minimum(left[:edges], left[edges:])
    return Ascent(roots[-1], bound, left if len(roots) == 1 else np.tile(pay, 2), cuts)


class _Raised:
    """The sets of the terminals while they are raised; each only grows."""

    def __init__(self, slim: Slim, left: Floats) -> None:
        self.left: list[float] = left.tolist()
        self.tail: list[int] = slim.tail.tolist()
        self.into: list[list[int]] = [[] for _ in range(slim.nodes)]
        for arc, head in enumerate(slim.head.tolist()):
            self.into[head].append(arc)
        self.bound = 0.0
        self.cuts: list[list[int]] = []

    def all(self, root: int, terminals: list[int]) -> None:
        """Raise until the root reaches all terminals on arcs that are paid for."""
        active = {root, *terminals}
        inside = {node: {node} for node in terminals}
        cut = {node: list(self.into[node]) for node in terminals}
        queue = [(len(cut[node]), node) for node in terminals]
        heapq.heapify(queue)
        while queue:
            _, node = heapq.heappop(queue)
            cut[node], met = self._grown(inside[node], cut[node], active)
            if met:
                # Who reaches it is reached from the root in the end.
                active.discard(node)
                continue
            if queue and len(cut[node]) > FEWER * queue[0][0]:
                heapq.heappush(queue, (len(cut[node]), node))
                continue
            step = min(self.left[arc] for arc in cut[node])
            for arc in cut[node]:
                self.left[arc] -= step
            self.bound += step
            self.cuts.append(cut[node])
            heapq.heappush(queue, (len(cut[node]), node))

    def _grown(self, inside: set[int], cut: list[int], active: set[int]) -> tuple[list[int], bool]:
        """The set with all that reaches it; its arcs, and whether an active node was met."""
        left, tail = self.left, self.tail
        kept, look = [], cut
        while look:
            more: list[int] = []
            for arc in look:
                node = tail[arc]
                if node in inside:
                    continue
                if left[arc] > 1e-12:
                    kept.append(arc)
                    continue
                if node in active:
                    return cut, True
                inside.add(node)
                more += self.into[node]
            look = more
        return [arc for arc in kept if tail[arc] not in inside], False


def useless(slim: Slim, found: Ascent, most: float) -> tuple[Bools, Bools]:
    """Arcs (2 E,) that no tree of at most this cost has, and edges (E,) of which both are.

    A tree with an arc has a path from the root to it and one on to a terminal, each of which
    costs at least what is left of its arcs, beside the bound (Duin 1993).
    """
    edges = len(slim.cost)
    other = slim.terminals()
    other = other[other != found.root]
    lengths = slim.arcs(found.left)
    start = dijkstra(lengths, indices=found.root)
    end = dijkstra(lengths.T, indices=other, min_only=True)
    least = found.bound + start[slim.tail] + found.left + end[slim.head]
    arcs = (least > most) | (slim.head == found.root)
    return arcs, arcs[:edges] & arcs[edges:]
