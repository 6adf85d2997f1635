"""Random questions in which needs may stay unmet: those of `random_problems`, with less of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.problem import Level, Pairs, Problem, Unmet
from optimizer.question import Policy
from tests.random_equities import chance
from tests.random_problems import draw, draw_capping, draw_minimising


def draw_unmet(seed: int) -> tuple[Problem, Policy]:
    """The question of this seed."""
    rng = np.random.default_rng([seed, 14])
    return _left_out(rng, *draw(seed))


def draw_unmet_minimising(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A smaller problem, and a policy that minimises the measure."""
    rng = np.random.default_rng([seed, 14])
    return _left_out(rng, *draw_minimising(measure, seed))


def draw_unmet_capping(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A smaller problem, and a policy that caps the measure."""
    rng = np.random.default_rng([seed, 14])
    return _left_out(rng, *draw_capping(measure, seed))


def _left_out(rng: np.random.Generator, problem: Problem, policy: Policy) -> tuple[Problem, Policy]:
    """Needs of most levels may be unmet, and often must be: there are fewer pairs, less money."""
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
    if chance(rng, 0.5):
        everything = float(problem.options.cost.sum() + problem.sites.cost.sum())
        policy = replace(policy, cost_bound=everything * float(rng.uniform(0.0, 0.3)))
    return replace(problem, services=tuple(services), pairs=tuple(pairs)), policy


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
        rng.random(3) < [0.25, 0.2, 0.2], rng.uniform(0.0, 0.7, 3), 1.0
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
