"""TRAFFIC: what goes between places, what a unit of it costs, and what a plan of hubs costs.

What i sends to j goes over a hub k of i and a hub m of j, which may be the same, and costs a unit

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
    """sites: rows of the hubs, ascending. joined: (N, N) whether a place (row) sends and gets over
    a hub (column); a hub is joined to itself.
    """

    sites: Ints
    joined: Bools

    @property
    def hub(self) -> Ints:
        """(N,) the hub of each place, where each has one."""
        return np.asarray(self.joined.argmax(axis=1))


def single(hub: Ints) -> Hubs:
    """The plan in which each place has this hub, (N,)."""
    joined = np.zeros((len(hub), len(hub)), dtype=bool)
    joined[np.arange(len(hub)), hub] = True
    return Hubs(np.unique(hub), joined)


@dataclass(frozen=True, eq=False)
class Traffic:
    """flows, costs: (N, N), what goes from row to column and what a unit of it costs there."""

    flows: Floats
    costs: Floats
    collection: float = 1.0
    transfer: float = 1.0
    distribution: float = 1.0

    def __len__(self) -> int:
        return len(self.flows)

    @cached_property
    def sent(self) -> Floats:
        """(N,) what each place sends, to itself too."""
        return np.asarray(self.flows.sum(axis=1))

    @cached_property
    def ends(self) -> Floats:
        """(N, N) what collection and distribution of a place (row) cost over one hub (column)."""
        got = self.flows.sum(axis=0)
        return np.asarray(
            self.collection * self.sent[:, None] * self.costs
            + self.distribution * got[:, None] * self.costs.T
        )

    def units(self, joined: Bools) -> Floats:
        """(N, N) what a unit costs from row to column, over the best hubs of both."""
        first = np.where(joined, self.collection * self.costs, np.inf)
        last = np.where(joined.T, self.distribution * self.costs, np.inf)
        return _through(_through(first, self.transfer * self.costs), last)

    def cost(self, joined: Bools) -> float:
        """What all that goes costs."""
        return float((self.flows * self.units(joined)).sum())


def _through(first: Floats, second: Floats) -> Floats:
    """(N, N) the least of first[i, k] + second[k, j] over k."""
    return np.array([(row[:, None] + second).min(axis=0) for row in first])


def dense(costs: object) -> Floats:
    """(N, N) costs from an array or from coordinates, checked."""
    if isinstance(costs, Coordinates):
        n = len(costs.points)
        row, column = np.divmod(np.arange(n * n), n)
        costs = costs.pair_costs(row, column).reshape(n, n)
    table = square(costs, "costs")
    if table.diagonal().any():
        raise ValueError("costs: from a place to itself it costs 0")
    return table


def square(given: object, name: str) -> Floats:
    """(N, N) numbers of 0 or more."""
    table = numbers(given, name)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not len(table):
        raise ValueError(f"{name}: a square table, not {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"{name}: finite numbers of 0 or more")
    return table


def traffic_of(
    flows: object, costs: object, collection: float, transfer: float, distribution: float
) -> Traffic:
    """The facts as a user gives them, checked."""
    going, table = square(flows, "flows"), dense(costs)
    if going.shape != table.shape:
        raise ValueError(f"flows and costs: of the same places, not {going.shape}, {table.shape}")
    factors(collection=collection, transfer=transfer, distribution=distribution)
    return Traffic(going, table, collection, transfer, distribution)


def factors(**given: float) -> None:
    """Raise where one is no number of 0 or more."""
    for name, value in given.items():
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"{name}: a number of 0 or more, not {value}")
