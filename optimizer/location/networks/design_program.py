"""FORMULATION of network design by modules z and flows f, and separation of its rows.

    min sum of cost_l z_l + sum of p_e d_k f_ke    the rows of `routing`, where
    c_e = existing_e + sum of u_l z_l over the modules of e
    sum of z_l over the modules of e <= 1, or their capacity <= the largest level (`module_levels`)

Separated in rounds: forcing rows of an edge and a commodity (Gendron, Crainic and Frangioni 1999)

    f_uv + f_vu <= min(1, existing / d_k) + sum of min(1, u_l / d_k) z_l

and the cut-set inequalities.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from optimizer.foundation.tolerances import DESIGN_VIOLATION
from optimizer.location.networks.cutsets import CutSets
from optimizer.location.networks.demands import Modules
from optimizer.location.networks.module_levels import BaseModules
from optimizer.location.networks.routing import Routing
from optimizer.problem import Floats
from optimizer.solver.program import Program

#: Rounds end when the last so many have lifted the bound by less than this share.
STALL_ROUNDS, MIN_LIFT = 4, 5e-4


@dataclass
class DesignProgram:
    """The formulation. max_capacity: (E,) largest levels, inf: none; values: of the rounds."""

    routing: Routing
    base: BaseModules
    max_capacity: Floats
    cutsets: CutSets
    values: list[float] = field(default_factory=list)

    @property
    def modules(self) -> Modules:
        """The modules that are columns."""
        return self.base.modules

    @property
    def count(self) -> int:
        """Number of modules, the first columns."""
        return len(self.modules.edge)

    def program(self) -> Program:
        """The program without separated rows."""
        routing, modules = self.routing, self.modules
        column = np.arange(self.count)
        shape = (modules.edges, self.count)
        capacity_rows = csr_array(
            (modules.capacity / routing.unit, (modules.edge, column)), shape=shape
        )
        no_modules = csr_array((routing.balance.shape[0], self.count))
        rows = [hstack([no_modules, routing.balance]), hstack([-capacity_rows, routing.load_rows])]
        lower = [routing.supply, np.full(modules.edges, -np.inf)]
        upper = [routing.supply, modules.existing / routing.unit]
        # One module of an edge, or no more than the capacity of its largest level.
        at_most_one = self.base.at_most_one
        coefficient = np.where(at_most_one[modules.edge], 1.0, modules.capacity / routing.unit)
        limit = np.where(at_most_one, 1.0, (self.max_capacity - modules.existing) / routing.unit)
        with_limit = np.flatnonzero(np.isfinite(limit))
        level_rows = csr_array((coefficient, (modules.edge, column)), shape=shape)[with_limit]
        rows.append(hstack([level_rows, csr_array((len(with_limit), routing.columns))]))
        lower.append(np.full(len(with_limit), -np.inf))
        upper.append(limit[with_limit])
        return Program(
            cost=np.concatenate([modules.cost, routing.flow_costs(modules.flow_cost)]),
            offset=0.0,
            rows=csc_array(vstack(rows)),
            row_lower=np.concatenate(lower),
            row_upper=np.concatenate(upper),
            lower=np.zeros(self.count + routing.columns),
            upper=np.concatenate([self.base.max_counts, np.ones(routing.columns)]),
            integer=np.arange(self.count + routing.columns) < self.count,
        )

    def violated(self, x: Floats) -> tuple[csr_array, Floats]:
        """Rows that a relaxed solution x violates: (R, columns) and upper sides (R,)."""
        z, flow = x[: self.count], x[self.count :]
        price = self.routing.flow_costs(self.modules.flow_cost)
        self.values.append(float(self.modules.cost @ z + price @ flow))
        if len(self.values) > STALL_ROUNDS:
            earlier = self.values[-1 - STALL_ROUNDS]
            if self.values[-1] - earlier < MIN_LIFT * abs(earlier):
                return csr_array((0, len(x))), np.empty(0)
        forcing, at_most = self._forcing_rows(z, flow)
        entries, lower = self.cutsets.violated(z, self.routing.edge_loads(flow))
        cuts = csr_array(-entries)
        cuts.resize((len(lower), len(x)))
        return csr_array(vstack([forcing, cuts])), np.concatenate([at_most, -lower])

    def _forcing_rows(self, z: Floats, flow: Floats) -> tuple[csr_array, Floats]:
        """Violated forcing rows, and upper sides."""
        modules, edges = self.modules, self.modules.edges
        size = self.routing.flows.size
        share = np.minimum(1.0, modules.capacity / size[:, None])
        existing_share = np.minimum(1.0, modules.existing / size[:, None])
        shape = (self.count, edges)
        incidence = csr_array(
            (np.ones(self.count), (np.arange(self.count), modules.edge)), shape=shape
        )
        used = flow.reshape(len(size), 2, edges).sum(axis=1)
        k, e = np.nonzero(used > existing_share + (share * z) @ incidence + DESIGN_VIOLATION)
        if not len(k):
            return csr_array((0, self.count + len(flow))), np.empty(0)
        row, forward = np.arange(len(k)), self.count + 2 * edges * k + e
        row_of_module, module = csr_array(incidence.T)[e].tocoo().coords
        rows = np.concatenate([row, row, row_of_module])
        columns = np.concatenate([forward, forward + edges, module])
        entries = np.concatenate([np.ones(2 * len(k)), -share[k[row_of_module], module]])
        table = csr_array((entries, (rows, columns)), shape=(len(k), self.count + len(flow)))
        return table, existing_share[k, e]
