"""Every attack tried, the plain way: does a plan made against attacks know its worst ones?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np

from optimizer.foundation.language import N_, _
from optimizer.problem import Floats, Ints
from optimizer.problem.adversary import Adversary
from optimizer.verification.attacked_links import attacks_on_links
from optimizer.verification.caps import efficiency
from optimizer.verification.efficiencies import counted, counted_unserved, is_money, of_everybody
from optimizer.verification.equity import counts, levels, measured
from optimizer.verification.people import may_use
from optimizer.verification.tolerances import NO_MINUTES
from optimizer.verification.verdict import NOBODY, PlainPlan, at_most, joined
from optimizer.verification.weighing import level_weights, measure_of

#: Attacks that are tried; where there are more, only those on the sites that serve most.
MAX_ATTACKS = 20_000

#: What breaks it.
EFFICIENCY = N_("an attack on {hit}: efficiency {value:.9g}, {known:.9g} is known")
EQUITY = N_("an attack on {hit}: equity {value:.9g}, {known:.9g} is known")

#: By level: (I, count + 1) the nearest sites of each demand point, the nearest first, and minutes.
Nearest = tuple[Ints, Floats]


def no_worse(case: PlainPlan, adversary: Adversary) -> Iterator[str]:
    """No attack raises efficiency or equity above what the plan has in the attacks it knows.

    Everybody goes to the nearest that is left, or is unserved.
    """
    policy, looks = case.policy, []
    if policy.weight < 1 and not is_money(policy.efficiency):
        looks.append((EFFICIENCY, _Efficiency(case).of, efficiency(case)))
    if policy.weight > 0:
        looks.append((EQUITY, _Equity(case).of, measured(case, policy.equity)[1]))
    on_sites = adversary.streets is None
    for hit, minutes in (_on_sites if on_sites else attacks_on_links)(case, adversary):
        for sentence, of, known in looks:
            if not at_most(of(minutes), known):
                yield _(sentence, hit=joined(", ", hit), value=of(minutes), known=known)


def _on_sites(case: PlainPlan, adversary: Adversary) -> Iterator[tuple[list[str], list[Floats]]]:
    """Attacks on sites, and by level (I,) minutes to the nearest that is left; NaN: none is."""
    nearest = [_nearest(case, adversary, row) for row in range(len(case.problem.levels))]
    for attacked in _attacks(case, adversary.count):
        minutes = [_after(sites, away, attacked) for sites, away in nearest]
        yield [case.problem.sites.ids[j] for j in attacked], minutes


class _Efficiency:
    """An efficiency of trips, over the levels by their weights."""

    def __init__(self, case: PlainPlan) -> None:
        self.name, rows = case.policy.efficiency, range(len(case.problem.levels))
        self.persons = [np.array(may_use(case.problem, row)) for row in rows]
        weights = level_weights(case.problem, case.policy)
        self.levels = [
            (row, weight, case.problem.levels[row].standard, _after_attack(case).unserved[row])
            for row, weight in enumerate(weights)
            if weight > 0
        ]

    def of(self, minutes: list[Floats]) -> float:
        """minutes: (I,) by level; NaN: nobody is left to serve them."""
        total = 0.0
        for row, weight, standard, away in self.levels:
            assert away is not None
            nobody = counted_unserved(self.name, away, standard)
            value = counted(self.name, minutes[row], standard)
            value = np.where(np.isnan(minutes[row]), nobody, value)
            total += weight * of_everybody(self.name, self.persons[row], value)
        return total


class _Equity:
    """The term of an additive measure, over the levels by their weights."""

    def __init__(self, case: PlainPlan) -> None:
        equity = case.policy.equity
        self.measure, self.parameters = measure_of(equity), equity.parameters
        self.weights = levels(case, equity)
        self.levels, self.unserved = _after_attack(case).levels, _after_attack(case).unserved
        self.uncovered = equity.of == "uncovered"
        who = [counts(case.problem, equity.among, level.entitled) for level in self.levels]
        self.who = [np.array(list(one), dtype=np.int64) for one in who]
        self.count = [np.array(list(one.values())) for one in who]

    def of(self, minutes: list[Floats]) -> float:
        """minutes: (I,) by level; NaN: nobody is left to serve them."""
        total = 0.0
        for row, weight in self.weights.items():
            level, value = self.levels[row], minutes[row][self.who[row]]
            nobody = np.isnan(value)
            if self.uncovered:
                value = (nobody | (value > level.standard + NO_MINUTES)).astype(float)
            else:
                away = self.unserved[row]
                assert away is not None
                value = np.where(nobody, away, value)
            worth = self.measure.among(value, self.count[row], level, self.parameters)
            total += weight * self.measure.minimised_as(worth, level, self.parameters)
        return total


def _after_attack(case: PlainPlan) -> PlainPlan:
    """The plan in a state in which something fails, be no attack known."""
    return replace(case, state=1)


def _attacks(case: PlainPlan, count: int) -> Iterator[tuple[int, ...]]:
    """Every set of so many open sites; where they are too many, of those that serve most."""
    load = dict.fromkeys(sorted({j for here in case.open for j in here}), 0.0)
    for row, trips in enumerate(case.trips):
        people = may_use(case.problem, row)
        for trip in trips:
            if trip.site != NOBODY:
                load[trip.site] += trip.share * people[trip.demand]
    among = sorted(load, key=lambda j: -load[j])
    count = min(count, len(among))
    while comb(len(among), count) > MAX_ATTACKS:
        among.pop()
    return combinations(sorted(among), count)


def _nearest(case: PlainPlan, adversary: Adversary, row: int) -> Nearest:
    """Where the people of each demand point could go, as long as an attack leaves anything."""
    pairs = adversary.trips[row]
    built, bundles = set(case.plan.corridors.tolist()), list[bool]()
    if case.problem.corridors is not None:
        table = case.problem.corridors.bundle
        bundles = [set(np.flatnonzero(needs).tolist()) <= built for needs in table]
    ways: list[dict[int, float]] = [{} for point in case.problem.demand.ids]
    columns = (pairs.origin, pairs.site, pairs.minutes, pairs.needs)
    for i, j, away, needs in zip(*(column.tolist() for column in columns), strict=True):
        if j in case.open[row] and (needs < 0 or bundles[needs]):
            ways[i][j] = min(away, ways[i].get(j, away))
    width = adversary.count + 1
    sites = np.full((len(ways), width), -1)
    minutes = np.full((len(ways), width), math.nan)
    for i, way in enumerate(ways):
        for rank, (j, away) in enumerate(sorted(way.items(), key=lambda one: one[1])[:width]):
            sites[i, rank], minutes[i, rank] = j, away
    return sites, minutes


def _after(sites: Ints, minutes: Floats, attacked: tuple[int, ...]) -> Floats:
    """(I,) minutes to the nearest site that is left; NaN: there is none."""
    stands = ~np.isin(sites, attacked)
    return np.asarray(minutes[np.arange(len(sites)), stands.argmax(axis=1)])
