"""PARTING: a forest of few groups, as the trees that it is made of.

Groups that are in one tree are one group. So with t(S) the cost of the best tree of the groups S,

    f(S) = min(t(S), min over A + B = S, neither empty, of f(A) + f(B))

is the cost of the best forest of S (Dreyfus and Wagner 1971 for its trees). Relaxations of forests
leave wide gaps, those of trees hardly any; and a tree need not be solved once it is known to
cost no less than the parts. The same with bounds of t instead bounds f.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.csgraph import connected_components

from optimizer.location.base.result import Watch
from optimizer.location.networks.graph import Edges
from optimizer.location.steiner.exact import Search
from optimizer.problem import Bools, Floats, Ints

#: There are two to the power of so many sets of groups at most.
MOST_GROUPS = 8


@dataclass
class Parting:
    """whole: holds the best forest of all groups so far.

    part: (N,) of the network, for each node. plan, upper, lower: of each set of groups that was
    looked at, as bits, edges (E,), what they cost, and a bound of f.
    """

    edges: Edges
    cost: Floats
    groups: list[Ints]
    watch: Watch
    whole: Search = field(init=False)
    part: Ints = field(init=False)
    plan: dict[int, Bools] = field(default_factory=dict)
    upper: dict[int, float] = field(default_factory=dict)
    lower: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.whole = Search(self.edges, self.cost, self.groups, self.watch)
        everything = self.edges.table(np.ones(len(self.edges)))
        self.part = connected_components(everything, directed=False)[1]

    @property
    def best(self) -> Bools:
        """(E,) the best forest so far."""
        return self.whole.best

    def run(self) -> bool:
        """Small sets of groups first; True: interrupted."""
        every = (1 << len(self.groups)) - 1
        for chosen in sorted(range(1, every + 1), key=int.bit_count):
            interrupted = self._look(chosen)
            # To connect some of the groups costs no more than to connect them all.
            self.whole.note(self.lower[chosen])
            if interrupted:
                return True
            if chosen.bit_count() == 1 and chosen << 1 > every:
                self._take([self.plan[one] for one in _singles(every)])
        self._take([self.plan[every]])
        self.whole.note(self.lower[every])
        return False

    def _look(self, chosen: int) -> bool:
        """Find the best forest of a set of groups; True: interrupted."""
        upper = lower = np.inf
        halves = [(one, chosen ^ one) for one in range(1, chosen) if one & chosen == one]
        if halves:
            one, other = min(halves, key=lambda two: self.upper[two[0]] + self.upper[two[1]])
            self.plan[chosen] = self.plan[one] | self.plan[other]
            upper = float(self.cost[self.plan[chosen]].sum())
            lower = min(self.lower[one] + self.lower[other] for one, other in halves)
        # A tree of all these connects all but one of them, too.
        tree = max(
            (self.lower[chosen ^ one] for one in _singles(chosen) if chosen ^ one), default=0
        )
        interrupted = False
        nodes = np.concatenate([self.groups[bit] for bit in _bits(chosen)])
        if (self.part[nodes] != self.part[nodes[0]]).any():
            tree = np.inf  # no tree has nodes of two parts of the network
        if tree < upper and (not halves or not self.watch.out_of_time):
            search = Search(self.edges, self.cost, [nodes], Watch(self.watch.remaining), upper)
            interrupted = search.run()
            tree = max(tree, search.watch.bound)
            self.whole.note(nodes=search.watch.nodes)
            if search.best_cost < upper:
                self.plan[chosen], upper = search.best, search.best_cost
        self.upper[chosen], self.lower[chosen] = upper, min(lower, tree, upper)
        return interrupted

    def _take(self, trees: list[Bools]) -> None:
        """All these edges, if they cost less than the best."""
        self.whole.take(np.flatnonzero(np.any(trees, axis=0)).tolist())


def _bits(chosen: int) -> list[int]:
    """The groups of a set."""
    return [bit for bit in range(chosen.bit_length()) if chosen >> bit & 1]


def _singles(chosen: int) -> list[int]:
    """The sets of one group each."""
    return [1 << bit for bit in _bits(chosen)]
