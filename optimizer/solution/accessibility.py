"""Accessibility: what a plan gives people at one level, recomputed in numpy from facts and plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.problem import Bools, Floats, Ints, Level, Problem
from optimizer.solution import Plan
from optimizer.solution.scenario_expansion import counted, with_unmet


@dataclass(frozen=True, eq=False)
class Access:
    """One level of a plan. I demand points, E entries of who travels how long, K chosen options.

    Where needs may be unmet, whoever is served by nobody counts as travelling so long.
    minutes: (I,) mean over the shares; covered: (I,) share served within the standard;
    unmet: (I,) share served by nobody; backed_up: (I,) share covered and backed up, NaN where the
    level asks for no backup.
    origin, pair_minutes, pair_covered, share: (E,) one entry per assignment, and one of NaN minutes
    for each demand point that has none, sorted by origin; pair_covered: within the standard.
    capacity: (K,) persons that each option can serve, 0: does not offer the level;
    load: (K,) persons that it serves.
    """

    level: Level
    minutes: Floats
    covered: Floats
    unmet: Floats
    backed_up: Floats
    origin: Ints
    pair_minutes: Floats
    pair_covered: Bools
    share: Floats
    capacity: Floats
    load: Floats


def sums(rows: Ints, values: Floats, n: int) -> Floats:
    """(n,) sum of the values of each row."""
    return np.bincount(rows, weights=values, minlength=n).astype(float)


def access(problem: Problem, plan: Plan, row: int) -> Access:
    """The access that a plan gives at the level of this row."""
    level = counted(problem.levels[row])
    served = with_unmet(problem, row, plan.assignments[row])
    n = len(problem.demand.ids)
    total = sums(served.demand, served.share, n)
    nowhere = np.flatnonzero(total <= 0)
    travelled = sums(served.demand, served.share * served.minutes, n)
    travelled[nowhere] = np.nan
    total[nowhere] = 1.0
    origin = np.concatenate([served.demand, nowhere])
    order = np.argsort(origin, kind="stable")
    within = problem.within_standard(row, served.site, served.minutes)
    covered = sums(served.demand, served.share * within, n)
    return Access(
        level,
        minutes=travelled / total,
        covered=covered,
        unmet=sums(served.demand, served.share * (served.site == problem.nobody), n),
        backed_up=covered * _backed_up(problem, plan, row),
        origin=origin[order],
        pair_minutes=np.concatenate([served.minutes, np.full(len(nowhere), np.nan)])[order],
        pair_covered=np.concatenate([within, np.zeros(len(nowhere), dtype=bool)])[order],
        share=np.concatenate([served.share, np.ones(len(nowhere))])[order],
        capacity=problem.options.capacity[plan.options, row],
        load=_load(problem, plan, row),
    )


def part(level: Access, points: Ints) -> Access:
    """The same level for some demand points only, renumbered 0, 1, ... in their order."""
    first = np.searchsorted(level.origin, points)
    count = np.searchsorted(level.origin, points, side="right") - first
    origin = np.repeat(np.arange(len(points)), count)
    entries = np.arange(len(origin)) + np.repeat(first - (np.cumsum(count) - count), count)
    return replace(
        level,
        minutes=level.minutes[points],
        covered=level.covered[points],
        unmet=level.unmet[points],
        backed_up=level.backed_up[points],
        origin=origin,
        pair_minutes=level.pair_minutes[entries],
        pair_covered=level.pair_covered[entries],
        share=level.share[entries],
    )


def _backed_up(problem: Problem, plan: Plan, row: int) -> Floats:
    """(I,) 1 where two facilities that are apart are near, else 0; NaN: no backup asked for."""
    backup, pairs = problem.levels[row].backup, problem.pairs[row]
    if backup is None:
        return np.full(len(problem.demand.ids), np.nan)
    offering = plan.options[problem.options.capacity[plan.options, row] > 0]
    is_open = np.zeros(len(problem.sites.ids), dtype=bool)
    is_open[problem.options.site[offering]] = True
    is_open[problem.nobody :] = False
    area = problem.apart(backup)[pairs.site]
    near = is_open[pairs.site] & backup.reaches(pairs.minutes) & (area >= 0)
    places = np.unique(np.column_stack([pairs.origin[near], area[near]]), axis=0)
    areas = np.bincount(places[:, 0], minlength=len(problem.demand.ids))
    return (areas >= 2).astype(float)


def _load(problem: Problem, plan: Plan, row: int) -> Floats:
    """(K,) persons served by each chosen option at the level of this row: need x share."""
    level, served = problem.levels[row], plan.assignments[row]
    persons = problem.need(row)[served.demand] * served.share
    at_site = sums(served.site, persons, len(problem.sites.ids))
    service = [service.id for service in problem.services].index(level.service)
    own = problem.options.service[plan.options] == service
    return np.where(own, at_site[problem.options.site[plan.options]], 0.0)
