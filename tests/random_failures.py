"""Random questions with scenarios of failure, and their answers by trying every set of options.

What can fail is drawn from the types: sites that do not work, ways that are longer or gone, help
across a border that is closed where nothing fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import linprog

from optimizer.case import Case
from optimizer.equity import make
from optimizer.problem import (
    BUILD,
    Aid,
    Bools,
    Demand,
    Floats,
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
from optimizer.question import Equity, Policy

CITIES, UNSERVED = 2, 80.0
LEFT_OUT = Unmet(UNSERVED, allowed=False)
LEVELS = (
    Level("care", "care", standard=15.0, cutoff=60.0, border="city", unmet=LEFT_OUT),
    Level("fire", "fire", standard=10.0, cutoff=60.0, share=0.5, unmet=LEFT_OUT),
)


@dataclass(frozen=True, eq=False)
class Drawn:
    """A problem and a question; minutes of each state and level, inf: no way. (I, J) each."""

    problem: Problem
    policy: Policy
    minutes: tuple[tuple[Floats, ...], ...]

    @property
    def case(self) -> Case:
        """Facts and question."""
        return Case(self.problem, self.policy)


#: Efficiency and equity of a plan, as they are minimised.
Terms = tuple[float, float]

#: State, level and the options that serve it -> how they do, as `_served` says.
Kept = dict[tuple[int, int, tuple[int, ...]], tuple[Floats, Floats] | None]


def draw(seed: int, overflows: bool, more: int = 0) -> Drawn:
    """The drawn of this seed; overflows: with capacities, and objectives that part by state.

    more: failures than the seed says.
    """
    rng = np.random.default_rng(seed)
    levels = LEVELS[: rng.integers(1, 3)]
    homes, failures = rng.integers(3, 6), rng.integers(1, 4) + more
    places = rng.integers(2, 4 if overflows else 5)
    lives, lies = rng.integers(0, CITIES, homes), rng.integers(0, CITIES, places)
    apart = rng.uniform(0, 55, (homes, places)).round(rng.integers(0, 3))
    minutes = [tuple(_bordered(apart, level, lives, lies) for level in levels)]
    failed = rng.random((failures, places)) < 0.3
    aid = Aid("city", float(rng.choice([0.0, 0.3, 1.0]))) if rng.random() < 0.5 else None
    for scenario in range(failures):
        there = apart * np.where(rng.random(apart.shape) < 0.3, rng.uniform(1, 2), 1.0)
        there[rng.random(apart.shape) < 0.1] = np.inf
        there[there > 60] = np.inf
        there[:, failed[scenario]] = np.inf
        minutes.append(
            tuple(
                there if aid is not None else _bordered(there, level, lives, lies)
                for level in levels
            )
        )
    problem = _problem(rng, levels, minutes, failed, aid, (lives, lies), overflows)
    return Drawn(problem, _policy(rng, problem, overflows), tuple(minutes))


def _bordered(minutes: Floats, level: Level, lives: np.ndarray, lies: np.ndarray) -> Floats:
    if level.border is None:
        return minutes
    return np.where(lives[:, None] == lies[None, :], minutes, np.inf)


def _pairs(minutes: Floats) -> Pairs:
    origin, site = np.nonzero(np.isfinite(minutes))
    return Pairs(origin, site, minutes[origin, site])


def _problem(
    rng: np.random.Generator,
    levels: tuple[Level, ...],
    minutes: list[tuple[Floats, ...]],
    failed: Bools,
    aid: Aid | None,
    areas: tuple[np.ndarray, np.ndarray],
    overflows: bool,
) -> Problem:
    homes, places = minutes[0][0].shape
    for one in minutes[0]:  # nobody is out of reach where nothing fails
        lost = ~np.isfinite(one).any(axis=1)
        one[lost, 0] = 55.0
    persons = rng.integers(1, 100, homes).astype(float)
    service, site, capacity, cost = [], [], [], []
    for row, level in enumerate(levels):
        for j in range(places):
            for size in range(rng.integers(1, 3)):
                service.append(row)
                site.append(j)
                cost.append(float(rng.integers(1, 10)))
                room = persons.sum() * level.share * (0.4 + 0.5 * size) if overflows else np.inf
                capacity.append([room if n == row else 0.0 for n in range(len(levels))])
    k = len(service)
    probability = rng.dirichlet(np.ones(len(failed) + 1))[1:] * rng.choice([1.0, 0.2])
    return Problem(
        Jurisdictions(
            ("a", "b"), np.full(CITIES, -1), ("city",) * CITIES, ("core",) * CITIES,
            np.full(CITIES, np.nan),
        ),
        Demand(tuple(f"h{n}" for n in range(homes)), areas[0], persons),
        Sites(
            tuple(f"s{n}" for n in range(places)), areas[1],
            rng.integers(0, 3, places).astype(float), np.full(places, np.inf), np.full(places, 2),
        ),
        tuple(Service(level.id, (level,), ()) for level in levels),
        Options(
            np.array(service), np.array(site), np.zeros(k, dtype=np.int64), np.full(k, BUILD),
            np.array(capacity), np.array(cost), np.zeros(k), np.zeros(k, dtype=bool),
        ),
        tuple(_pairs(one) for one in minutes[0]),
        scenarios=Scenarios(
            tuple(f"f{n}" for n in range(len(failed))), probability, failed,
            tuple(tuple(_pairs(one) for one in state) for state in minutes[1:]),
            aid,
        ),
    )  # fmt: skip


def _policy(rng: np.random.Generator, problem: Problem, overflows: bool) -> Policy:
    """Where capacities bind, only what the states can each be best in on their own."""
    tail = float(rng.choice([0.0, 0.1, 0.5, 1.0]))
    measures = ["mean", "deprivation", "kolm_pollak"]
    measures += [] if overflows else ["maximum", "cvar"]
    weight = float(rng.choice([0.0, 1.0] if overflows else [0.0, 0.5, 1.0]))
    if overflows:
        measures = ["mean", "deprivation"]
    measure = str(rng.choice(measures))
    services = ["weighted", problem.levels[0].id]
    services = str(rng.choice(services if overflows else ["weighted", "worst", services[1]]))
    if measure == "kolm_pollak" and services == "worst":  # not of levels with other standards
        services = "weighted"
    return Policy(
        equity=Equity(measure, services=services),
        weight=weight,
        tail=tail,
        level_weights={problem.levels[0].id: float(rng.integers(1, 4))},
        cost_bound=float(problem.options.cost.sum()) * float(rng.uniform(0.2, 0.8)),
    )


def best(drawn: Drawn) -> float | None:
    """The least objective of all sets of options; None where none serves everybody."""
    values = (_weighed(drawn.policy.weight, terms) for terms in terms_of_all(drawn))
    return min(values, default=None)


def best_within(drawn: Drawn, efficiency: float, equity: float) -> float | None:
    """The least objective of those whose terms are at most these."""
    within = [(f, t) for f, t in terms_of_all(drawn) if f <= efficiency and t <= equity]
    return min((_weighed(drawn.policy.weight, terms) for terms in within), default=None)


def _weighed(weight: float, terms: Terms) -> float:
    return sum(part * term for part, term in zip((1 - weight, weight), terms, strict=True) if part)


def terms_of_all(drawn: Drawn) -> list[Terms]:
    """Efficiency and equity of each set of options that serves everybody.

    Where capacities bind, each state is served as the weight has it: only that term is the least.
    """
    kept: Kept = {}
    every = (_terms(drawn, chosen, kept) for chosen in _sets(drawn))
    return [terms for terms in every if terms is not None]


def _sets(drawn: Drawn) -> list[tuple[int, ...]]:
    """Every set of options within the money, one at most of each facility; one where required."""
    table = drawn.problem.options
    facilities = [np.flatnonzero(table.facility == f) for f in np.unique(table.facility)]
    found = []
    choices = [
        (*rows.tolist(), *(() if table.required[rows].any() else (-1,))) for rows in facilities
    ]
    for picked in product(*choices):
        chosen = tuple(k for k in picked if k >= 0)
        sites = sorted({int(table.site[k]) for k in chosen if table.kind[k] == BUILD})
        money = sum(table.cost[k] for k in chosen) + sum(drawn.problem.sites.cost[sites])
        assert drawn.policy.cost_bound is not None
        if money <= drawn.policy.cost_bound + 1e-9:
            found.append(chosen)
    return found


def _terms(drawn: Drawn, chosen: tuple[int, ...], kept: Kept) -> Terms | None:
    """What these options are worth, each state served as well as it can be."""
    problem, policy = drawn.problem, drawn.policy
    assert problem.scenarios is not None
    sums = np.zeros((2, len(drawn.minutes)))
    weights = [policy.level_weights.get(level.id, 1.0) for level in problem.levels]
    weights = [weight / sum(weights) for weight in weights]
    measure = make(policy.equity.measure, {})
    for state in range(len(drawn.minutes)):
        terms = []
        for row, level in enumerate(problem.levels):
            key = state, row, tuple(k for k in chosen if problem.options.capacity[k, row] > 0)
            if key not in kept:
                kept[key] = _served(drawn, chosen, state, row)
            served = kept[key]
            if served is None:
                return None
            minutes, persons = served
            sums[0, state] += weights[row] * float(minutes @ persons) / persons.sum()
            value = measure.evaluate(minutes[persons > 0], persons[persons > 0], level)
            terms.append(measure.term(value, level))
        if policy.equity.services == "worst":
            sums[1, state] = max(terms)
        elif policy.equity.services == "weighted":
            sums[1, state] = float(np.dot(weights, terms))
        else:
            sums[1, state] = terms[0]
    likely = np.append(1 - problem.scenarios.probability.sum(), problem.scenarios.probability)
    efficiency, equity = (_worst_part(likely, policy.tail, values) for values in sums)
    return efficiency, equity


def _worst_part(likely: Floats, tail: float, values: Floats) -> float:
    """The mean of the worst part of what can happen, as a linear program of its own."""
    most = np.ones(len(values)) if tail == 0 else likely / tail
    found = linprog(
        -values, A_eq=np.ones((1, len(values))), b_eq=[1.0], bounds=[(0, m) for m in most]
    )
    return float(-found.fun)


def _unmet_caps(problem: Problem, level: Level) -> Iterator[tuple[Floats, float]]:
    """Persons whose need may be unmet in so many parts of a whole."""
    unmet, demand = level.unmet, problem.demand
    if unmet is not None and unmet.allowed:
        yield demand.persons, unmet.most
        for city in range(CITIES):
            inside = demand.persons * (demand.jurisdiction == city)
            if inside.any():
                yield inside, unmet.jurisdiction


def _served(
    drawn: Drawn, chosen: tuple[int, ...], state: int, row: int
) -> tuple[Floats, Floats] | None:
    """Minutes and persons of all trips, in the best way of the state; None: somebody has none."""
    problem, policy = drawn.problem, drawn.policy
    facts, level = problem.scenarios, problem.levels[row]
    assert facts is not None
    room = np.zeros(len(problem.sites.ids))
    np.add.at(room, problem.options.site[list(chosen)], problem.options.capacity[list(chosen), row])
    if state > 0:
        room[facts.failed[state - 1]] = 0.0
    minutes = np.where(room > 0, drawn.minutes[state][row], np.inf)
    if state > 0 or level.may_be_unmet:
        minutes = np.column_stack([minutes, np.full(len(minutes), UNSERVED)])
        room = np.append(room, np.inf)
    caps = list(_unmet_caps(problem, level)) if state == 0 else []
    if not np.isfinite(minutes).any(axis=1).all():
        return None
    i, j = np.nonzero(np.isfinite(minutes))
    persons, trips = problem.demand.persons, minutes[i, j]
    # One cost for both ends of the objective: mean and deprivation are sums over persons.
    wanted = trips.copy()
    if policy.weight == 1 and policy.equity.measure == "deprivation":
        wanted = np.maximum(trips - level.standard, 0.0)
    if np.isinf(room[room > 0]).all():  # nearer is better for every measure
        left = np.isinf(minutes[:, : len(problem.sites.ids)]).all(axis=1)
        if any(left @ needed > cap * needed.sum() + 1e-9 for needed, cap in caps):
            return None
        return minutes.min(axis=1), persons
    rows, most = [], []
    for site in np.flatnonzero(np.isfinite(room)):
        here = (j == site) * persons[i] * level.share
        rows.append(here)
        most.append(room[site])
        if state > 0 and facts.aid is not None:
            foreign = problem.demand.jurisdiction[i] != problem.sites.jurisdiction[site]
            rows.append(here * foreign)
            most.append(room[site] * (1 - facts.aid.reserve))
    for needed, cap in caps:
        rows.append((j == len(problem.sites.ids)) * needed[i])
        most.append(cap * needed.sum())
    found = linprog(
        wanted * persons[i],
        A_ub=np.array(rows) if rows else None,
        b_ub=np.array(most) if rows else None,
        A_eq=(i[None, :] == np.arange(len(persons))[:, None]).astype(float),
        b_eq=np.ones(len(persons)),
    )
    if found.status != 0:
        return None
    return trips, persons[i] * found.x
