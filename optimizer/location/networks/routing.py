"""ROUTING: how demands flow on given capacities at least cost, as a linear program.

For commodity k with all of its d_k as 1, on the arcs of both directions,

    min sum of p_e d_k (f_uv + f_vu)     out(f, v) - in(f, v) = 1 at its origin, -w_kv / d_k at v
    sum of d_k (f_uv + f_vu) <= c_e

The same rows, with c_e from what is built, are in the program of the design.
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
    """unit: the amount that capacities are written in."""

    edges: Edges
    flows: Commodities
    unit: float

    @property
    def columns(self) -> int:
        """Flows: of each commodity the edges forwards, then backwards."""
        return 2 * len(self.edges) * len(self.flows.size)

    @cached_property
    def balance(self) -> csr_array:
        """(K N, columns) what leaves each node, less what comes in."""
        e, n = len(self.edges), self.edges.nodes
        edge, ones = np.arange(e), np.ones(e)
        tail = csr_array((ones, (self.edges.tail, edge)), shape=(n, e))
        head = csr_array((ones, (self.edges.head, edge)), shape=(n, e))
        one = csr_array(tail - head)
        both = csr_array(kron(csr_array([[1.0, -1.0]]), one))
        return csr_array(kron(eye(len(self.flows.size)), both))

    @cached_property
    def sent(self) -> Floats:
        """(K N,) what must leave each node."""
        sent = -self.flows.wants / self.flows.size[:, None]
        sent[np.arange(len(sent)), self.flows.origin] += 1.0
        return sent.reshape(-1)

    @cached_property
    def loads(self) -> csr_array:
        """(E, columns) what each edge carries, in units."""
        size = csr_array(np.repeat(self.flows.size / self.unit, 2)[None])
        return csr_array(kron(size, eye(len(self.edges))))

    def load(self, flow: Floats) -> Floats:
        """(E,) amounts on each edge, of flows (columns,)."""
        return np.asarray(self.loads @ flow) * self.unit

    def priced(self, price: Floats) -> Floats:
        """(columns,) costs of all of a commodity, with a price (E,) of each unit."""
        return np.outer(np.repeat(self.flows.size, 2), price).reshape(-1)

    def cheapest(self, capacity: Floats, price: Floats, limits: Limits) -> Floats | None:
        """Flows (columns,) at least cost within capacities (E,); None: none fit, or no time."""
        return minimise(self._program(capacity, price), limits).x

    def impossible(self, capacity: Floats, limits: Limits) -> bool:
        """Whether it is proven that no flows fit within capacities (E,)."""
        free = np.zeros(len(capacity))
        return minimise(self._program(capacity, free), limits).status is Status.INFEASIBLE

    def _program(self, capacity: Floats, price: Floats) -> Program:
        return Program(
            cost=self.priced(price),
            offset=0.0,
            rows=csc_array(vstack([self.balance, self.loads])),
            row_lower=np.concatenate([self.sent, np.full(len(capacity), -np.inf)]),
            row_upper=np.concatenate([self.sent, capacity / self.unit]),
            lower=np.zeros(self.columns),
            upper=np.ones(self.columns),
            integer=np.zeros(self.columns, dtype=bool),
        )
