"""One level and what stands there: who can be served where, and who is when all fits."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from optimizer.problem import Floats, Level, Problem
from tests.enumerating.ask import Trips
from tests.enumerating.given import Given
from tests.enumerating.people import may_use
from tests.enumerating.question import Question
from tests.enumerating.siting import EPSILON, area, offering

#: Minutes by which two trips may differ and be as near.
TIE = 1e-6

#: The site of those whom nobody serves.
NOBODY = -1

#: (demand point, site) -> minutes.
Minutes = dict[tuple[int, int], float]


@dataclass(frozen=True)
class Choice:
    """Trips among which people may be shared out, and sites that must then be full."""

    trips: Minutes
    full: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Stock:
    """Open site -> persons that it can serve at the level, whatever is asked."""

    problem: Problem
    row: int
    capacity: dict[int, float]

    @cached_property
    def level(self) -> Level:
        return self.problem.levels[self.row]

    @cached_property
    def need(self) -> list[float]:
        """Persons of each demand point who need the level."""
        return [persons * self.level.share for persons in may_use(self.problem, self.row)]

    def within_standard(self, minutes: float) -> bool:
        return minutes <= self.level.standard + EPSILON

    @cached_property
    def trips(self) -> Minutes:
        """To open sites, the shortest first; last those of whom nobody serves."""
        pairs = self.problem.pairs[self.row]
        all_trips = zip(pairs.origin.tolist(), pairs.site.tolist(), pairs.minutes, strict=True)
        trips = sorted((t, i, j) for i, j, t in all_trips if j in self.capacity)
        found = {(i, j): float(t) for t, i, j in trips}
        unmet = self.level.unmet
        if unmet is not None and unmet.allowed:
            found |= {(i, NOBODY): unmet.minutes for i in range(len(self.need))}
        return found

    @cached_property
    def nearest(self) -> dict[int, int]:
        """Demand point -> its nearest open site; who reaches none is absent."""
        nearest: dict[int, int] = {}
        for i, j in self.trips:
            nearest.setdefault(i, j)
        return nearest

    @cached_property
    def reaches_all(self) -> bool:
        return len(self.nearest) == len(self.need)

    @cached_property
    def covered(self) -> list[bool]:
        """Which demand points have their nearest site within the standard."""
        return [
            self.nearest[i] != NOBODY and self.within_standard(self.trips[i, self.nearest[i]])
            for i in range(len(self.need))
        ]

    @cached_property
    def backed_up(self) -> list[bool]:
        """Which demand points have open sites in two jurisdictions, or two, near enough."""
        near: dict[int, set[int | None]] = defaultdict(set)
        problem, backup = self.problem, self.level.backup
        for (i, j), t in self.trips.items():
            if backup and j != NOBODY and t <= backup.minutes + EPSILON:
                where = problem.sites.jurisdiction[j]
                near[i].add(j if backup.tier == "site" else area(problem, where, backup.tier))
        return [len(near[i] - {None}) >= 2 for i in range(len(self.need))]

    @cached_property
    def places(self) -> Floats:
        """(I,) places within the standard, each shared by all in need within its standard."""
        places = np.zeros(len(self.need))
        pairs = self.problem.pairs[self.row]
        near = defaultdict(list)
        for i, j, t in zip(pairs.origin.tolist(), pairs.site.tolist(), pairs.minutes, strict=True):
            if self.within_standard(t):
                near[j].append(i)
        for j, capacity in self.capacity.items():
            in_need = sum(self.need[i] for i in near[j])
            if in_need > 0:
                places[near[j]] += capacity / in_need
        return places

    @cached_property
    def to_nearest(self) -> Trips:
        return [(i, self.trips[i, j], 1.0, j != NOBODY) for i, j in self.nearest.items()]


@dataclass(frozen=True, eq=False)
class Supply:
    """A stock of a level, and what the question makes of it."""

    question: Question
    row: int
    stock: Stock

    @property
    def capacity(self) -> dict[int, float]:
        return self.stock.capacity

    @property
    def trips(self) -> Minutes:
        return self.stock.trips

    @property
    def places(self) -> Floats:
        return self.stock.places

    @property
    def reaches_all(self) -> bool:
        return self.stock.reaches_all

    def need(self, i: int) -> float:
        """Persons of a demand point who need the level."""
        return self.stock.need[i]

    @cached_property
    def floors(self) -> list[tuple[list[float], float]]:
        """For each coverage floor: persons of each demand point, and the least sum."""
        return list(self.question.floors(self.row, self.stock.backed_up))

    @cached_property
    def floors_hold(self) -> bool:
        """Whether enough are covered with everybody at the nearest."""
        covered = self.stock.covered
        return all(np.dot(persons, covered) >= least - EPSILON for persons, least in self.floors)

    @cached_property
    def unmet_holds(self) -> bool:
        """Whether few enough are served by nobody with everybody at the nearest."""
        nearest = self.stock.nearest
        left = [nearest.get(i) == NOBODY for i in self.question.points]
        caps = self.question.unmet_caps(self.row)
        return all(np.dot(persons, left) <= most + EPSILON for persons, most in caps)

    @cached_property
    def settled(self) -> bool:
        """Whether everybody is surely at the nearest site of a best plan.

        Without the nearest rule all that counts gains when anybody travels less, so it is enough
        that all fit. Under it, sites that are exactly full may be passed; so none may be, even
        if all who are as near to several came.
        """
        load: dict[int, float] = defaultdict(float)
        rule = self.row in self.question.nearest_rule
        trips, nearest = self.trips, self.stock.nearest
        for (i, j), t in trips.items():
            shortest = trips[i, nearest[i]]
            if j != NOBODY and (j == nearest[i] or (rule and t <= shortest + TIE)):
                load[j] += self.need(i)
        room = 1 - EPSILON if rule else 1 + EPSILON
        return all(load[j] <= self.capacity[j] * room for j in load)

    @cached_property
    def at_nearest(self) -> Given:
        """With everybody at the nearest."""
        stock = self.stock
        return Given(self.question, self.row, stock.to_nearest, stock.places, open=not self.settled)

    @cached_property
    def choices(self) -> list[Choice]:
        """All ways to say who may go where: any best plan is among them."""
        if self.settled:
            return [Choice({(i, j): self.trips[i, j] for i, j in self.stock.nearest.items()})]
        if self.row not in self.question.nearest_rule:
            return [Choice(self.trips)]
        return list(self._past_full())

    def _past_full(self) -> Iterator[Choice]:
        """For each set of full sites: nobody passes any other."""
        need = sum(self.need(i) for i in self.question.points)
        limited = [j for j, most in self.capacity.items() if most <= need * (1 + EPSILON)]
        for size in range(len(limited) + 1):
            for full in itertools.combinations(limited, size):
                if sum(self.capacity[j] for j in full) <= need * (1 + EPSILON):
                    yield Choice(self._not_past(set(self.capacity) - set(full)), full)

    def _not_past(self, sites: set[int]) -> Minutes:
        """The trips that pass none of these sites."""
        nearest: dict[int, float] = {}
        for (i, j), t in self.trips.items():
            if j in sites:
                nearest.setdefault(i, t)
        return {
            (i, j): t
            for (i, j), t in self.trips.items()
            if (i not in nearest if j == NOBODY else t <= nearest.get(i, np.inf) + TIE)
        }


def supply(question: Question, options: tuple[int, ...], row: int) -> Supply:
    """What stands at a level; the same object for the same supply."""
    capacity = offering(question.problem, options, row)
    key = row, tuple(sorted(capacity.items()))
    if key not in question.supplies:
        stocks = _stocks(question.problem)
        if key not in stocks:
            stocks[key] = Stock(question.problem, row, capacity)
        question.supplies[key] = Supply(question, row, stocks[key])
    return question.supplies[key]


@lru_cache(maxsize=4)
def _stocks(problem: Problem) -> dict[object, Stock]:
    """What has been seen to stand, for all questions to a problem."""
    return {}
