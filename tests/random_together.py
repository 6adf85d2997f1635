"""Random questions with all at once: unmet needs, entitlement, closing, quotas, stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.problem import Classes, Problem
from optimizer.question import Floor, Policy
from tests.enumerating.measures import DEFINITIONS
from tests.random_equities import chance
from tests.random_policies import capping, draw_policy, minimising
from tests.random_problems import FEW, draw_problem, with_people
from tests.random_supply import closable, with_quotas, yearly
from tests.random_unmet import left_out_facts

#: Stages of the jurisdictions of `random_problems`: of a province, for all in it, or of a city.
STAGES = ("grow", "nurture", "optimise")


def draw_together(seed: int) -> tuple[Problem, Policy]:
    """The question of this seed; each measure is minimised, capped, or drawn with any other."""
    rng = np.random.default_rng([seed, 7])
    problem = _facts(rng)
    while not _reachable(problem):
        problem = _facts(rng)
    policy = _policy(rng, problem, [*DEFINITIONS][seed // 3 % len(DEFINITIONS)], seed % 3)
    policy = _with_floors(rng, problem, policy)
    problem, policy = yearly(rng, problem, policy)
    classes = ("stage", "stage", "role") if "role" in problem.demand.classes else ("stage",)
    return with_quotas(rng, problem, policy, ("city", "province", *classes))


def _facts(rng: np.random.Generator) -> Problem:
    """People, sites and roads; a level at least is for some only."""
    problem = with_people(rng, draw_problem(rng, FEW), True, True)
    if not any(level.entitled for level in problem.levels):
        first, *others = problem.services
        level = replace(first.levels[0], entitled=("registered",))
        first = replace(first, levels=(level, *first.levels[1:]))
        problem = replace(problem, services=(first, *others))
    return left_out_facts(rng, closable(rng, staged(rng, problem)))


def staged(rng: np.random.Generator, problem: Problem) -> Problem:
    """The problem with a stage of each jurisdiction, and so of who lives there; some say none.

    Roles too, where demand points have them: a point may have another than its jurisdiction.
    """
    facts, demand = problem.jurisdictions, problem.demand
    stages = rng.integers(-1, len(STAGES), len(facts.ids))
    stages[int(rng.integers(2))] = rng.integers(0, len(STAGES))
    given = {"stage": Classes(STAGES, stages)}
    if "role" in demand.classes:
        given["role"] = Classes(("core", "member"), rng.integers(-1, 2, len(facts.ids)))
    facts = replace(facts, classes=given)
    lives = facts.of_class("stage")[demand.jurisdiction]
    able = demand.groups["registered"]
    if lives[int(able.argmax())] < 0:
        lives[int(able.argmax())] = rng.integers(0, len(STAGES))
    of_point = Classes(STAGES, lives)
    return replace(
        problem,
        jurisdictions=facts,
        demand=replace(demand, classes={**demand.classes, "stage": of_point}),
    )


def _policy(rng: np.random.Generator, problem: Problem, measure: str, kind: int) -> Policy:
    """A question that compares parts of a class."""
    while True:
        if kind == 0:
            policy = minimising(rng, problem, measure)
        elif kind == 1:
            policy = capping(rng, problem, measure)
        else:
            policy = draw_policy(rng, problem)
        if any(equity.among in problem.demand.classes for equity in policy.equities()):
            return policy


def _with_floors(rng: np.random.Generator, problem: Problem, policy: Policy) -> Policy:
    """With a floor by class, of as many as could be covered or fewer."""
    if chance(rng, 0.4):
        policy = replace(policy, floors={})
    reachable = _reachable(problem)
    row, name = [*reachable][int(rng.integers(len(reachable)))]
    level = problem.levels[row].id
    floor = replace(
        policy.floors.get(level, Floor()),
        jurisdiction=reachable[row, name] * float(rng.uniform(0.2, 0.9)),
        tier=name,
    )
    return replace(policy, floors={**policy.floors, level: floor})


def _reachable(problem: Problem) -> dict[tuple[int, str], float]:
    """Level (row) and class -> what share of each label could be covered; none where nobody is."""
    found = {}
    for row, level in enumerate(problem.levels):
        pairs, persons = problem.pairs[row], problem.entitled(row)
        near = np.zeros(len(persons), dtype=bool)
        near[pairs.origin[pairs.minutes <= level.standard]] = True
        for name, classes in problem.demand.classes.items():
            inside = [persons * (classes.of == label) for label in range(len(classes.labels))]
            shares = [float(who @ near / who.sum()) for who in inside if who.any()]
            if min(shares, default=0.0) > 0:
                found[row, name] = min(shares)
    return found
