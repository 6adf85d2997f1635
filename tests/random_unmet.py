"""Random questions in which needs may stay unmet: those of `random_problems`, with less of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimizer.problem import Level, Pairs, Problem, Unmet
from optimizer.question import Policy
from tests.random_equities import chance
from tests.random_failures import UNSERVED, Drawn
from tests.random_problems import draw, draw_capping, draw_minimising


def draw_unmet(seed: int) -> tuple[Problem, Policy]:
    """The question of this seed."""
    return left_out(seed, *draw(seed))


def draw_unmet_minimising(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A smaller problem, and a policy that minimises the measure."""
    return left_out(seed, *draw_minimising(measure, seed))


def draw_unmet_capping(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A smaller problem, and a policy that caps the measure."""
    return left_out(seed, *draw_capping(measure, seed))


def left_out_where_all_works(drawn: Drawn, seed: int) -> Drawn:
    """A question with failures, with shorter ways, in which needs may always be unmet."""
    rng = np.random.default_rng([seed, 14])
    longest = float(rng.uniform(15, 60))
    minutes = tuple(
        tuple(np.where(one <= longest, one, np.inf) for one in state) for state in drawn.minutes
    )
    caps = np.where(rng.random(2) < [0.4, 0.3], rng.uniform(0.1, 0.8, 2), 1.0).tolist()
    unmet = Unmet(UNSERVED, most=caps[0], jurisdiction=caps[1])
    problem, facts = drawn.problem, drawn.problem.scenarios
    assert facts is not None
    services = tuple(
        replace(
            service,
            levels=tuple(replace(level, cutoff=longest, unmet=unmet) for level in service.levels),
        )
        for service in problem.services
    )
    pairs = tuple(tuple(map(_pairs, state)) for state in minutes)
    problem = replace(
        problem,
        services=services,
        pairs=pairs[0],
        scenarios=replace(facts, trips=pairs[1:]),
    )
    return replace(drawn, problem=problem, minutes=minutes)


def allowed(problem: Problem) -> Problem:
    """The problem in which needs may be unmet not only where something fails."""
    services = []
    for service in problem.services:
        levels = [
            replace(level, unmet=replace(level.unmet, allowed=True))
            for level in service.levels
            if level.unmet is not None
        ]
        services.append(replace(service, levels=tuple(levels)))
    return replace(problem, services=tuple(services))


def _pairs(minutes: np.ndarray) -> Pairs:
    origin, site = np.nonzero(np.isfinite(minutes))
    return Pairs(origin, site, minutes[origin, site])


def left_out(seed: int, problem: Problem, policy: Policy) -> tuple[Problem, Policy]:
    """A question in which needs may be unmet."""
    return _left_out(np.random.default_rng([seed, 14]), problem, policy)


def _left_out(rng: np.random.Generator, problem: Problem, policy: Policy) -> tuple[Problem, Policy]:
    """Needs of most levels may be unmet, and often must be: there are fewer pairs, less money."""
    problem = left_out_facts(rng, problem)
    everything = float(problem.options.cost.sum() + problem.sites.cost.sum())
    if policy.efficiency == "cost" and chance(rng, 0.5):
        policy = replace(policy, efficiency_bound=everything * float(rng.uniform(0.2, 1.0)))
    if chance(rng, 0.4):
        policy = replace(policy, cost_bound=everything * float(rng.uniform(0.05, 0.4)))
    if chance(rng, 0.6):  # who is served by nobody is not covered
        policy = replace(policy, floors={})
    if chance(rng, 0.6):  # and is far from everything
        policy = replace(policy, bounds={}, equity_bound=None)
        if policy.efficiency != "cost":
            policy = replace(policy, efficiency_bound=None)
    return problem, policy


def left_out_facts(rng: np.random.Generator, problem: Problem) -> Problem:
    """The problem where needs of most levels may be unmet, of one surely; there are fewer pairs."""
    sure = int(rng.integers(len(problem.levels)))
    services, pairs, row = [], [], 0
    for service in problem.services:
        levels = []
        for level in service.levels:
            some = problem.pairs[row]
            if row == sure or chance(rng, 0.7):
                level, some = _level(rng, level, some)
            levels.append(level)
            pairs.append(some)
            row += 1
        services.append(replace(service, levels=tuple(levels)))
    return replace(problem, services=tuple(services), pairs=tuple(pairs))


def _level(rng: np.random.Generator, level: Level, pairs: Pairs) -> tuple[Level, Pairs]:
    """With unmet needs, perhaps a shorter cut-off, and a standard that is as long."""
    if chance(rng, 0.5):
        longest = float(rng.uniform(level.standard, level.cutoff))
        longest = float(np.round(longest))
        level = replace(level, cutoff=max(longest, level.standard))
        pairs = pairs.only(pairs.minutes <= level.cutoff)
    if chance(rng, 0.2):
        level = replace(level, standard=level.cutoff)
    most, jurisdiction, group = np.where(
        rng.random(3) < [0.2, 0.15, 0.15], rng.uniform(0.0, 1.0, 3), 1.0
    ).tolist()
    unmet = Unmet(
        level.cutoff * float(rng.choice([1.0, 1.0, 1.1, 1.5])),
        price=float(rng.uniform(0.005, 0.3)) if chance(rng, 0.4) else 0.0,
        most=most,
        jurisdiction=jurisdiction,
        group=group,
        tier=str(rng.choice(["city", "province"])),
    )
    return replace(level, unmet=unmet), pairs


def features(problem: Problem, policy: Policy) -> Iterator[str]:
    """What is asked of needs that may be unmet, by level."""
    for level, pairs in zip(problem.levels, problem.pairs, strict=True):
        unmet = level.unmet
        if unmet is None:
            yield "all are served"
            continue
        reached = len(np.unique(pairs.origin)) == len(problem.demand.ids)
        told = {
            "out of reach": not reached,
            "as long as the cut-off": unmet.minutes == level.cutoff,
            "as long as the standard": unmet.minutes == level.standard,
            "longer": unmet.minutes > level.cutoff,
            "price": unmet.price > 0,
            "price that counts": unmet.price > 0 and policy.efficiency == "cost",
            "price that is capped": unmet.price > 0
            and policy.efficiency == "cost"
            and policy.efficiency_bound is not None,
            "most": unmet.most < 1,
            "by jurisdiction": unmet.jurisdiction < 1,
            "by group": unmet.group < 1 and bool(problem.demand.groups),
            "backup": level.backup is not None,
            "referral": level.referral is not None,
        }
        yield from (name for name, there in told.items() if there)
