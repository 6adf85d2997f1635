"""The program of a design: modules z and flows f, with rows that its relaxation breaks.

    min sum of cost_l z_l + sum of p_e d_k f_ke    the rows of `routing`, where
    c_e = existing_e + sum of u_l z_l over the modules of e
    sum of z_l over the modules of e <= 1, or their capacity <= the largest level (`repeating`)

Rows in rounds, for an edge and a commodity (Gendron, Crainic and Frangioni 1999)

    f_uv + f_vu <= min(1, existing / d_k) + sum of min(1, u_l / d_k) z_l

and those of `cutsets`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from optimizer.location.networks.cutsets import CutSets
from optimizer.location.networks.demands import Modules
from optimizer.location.networks.module_levels import Counted
from optimizer.location.networks.routing import Routing
from optimizer.problem import Floats
from optimizer.solver.program import Program

#: A forcing row that is broken by less than this share of the commodity is left out.
BROKEN = 1e-3

#: Rounds end when the last so many have lifted the relaxation by less than this share.
PATIENCE, LIFT = 4, 5e-4


@dataclass
class DesignProgram:
    """Builds the program, and finds broken rows. most: (E,) the largest levels; inf: no end."""

    routing: Routing
    counted: Counted
    most: Floats
    cutsets: CutSets
    values: list[float] = field(default_factory=list)

    @property
    def modules(self) -> Modules:
        """What is counted."""
        return self.counted.modules

    @property
    def count(self) -> int:
        """How many modules, the first columns."""
        return len(self.modules.edge)

    def program(self) -> Program:
        """Without the rows of the rounds."""
        routing, modules = self.routing, self.modules
        column = np.arange(self.count)
        shape = (modules.edges, self.count)
        built = csr_array((modules.capacity / routing.unit, (modules.edge, column)), shape=shape)
        nodes = csr_array((routing.balance.shape[0], self.count))
        rows = [hstack([nodes, routing.balance]), hstack([-built, routing.loads])]
        lower = [routing.sent, np.full(modules.edges, -np.inf)]
        upper = [routing.sent, modules.existing / routing.unit]
        # One module of an edge, or within the capacity of the largest level.
        one = self.counted.one
        size = np.where(one[modules.edge], 1.0, modules.capacity / routing.unit)
        ends = np.where(one, 1.0, (self.most - modules.existing) / routing.unit)
        limited = np.flatnonzero(np.isfinite(ends))
        chosen = csr_array((size, (modules.edge, column)), shape=shape)[limited]
        rows.append(hstack([chosen, csr_array((len(limited), routing.columns))]))
        lower.append(np.full(len(limited), -np.inf))
        upper.append(ends[limited])
        return Program(
            cost=np.concatenate([modules.cost, routing.priced(modules.flow_cost)]),
            offset=0.0,
            rows=csc_array(vstack(rows)),
            row_lower=np.concatenate(lower),
            row_upper=np.concatenate(upper),
            lower=np.zeros(self.count + routing.columns),
            upper=np.concatenate([self.counted.at_most, np.ones(routing.columns)]),
            integer=np.arange(self.count + routing.columns) < self.count,
        )

    def broken(self, x: Floats) -> tuple[csr_array, Floats]:
        """Rows that a relaxed solution breaks, and what they are at most."""
        z, flow = x[: self.count], x[self.count :]
        price = self.routing.priced(self.modules.flow_cost)
        self.values.append(float(self.modules.cost @ z + price @ flow))
        if len(self.values) > PATIENCE:
            before = self.values[-1 - PATIENCE]
            if self.values[-1] - before < LIFT * abs(before):
                return csr_array((0, len(x))), np.empty(0)
        forcing, at_most = self._forcing(z, flow)
        entries, least = self.cutsets.broken(z, self.routing.load(flow))
        cuts = csr_array(-entries)
        cuts.resize((len(least), len(x)))
        return csr_array(vstack([forcing, cuts])), np.concatenate([at_most, -least])

    def _forcing(self, z: Floats, flow: Floats) -> tuple[csr_array, Floats]:
        """The rows of edges and commodities."""
        modules, edges = self.modules, self.modules.edges
        size = self.routing.flows.size
        use = np.minimum(1.0, modules.capacity / size[:, None])
        free = np.minimum(1.0, modules.existing / size[:, None])
        shape = (self.count, edges)
        on = csr_array((np.ones(self.count), (np.arange(self.count), modules.edge)), shape=shape)
        passes = flow.reshape(len(size), 2, edges).sum(axis=1)
        k, e = np.nonzero(passes > free + (use * z) @ on + BROKEN)
        if not len(k):
            return csr_array((0, self.count + len(flow))), np.empty(0)
        row, forwards = np.arange(len(k)), self.count + 2 * edges * k + e
        part, module = csr_array(on.T)[e].tocoo().coords
        rows = np.concatenate([row, row, part])
        columns = np.concatenate([forwards, forwards + edges, module])
        entries = np.concatenate([np.ones(2 * len(k)), -use[k[part], module]])
        table = csr_array((entries, (rows, columns)), shape=(len(k), self.count + len(flow)))
        return table, free[k, e]
