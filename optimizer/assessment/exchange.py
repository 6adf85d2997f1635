"""Exchange between cores and members: who is served on the other side; minutes to a core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.problem import CORE, MEMBER, ROLE, Floats, Ints, Jurisdictions, Problem
from optimizer.solution import Plan
from optimizer.solution.accessibility import sums


@dataclass(frozen=True)
class CoreExchange:
    """One core. gives: persons of members who are served in it; draws: its own who are served in
    members.
    """

    gives: float
    draws: float


@dataclass(frozen=True, eq=False)
class Exchange:
    """One level, in persons who need it.

    in_cores: persons of members who are served in cores; in_members: persons of cores who are
    served in members. cores: row of a core jurisdiction -> its own part of both.
    """

    in_cores: float
    in_members: float
    cores: Mapping[int, CoreExchange]


def exchange(problem: Problem, plan: Plan, row: int) -> Exchange | None:
    """Who crosses at the level of this row; None where there are no cores or no members."""
    facts, demand = problem.jurisdictions, problem.demand
    above = nearest_with_role(facts)
    cores = np.flatnonzero(np.array(facts.role) == CORE)
    roles = demand.classes.get(ROLE)
    if roles is None or not len(cores) or not {CORE, MEMBER} <= set(roles.labels):
        return None
    served = plan.assignments[row]
    persons = problem.need(row)[served.demand] * served.share
    at, home = above[problem.sites.jurisdiction[served.site]], above[demand.jurisdiction]
    role, label = np.array([*facts.role, ""]), np.array([*roles.labels, ""])
    here, there = label[roles.of[served.demand]], role[at]
    gives = np.where((here == MEMBER) & (there == CORE), persons, 0.0)
    draws = np.where((here == CORE) & (there == MEMBER), persons, 0.0)
    count = len(facts.ids) + 1  # the last is of those who lie in no jurisdiction with a role
    given, drawn = sums(at % count, gives, count), sums(home[served.demand] % count, draws, count)
    return Exchange(
        float(gives.sum()),
        float(draws.sum()),
        {int(c): CoreExchange(float(given[c]), float(drawn[c])) for c in cores},
    )


@dataclass(frozen=True)
class CoreMinutes:
    """Road minutes to the nearest core, of some people; inf: no road leads to one."""

    mean: float
    worst: float


def core_minutes(minutes: Floats, persons: Floats) -> CoreMinutes:
    """In the mean over these persons, and of who has most; NaN where there are none."""
    lived_in = persons > 0
    if not lived_in.any():
        return CoreMinutes(np.nan, np.nan)
    away = minutes[lived_in]
    return CoreMinutes(float(np.average(away, weights=persons[lived_in])), float(away.max()))


def nearest_with_role(facts: Jurisdictions) -> Ints:
    """(C,) row of the jurisdiction with a role that each one is, or lies in; -1 if none."""
    has, row = np.array([role != "" for role in facts.role]), np.arange(len(facts.ids))
    while ((row >= 0) & ~has[row]).any():
        row = np.where((row >= 0) & ~has[row], facts.parent[row], row)
    return row
