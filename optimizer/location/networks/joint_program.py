"""The program of a joint plan (Melkote and Daskin 2001): a flow for each node where persons live.

    min  sum of F_v y_v + sum of c_e (z_uv + z_vu) + sum of p_k l_a f_ka
    out(f_k, v) - in(f_k, v) + w_kv = [v = k]         everybody goes somewhere
    f_ka <= z_a on links to build, w_kv <= y_v        over what is there
    y_v + sum of z_a out of v <= 1                    ways are a forest
    sum of F y + sum of c z <= budget

Only z and y are integers. A flow has no columns for arcs that no shortest way uses: those longer
than what is there, into its own node, or beyond a node that is open anyhow. The rows of the third
line come in rounds: few of them bind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.location.networks.facility_network import Joint
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program

#: Rounding of sums of lengths, relative.
ROUNDING = 1e-9

#: What is broken by less is left out.
BROKEN = 1e-6


@dataclass(frozen=True, eq=False)
class JointProgram:
    """Columns z, y, f, w. links: (2 E,) arcs, the second half backwards."""

    joint: Joint

    @cached_property
    def build(self) -> Ints:
        """(Z,) the arcs of links that can be built."""
        wanted = self.joint.useful & ~self.joint.there
        return np.flatnonzero(np.tile(wanted, 2))

    @cached_property
    def sites(self) -> Ints:
        """(Y,) the nodes that can open."""
        return np.flatnonzero(np.isfinite(self.joint.fixed))

    @cached_property
    def homes(self) -> Ints:
        """(K,) the nodes where persons live."""
        return np.flatnonzero(self.joint.lives)

    @cached_property
    def tail(self) -> Ints:
        """(2 E,) where each arc begins."""
        return np.concatenate([self.joint.edges.tail, self.joint.edges.head])

    @cached_property
    def head(self) -> Ints:
        """(2 E,) where each arc ends."""
        return np.concatenate([self.joint.edges.head, self.joint.edges.tail])

    @cached_property
    def length(self) -> Floats:
        """(2 E,) of arcs."""
        return np.tile(self.joint.length, 2)

    @cached_property
    def uses(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Home and arc of each f; home and site of each w."""
        joint, homes = self.joint, self.homes
        every, there = joint.useful, joint.useful & joint.there
        best, now = joint.apart(every, homes), joint.apart(there, homes)
        table = joint.edges.table(joint.length, every)
        on = np.full(joint.edges.nodes, np.inf)
        if len(self.sites):
            on = dijkstra(table, indices=self.sites, min_only=True)
        opened = joint.fixed == 0
        most = np.min(np.where(opened, now, np.inf), axis=1, initial=np.inf)
        most = most[:, None] * (1 + ROUNDING)
        along = best[:, self.tail] + self.length
        arcs = np.tile(every, 2) & ~opened[self.tail] & (self.head != homes[:, None])
        arcs = arcs & (along <= now[:, self.head] * (1 + ROUNDING)) & np.isfinite(along)
        arcs &= (along + on[self.head] <= most) & np.isfinite(on[self.head])
        sites = best[:, self.sites]
        home, site = np.nonzero(np.isfinite(sites) & (sites <= most))
        goer, arc = (rows.astype(np.int64) for rows in np.nonzero(arcs))
        return (goer, arc), (home, np.asarray(self.sites[site]))

    @cached_property
    def begin(self) -> Ints:
        """Where the columns y, f and w begin, and end."""
        (_, arcs), (_, sites) = self.uses
        return np.cumsum([len(self.build), len(self.sites), len(arcs), len(sites)])

    def program(self) -> Program:
        """Without the rows that come in rounds."""
        joint, nodes, begin = self.joint, self.joint.edges.nodes, self.begin
        (home, arc), (to_home, site) = self.uses
        z, y = np.arange(len(self.build)), begin[0] + np.arange(len(self.sites))
        f, w = begin[1] + np.arange(len(arc)), begin[2] + np.arange(len(site))
        at = np.concatenate(
            [home * nodes + self.tail[arc], home * nodes + self.head[arc], to_home * nodes + site]
        )
        mine = np.arange(len(self.homes)) * nodes + self.homes
        places, row = np.unique(np.concatenate([at, mine]), return_inverse=True)
        sent = np.zeros(len(places))
        sent[row[len(at) :]] = 1.0
        row = row[: len(at)]
        forest = len(places) + np.concatenate([self.tail[self.build], self.sites])
        price = self.price
        money = np.full(begin[1], len(places) + nodes)
        entries = [
            (row, np.concatenate([f, f, w]), np.repeat([1.0, -1.0, 1.0], [len(f), len(f), len(w)])),
            (forest, np.concatenate([z, y]), np.ones(begin[1])),
            (money, np.concatenate([z, y]), price),
        ]
        rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
        transport = joint.weight[self.homes[home]] * self.length[arc]
        lower = np.zeros(begin[3])
        lower[begin[0] : begin[1]] = joint.fixed[self.sites] == 0
        return Program(
            cost=np.concatenate([price, transport, np.zeros(len(w))]),
            offset=0.0,
            rows=csc_array((values, (rows, columns)), shape=(len(places) + nodes + 1, begin[3])),
            row_lower=np.concatenate([sent, np.full(nodes + 1, -np.inf)]),
            row_upper=np.concatenate([sent, np.ones(nodes), [joint.budget]]),
            lower=lower,
            upper=np.ones(begin[3]),
            integer=np.arange(begin[3]) < begin[1],
        )

    @cached_property
    def price(self) -> Floats:
        """(Z + Y,) what arcs and nodes cost."""
        links = len(self.joint.edges)
        cost = self.joint.cost[self.build % links] if links else np.empty(0)
        return np.concatenate([cost, self.joint.fixed[self.sites]])

    @cached_property
    def needs(self) -> tuple[Ints, Ints]:
        """Columns f and w, and the column z or y that each needs."""
        (_, arc), (_, site) = self.uses
        of_arc = np.full(len(self.tail), -1)
        of_arc[self.build] = np.arange(len(self.build))
        need = np.concatenate([of_arc[arc], self.begin[0] + np.searchsorted(self.sites, site)])
        some = np.flatnonzero(need >= 0)
        return self.begin[1] + some, need[some]

    def broken(self, x: Floats) -> tuple[csr_array, Floats]:
        """Rows that a solution breaks, and what they are at most."""
        use, need = self.needs
        worst = np.flatnonzero(x[use] > x[need] + BROKEN)
        row = np.arange(len(worst))
        entries = np.repeat([1.0, -1.0], len(worst))
        at = np.tile(row, 2), np.concatenate([use[worst], need[worst]])
        return csr_array((entries, at), shape=(len(worst), len(x))), np.zeros(len(worst))

    def chosen(self, x: Floats, least: float = 0.5) -> tuple[Bools, Bools]:
        """(N,) nodes and (E,) links that a solution has more of than this."""
        is_open = np.zeros(self.joint.edges.nodes, dtype=bool)
        is_open[self.sites] = x[self.begin[0] : self.begin[1]] > least
        built = np.zeros(len(self.joint.edges), dtype=bool)
        built[self.build[x[: self.begin[0]] > least] % len(built)] = True
        return is_open, built
