"""DIRECTED CUT FORMULATION of Steiner tree and forest, and its separation (Wong 1984).

Each edge is an arc either way, r_k is the root of group k, and delta-(S) are the arcs that enter S:

    min c y   x^k_uv + x^k_vu <= y_uv,   y binary
    x^k(delta-(S)) >= 1                  directed cut: S has a terminal of group k, but not r_k
    x^k(delta-(v)) <= x^k(delta+(v))     flow balance: v is not in group k, so no branch ends there

For one group y is left out: the arcs themselves cost, and are binary. The flow-balance rows make
the relaxation stronger (Koch and Martin 1998). Violated cuts are found by maximum flows from the
roots; capacities are x plus one flow unit, so that of cuts of equal value the one with fewest arcs
is found ("creep flow").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.foundation.tolerances import CUT_VIOLATION, FLOW_UNITS
from optimizer.location.steiner.graph import CompactGraph
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program

#: Nonzeros of the cuts of the dual ascent that the first program has.
MAX_INITIAL_NONZEROS = 400_000


@dataclass(frozen=True, eq=False)
class DirectedCuts:
    """Columns and rows of the formulation. roots: one for each group."""

    graph: CompactGraph
    roots: list[int]

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return 2 * len(self.graph.cost)

    @property
    def shared(self) -> int:
        """Number of columns y."""
        return len(self.graph.cost) if len(self.roots) > 1 else 0

    @property
    def columns(self) -> int:
        """Number of columns: y, and x of each group."""
        return self.shared + len(self.roots) * self.arcs

    def chosen(self, x: Floats) -> Floats:
        """(E,) value of each edge in a solution x (columns,)."""
        edges = len(self.graph.cost)
        return x[:edges] if self.shared else np.minimum(x[:edges] + x[edges:], 1.0)

    def program(self, cuts: list[tuple[Ints, int]], excluded: Bools) -> Program:
        """The first program: linking rows, flow balance, cuts of single terminals, and these cuts.

        cuts: arcs and group of each; excluded: (2 E,) arcs fixed to 0, of a tree only.
        """
        blocks, uppers = [], []
        for group, root in enumerate(self.roots):
            for rows, upper in self._node_rows(group, root):
                blocks.append(rows)
                uppers.append(upper)
        size = np.cumsum(sorted(len(arcs) for arcs, _ in cuts)) <= MAX_INITIAL_NONZEROS
        initial_cuts = sorted(cuts, key=lambda cut: len(cut[0]))[: int(size.sum())]
        blocks.append(self._cut_rows(initial_cuts))
        uppers.append(np.full(len(initial_cuts), -1.0))
        cost = self.graph.cost
        upper = np.ones(self.columns)
        for group, root in enumerate(self.roots):
            upper[self._columns(group)[self.graph.head == root]] = 0.0
        if not self.shared:
            upper[excluded] = 0.0
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

    def violated(self, x: Floats) -> tuple[csr_array, Floats]:
        """Cuts that a solution x (columns,) violates: rows (R, columns) and upper sides (R,)."""
        cuts: dict[bytes, tuple[Ints, int]] = {}
        for group, root in enumerate(self.roots):
            x_group = np.clip(x[self._columns(group)], 0.0, 1.0)
            units = np.round(x_group * FLOW_UNITS).astype(np.int64) + 1
            network = self.graph.arcs(units.astype(np.int32))
            for node in self.graph.terminals(group).tolist():
                if node != root:
                    self._separate_terminal(node, group, x_group, network, cuts)
        return self._cut_rows(list(cuts.values())), np.full(len(cuts), -1.0)

    def _separate_terminal(
        self,
        node: int,
        group: int,
        x_group: Floats,
        network: csr_array,
        cuts: dict[bytes, tuple[Ints, int]],
    ) -> None:
        """Add violated minimum cuts of a terminal: nearest to the root, and to the terminal."""
        graph, root = self.graph, self.roots[group]
        flow = maximum_flow(network, root, node)
        if flow.flow_value >= FLOW_UNITS * (1 - CUT_VIOLATION) + self.arcs:
            return
        residual = csr_array(network - flow.flow)
        residual.eliminate_zeros()
        far_side = np.ones(graph.nodes, dtype=bool)
        far_side[breadth_first_order(residual, root, return_predecessors=False)] = False
        near_side = np.zeros(graph.nodes, dtype=bool)
        backward = csr_array(residual.T)
        near_side[breadth_first_order(backward, node, return_predecessors=False)] = True
        for side in (far_side, near_side):
            arcs = np.flatnonzero(side[graph.head] & ~side[graph.tail])
            if x_group[arcs].sum() < 1 - CUT_VIOLATION:
                cuts[arcs.tobytes() + bytes([group % 256])] = arcs, group

    def _node_rows(self, group: int, root: int) -> list[tuple[csr_array, Floats]]:
        """Flow balance, cuts of single terminals and linking rows of a group; upper sides."""
        graph, columns = self.graph, self._columns(group)
        arc, ones = np.arange(self.arcs), np.ones(self.arcs)
        shape = (graph.nodes, self.columns)
        incoming = csr_array((ones, (graph.head, columns[arc])), shape=shape)
        outgoing = csr_array((ones, (graph.tail, columns[arc])), shape=shape)
        non_members = np.flatnonzero(graph.group != group)
        terminals = graph.terminals(group)
        terminals = terminals[terminals != root]
        blocks = [
            (csr_array(incoming[non_members] - outgoing[non_members]), np.zeros(len(non_members))),
            (csr_array(-incoming[terminals]), np.full(len(terminals), -1.0)),
        ]
        if self.shared:
            edge = np.arange(self.shared)
            row = np.concatenate([edge, edge, edge])
            column = np.concatenate([edge, columns])
            value = np.concatenate([-np.ones(self.shared), ones])
            shape = (self.shared, self.columns)
            blocks.append((csr_array((value, (row, column)), shape=shape), np.zeros(self.shared)))
        return blocks

    def _columns(self, group: int) -> Ints:
        """(2 E,) columns x of a group."""
        return self.shared + group * self.arcs + np.arange(self.arcs)

    def _cut_rows(self, cuts: list[tuple[Ints, int]]) -> csr_array:
        """Minus the arcs of each cut, as rows."""
        columns = [self._columns(group)[arcs] for arcs, group in cuts]
        ends = np.cumsum([0, *map(len, columns)])
        column = np.concatenate([*columns, np.empty(0, dtype=np.int64)])
        shape = (len(cuts), self.columns)
        return csr_array((np.full(len(column), -1.0), column, ends), shape=shape)
