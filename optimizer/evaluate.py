"""INDICATORS: what a plan means for whom, recomputed in numpy from the facts and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.policy import Policy
from optimizer.problem import Floats, Problem
from optimizer.solution import Plan


@dataclass(frozen=True)
class Summary:
    """One level as some people have it. coverage, backup: shares of their persons."""

    persons: float
    mean: float
    worst: float
    coverage: float
    backup: float | None  # None where the level asks for no backup
    equity: Mapping[str, float]  # every registered measure


@dataclass(frozen=True, eq=False)
class LevelIndicators:
    """One level: over the region, by jurisdiction row (every tier), by group; facilities by kind."""

    level: str
    region: Summary
    jurisdictions: Mapping[int, Summary]  # only jurisdictions where somebody lives
    groups: Mapping[str, Summary]
    facilities: Mapping[str, int]  # keep, build, upgrade
    capacity: float
    load: float


@dataclass(frozen=True, eq=False)
class Indicators:
    """minutes: (I, L) mean minutes; covered: (I, L) share within the standard;
    backed_up: (I, L) share covered and backed up; load: (len(plan.options), L) persons;
    spent: (C,) money spent at sites in each jurisdiction and those below it.
    efficiency, equity: in their own units; terms: what each adds to the objective before the
    weight, scaled; objective as minimised.
    """

    levels: tuple[LevelIndicators, ...]
    minutes: Floats
    covered: Floats
    backed_up: Floats
    load: Floats
    spent: Floats
    cost: float
    efficiency: float
    equity: float
    terms: tuple[float, float]
    objective: float


def evaluate(problem: Problem, policy: Policy, plan: Plan) -> Indicators:
    """Recompute every indicator of a plan."""
    raise NotImplementedError
