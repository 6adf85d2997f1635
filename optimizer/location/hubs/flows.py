"""FLOWS between places, their unit costs, and the cost of a plan of hubs.

Flow from i to j goes over a hub k of i and a hub m of j, which may be the same, at a unit cost of

    chi c_ik + alpha c_km + delta c_mj

chi, alpha, delta: factors of collection, transfer and distribution (O'Kelly 1987).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.location.base.costs import Coordinates
from optimizer.location.base.given import numbers
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Hubs:
    """Plan of hubs. sites: rows of the hubs, ascending. joined: (N, N) whether a place (row) is
    allocated to a hub (column); a hub is to itself.
    """

    sites: Ints
    joined: Bools

    @property
    def hub(self) -> Ints:
        """(N,) the hub of each place, with single allocation."""
        return np.asarray(self.joined.argmax(axis=1))


def single(hub: Ints) -> Hubs:
    """The plan with single allocation to these hubs (N,)."""
    joined = np.zeros((len(hub), len(hub)), dtype=bool)
    joined[np.arange(len(hub)), hub] = True
    return Hubs(np.unique(hub), joined)


@dataclass(frozen=True, eq=False)
class Traffic:
    """Instance: flows w_ij and unit costs c_ij, (N, N) from row to column, and the factors."""

    flows: Floats
    costs: Floats
    collection: float = 1.0
    transfer: float = 1.0
    distribution: float = 1.0

    def __len__(self) -> int:
        return len(self.flows)

    @cached_property
    def outflow(self) -> Floats:
        """(N,) O_i = sum_j w_ij, with w_ii."""
        return np.asarray(self.flows.sum(axis=1))

    @cached_property
    def end_costs(self) -> Floats:
        """(N, N) cost of collection and distribution of a place (row) at one hub (column)."""
        inflow = self.flows.sum(axis=0)
        return np.asarray(
            self.collection * self.outflow[:, None] * self.costs
            + self.distribution * inflow[:, None] * self.costs.T
        )

    def unit_costs(self, joined: Bools) -> Floats:
        """(N, N) unit cost from row to column, over the best hubs of both."""
        first = np.where(joined, self.collection * self.costs, np.inf)
        last = np.where(joined.T, self.distribution * self.costs, np.inf)
        return _min_plus_product(_min_plus_product(first, self.transfer * self.costs), last)

    def cost(self, joined: Bools) -> float:
        """Cost of all flows with this allocation (N, N)."""
        return float((self.flows * self.unit_costs(joined)).sum())


def _min_plus_product(first: Floats, second: Floats) -> Floats:
    """(N, N) min-plus product: min over k of first[i, k] + second[k, j]."""
    return np.array([(row[:, None] + second).min(axis=0) for row in first])


def cost_matrix(costs: object) -> Floats:
    """(N, N) costs from an array or coordinates, checked."""
    if isinstance(costs, Coordinates):
        n = len(costs.points)
        row, column = np.divmod(np.arange(n * n), n)
        costs = costs.pair_costs(row, column).reshape(n, n)
    table = square_matrix(costs, "costs")
    if table.diagonal().any():
        raise ValueError("costs: from a place to itself it costs 0")
    return table


def square_matrix(array: object, name: str) -> Floats:
    """(N, N) numbers of 0 or more, checked."""
    table = numbers(array, name)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not len(table):
        raise ValueError(f"{name}: a square table, not {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"{name}: finite numbers of 0 or more")
    return table


def traffic_of(
    flows: object, costs: object, collection: float, transfer: float, distribution: float
) -> Traffic:
    """The instance from a user's arrays, checked."""
    flow_table, cost_table = square_matrix(flows, "flows"), cost_matrix(costs)
    if flow_table.shape != cost_table.shape:
        raise ValueError(
            f"flows and costs: of the same places, not {flow_table.shape}, {cost_table.shape}"
        )
    check_factors(collection=collection, transfer=transfer, distribution=distribution)
    return Traffic(flow_table, cost_table, collection, transfer, distribution)


def check_factors(**values: float) -> None:
    """Raise ValueError where one is no number of 0 or more."""
    for name, value in values.items():
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"{name}: a number of 0 or more, not {value}")
