"""Random questions against an attack on links, and answers by trying every plan under every attack.

A small town: roads, homes and doors at nodes, corridors that may be built. Minutes are the shortest
ways of a dense matrix, once for each set of links that is there; nothing is shared with the code
but the formulas of `random_attacks`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.sparse.csgraph import floyd_warshall

from optimizer.case import Case
from optimizer.network.links import Ground
from optimizer.problem import (
    BUILD,
    Aid,
    Bools,
    Corridors,
    Demand,
    Floats,
    Ints,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Scenarios,
    Service,
    Sites,
    Unmet,
)
from optimizer.problem.adversary import Adversary, Left, Streets
from optimizer.question import Equity, Policy
from tests.random_attacks import phi

CUTOFF, COST = 60.0, 4.0


@dataclass(frozen=True, eq=False)
class Town:
    """ground: so many roads, then the corridors; cities: of homes and doors; level: the only one;
    aid: borders open.
    """

    ground: Ground
    roads: int
    cities: tuple[Ints, Ints]
    level: Level
    aid: bool

    @property
    def all_roads(self) -> frozenset[int]:
        return frozenset(range(self.roads))

    @property
    def links(self) -> int:
        return int(self.ground.link.max()) + 1

    @cached_property
    def sets(self) -> list[frozenset[int]]:
        """Sets of corridors that may be needed, by their rows among the links."""
        links = range(self.roads, self.links)
        return [frozenset(some) for n in range(len(links)) for some in combinations(links, n + 1)]

    @cached_property
    def bundle(self) -> Bools:
        corridors = self.links - self.roads
        table = np.zeros((len(self.sets), corridors), dtype=bool)
        for row, some in enumerate(self.sets):
            table[row, [link - self.roads for link in some]] = True
        return table

    def minutes(self, there: frozenset[int], fails: bool) -> Floats:
        """(I, J) with these links alone; inf: no way, or none that is allowed."""
        one = self.ground
        apart = np.full((one.nodes, one.nodes), np.inf)
        for part in np.flatnonzero(np.isin(one.link, sorted(there))):
            a, b = one.start[part], one.end[part]
            apart[a, b] = apart[b, a] = min(apart[a, b], one.minutes[part])
        apart = floyd_warshall(np.where(np.isfinite(apart), apart, 0.0))
        away = apart[one.home][:, one.door] + one.before[:, None] + one.after[None, :]
        away[away > CUTOFF + 1e-9] = np.inf
        if self.level.border is not None and not (fails and self.aid):
            away[self.cities[0][:, None] != self.cities[1][None, :]] = np.inf
        return away

    def pairs(self, broken: frozenset[int], fails: bool) -> Pairs:
        """Whoever gets anywhere with any set of corridors, often no faster than with fewer."""
        found = _pairs(self.minutes(self.all_roads - broken, fails), -1)
        for row, some in enumerate(self.sets):
            found += _pairs(self.minutes((self.all_roads | some) - broken, fails), row)
        return found

    def left(self, hit: Ints) -> Left:
        return (self.pairs(frozenset(hit.tolist()), fails=True),), self.bundle


@dataclass(frozen=True, eq=False)
class Drawn:
    town: Town
    problem: Problem
    policy: Policy
    adversary: Adversary

    @property
    def case(self) -> Case:
        """Facts and question."""
        return Case(self.problem, self.policy)


def draw(seed: int) -> Drawn:
    """The drawn of this seed."""
    rng = np.random.default_rng([seed, 78])
    border = "city" if rng.random() < 0.3 else None
    level = Level("care", "care", standard=15.0, cutoff=CUTOFF, border=border)
    town = _town(rng, level)
    homes, places = len(town.ground.home), len(town.ground.door)
    corridors = town.links - town.roads
    persons = rng.integers(0, 100, homes).astype(float)
    persons[0] += 1
    everything = town.pairs(frozenset(), fails=False)
    plain = everything.only(everything.needs < 0)
    build = None
    if corridors:
        shares = np.full((corridors, 2), 0.5)
        ids = tuple(f"way {a}" for a in range(corridors))
        faster = (everything.only(everything.needs >= 0),)
        build = Corridors(ids, np.full(corridors, COST), shares, town.bundle, faster)
    prices = rng.integers(1, 10, places).astype(float)
    level = replace(level, unmet=Unmet(float(rng.choice([CUTOFF, 80.0], 1)[0]), allowed=False))
    problem = Problem(
        Jurisdictions(
            ("a", "b"), np.array([-1, -1]), ("city",) * 2, ("core",) * 2, np.full(2, np.nan)
        ),
        Demand(tuple(f"h{n}" for n in range(homes)), town.cities[0], persons),
        Sites(
            tuple(f"s{n}" for n in range(places)), town.cities[1],
            np.zeros(places), np.full(places, np.inf), np.ones(places),
        ),
        (Service("care", (level,), ()),),
        Options(
            np.zeros(places, dtype=int), np.arange(places), np.zeros(places, dtype=int),
            np.full(places, BUILD), np.full((places, 1), np.inf),
            prices, np.zeros(places),
            np.zeros(places, dtype=bool),
        ),
        (plain,),
        corridors=build,
        scenarios=Scenarios(
            (), np.empty(0), np.zeros((0, places), dtype=bool), (),
            Aid("city") if town.aid else None,
        ),
    )  # fmt: skip
    measure = str(rng.choice(["mean", "deprivation", "kolm_pollak", "alpha_fair"]))
    budget = (float(problem.options.cost.sum()) + COST * corridors) * float(rng.uniform(0.3, 0.9))
    policy = Policy(
        efficiency=str(rng.choice(["mean_minutes", "uncovered"])),
        equity=Equity(measure),
        weight=float(rng.choice([0.0, 0.4, 1.0])),
        tail=0.0,
        cost_bound=budget,
    )
    trips = (town.pairs(frozenset(), fails=True),)
    count = int(rng.integers(1, 3))
    names = tuple(f"link {n}" for n in range(town.links))
    streets = Streets(town.ground, town.roads, names, town.left)
    adversary = Adversary(count, trips, streets)
    return Drawn(town, replace(problem, adversary=adversary), policy, adversary)


def _town(rng: np.random.Generator, level: Level) -> Town:
    n, more, corridors = (int(rng.integers(*span)) for span in ((4, 7), (0, 4), (0, 3)))
    ends = [(int(rng.integers(0, b)), b) for b in range(1, n)]
    ends += [tuple(sorted(rng.choice(n, 2, replace=False))) for _ in range(more + corridors)]
    homes, places = int(rng.integers(3, 6)), int(rng.integers(2, 5))
    parts = list[tuple[int, int, float, int]]()
    for link, (a, b) in enumerate(ends):  # some are cut, so that points hang between their ends
        for _ in range(int(rng.choice(3, p=[0.6, 0.3, 0.1]))):
            parts.append((a, n, float(rng.integers(1, 15)), link))
            a, n = n, n + 1
        parts.append((a, b, float(rng.integers(1, 25)), link))
    start, end, minutes, link = map(np.array, zip(*parts, strict=True))
    ground = Ground(
        n,
        start,
        end,
        minutes,
        link,
        rng.integers(0, n, homes),
        rng.integers(0, 3, homes).astype(float),
        rng.integers(0, n, places),
        rng.integers(0, 3, places).astype(float),
    )
    cities = rng.integers(0, 2, homes), rng.integers(0, 2, places)
    return Town(ground, len(ends) - corridors, cities, level, bool(rng.random() < 0.5))


def _pairs(minutes: Floats, needs: int) -> Pairs:
    origin, site = np.nonzero(np.isfinite(minutes))
    return Pairs(origin, site, minutes[origin, site], np.full(len(origin), needs))


def best(drawn: Drawn) -> float | None:
    """The least objective of all plans; None where none serves everybody."""
    places = len(drawn.problem.sites.ids)
    sets = (np.arange(2**places)[:, None] >> np.arange(places) & 1).astype(bool)
    values = [_values(drawn, sets, built) for built in (frozenset[int](), *drawn.town.sets)]
    least = float(np.min(values))
    return None if np.isinf(least) else least


def _values(drawn: Drawn, sets: Bools, built: frozenset[int]) -> Floats:
    """(2 ** J,) objective of each set of sites with these corridors; inf: no plan."""
    policy, town = drawn.policy, drawn.town
    persons = drawn.problem.demand.persons
    assert policy.cost_bound is not None
    whole, unserved = town.all_roads | built, drawn.problem.levels[0].unserved_minutes
    hits = [some for n in range(1, drawn.adversary.count + 1) for some in combinations(whole, n)]
    states = []
    for lost in (None, *hits):
        way = town.minutes(whole - frozenset(lost or ()), fails=lost is not None)
        minutes = np.where(sets[:, None, :], way[None], np.inf).min(axis=2)
        left_out = lost is not None or drawn.problem.levels[0].may_be_unmet
        nobody, cutoff = np.isinf(minutes).any(axis=1) & (not left_out), CUTOFF
        if left_out:
            minutes, cutoff = np.minimum(minutes, unserved), max(CUTOFF, unserved)
        minutes = np.where(nobody[:, None], 0.0, minutes)
        efficiency = minutes @ persons / persons.sum()
        if policy.efficiency == "uncovered":
            efficiency = (minutes > town.level.standard + 1e-6) @ persons / persons.sum() * 100
        equity = phi(policy.equity.measure, minutes, town.level.standard, cutoff)
        equity = equity @ persons / persons.sum()
        states.append(np.where(nobody, np.inf, [efficiency, equity]))
    efficiency, equity = np.max(states, axis=0)
    with np.errstate(invalid="ignore"):
        values = (1 - policy.weight) * efficiency + policy.weight * equity
    money = sets @ drawn.problem.options.cost + COST * len(built)
    return np.where((money > policy.cost_bound + 1e-9) | np.isinf(efficiency), np.inf, values)
