"""Random questions of aggregated demand points: some points of a city are one of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.problem import Classes, Demand, Pairs, Problem
from optimizer.question import PLACES, Policy


def aggregated(problem: Problem, seed: int) -> tuple[Problem, np.ndarray]:
    """The problem with fewer demand points, and of which each fine one is part."""
    rng = np.random.default_rng([seed, 77])
    demand = problem.demand
    keys = demand.jurisdiction * 3 + rng.integers(0, 3, len(demand.ids))
    _, of = np.unique(keys, return_inverse=True)
    rows = [rng.choice(np.flatnonzero(of == k)) for k in range(of.max() + 1)]
    merged = Demand(
        tuple(demand.ids[row] for row in rows),
        demand.jurisdiction[rows],
        np.bincount(of, demand.persons),
        {name: np.bincount(of, persons) for name, persons in demand.groups.items()},
        {name: Classes(one.labels, one.of[rows]) for name, one in demand.classes.items()},
    )
    return replace(problem, demand=merged, pairs=tuple(_of(p, rows) for p in problem.pairs)), of


def _of(pairs: Pairs, rows: list[int]) -> Pairs:
    """The pairs of these demand points, in their order."""
    parts = [pairs.only(pairs.origin == row) for row in rows]
    return Pairs(
        np.concatenate([np.full(len(part), k) for k, part in enumerate(parts)]),
        np.concatenate([part.site for part in parts]),
        np.concatenate([part.minutes for part in parts]),
    )


def unbound(problem: Problem, policy: Policy) -> tuple[Problem, Policy]:
    """The question without rules on who is near what, among persons."""
    levels = [
        tuple(
            replace(
                level, unmet=level.unmet and replace(level.unmet, most=1, jurisdiction=1, group=1)
            )
            for level in service.levels
        )
        for service in problem.services
    ]
    both = zip(problem.services, levels, strict=True)
    services = tuple(replace(service, levels=own) for service, own in both)
    quotas = {name: quota for name, quota in policy.quotas.items() if quota.of != PLACES}
    plain = replace(
        policy,
        floors={},
        bounds={},
        efficiency_bound=None,
        equity_bound=None,
        guard=None,
        quotas=quotas,
        equity=replace(policy.equity, among="persons"),
    )
    return replace(problem, services=services), plain
