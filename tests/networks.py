"""One network said twice: links to build for `located_network`, corridors for the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.network.corridor_sets import Ways, shortcuts
from optimizer.network.graph import Links, Roads
from optimizer.network.minutes import travel
from optimizer.problem import (
    BUILD,
    Corridors,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Budget, Equity, Policy


@dataclass(frozen=True, eq=False)
class Town:
    """Links of cost 0 are roads; nodes with fixed inf are no sites. budget: money of all."""

    tail: np.ndarray
    head: np.ndarray
    cost: np.ndarray
    length: np.ndarray
    fixed: np.ndarray
    persons: np.ndarray
    budget: float | None = None

    def problem(self, limit: float = 1e6) -> Problem:
        """The facts. limit: the cut-off; nothing that matters is farther."""
        there = self.cost == 0
        n = len(self.fixed)
        low, high = np.sort([self.tail, self.head], axis=0)
        length = self.length.astype(float)
        roads = Roads(
            tuple(map(str, range(n))), np.zeros((n, 2)), low[there], high[there], length[there]
        )
        site, home = np.flatnonzero(np.isfinite(self.fixed)), np.flatnonzero(self.persons > 0)
        doors, homes = Links(site, np.zeros(len(site))), Links(home, np.zeros(len(home)))
        access, egress = np.zeros(len(home)), np.zeros(len(site))
        pairs = travel(roads, homes, doors, access, egress, limit)
        to_build = np.flatnonzero(~there)
        price = self.cost[to_build].astype(float)
        ends, own = (low[to_build], high[to_build]), np.arange(len(price))
        ways = Ways(*ends, length[to_build], price, self.budget or np.inf, own)
        bundle, faster = shortcuts(roads, homes, doors, access, egress, ways, pairs, limit)
        nowhere = np.zeros(len(site), dtype=np.int64)
        return Problem(
            Jurisdictions(("all",), np.array([-1]), ("city",), ("core",), np.array([self.money])),
            Demand(tuple(map(str, home)), np.zeros(len(home), dtype=np.int64), self.persons[home]),
            Sites(
                *(tuple(map(str, site)), nowhere, np.zeros(len(site))),
                *(np.full(len(site), np.inf), nowhere + 1),
            ),
            (Service("care", (Level("care", "care", 10.0, limit),), (Size("one", 1, 1, 0, {}),)),),
            Options(
                service=nowhere,
                site=np.arange(len(site)),
                size=nowhere,
                kind=np.full(len(site), BUILD),
                capacity=np.full((len(site), 1), np.inf),
                cost=self.fixed[site].astype(float),
                land=np.zeros(len(site)),
                required=np.zeros(len(site), dtype=bool),
            ),
            (pairs,),
            corridors=Corridors(
                tuple(map(str, to_build)), price, np.ones((len(price), 1)), bundle, (faster,)
            ),
        )

    @property
    def money(self) -> float:
        """The budget; without one, more than all costs."""
        everything = self.fixed[np.isfinite(self.fixed)].sum() + self.cost.sum()
        return float(everything + 1 if self.budget is None else self.budget)

    def policy(self, weight: float) -> Policy:
        """(1 - weight) x percents of the budget + weight x the mean minutes."""
        return Policy("cost", Equity("mean"), weight, budget=Budget("city"))

    def percent(self, weight: float) -> float:
        """What a unit of money weighs in that."""
        return (1 - weight) * 100 / self.money

    def rate(self, weight: float) -> float:
        """The rate that weighs minutes against money as the policy does."""
        return float(weight / self.percent(weight) / self.persons.sum())
