"""Random questions to a problem: objective, measure, caps, guard, floors and budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.problem import Problem
from optimizer.question import Budget, Floor, Policy
from tests.random_equities import chance, draw_bound, draw_cap, draw_equity


def draw_policy(rng: np.random.Generator, problem: Problem) -> Policy:
    """A question to the problem."""
    weight = float(rng.choice([0.0, 1.0, rng.uniform(0.05, 0.95)], p=[0.25, 0.25, 0.5]))
    policy = _plain(rng, problem, weight)
    capped = chance(rng, 0.8 if weight == 0 else 0.2)
    policy = _minimising(rng, problem, policy, capped=capped)
    for name in ("first", "second")[: rng.choice([0, 1, 2], p=[0.6, 0.25, 0.15])]:
        policy = replace(policy, bounds={**policy.bounds, name: draw_bound(rng, problem, policy)})
    return policy


def minimising(rng: np.random.Generator, problem: Problem, measure: str) -> Policy:
    """A question to the problem in which the measure is minimised."""
    weight = float(rng.choice([1.0, rng.uniform(0.05, 0.95)]))
    policy = _plain(rng, problem, weight, ruled=0.6)
    return _minimising(rng, problem, policy, measure, capped=chance(rng, 0.2))


def capping(rng: np.random.Generator, problem: Problem, measure: str) -> Policy:
    """A question to the problem in which the measure is capped, by itself or beside another."""
    # Who is after money alone builds too little for most caps.
    costs = (0.1, 0.1, 0.8)
    if chance(rng, 0.6):
        return _minimising(
            rng, problem, _plain(rng, problem, 0.0, costs, 0.4), measure, capped=True
        )
    weight = float(rng.choice([0.0, rng.uniform(0.05, 0.5), 1.0], p=[0.4, 0.4, 0.2]))
    policy = _minimising(rng, problem, _plain(rng, problem, weight, costs, 0.4), capped=False)
    return replace(policy, bounds={"cap": draw_bound(rng, problem, policy, measure)})


def _minimising(
    rng: np.random.Generator,
    problem: Problem,
    policy: Policy,
    measure: str | None = None,
    *,
    capped: bool,
) -> Policy:
    """The policy with an equity; leximin is an order, so it is minimised alone."""
    equity = draw_equity(rng, problem, dict(policy.level_weights), measure, capped)
    alone = equity.measure == "leximin" and policy.weight > 0
    policy = replace(policy, equity=equity, weight=1.0 if alone else policy.weight)
    if not capped:
        return policy
    return replace(policy, equity_bound=draw_cap(rng, problem, policy, equity))


def _plain(
    rng: np.random.Generator,
    problem: Problem,
    weight: float,
    efficiencies: tuple[float, float, float] = (0.5, 0.25, 0.25),
    ruled: float = 1.0,
) -> Policy:
    """A question without an equity; how likely each efficiency is, and floors and budget."""
    efficiency = str(rng.choice(["mean_minutes", "uncovered", "cost"], p=efficiencies))
    persons, money = float(problem.demand.persons.sum()), float(problem.options.cost.sum())
    most = {
        "mean_minutes": float(rng.uniform(10, 35)),
        "uncovered": persons * float(rng.uniform(0.1, 0.9)),
        "cost": money * float(rng.uniform(0.2, 0.9)),
    }[efficiency]
    weights = {level.id: float(rng.uniform(0, 2)) for level in problem.levels}
    if len(weights) > 1 and chance(rng, 0.4):
        weights[problem.levels[0].id] = 0.0
    return Policy(
        efficiency=efficiency,
        weight=weight,
        efficiency_bound=most if chance(rng, 0.5 if weight == 1 else 0.1) else None,
        cost_bound=money * float(rng.uniform(0.2, 0.9)) if chance(rng, 0.1) else None,
        guard=float(rng.uniform(0.01, 0.6)) if chance(rng, 0.2) else None,
        level_weights=weights if chance(rng, 0.5) else {},
        floors=_floors(rng, problem) if chance(rng, ruled) else {},
        budget=_budget(rng, problem) if chance(rng, 0.6 * ruled) else None,
    )


def _floors(rng: np.random.Generator, problem: Problem) -> dict[str, Floor]:
    """Floors near what could be reached if everything were built; now and then just above."""
    floors = {}
    for row, level in enumerate(problem.levels):
        tier = str(rng.choice(["city", "province"]))
        if problem.demand.classes and chance(rng, 0.7):
            tier = str(rng.choice([*problem.demand.classes]))
        areas, persons = problem.division(tier).of, problem.entitled(row)
        inside = [persons * (areas == c) for c in np.unique(areas[areas >= 0])]
        reached, safe = _reachable(problem, row)

        def near(reached: np.ndarray, people: list[np.ndarray]) -> float:
            shares = [float(p @ reached / p.sum()) for p in people if p.sum() > 0]
            return min(1.0, min(shares, default=1.0) * float(rng.uniform(0.4, 1.01)))

        floor = Floor(
            jurisdiction=near(reached, inside) if chance(rng, 0.3) else 0.0,
            group=near(reached, _groups(problem, row)) if chance(rng, 0.4) else 0.0,
            backup=near(reached & safe, [persons]) if level.backup else 0.0,
            tier=tier,
        )
        if floor.jurisdiction or floor.group or floor.backup:
            floors[level.id] = floor
    return floors


def _groups(problem: Problem, row: int) -> list[np.ndarray]:
    return [problem.entitled_of(row, group) for group in problem.demand.groups]


def _reachable(problem: Problem, row: int) -> tuple[np.ndarray, np.ndarray]:
    """(I,) who could be covered at a level, and who could be backed up."""
    level, pairs, points = problem.levels[row], problem.pairs[row], len(problem.demand.ids)
    reached, safe = np.zeros(points, dtype=bool), np.zeros(points, dtype=bool)
    reached[pairs.origin[pairs.minutes <= level.standard]] = True
    if level.backup is not None:
        area = problem.apart(level.backup)[pairs.site]
        near = (pairs.minutes <= level.backup.minutes) & (area >= 0)
        for i in range(points):
            safe[i] = len(set(area[near & (pairs.origin == i)].tolist())) >= 2
    return reached, safe


def _budget(rng: np.random.Generator, problem: Problem) -> Budget:
    # Only cities have money of their own; asked for provinces, nobody has.
    tier = "city" if chance(rng, 0.95) else "province"
    pooled = float(rng.choice([0.0, 1.0, rng.uniform(0, 1)], p=[0.2, 0.2, 0.6]))
    return Budget(tier, pooled, scale=float(rng.choice([0.5, 1.0, 1.5])))
