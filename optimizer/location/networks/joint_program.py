"""FORMULATION of facility location-network design (Melkote and Daskin 2001): a flow for each node.

    min  sum of F_v y_v + sum of c_e (z_uv + z_vu) + sum of p_k l_a f_ka
    out(f_k, v) - in(f_k, v) + w_kv = [v = k]         flow balance, w_kv: k is served at v
    f_ka <= z_a on links to build, w_kv <= y_v        linking rows
    y_v + sum of z_a out of v <= 1                    paths are a forest
    sum of F y + sum of c z <= budget

Only z and y are integer. A flow has no columns for arcs of no shortest path: those longer than by
existing links, into its own node, or beyond a node that is open anyway. Linking rows are separated
in rounds: few of them bind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.tolerances import LINK_VIOLATION, ROUNDING
from optimizer.location.networks.facility_network import FacilityNetwork
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program


@dataclass(frozen=True, eq=False)
class JointProgram:
    """Columns z, y, f, w. Arcs: (2 E,), the second half backwards."""

    problem: FacilityNetwork

    @cached_property
    def build_arcs(self) -> Ints:
        """(Z,) arcs of the links that can be built."""
        buildable = self.problem.useful & ~self.problem.existing
        return np.flatnonzero(np.tile(buildable, 2))

    @cached_property
    def sites(self) -> Ints:
        """(Y,) nodes that can open."""
        return np.flatnonzero(np.isfinite(self.problem.fixed))

    @cached_property
    def origins(self) -> Ints:
        """(K,) populated nodes, each the origin of a flow."""
        return np.flatnonzero(self.problem.populated)

    @cached_property
    def tail(self) -> Ints:
        """(2 E,) tails of the arcs."""
        return np.concatenate([self.problem.edges.tail, self.problem.edges.head])

    @cached_property
    def head(self) -> Ints:
        """(2 E,) heads of the arcs."""
        return np.concatenate([self.problem.edges.head, self.problem.edges.tail])

    @cached_property
    def length(self) -> Floats:
        """(2 E,) lengths of the arcs."""
        return np.tile(self.problem.length, 2)

    @cached_property
    def flow_columns(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Origin and arc of each f; origin and site of each w."""
        problem, origins = self.problem, self.origins
        useful, usable_now = problem.useful, problem.useful & problem.existing
        shortest, by_existing = (
            problem.distances(useful, origins),
            problem.distances(usable_now, origins),
        )
        table = problem.edges.adjacency_matrix(problem.length, useful)
        to_site = np.full(problem.edges.nodes, np.inf)
        if len(self.sites):
            to_site = dijkstra(table, indices=self.sites, min_only=True)
        already_open = problem.fixed == 0
        limit = np.min(np.where(already_open, by_existing, np.inf), axis=1, initial=np.inf)
        limit = limit[:, None] * (1 + ROUNDING)
        through = shortest[:, self.tail] + self.length
        arcs = np.tile(useful, 2) & ~already_open[self.tail] & (self.head != origins[:, None])
        arcs = arcs & (through <= by_existing[:, self.head] * (1 + ROUNDING)) & np.isfinite(through)
        arcs &= (through + to_site[self.head] <= limit) & np.isfinite(to_site[self.head])
        sites = shortest[:, self.sites]
        site_origin, site = np.nonzero(np.isfinite(sites) & (sites <= limit))
        origin, arc = (rows.astype(np.int64) for rows in np.nonzero(arcs))
        return (origin, arc), (site_origin, np.asarray(self.sites[site]))

    @cached_property
    def offsets(self) -> Ints:
        """(4,) first columns of y, f and w, and the number of columns."""
        (_, arcs), (_, sites) = self.flow_columns
        return np.cumsum([len(self.build_arcs), len(self.sites), len(arcs), len(sites)])

    def program(self) -> Program:
        """The program without linking rows."""
        problem, nodes, offsets = self.problem, self.problem.edges.nodes, self.offsets
        (origin, arc), (site_origin, site) = self.flow_columns
        z, y = np.arange(len(self.build_arcs)), offsets[0] + np.arange(len(self.sites))
        f, w = offsets[1] + np.arange(len(arc)), offsets[2] + np.arange(len(site))
        flow_row = np.concatenate(
            [
                origin * nodes + self.tail[arc],
                origin * nodes + self.head[arc],
                site_origin * nodes + site,
            ]
        )
        origin_row = np.arange(len(self.origins)) * nodes + self.origins
        balance_rows, row = np.unique(np.concatenate([flow_row, origin_row]), return_inverse=True)
        supply = np.zeros(len(balance_rows))
        supply[row[len(flow_row) :]] = 1.0
        row = row[: len(flow_row)]
        forest = len(balance_rows) + np.concatenate([self.tail[self.build_arcs], self.sites])
        price = self.price
        budget_row = np.full(offsets[1], len(balance_rows) + nodes)
        entries = [
            (row, np.concatenate([f, f, w]), np.repeat([1.0, -1.0, 1.0], [len(f), len(f), len(w)])),
            (forest, np.concatenate([z, y]), np.ones(offsets[1])),
            (budget_row, np.concatenate([z, y]), price),
        ]
        rows, columns, values = (np.concatenate(blocks) for blocks in zip(*entries, strict=True))
        transport = problem.weight[self.origins[origin]] * self.length[arc]
        lower = np.zeros(offsets[3])
        lower[offsets[0] : offsets[1]] = problem.fixed[self.sites] == 0
        return Program(
            cost=np.concatenate([price, transport, np.zeros(len(w))]),
            offset=0.0,
            rows=csc_array(
                (values, (rows, columns)), shape=(len(balance_rows) + nodes + 1, offsets[3])
            ),
            row_lower=np.concatenate([supply, np.full(nodes + 1, -np.inf)]),
            row_upper=np.concatenate([supply, np.ones(nodes), [problem.budget]]),
            lower=lower,
            upper=np.ones(offsets[3]),
            integer=np.arange(offsets[3]) < offsets[1],
        )

    @cached_property
    def price(self) -> Floats:
        """(Z + Y,) costs of z and y."""
        links = len(self.problem.edges)
        cost = self.problem.cost[self.build_arcs % links] if links else np.empty(0)
        return np.concatenate([cost, self.problem.fixed[self.sites]])

    @cached_property
    def linked_columns(self) -> tuple[Ints, Ints]:
        """Linking rows: columns f and w, and the column z or y of each."""
        (_, arc), (_, site) = self.flow_columns
        z_of_arc = np.full(len(self.tail), -1)
        z_of_arc[self.build_arcs] = np.arange(len(self.build_arcs))
        design = np.concatenate(
            [z_of_arc[arc], self.offsets[0] + np.searchsorted(self.sites, site)]
        )
        linked = np.flatnonzero(design >= 0)
        return self.offsets[1] + linked, design[linked]

    def violated(self, x: Floats) -> tuple[csr_array, Floats]:
        """Linking rows that a solution x violates: (R, columns) and upper sides (R,)."""
        flow, design = self.linked_columns
        broken = np.flatnonzero(x[flow] > x[design] + LINK_VIOLATION)
        row = np.arange(len(broken))
        entries = np.repeat([1.0, -1.0], len(broken))
        position = np.tile(row, 2), np.concatenate([flow[broken], design[broken]])
        return csr_array((entries, position), shape=(len(broken), len(x))), np.zeros(len(broken))

    def chosen(self, x: Floats, threshold: float = 0.5) -> tuple[Bools, Bools]:
        """(N,) nodes and (E,) links whose variables exceed the threshold."""
        is_open = np.zeros(self.problem.edges.nodes, dtype=bool)
        is_open[self.sites] = x[self.offsets[0] : self.offsets[1]] > threshold
        built = np.zeros(len(self.problem.edges), dtype=bool)
        built[self.build_arcs[x[: self.offsets[0]] > threshold] % len(built)] = True
        return is_open, built
