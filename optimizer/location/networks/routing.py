"""MULTICOMMODITY FLOW at least cost within given capacities, as a linear program.

Flows f_k are shares of the demand d_k of commodity k, on arcs either way:

    min sum of p_e d_k (f_uv + f_vu)     out(f, v) - in(f, v) = 1 at its origin, -w_kv / d_k at v
    sum of d_k (f_uv + f_vu) <= c_e

With c_e from the modules built, the same rows are in the formulation of the design.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array, kron, vstack
from scipy.sparse import eye_array as eye

from optimizer.location.base.solving import minimise
from optimizer.location.networks.demands import Commodities
from optimizer.location.networks.graph import Edges
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.program import Program


@dataclass(frozen=True, eq=False)
class Routing:
    """Rows of the flows. unit: of capacities."""

    edges: Edges
    flows: Commodities
    unit: float

    @property
    def columns(self) -> int:
        """Number of flow columns: of each commodity the edges forwards, then backwards."""
        return 2 * len(self.edges) * len(self.flows.size)

    @cached_property
    def balance(self) -> csr_array:
        """(K N, columns) flow balance: out less in."""
        e, n = len(self.edges), self.edges.nodes
        edge, ones = np.arange(e), np.ones(e)
        tail = csr_array((ones, (self.edges.tail, edge)), shape=(n, e))
        head = csr_array((ones, (self.edges.head, edge)), shape=(n, e))
        forward = csr_array(tail - head)
        both_directions = csr_array(kron(csr_array([[1.0, -1.0]]), forward))
        return csr_array(kron(eye(len(self.flows.size)), both_directions))

    @cached_property
    def supply(self) -> Floats:
        """(K N,) net supply of each node."""
        sent = -self.flows.sink_amounts / self.flows.size[:, None]
        sent[np.arange(len(sent)), self.flows.origin] += 1.0
        return sent.reshape(-1)

    @cached_property
    def load_rows(self) -> csr_array:
        """(E, columns) load of each edge, in units."""
        size = csr_array(np.repeat(self.flows.size / self.unit, 2)[None])
        return csr_array(kron(size, eye(len(self.edges))))

    def edge_loads(self, flow: Floats) -> Floats:
        """(E,) load of each edge, of flows (columns,)."""
        return np.asarray(self.load_rows @ flow) * self.unit

    def flow_costs(self, price: Floats) -> Floats:
        """(columns,) costs of the flows, with a price (E,) of a unit on each edge."""
        return np.outer(np.repeat(self.flows.size, 2), price).reshape(-1)

    def min_cost_flow(self, capacity: Floats, price: Floats, limits: Limits) -> Floats | None:
        """Flows (columns,) at least cost within capacities (E,); None: infeasible, or no time."""
        return minimise(self._program(capacity, price), limits).x

    def is_infeasible(self, capacity: Floats, limits: Limits) -> bool:
        """Whether flows within capacities (E,) are proven infeasible."""
        free = np.zeros(len(capacity))
        return minimise(self._program(capacity, free), limits).status is Status.INFEASIBLE

    def _program(self, capacity: Floats, price: Floats) -> Program:
        return Program(
            cost=self.flow_costs(price),
            offset=0.0,
            rows=csc_array(vstack([self.balance, self.load_rows])),
            row_lower=np.concatenate([self.supply, np.full(len(capacity), -np.inf)]),
            row_upper=np.concatenate([self.supply, capacity / self.unit]),
            lower=np.zeros(self.columns),
            upper=np.ones(self.columns),
            integer=np.zeros(self.columns, dtype=bool),
        )
