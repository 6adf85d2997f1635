"""Random questions with corridors to decide on: a small road network, and a few roads to build."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.network.corridor_sets import Ways, shortcuts
from optimizer.network.graph import Links, Roads
from optimizer.network.minutes import travel
from optimizer.problem import (
    BUILD,
    Corridors,
    Demand,
    Floats,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Budget, Equity, Policy
from tests.random_equities import chance

CITIES = 2
LIMIT = 200.0  # minutes that every trip is within
MEASURES = ("mean", "kolm_pollak", "maximum", "cvar", "deprivation", "alpha_fair")


@dataclass(frozen=True, eq=False)
class Town:
    """Places on roads; corridors between nodes. shares: (A, C)."""

    roads: Roads
    homes: Links
    doors: Links
    access: Floats
    egress: Floats
    ways: Ways
    shares: Floats

    def pairs(self, built: tuple[int, ...], limit: float) -> Pairs:
        """Minutes on the roads with these corridors among them."""
        more = list(built)
        start = np.concatenate([self.roads.start, self.ways.start[more]])
        end = np.concatenate([self.roads.end, self.ways.end[more]])
        minutes = np.concatenate([self.roads.minutes, self.ways.minutes[more]])
        n = len(self.roads.nodes)
        direct = np.full((n, n), np.inf)
        np.minimum.at(direct, (start, end), minutes)
        apart = dijkstra(np.minimum(direct, direct.T))
        trips = apart[self.homes.node][:, self.doors.node]
        trips = trips + (self.homes.minutes + self.access)[:, None]
        trips = trips + (self.doors.minutes + self.egress)[None, :]
        origin, site = np.nonzero(trips <= limit + 1e-9)
        return Pairs(origin, site, trips[origin, site])


def draw(seed: int, limit: float = LIMIT) -> tuple[Town, Problem, Policy]:
    """The town, the problem with its corridors, and the policy of this seed.

    limit: the cut-off in minutes; a low one leaves some whom only corridors bring anywhere.
    """
    rng = np.random.default_rng(seed)
    town = _town(rng)
    levels = [Level(name, name, 15.0, cutoff=limit) for name in "ab"[: int(rng.integers(1, 3))]]
    everywhere = travel(town.roads, town.homes, town.doors, town.access, town.egress, limit)
    bundle, faster = shortcuts(
        *(town.roads, town.homes, town.doors, town.access, town.egress),
        *(town.ways, everywhere, limit),
    )
    n_sites, points = len(town.doors.node), len(town.homes.node)
    site = np.tile(np.arange(n_sites), len(levels))
    service = np.repeat(np.arange(len(levels)), n_sites)
    persons = rng.integers(1, 30, points).astype(float)
    capacity = np.zeros((len(site), len(levels)))
    for row in range(len(levels)):
        here = service == row
        limited = chance(rng, 0.4)
        room = persons.sum() * rng.uniform(0.4, 1.2, here.sum()) if limited else np.inf
        capacity[here, row] = room
    corridors = Corridors(
        tuple(f"way {a}" for a in range(len(town.ways.start))),
        town.ways.cost,
        town.shares,
        bundle,
        tuple(faster for _ in levels),
        town.ways.link,
    )
    problem = Problem(
        Jurisdictions(
            ("A", "B", "P", "b"),
            np.array([-1, -1, -1, 1]),
            ("city", "city", "province", "county"),
            ("core", "member", "core", "core"),
            np.array([*rng.uniform(10, 40, CITIES), np.nan, np.nan]),
        ),
        Demand(tuple(map(str, range(points))), rng.integers(0, CITIES, points), persons, {}),
        Sites(
            tuple(map(str, range(n_sites))),
            rng.integers(0, CITIES, n_sites),
            rng.uniform(0, 3, n_sites),
            np.full(n_sites, np.inf),
            np.full(n_sites, len(levels)),
        ),
        tuple(Service(level.id, (level,), (Size("one", 5, 5, 0, {}),)) for level in levels),
        Options(
            service=service,
            site=site,
            size=np.zeros(len(site), dtype=int),
            kind=np.full(len(site), BUILD),
            capacity=capacity,
            cost=rng.uniform(3, 12, len(site)),
            land=np.zeros(len(site)),
            required=np.zeros(len(site), dtype=bool),
        ),
        tuple(everywhere for _ in levels),
        corridors=corridors,
    )
    return town, problem, _policy(rng, seed)


def built(town: Town, problem: Problem, corridors: tuple[int, ...]) -> Problem:
    """The problem where these corridors stand, and have to be paid, and there are no others."""
    some = list(corridors)
    nothing = np.empty(0, dtype=np.int64)
    stand = Corridors(
        tuple(map(str, some)),
        town.ways.cost[some],
        town.shares[some],
        np.zeros((0, len(some)), dtype=bool),
        tuple(Pairs(nothing, nothing, np.empty(0)) for _ in problem.levels),
    )
    return replace(
        problem,
        pairs=tuple(town.pairs(corridors, problem.levels[0].cutoff) for _ in problem.levels),
        corridors=stand,
    )


def _town(rng: np.random.Generator) -> Town:
    n = int(rng.integers(5, 9))
    tree = [(int(rng.integers(0, b)), b) for b in range(1, n)]
    start, end = (np.array(side) for side in zip(*tree, strict=True))
    minutes = rng.integers(5, 40, len(tree)).astype(float)
    roads = Roads(tuple(map(str, range(n))), rng.random((n, 2)), start, end, minutes)
    points, sites, a = int(rng.integers(3, 7)), int(rng.integers(2, 4)), int(rng.integers(1, 5))
    ends = np.array([rng.choice(n, 2, replace=False) for _ in range(a)])
    # Of cities, a province above no city, and a county; often of one or two of them alone.
    share = rng.random((a, 4)) * (rng.random((a, 4)) < (0.6, 0.6, 0.2, 0.3))
    share[share.sum(axis=1) == 0] = 1.0
    return Town(
        roads,
        Links(rng.integers(0, n, points), rng.integers(0, 3, points).astype(float)),
        Links(rng.integers(0, n, sites), np.zeros(sites)),
        np.zeros(points),
        rng.integers(0, 2, sites).astype(float),
        Ways(
            ends[:, 0],
            ends[:, 1],
            rng.integers(1, 15, a).astype(float),
            rng.uniform(2, 12, a),
            np.inf,
            # Often the last ones are levels of one link, between the same ends or not.
            np.minimum(np.arange(a), rng.integers(0, a)),
        ),
        share / share.sum(axis=1, keepdims=True),
    )


def _policy(rng: np.random.Generator, seed: int) -> Policy:
    measure = str(rng.choice(MEASURES))
    return Policy(
        efficiency=str(rng.choice(["mean_minutes", "uncovered", "cost"], p=[0.7, 0.2, 0.1])),
        equity=Equity(measure),
        weight=float(rng.choice([0.0, 0.5, 1.0])),
        cost_bound=float(rng.uniform(10, 60)) if chance(rng, 0.2) else None,
        budget=Budget(
            "city", float(rng.choice([0.0, 0.3, 1.0], p=[0.5, 0.3, 0.2])), negotiated=seed % 3 == 0
        ),
    )
