"""Everybody at the nearest open site: the best that a siting can give, capacities allowing."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from optimizer.problem import Level
from tests.enumerating.siting import EPSILON
from tests.enumerating.study import Study


def nearest_sites(study: Study, row: int) -> dict[int, int]:
    """Demand point -> its nearest open site at the level."""
    nearest: dict[int, int] = {}
    for i, j in study.trips[row]:
        nearest.setdefault(i, j)
    return nearest


def nearest_fits(study: Study) -> bool:
    """Whether the capacities let everybody go to the nearest."""
    for row in study.rows:
        load: dict[int, float] = defaultdict(float)
        for i, j in nearest_sites(study, row).items():
            load[j] += study.persons[i] * study.levels[row].share
        if any(load[j] > study.capacity[row][j] * (1 + EPSILON) for j in load):
            return False
    return True


def nearest_objective(study: Study) -> float | None:
    """The objective with everybody at the nearest; None where even that breaks a rule."""
    minutes = []
    for row in study.rows:
        site = nearest_sites(study, row)
        if len(site) < len(study.points):
            return None
        minutes.append([study.trips[row][i, site[i]] for i in study.points])
    for row in study.rows:
        covered = [study.within_standard(row, t) for t in minutes[row]]
        if any(np.dot(p, covered) < least - EPSILON for p, least in study.floors(row)):
            return None
    return _objective(study, minutes)


def _objective(study: Study, minutes: list[list[float]]) -> float | None:
    """The objective, by the definitions; None where a cap is broken."""
    policy = study.policy
    efficiency = _efficiency(study, minutes)
    if policy.efficiency_bound is not None and efficiency > policy.efficiency_bound + EPSILON:
        return None
    equity = 0.0
    for level, weight, here in zip(study.levels, study.weights, minutes, strict=True):
        value = measure(study, here, level)
        bound = policy.equity_bound if weight > 0 else None
        if bound is not None and value > bound + EPSILON:
            return None
        equity += weight * study.term(value, level)
    return (1 - policy.weight) * efficiency / study.scale + policy.weight * equity


def _efficiency(study: Study, minutes: list[list[float]]) -> float:
    if study.policy.efficiency == "cost":
        return study.cost
    total = 0.0
    for row, weight in enumerate(study.weights):
        for persons, t in zip(study.persons, minutes[row], strict=True):
            if study.policy.efficiency == "mean_minutes":
                total += weight * persons * t / study.everybody
            else:
                total += weight * persons * (not study.within_standard(row, t))
    return total


def measure(study: Study, minutes: list[float], level: Level) -> float:
    """The equity measure by its definition, in minutes."""
    people = [(t, p) for t, p in zip(minutes, study.persons, strict=True) if p > 0]
    if study.policy.equity == "maximum":
        return max(t for t, _ in people)
    if study.policy.equity == "kolm_pollak":
        kappa = study.parameter / level.standard
        return (
            float(np.log(sum(p * np.exp(kappa * t) for t, p in people) / study.everybody)) / kappa
        )
    worst_off = left = study.parameter * study.everybody
    total = 0.0
    for t, persons in sorted(people, reverse=True):
        total += min(left, persons) * t
        left -= min(left, persons)
    return total / worst_off
