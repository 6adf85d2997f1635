"""SEARCH: good hubs with one of them for each place, by local search.

Hubs are opened, closed and swapped; after each such step places go to another hub as long as that
pays. What one more place at another hub gains is known for all places and hubs at once. A hub
that takes more than it has room for pays for what is too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.location.base.given import inclusive
from optimizer.location.hubs.flows import Traffic
from optimizer.problem import Floats, Ints

#: A gain smaller than this, relative to the objective, is rounding.
LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Search:
    """What is looked for. fixed, capacity: (N,); count: of hubs, None for any.

    fine: what a unit costs that a hub has no room for.
    """

    traffic: Traffic
    count: int | None
    fixed: Floats
    capacity: Floats
    fine: float

    def cost(self, hub: Ints) -> float:
        """What all places over these hubs (N,) cost, with fines."""
        traffic, place = self.traffic, np.arange(len(hub))
        between = traffic.costs[hub[:, None], hub]
        return float(
            traffic.ends[place, hub].sum()
            + traffic.transfer * (traffic.flows * between).sum()
            + self.fixed[np.unique(hub)].sum()
            + self.fine * self._beyond(self._loads(hub)).sum()
        )

    def fits(self, hub: Ints) -> bool:
        """Whether no hub takes more than it has room for."""
        return bool((self._loads(hub) <= inclusive(self.capacity)).all())

    def best(self, shakes: int, stop: Callable[[], bool], random: np.random.Generator) -> Ints:
        """(N,) the hub of each place.

        shakes: how often the best is shaken, two hubs in other places, and improved again.
        """
        best = self._improved(self._first(), stop)
        least = self.cost(best)
        for _ in range(shakes):
            if stop():
                break
            found = self._improved(self._shaken(best, random), stop)
            if self.cost(found) < least * (1 - LEAST):
                best, least = found, self.cost(found)
        return best

    def _first(self) -> Ints:
        """Sites one after the other, always the one that makes the sum of the ends least."""
        ends = self.traffic.ends
        sites: list[int] = []
        nearest = np.full(len(ends), np.inf)
        while len(sites) < (self.count or len(ends)):
            total = np.minimum(nearest[:, None], ends).sum(axis=0) + self.fixed
            total[sites] = np.inf
            pick = int(total.argmin())
            enough = self.capacity[sites].sum() >= self.traffic.sent.sum()
            if self.count is None and sites and enough and total[pick] >= nearest.sum():
                break
            sites.append(pick)
            nearest = np.minimum(nearest, ends[:, pick])
        return self._nearest(np.array(sites))

    def _nearest(self, sites: Ints) -> Ints:
        """Each place to the hub with the cheapest ends; a hub to itself."""
        hub = sites[self.traffic.ends[:, sites].argmin(axis=1)]
        hub[sites] = sites
        return self._moved(hub)

    def _moved(self, hub: Ints) -> Ints:
        """Places go to other hubs, the best gain first, until none gains."""
        traffic, n = self.traffic, len(hub)
        place = np.arange(n)
        own = hub == place
        sites, free = np.flatnonzero(own), np.flatnonzero(~own)
        if not len(free) or len(sites) == 1:
            return hub
        hub, within = hub.copy(), traffic.flows.diagonal()
        sent, at = traffic.sent[:, None], np.searchsorted(sites, hub)
        while True:
            to, back = traffic.costs[sites][:, hub], traffic.costs[hub][:, sites]
            others = traffic.flows @ to.T + traffic.flows.T @ back
            others -= within[:, None] * (to.T + back)
            cost = traffic.ends[:, sites] + traffic.transfer * others
            load = self._loads(hub)
            if np.isfinite(self.capacity).any():
                more = self._beyond(load + sent)[:, sites] - self._beyond(load)[sites]
                here = self._beyond(load)[hub] - self._beyond_at(load[hub] - sent[:, 0], hub)
                more[place, at] = here
                cost = cost + self.fine * more
            gain = cost[place, at][:, None] - cost
            row, column = divmod(int(gain[free].argmax()), len(sites))
            if gain[free[row], column] <= LEAST * abs(cost[place, at].sum()):
                return hub
            hub[free[row]], at[free[row]] = sites[column], column

    def _improved(self, hub: Ints, stop: Callable[[], bool]) -> Ints:
        """Hubs are opened, closed and swapped, the best first, until none of it gains."""
        least = self.cost(hub)
        while not stop():
            around = [self._nearest(sites) for sites in self._around(np.unique(hub))]
            if not around:
                break
            costs = np.array([self.cost(one) for one in around])
            if costs.min() >= least * (1 - LEAST):
                break
            hub, least = around[int(costs.argmin())], float(costs.min())
        return hub

    def _around(self, sites: Ints) -> Iterator[Ints]:
        """Sets of hubs that differ in one."""
        others = np.delete(np.arange(len(self.traffic)), sites)
        for other in others:
            for row in range(len(sites)):
                swapped = sites.copy()
                swapped[row] = other
                yield np.sort(swapped)
        if self.count is None:
            for other in others:
                yield np.sort(np.append(sites, other))
            if len(sites) > 1:
                for row in range(len(sites)):
                    yield np.delete(sites, row)

    def _shaken(self, hub: Ints, random: np.random.Generator) -> Ints:
        """Up to two hubs in other places."""
        sites = np.unique(hub)
        others = random.permutation(np.setdiff1d(np.arange(len(hub)), sites))
        changed = min(2, len(sites), len(others))
        kept = random.permutation(sites)[changed:]
        return self._nearest(np.sort(np.append(kept, others[:changed])))

    def _loads(self, hub: Ints) -> Floats:
        """(N,) what each hub takes in of what is sent."""
        return np.bincount(hub, self.traffic.sent, minlength=len(hub)).astype(float)

    def _beyond(self, load: Floats) -> Floats:
        """What hubs (..., N) have no room for."""
        return np.maximum(load - self.capacity, 0.0)

    def _beyond_at(self, load: Floats, hub: Ints) -> Floats:
        """The same of these hubs alone."""
        return np.maximum(load - self.capacity[hub], 0.0)
