"""Random questions that are medians: one level, no capacities, and rules beside that, all of them.

Whether the money, floors and caps allow a plan is left to chance; they are drawn near what some
plan reaches, so that most of them bind.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.algorithms.mip.decode import nearest_open
from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.problem import (
    BUILD,
    KEEP,
    Backup,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Bound, Budget, Equity, Floor, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Plan
from tests.random_equities import chance

#: Side of the square, in minutes, and the cities in it, from west to east.
SIDE, CITIES = 60.0, 3

#: Measures that are sums over persons.
SUMS = ("mean", "kolm_pollak", "deprivation", "alpha_fair")


def draw_median(seed: int, sites: int) -> tuple[Problem, Policy]:
    """The problem and the policy of this seed. sites: how many there are at most."""
    rng = np.random.default_rng(seed)
    problem = _facts(rng, int(rng.integers(4, sites + 1)))
    return problem, _question(rng, problem)


def _backup(rng: np.random.Generator, standard: float) -> Backup:
    beyond = int(rng.integers(0, 20))
    return Backup(standard + float(beyond), "site" if beyond % 2 else "city")


def _facts(rng: np.random.Generator, n_sites: int) -> Problem:
    points = int(rng.integers(n_sites, 2 * n_sites + 1))
    homes = rng.uniform(0, SIDE, (points, 2))
    at = np.concatenate([homes[: n_sites // 2], rng.uniform(0, SIDE, (n_sites - n_sites // 2, 2))])
    minutes = np.hypot(*(homes[:, None] - at[None]).transpose(2, 0, 1))
    minutes = np.round(minutes) if chance(rng, 0.4) else minutes
    standard = float(rng.integers(8, 25))
    level = Level(
        "care",
        "care",
        standard,
        # Everybody reaches some site.
        cutoff=max(
            float(rng.choice([standard + 20, 2 * SIDE], p=[0.3, 0.7])),
            float(minutes.min(axis=1).max()),
        ),
        backup=_backup(rng, standard) if chance(rng, 0.7) else None,
    )
    near = np.nonzero(minutes <= level.cutoff)
    budget = rng.uniform(1, 14, CITIES) * n_sites / CITIES
    budget[rng.random(CITIES) < 0.1] = np.nan
    persons = rng.integers(0, 30, points).astype(float)
    persons[0] += 1
    one_price = chance(rng, 0.3)
    price = np.full(n_sites, 10.0) if one_price else rng.uniform(2, 15, n_sites)
    opened = np.where(rng.random(n_sites) < 0.5, rng.uniform(0, 6, n_sites) * (not one_price), 0.0)
    cost, two = rng.random(n_sites), rng.random(n_sites) < 0.3
    stands = rng.random(n_sites) < 0.2
    rows = [(j, KEEP if stands[j] else BUILD, 0 if not stands[j] else -1) for j in range(n_sites)]
    rows += [(j, BUILD, 1) for j in np.flatnonzero(two & ~stands).tolist()]
    site = np.array([row[0] for row in rows])
    second = np.array([row[2] == 1 for row in rows])
    kept = np.array([row[1] == KEEP for row in rows])
    return Problem(
        Jurisdictions(
            ("R", *"ABC"),
            np.array([-1, 0, 0, 0]),
            ("province", *["city"] * CITIES),
            ("core",) * (1 + CITIES),
            np.concatenate([[np.nan], budget]),
        ),
        Demand(
            tuple(map(str, range(points))),
            _city(homes),
            persons,
            {"old": np.round(persons * rng.random(points)), "none": np.zeros(points)},
        ),
        Sites(
            tuple(map(str, range(n_sites))),
            np.where(rng.random(n_sites) < 0.05, 0, _city(at)),
            opened,
            np.where(rng.random(n_sites) < 0.1, 1.5, np.inf),
            np.where(rng.random(n_sites) < 0.05, 0, 1),
        ),
        (Service("care", (level,), (Size("small", 5, 5, 1, {}), Size("large", 9, 9, 2, {}))),),
        Options(
            service=np.zeros(len(rows), dtype=int),
            site=site,
            size=np.array([row[2] for row in rows]),
            kind=np.array([row[1] for row in rows]),
            capacity=np.full((len(rows), 1), np.inf),
            cost=np.where(kept, 0.0, price[site] * np.where(second, 0.5 + cost[site], 1.0)),
            land=np.where(second, 2.0, 1.0),
            required=kept | (cost < 0.06)[site],
        ),
        (Pairs(near[0], near[1], minutes[near]),),
    )


def _city(places: np.ndarray) -> np.ndarray:
    return 1 + np.minimum(places[:, 0] / SIDE * CITIES, CITIES - 1).astype(int)


def _question(rng: np.random.Generator, problem: Problem) -> Policy:
    price = problem.options.cost.sum()
    efficiency = str(rng.choice(["mean_minutes", "uncovered", "cost"], p=[0.4, 0.2, 0.4]))
    policy = Policy(
        efficiency=efficiency,
        equity=_equity(rng),
        weight=float(rng.choice([0.0, 0.4, 1.0])),
        cost_bound=float(price * rng.uniform(0.2, 0.8)) if chance(rng, 0.25) else None,
        budget=_budget(rng) if chance(rng, 0.8) else None,
    )
    best = solve(Case(problem, policy), Limits(gap=0.01)).plan
    if best is None:
        return policy
    everything = _everything(problem)
    if chance(rng, 0.6):
        policy = replace(policy, floors={"care": _floor(rng, problem, everything, best)})
    if chance(rng, 0.25):
        cap = _between(rng, policy, problem, everything, best, "efficiency")
        policy = replace(policy, efficiency_bound=cap)
        policy = replace(policy, weight=max(policy.weight, 0.4))
    elif chance(rng, 0.3):
        cap = _between(rng, policy, problem, everything, best, "equity")
        policy = replace(policy, equity_bound=cap, weight=min(policy.weight, 0.4))
    if chance(rng, 0.25):
        equity = Equity("maximum") if chance(rng, 0.5) else _equity(rng)
        asked = replace(policy, equity=equity)
        cap = _between(rng, asked, problem, everything, best, "equity")
        policy = replace(policy, bounds={"cap": Bound(equity, cap)})
    return policy


def _equity(rng: np.random.Generator) -> Equity:
    measure = str(rng.choice(SUMS))
    among = str(rng.choice(["persons", "points", "groups", "city"], p=[0.5, 0.2, 0.15, 0.15]))
    uncovered = measure == "mean" and chance(rng, 0.4)
    return Equity(measure, of="uncovered" if uncovered else "minutes", among=among)


def _budget(rng: np.random.Generator) -> Budget:
    pooled = float(rng.choice([0.0, 1.0, rng.uniform(0, 1)], p=[0.25, 0.25, 0.5]))
    return Budget("city", pooled, scale=float(rng.choice([0.5, 1.0, 1.5])))


def _everything(problem: Problem) -> Plan:
    """One option of every site, whatever it costs."""
    _, options = np.unique(problem.options.site, return_index=True)
    return Plan(np.sort(options), (nearest_open(problem, options, 0),))


def _between(
    rng: np.random.Generator, policy: Policy, problem: Problem, one: Plan, other: Plan, what: str
) -> float:
    """Between what two plans give."""
    least, most = (
        float(getattr(assess(Case(problem, policy), plan), what)) for plan in (one, other)
    )
    if not np.isfinite(most):
        return least + 1.0
    return least + (most - least) * float(rng.uniform(0.3, 1.02))


def _floor(rng: np.random.Generator, problem: Problem, one: Plan, other: Plan) -> Floor:
    """Between what two plans give: over the region, so a jurisdiction may have less."""
    best, given = (assess(Case(problem, Policy()), plan).levels[0].region for plan in (one, other))

    def share(most: float | None, some: float | None) -> float:
        if most is None or some is None or np.isnan(some) or np.isnan(most):
            return 0.0
        return min(1.0, max(0.0, some + (most - some) * float(rng.uniform(0.0, 0.7))))

    return Floor(
        jurisdiction=0.8 * share(best.coverage, given.coverage) if chance(rng, 0.5) else 0.0,
        group=share(best.coverage, given.coverage) if chance(rng, 0.5) else 0.0,
        backup=share(best.backup, given.backup) if chance(rng, 0.7) else 0.0,
        tier=str(rng.choice(["city", "province"])),
    )
