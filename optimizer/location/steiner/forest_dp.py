"""DYNAMIC PROGRAM over subsets of groups for the Steiner forest.

A forest is a partition of the groups into trees. With t(S) the cost of a minimum Steiner tree of
all terminals of the groups S,

    f(S) = min(t(S), min over A + B = S, neither empty, of f(A) + f(B))

is the cost of a minimum forest of S. Relaxations of forests leave wide gaps, those of trees hardly
any; and t(S) need not be solved once a bound shows that it is no less than the best f(A) + f(B).
The recursion with lower bounds of t gives lower bounds of f.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.csgraph import connected_components

from optimizer.location.base.result import Watch
from optimizer.location.networks.graph import Edges
from optimizer.location.steiner.exact import BranchAndCut
from optimizer.problem import Bools, Floats, Ints

#: With more groups the 2 ** groups trees take longer than the forest by branch and cut.
MAX_GROUPS = 8


@dataclass
class ForestDP:
    """Subsets of groups are bit masks.

    search: holds the incumbent forest of all groups. component: (N,) of each node. plan, upper,
    lower: of each solved subset the edges (E,), their cost, and a lower bound of f.
    """

    edges: Edges
    cost: Floats
    groups: list[Ints]
    watch: Watch
    search: BranchAndCut = field(init=False)
    component: Ints = field(init=False)
    plan: dict[int, Bools] = field(default_factory=dict)
    upper: dict[int, float] = field(default_factory=dict)
    lower: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.search = BranchAndCut(self.edges, self.cost, self.groups, self.watch)
        everything = self.edges.adjacency_matrix(np.ones(len(self.edges)))
        self.component = connected_components(everything, directed=False)[1]

    @property
    def best(self) -> Bools:
        """(E,) the incumbent forest."""
        return self.search.best

    def run(self) -> bool:
        """All subsets of groups, small ones first; True: interrupted."""
        all_groups = (1 << len(self.groups)) - 1
        for subset in sorted(range(1, all_groups + 1), key=int.bit_count):
            interrupted = self._solve_subset(subset)
            # f(S) <= f(all groups).
            self.search.note(self.lower[subset])
            if interrupted:
                return True
            if subset.bit_count() == 1 and subset << 1 > all_groups:
                self._keep([self.plan[group] for group in _singletons(all_groups)])
        self._keep([self.plan[all_groups]])
        self.search.note(self.lower[all_groups])
        return False

    def _solve_subset(self, subset: int) -> bool:
        """Solve f of one subset; True: interrupted."""
        upper = lower = np.inf
        splits = [(half, subset ^ half) for half in range(1, subset) if half & subset == half]
        if splits:
            half, complement = min(
                splits, key=lambda split: self.upper[split[0]] + self.upper[split[1]]
            )
            self.plan[subset] = self.plan[half] | self.plan[complement]
            upper = float(self.cost[self.plan[subset]].sum())
            lower = min(self.lower[half] + self.lower[complement] for half, complement in splits)
        # t(S) >= f(S without one group).
        tree_bound = max(
            (self.lower[subset ^ half] for half in _singletons(subset) if subset ^ half), default=0
        )
        interrupted = False
        nodes = np.concatenate([self.groups[group] for group in _members(subset)])
        if (self.component[nodes] != self.component[nodes[0]]).any():
            tree_bound = np.inf  # no tree has nodes of two components
        if tree_bound < upper and (not splits or not self.watch.out_of_time):
            search = BranchAndCut(
                self.edges, self.cost, [nodes], Watch(self.watch.remaining), upper
            )
            interrupted = search.run()
            tree_bound = max(tree_bound, search.watch.bound)
            self.search.note(nodes=search.watch.nodes)
            if search.best_cost < upper:
                self.plan[subset], upper = search.best, search.best_cost
        self.upper[subset], self.lower[subset] = upper, min(lower, tree_bound, upper)
        return interrupted

    def _keep(self, trees: list[Bools]) -> None:
        """Update the incumbent by the union of these trees."""
        self.search.keep(np.flatnonzero(np.any(trees, axis=0)).tolist())


def _members(subset: int) -> list[int]:
    """The groups of a subset."""
    return [group for group in range(subset.bit_length()) if subset >> group & 1]


def _singletons(subset: int) -> list[int]:
    """The subsets of one group each."""
    return [1 << group for group in _members(subset)]
