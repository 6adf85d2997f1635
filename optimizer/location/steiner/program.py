"""PROGRAM: the directed cut formulation, and its rows where they are broken (Wong 1984).

With the edges as arcs both ways, a root r_k of each group k, and delta-(S) the arcs that enter S,

    min c y   x^k_uv + x^k_vu <= y_uv,   y binary
    x^k(delta-(S)) >= 1                  S has a node of group k, but not r_k
    x^k(delta-(v)) <= x^k(delta+(v))     v is not in group k: none of its branches ends there

For one group y is left out: the arcs themselves cost, and are binary. The last rows make the
relaxation stronger (Koch and Martin 1998). The cuts are found by flows from the roots; arcs have a
little capacity more than x, so that of cuts alike the one with fewest arcs is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.location.steiner.graph import Slim
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program

#: Flows are in whole numbers: so many are 1.
UNIT = 1 << 20

#: A cut that lacks less than this is kept.
BROKEN = 1e-4

#: Cuts of one terminal in one round; the arcs of each are full for the next.
NESTED = 4

#: The first program has cuts of so many arcs together.
FIRST_ARCS = 400_000


@dataclass(frozen=True, eq=False)
class Cuts:
    """roots: one for each group of what is left."""

    slim: Slim
    roots: list[int]

    @property
    def arcs(self) -> int:
        """How many arcs there are."""
        return 2 * len(self.slim.cost)

    @property
    def shared(self) -> int:
        """How many columns y there are."""
        return len(self.slim.cost) if len(self.roots) > 1 else 0

    @property
    def columns(self) -> int:
        """How many columns there are: y, and x of each group."""
        return self.shared + len(self.roots) * self.arcs

    def chosen(self, x: Floats) -> Floats:
        """(E,) how much of each edge a solution has."""
        edges = len(self.slim.cost)
        return x[:edges] if self.shared else np.minimum(x[:edges] + x[edges:], 1.0)

    def program(self, cuts: list[tuple[Ints, int]], useless: Bools) -> Program:
        """The first program: what is not a cut, the cuts around nodes, and these cuts.

        cuts: arcs and group of each; useless: (2 E,) arcs that a tree does without.
        """
        blocks, uppers = [], []
        for group, root in enumerate(self.roots):
            for rows, upper in self._around(group, root):
                blocks.append(rows)
                uppers.append(upper)
        order = np.cumsum(sorted(len(arcs) for arcs, _ in cuts)) <= FIRST_ARCS
        small = sorted(cuts, key=lambda one: len(one[0]))[: int(order.sum())]
        blocks.append(self._entering(small))
        uppers.append(np.full(len(small), -1.0))
        cost = self.slim.cost
        upper = np.ones(self.columns)
        for group, root in enumerate(self.roots):
            upper[self._columns(group)[self.slim.head == root]] = 0.0
        if not self.shared:
            upper[useless] = 0.0
        rows = vstack(blocks, format="csc")
        return Program(
            cost=np.concatenate([cost, np.zeros(self.columns - len(cost))])
            if self.shared
            else np.tile(cost, 2),
            offset=0.0,
            rows=rows,
            row_lower=np.full(rows.shape[0], -np.inf),
            row_upper=np.concatenate(uppers),
            lower=np.zeros(self.columns),
            upper=upper,
            integer=np.arange(self.columns) < (self.shared or self.columns),
        )

    def broken(self, x: Floats) -> tuple[csr_array, Floats]:
        """Cuts that a solution (columns,) breaks, as rows and what they are at most."""
        found: dict[bytes, tuple[Ints, int]] = {}
        for group, root in enumerate(self.roots):
            share = np.clip(x[self._columns(group)], 0.0, 1.0)
            units = np.round(share * UNIT).astype(np.int64) + 1
            for node in self.slim.terminals(group).tolist():
                if node != root:
                    self._cuts_of(node, group, share, units.copy(), found)
        return self._entering(list(found.values())), np.full(len(found), -1.0)

    def _cuts_of(
        self,
        node: int,
        group: int,
        share: Floats,
        units: Ints,
        found: dict[bytes, tuple[Ints, int]],
    ) -> None:
        """Add broken cuts of a terminal, nearest to the root and nearest to itself."""
        slim, root = self.slim, self.roots[group]
        for _ in range(NESTED):
            table = slim.arcs(units.astype(np.int32))
            flow = maximum_flow(table, root, node)
            if flow.flow_value >= UNIT * (1 - BROKEN) + self.arcs:
                return
            rest = csr_array(table - flow.flow)
            rest.eliminate_zeros()
            reached = np.ones(slim.nodes, dtype=bool)
            reached[breadth_first_order(rest, root, return_predecessors=False)] = False
            reaching = np.zeros(slim.nodes, dtype=bool)
            back = csr_array(rest.T)
            reaching[breadth_first_order(back, node, return_predecessors=False)] = True
            new = False
            for inside in (reached, reaching):
                arcs = np.flatnonzero(inside[slim.head] & ~inside[slim.tail])
                if share[arcs].sum() < 1 - BROKEN:
                    key = arcs.tobytes() + bytes([group % 256])
                    new |= key not in found
                    found[key] = arcs, group
                    units[arcs] = UNIT
            if not new:
                return

    def _around(self, group: int, root: int) -> list[tuple[csr_array, Floats]]:
        """Rows of single nodes in one group."""
        slim, columns = self.slim, self._columns(group)
        arc, ones = np.arange(self.arcs), np.ones(self.arcs)
        shape = (slim.nodes, self.columns)
        into = csr_array((ones, (slim.head, columns[arc])), shape=shape)
        out = csr_array((ones, (slim.tail, columns[arc])), shape=shape)
        free = np.flatnonzero(slim.group != group)
        asked = slim.terminals(group)
        asked = asked[asked != root]
        found = [
            (csr_array(into[free] - out[free]), np.zeros(len(free))),
            (csr_array(-into[asked]), np.full(len(asked), -1.0)),
        ]
        if self.shared:
            edge = np.arange(self.shared)
            row = np.concatenate([edge, edge, edge])
            column = np.concatenate([edge, columns])
            value = np.concatenate([-np.ones(self.shared), ones])
            shape = (self.shared, self.columns)
            found.append((csr_array((value, (row, column)), shape=shape), np.zeros(self.shared)))
        return found

    def _columns(self, group: int) -> Ints:
        """(2 E,) the columns x of a group."""
        return self.shared + group * self.arcs + np.arange(self.arcs)

    def _entering(self, cuts: list[tuple[Ints, int]]) -> csr_array:
        """Minus the arcs of each cut."""
        columns = [self._columns(group)[arcs] for arcs, group in cuts]
        ends = np.cumsum([0, *map(len, columns)])
        column = np.concatenate([*columns, np.empty(0, dtype=np.int64)])
        shape = (len(cuts), self.columns)
        return csr_array((np.full(len(column), -1.0), column, ends), shape=shape)
