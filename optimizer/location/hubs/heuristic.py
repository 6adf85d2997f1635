"""LOCAL SEARCH for hubs with single allocation.

Neighbours: one hub opened, closed or swapped. In each of them places are reallocated one by one,
the best gain first; the gains of all places at all hubs are one matrix. Overload of a hub is
penalised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.given import inclusive
from optimizer.location.hubs.flows import Traffic
from optimizer.problem import Floats, Ints


@dataclass(frozen=True, eq=False)
class LocalSearch:
    """Instance and penalty. fixed, capacity: (N,) of hubs; count: p, None: as many as pay;
    overload_penalty: cost of a unit of flow beyond the capacity of a hub.
    """

    traffic: Traffic
    count: int | None
    fixed: Floats
    capacity: Floats
    overload_penalty: float

    def cost(self, hub: Ints) -> float:
        """Cost of the allocation hub (N,), with penalties."""
        traffic, place = self.traffic, np.arange(len(hub))
        transfer_cost = traffic.costs[hub[:, None], hub]
        return float(
            traffic.end_costs[place, hub].sum()
            + traffic.transfer * (traffic.flows * transfer_cost).sum()
            + self.fixed[np.unique(hub)].sum()
            + self.overload_penalty * self._overload(self._loads(hub)).sum()
        )

    def within_capacity(self, hub: Ints) -> bool:
        """Whether no hub is overloaded."""
        return bool((self._loads(hub) <= inclusive(self.capacity)).all())

    def best(self, stop: Callable[[], bool]) -> Ints:
        """(N,) the hub of each place, by descent from the greedy start."""
        return self._descend(self._greedy_hubs(), stop)

    def _greedy_hubs(self) -> Ints:
        """Greedy start: open the hub that lowers the costs of collection and distribution most."""
        ends = self.traffic.end_costs
        sites: list[int] = []
        least_end_costs = np.full(len(ends), np.inf)
        while len(sites) < (self.count or len(ends)):
            total = np.minimum(least_end_costs[:, None], ends).sum(axis=0) + self.fixed
            total[sites] = np.inf
            next_hub = int(total.argmin())
            capacity_suffices = self.capacity[sites].sum() >= self.traffic.outflow.sum()
            if (
                self.count is None
                and sites
                and capacity_suffices
                and total[next_hub] >= least_end_costs.sum()
            ):
                break
            sites.append(next_hub)
            least_end_costs = np.minimum(least_end_costs, ends[:, next_hub])
        return self._allocated(np.array(sites))

    def _allocated(self, sites: Ints) -> Ints:
        """Each place at the hub of least collection and distribution cost, then reallocated."""
        hub = sites[self.traffic.end_costs[:, sites].argmin(axis=1)]
        hub[sites] = sites
        return self._reallocated(hub)

    def _reallocated(self, hub: Ints) -> Ints:
        """Move single places to other hubs, the best gain first, until none gains."""
        traffic, n = self.traffic, len(hub)
        place = np.arange(n)
        is_hub = hub == place
        sites, free = np.flatnonzero(is_hub), np.flatnonzero(~is_hub)
        if not len(free) or len(sites) == 1:
            return hub
        hub, within_flow = hub.copy(), traffic.flows.diagonal()
        outflow, position = traffic.outflow[:, None], np.searchsorted(sites, hub)
        while True:
            to_hub, from_hub = traffic.costs[sites][:, hub], traffic.costs[hub][:, sites]
            transfer_costs = traffic.flows @ to_hub.T + traffic.flows.T @ from_hub
            transfer_costs -= within_flow[:, None] * (to_hub.T + from_hub)
            cost = traffic.end_costs[:, sites] + traffic.transfer * transfer_costs
            load = self._loads(hub)
            if np.isfinite(self.capacity).any():
                overload_change = (
                    self._overload(load + outflow)[:, sites] - self._overload(load)[sites]
                )
                overload_kept = self._overload(load)[hub] - self._overload_at(
                    load[hub] - outflow[:, 0], hub
                )
                overload_change[place, position] = overload_kept
                cost = cost + self.overload_penalty * overload_change
            gain = cost[place, position][:, None] - cost
            row, column = divmod(int(gain[free].argmax()), len(sites))
            if gain[free[row], column] <= ROUNDING * abs(cost[place, position].sum()):
                return hub
            hub[free[row]], position[free[row]] = sites[column], column

    def _descend(self, hub: Ints, stop: Callable[[], bool]) -> Ints:
        """Steepest descent over opening, closing and swapping one hub."""
        best_cost = self.cost(hub)
        while not stop():
            neighbours = [self._allocated(sites) for sites in self._neighbours(np.unique(hub))]
            if not neighbours:
                break
            costs = np.array([self.cost(neighbour) for neighbour in neighbours])
            if costs.min() >= best_cost * (1 - ROUNDING):
                break
            hub, best_cost = neighbours[int(costs.argmin())], float(costs.min())
        return hub

    def _neighbours(self, sites: Ints) -> Iterator[Ints]:
        """Sets of hubs that differ in one hub."""
        non_hubs = np.delete(np.arange(len(self.traffic)), sites)
        for non_hub in non_hubs:
            for row in range(len(sites)):
                swapped = sites.copy()
                swapped[row] = non_hub
                yield np.sort(swapped)
        if self.count is None:
            for non_hub in non_hubs:
                yield np.sort(np.append(sites, non_hub))
            if len(sites) > 1:
                for row in range(len(sites)):
                    yield np.delete(sites, row)

    def _loads(self, hub: Ints) -> Floats:
        """(N,) flow that each hub collects."""
        return np.bincount(hub, self.traffic.outflow, minlength=len(hub)).astype(float)

    def _overload(self, load: Floats) -> Floats:
        """(..., N) flow beyond the capacity of each hub."""
        return np.maximum(load - self.capacity, 0.0)

    def _overload_at(self, load: Floats, hub: Ints) -> Floats:
        """The same of these hubs only."""
        return np.maximum(load - self.capacity[hub], 0.0)
