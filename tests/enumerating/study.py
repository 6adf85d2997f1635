"""One set of options and what it means: who can be served where, who is backed up, what counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.policy import Floor, Policy
from optimizer.problem import Level, Problem
from tests.enumerating.siting import EPSILON, area, money, offering, own_money


@dataclass(frozen=True)
class Study:
    """The facts and the question once it is decided what stands."""

    problem: Problem
    policy: Policy
    options: tuple[int, ...]

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        return self.problem.levels

    @cached_property
    def rows(self) -> range:
        """The levels, by row."""
        return range(len(self.levels))

    @cached_property
    def points(self) -> range:
        """The demand points, by row."""
        return range(len(self.problem.demand.ids))

    @cached_property
    def persons(self) -> list[float]:
        return self.problem.demand.persons.tolist()

    @cached_property
    def everybody(self) -> float:
        return sum(self.persons)

    @cached_property
    def cost(self) -> float:
        return sum(money(self.problem, self.options).values())

    @cached_property
    def weights(self) -> list[float]:
        """Weight of each level, 1 in all."""
        weights = [self.policy.level_weights.get(level.id, 1.0) for level in self.levels]
        return [weight / sum(weights) for weight in weights]

    @cached_property
    def capacity(self) -> list[dict[int, float]]:
        """For each level: open site -> persons that it can serve."""
        return [offering(self.problem, self.options, row) for row in self.rows]

    @cached_property
    def trips(self) -> list[dict[tuple[int, int], float]]:
        """For each level: (demand point, open site) -> minutes, the shortest first."""
        found = []
        for row in self.rows:
            pairs = self.problem.pairs[row]
            all_trips = zip(pairs.origin.tolist(), pairs.site.tolist(), pairs.minutes, strict=True)
            trips = sorted((t, i, j) for i, j, t in all_trips if j in self.capacity[row])
            found.append({(i, j): float(t) for t, i, j in trips})
        return found

    @cached_property
    def backed_up(self) -> list[list[bool]]:
        """For each level: which demand points have open sites in two jurisdictions near enough."""
        found = []
        for level, trips in zip(self.levels, self.trips, strict=True):
            near: dict[int, set[int]] = defaultdict(set)
            for (i, j), t in trips.items():
                if level.backup and t <= level.backup.minutes + EPSILON:
                    site_in = self.problem.sites.jurisdiction[j]
                    near[i].add(area(self.problem, site_in, level.backup.tier))
            found.append([len(near[i] - {None}) >= 2 for i in self.points])
        return found

    @cached_property
    def scale(self) -> float:
        """What weighs as much as one minute: 1 % of the persons, or of the money."""
        if self.policy.efficiency == "uncovered":
            return self.everybody / 100
        if self.policy.efficiency == "cost":
            all_money = float(self.problem.options.cost.sum() + self.problem.sites.cost.sum())
            if self.policy.budget is not None:
                all_money = sum(own_money(self.problem, self.policy).values())
            return all_money / 100 or 1.0
        return 1.0

    @cached_property
    def parameter(self) -> float:
        """The measure's one parameter: aversion of Kolm-Pollak, share of CVaR."""
        name, default = {"kolm_pollak": ("aversion", 1.0), "cvar": ("share", 0.1)}.get(
            self.policy.equity, ("", 0.0)
        )
        return self.policy.parameters.get(name, default)

    def within_standard(self, row: int, minutes: float) -> bool:
        return minutes <= self.levels[row].standard + EPSILON

    def floors(self, row: int) -> Iterator[tuple[list[float], float]]:
        """For each coverage floor of a level: persons of each demand point, and the least sum."""
        floor = self.policy.floors.get(self.levels[row].id, Floor())
        at = [area(self.problem, c, floor.tier) for c in self.problem.demand.jurisdiction]
        for c in set(at) - {None}:
            persons = [self.persons[i] * (at[i] == c) for i in self.points]
            yield persons, floor.jurisdiction * sum(persons)
        for group in self.problem.demand.groups.values():
            yield group.tolist(), floor.group * float(group.sum())
        if self.levels[row].backup:
            persons = [self.persons[i] * self.backed_up[row][i] for i in self.points]
            yield persons, floor.backup * self.everybody

    def phi(self, minutes: float, level: Level) -> float:
        """What the Kolm-Pollak term averages: exp, tangent to the identity at the standard."""
        kappa = self.parameter / level.standard
        return level.standard + (float(np.exp(kappa * (minutes - level.standard))) - 1) / kappa

    def term(self, measure: float, level: Level) -> float:
        """What the objective adds for a measure of so many minutes."""
        return self.phi(measure, level) if self.policy.equity == "kolm_pollak" else measure
