"""Random questions against an attack, and their answers by trying every plan under every attack.

One option for each service and site. What is there is drawn from the types: two services, borders
that are open under attack, ways that are gone then, scenarios beside the attacks, a corridor, sites
that stand already, a level that weighs nothing and has capacities. The answers share nothing with
the code: minutes are tables, measures their formulas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from optimizer.case import Case
from optimizer.problem import (
    BUILD,
    KEEP,
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
from optimizer.problem.adversary import Adversary
from optimizer.question import Equity, Policy

CITIES, LONGEST = 2, 60.0
LEVELS = (
    Level("care", "care", standard=15.0, cutoff=LONGEST, border="city"),
    Level("fire", "fire", standard=10.0, cutoff=LONGEST, share=0.5),
)

#: By level: minutes without the corridor and with it, (I, J) each; inf: no way.
Ways = tuple[tuple[Floats, Floats], ...]


@dataclass(frozen=True, eq=False)
class Drawn:
    """ways: where nothing fails, in each scenario of the problem, and under attack."""

    problem: Problem
    policy: Policy
    adversary: Adversary
    ways: tuple[Ways, ...]

    @property
    def case(self) -> Case:
        """Facts and question."""
        return Case(self.problem, self.policy)


def draw(seed: int) -> Drawn:
    """The drawn of this seed."""
    rng = np.random.default_rng([seed, 77])
    levels = LEVELS[: rng.integers(1, 3)]
    homes, places = int(rng.integers(3, 7)), int(rng.integers(3, 6))
    lives, lies = rng.integers(0, CITIES, homes), rng.integers(0, CITIES, places)
    failed = rng.random((int(rng.integers(0, 3)), places)) < 0.3
    road, aid = rng.random() < 0.3, Aid("city", 0.2) if rng.random() < 0.5 else None
    apart = rng.uniform(0, 55, (homes, places)).round(int(rng.integers(0, 3)))
    faster = np.where(rng.random(apart.shape) < 0.4, rng.uniform(0.3, 1, apart.shape), 1.0)
    at_home = lives[:, None] == lies[None, :]
    ways = []
    for state in range(len(failed) + 2):
        there = apart.copy()
        if state > 0:
            there *= np.where(rng.random(apart.shape) < 0.2, rng.uniform(1, 2), 1.0)
            there[(rng.random(apart.shape) < 0.1) | (there > LONGEST)] = np.inf
        if 0 < state <= len(failed):
            there[:, failed[state - 1]] = np.inf
        by_level = []
        for level in levels:
            crosses = level.border is None or (state > 0 and aid is not None)
            near = np.where(at_home | crosses, there, np.inf)
            if state == 0:  # nobody is out of reach where nothing fails
                near[~np.isfinite(near).any(axis=1), 0] = 55.0
            by_level.append((near, near * faster if road else near))
        ways.append(tuple(by_level))
    light = len(levels) == 2 and bool(rng.random() < 0.3)
    problem = _problem(rng, levels, ways, (failed, aid), (lives, lies), road, light)
    adversary = Adversary(int(rng.integers(1, 4)), tuple(_pairs(*both) for both in ways[-1]))
    problem = replace(problem, adversary=adversary)
    return Drawn(problem, _policy(rng, problem, light), adversary, tuple(ways))


def _pairs(plain: Floats, built: Floats) -> Pairs:
    """The ways that are there, and those that the corridor makes faster."""
    origin, site = np.nonzero(np.isfinite(plain))
    return Pairs(origin, site, plain[origin, site]) + _faster(plain, built)


def _faster(plain: Floats, built: Floats) -> Pairs:
    origin, site = np.nonzero(built < plain)
    return Pairs(origin, site, built[origin, site], np.zeros(len(origin), dtype=np.int64))


def _problem(
    rng: np.random.Generator,
    levels: tuple[Level, ...],
    ways: list[Ways],
    failing: tuple[Bools, Aid | None],
    areas: tuple[Ints, Ints],
    road: bool,
    light: bool,
) -> Problem:
    """light: the second level has capacities, which never bind."""
    homes, places = ways[0][0][0].shape
    persons = rng.integers(0, 100, homes).astype(float)
    persons[0] += 1
    rows = np.repeat(np.arange(len(levels)), places)
    capacity = np.where(rows[:, None] == np.arange(len(levels)), np.inf, 0.0)
    if light:
        capacity[np.isinf(capacity[:, 1]), 1] = persons.sum()
    cheap = rng.random(len(rows)) < 0.2
    cost = np.where(cheap, 0.0, rng.integers(1, 10, len(rows)).astype(float))
    stands = cheap & (rng.random(len(rows)) < 0.5)
    corridors = None
    if road:
        corridors = Corridors(
            ("road",), np.array([3.0]), np.array([[0.5, 0.5]]), np.array([[True]]),
            tuple(_faster(*both) for both in ways[0]),
        )  # fmt: skip
    failed, aid = failing
    site_cost = rng.integers(0, 3, places).astype(float)
    left_out = rng.choice([60.0, 80.0], len(levels)).tolist()
    levels = tuple(
        replace(level, unmet=Unmet(minutes, allowed=False))
        for level, minutes in zip(levels, left_out, strict=True)
    )
    return Problem(
        Jurisdictions(
            ("a", "b"), np.full(CITIES, -1), ("city",) * CITIES, ("core",) * CITIES,
            np.full(CITIES, np.nan),
        ),
        Demand(tuple(f"h{n}" for n in range(homes)), areas[0], persons),
        Sites(
            tuple(f"s{n}" for n in range(places)), areas[1],
            site_cost, np.full(places, np.inf), np.full(places, 2),
        ),
        tuple(Service(level.id, (level,), ()) for level in levels),
        Options(
            rows, np.tile(np.arange(places), len(levels)), np.where(stands, -1, 0),
            np.where(stands, KEEP, BUILD), capacity, cost, np.zeros(len(rows)),
            stands,
        ),
        tuple(_pairs(plain, plain) for plain, _ in ways[0]),
        corridors=corridors,
        scenarios=Scenarios(
            tuple(f"f{n}" for n in range(len(failed))), np.full(len(failed), 0.1), failed,
            tuple(tuple(_pairs(*both) for both in state) for state in ways[1:-1]),
            aid,
        ),
    )  # fmt: skip


def _policy(rng: np.random.Generator, problem: Problem, light: bool) -> Policy:
    ids = [level.id for level in problem.levels]
    measure = str(rng.choice(["mean", "deprivation", "kolm_pollak", "alpha_fair"]))
    of = "uncovered" if measure == "mean" and rng.random() < 0.7 else "minutes"
    services = str(rng.choice(["weighted", *(ids[:1] if light else ids)]))
    weights = {ids[0]: float(rng.integers(1, 4))} | ({ids[1]: 0.0} if light else {})
    everything = float(problem.options.cost.sum())
    return Policy(
        efficiency=str(rng.choice(["mean_minutes", "mean_minutes", "uncovered", "cost"])),
        equity=Equity(measure, {}, of, str(rng.choice(["persons", "points", "city"])), services),
        weight=float(rng.choice([0.0, 0.3, 0.6, 1.0])),
        tail=0.0,
        level_weights=weights,
        cost_bound=everything * float(rng.uniform(0.3, 0.9)) if rng.random() < 0.8 else None,
    )


def phi(measure: str, minutes: Floats, standard: float, cutoff: float) -> Floats:
    """What one person's minutes add to a measure."""
    if measure == "deprivation":
        return np.maximum(minutes - standard, 0)
    if measure == "kolm_pollak":
        return standard + standard * (np.exp(minutes / standard - 1) - 1)
    if measure == "alpha_fair":
        saved = cutoff + 1 - standard
        return standard - saved * np.log(np.maximum(cutoff + 1 - minutes, 1e-3) / saved)
    return minutes


def best(drawn: Drawn) -> float | None:
    """The least objective of all plans; None where none serves everybody."""
    roads = (0, 1) if drawn.problem.corridors is not None else (0,)
    found = min(_best_with(drawn, road) for road in roads)
    return None if np.isinf(found) else found


def _best_with(drawn: Drawn, road: int) -> float:
    """The least objective of the plans that build the corridor (1) or do not (0)."""
    problem, policy = drawn.problem, drawn.policy
    table, places = problem.options, len(problem.sites.ids)
    sets = (np.arange(2**places)[:, None] >> np.arange(places) & 1).astype(bool)
    levels = len(problem.levels)
    terms = [_terms(drawn, row, road, sets) for row in range(levels)]
    # Every choice of one set of sites for each level.
    picked = np.indices((len(sets),) * levels).reshape(levels, -1)
    money = np.full(picked.shape[1], 3.0 * road)
    opened = np.zeros((picked.shape[1], places), dtype=bool)
    allowed = np.ones(picked.shape[1], dtype=bool)
    states = np.zeros((2, picked.shape[1], terms[0].shape[2]))
    for row in range(levels):
        own, chosen = slice(row * places, (row + 1) * places), sets[picked[row]]
        money += chosen @ table.cost[own]
        opened |= chosen & (table.kind[own] == BUILD)
        allowed &= (chosen | ~table.required[own]).all(axis=1)
        states += terms[row][:, picked[row]]
    money += opened @ problem.sites.cost
    if policy.cost_bound is not None:
        allowed &= money <= policy.cost_bound + 1e-9
    efficiency, equity = states.max(axis=2)
    if policy.efficiency == "cost":
        everything = problem.options.cost.sum() + problem.sites.cost.sum()
        efficiency = np.where(np.isfinite(efficiency), money / everything * 100, np.inf)
    with np.errstate(invalid="ignore"):
        values = (1 - policy.weight) * efficiency + policy.weight * equity
    values[~allowed | np.isinf(efficiency) | np.isnan(values)] = np.inf
    return float(values.min())


def _terms(drawn: Drawn, row: int, road: int, sets: Bools) -> Floats:
    """(2, sets, states): what a level adds to efficiency and equity with these sites open."""
    problem, policy, level = drawn.problem, drawn.policy, drawn.problem.levels[row]
    persons = problem.demand.persons
    weights = np.array([policy.level_weights.get(one.id, 1.0) for one in problem.levels])
    weight = (weights / weights.sum())[row]
    counted = weight
    if policy.equity.services != "weighted":
        counted = float(level.id == policy.equity.services)
    among = persons
    if policy.equity.among == "points":
        among = (persons > 0).astype(float)
    if policy.equity.among == "city":
        areas = problem.demand.jurisdiction
        in_area = np.bincount(areas, persons, CITIES)[areas]
        among = persons / np.where(in_area > 0, in_area, 1.0)
    places, unserved = sets.shape[1], level.unserved_minutes
    attacks = combinations(range(places), min(drawn.adversary.count, places))
    lost = [(state, ()) for state in range(len(drawn.ways) - 1)]
    lost += [(len(drawn.ways) - 1, attack) for attack in attacks]
    found = []
    for state, attack in lost:
        stands = sets.copy()
        stands[:, attack] = False
        way = drawn.ways[state][row][road]
        minutes = np.where(stands[:, None, :], way[None], np.inf).min(axis=2)
        left_out = state > 0 or level.may_be_unmet
        nobody = np.isinf(minutes).any(axis=1) & (not left_out)
        cutoff = level.cutoff
        if left_out:
            minutes, cutoff = np.minimum(minutes, unserved), max(level.cutoff, unserved)
        minutes = np.where(nobody[:, None], 0.0, minutes)
        beyond = (minutes > level.standard + 1e-6).astype(float)
        efficiency = weight * (minutes @ persons) / persons.sum()
        if policy.efficiency == "uncovered":
            efficiency = weight * (beyond @ persons) / persons.sum() * 100
        value = phi(policy.equity.measure, minutes, level.standard, cutoff)
        value = beyond * 100 if policy.equity.of == "uncovered" else value
        equity = counted * (value @ among) / among.sum()
        found.append(np.where(nobody, np.inf, [efficiency, equity]))
    return np.stack(found, axis=2)
