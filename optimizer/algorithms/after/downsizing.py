"""Downsizing: the cheapest option of each facility that still carries its load.

A solve that is not about cost leaves facilities larger than their load, or upgraded for nobody.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.algorithms.honours import missing
from optimizer.algorithms.mip.decode import passable
from optimizer.case import Case
from optimizer.foundation.tolerances import LEAST_SHARE, ROUNDING
from optimizer.problem import Bools, Floats, Ints, Problem
from optimizer.solution import Plan

#: Rules that still hold where a facility is smaller, and nobody is served elsewhere; quotas at
#: most do.
HONOURS = frozenset(
    {
        *("one_option", "required", "land", "hosts", "budget", "cost_bound", "quotas"),
        *("corridor_levels", "payments", "referral"),
        *("served", "only_open", "trips", "minutes", "capacity", "reserve", "nearest", "unmet"),
        *("jurisdiction_floor", "group_floor", "backup_floor"),
        *("efficiency_bound", "equity_bound", "bounds", "guard"),
        *("efficiency of trips", "efficiency of money"),
    }
)


def can_downsize(case: Case) -> bool:
    """Whether a facility may be built smaller: not where its places themselves are asked for."""
    places = any(equity.of == "catchment" for equity in case.policy.equities())
    least = any(quota.at_least is not None for quota in case.policy.quotas.values())
    return not places and not least and not missing(case, HONOURS)


def downsized(problem: Problem, plan: Plan) -> Plan:
    """The plan with each facility as the cheapest of its options that carries the same load.

    What stands and serves nobody is closed where that costs less than to keep it, and never opened.
    Levels that give backup or receive referrals stay offered where they were, no site needs more
    land, none offers more (a level that must refer, room that somebody is then sent past), so
    every rule that held still holds. Assignments do not change.
    """
    options = problem.options
    load, serving = site_loads(problem, plan)
    load = np.maximum(load, _with_reserve(problem, plan))
    guarded = _guarded(problem)
    offered = options.capacity > 0
    chosen = []
    for k in plan.options.tolist():
        if options.closed[k]:
            chosen.append(k)
            continue
        same = options.facility == options.facility[k]
        levels = _levels_of(problem, int(options.service[k]))
        site_load = load[options.site[k]] * levels
        enough = (options.capacity >= site_load * (1 - ROUNDING)).all(axis=1)
        needed = offered[k] & (guarded | serving[options.site[k]])
        keeps = (offered >= needed).all(axis=1)
        no_more = (options.capacity <= options.capacity[k]).all(axis=1)
        fits = same & enough & keeps & no_more & (options.land <= options.land[k])
        fits[k] = True
        best = min(np.flatnonzero(fits).tolist(), key=lambda n: (options.cost[n], n != k))
        if options.required[k] or needed.any():
            chosen.append(best)
    return replace(
        plan, options=np.array(sorted(chosen), dtype=np.int64), corridors=_travelled(problem, plan)
    )


def _travelled(problem: Problem, plan: Plan) -> Ints:
    """Corridors of the plan that somebody travels on."""
    if problem.corridors is None:
        return plan.corridors
    used = np.zeros(len(problem.corridors.ids), dtype=bool)
    sites = len(problem.sites.ids)
    for row, served in enumerate(plan.assignments):
        pairs = passable(problem, row, plan.corridors)
        trips, first = np.unique(pairs.origin * sites + pairs.site, return_index=True)
        taken = first[np.searchsorted(trips, served.demand * sites + served.site)]
        needs = pairs.needs[taken]
        used |= problem.corridors.bundle[needs[needs >= 0]].any(axis=0)
    return np.flatnonzero(used)


def site_loads(problem: Problem, plan: Plan) -> tuple[Floats, Bools]:
    """(J, L) persons of each level's need that each site serves, and whether it serves any point.

    Somebody may be served and nobody counted: a demand point where nobody lives yet.
    """
    load = np.zeros((len(problem.sites.ids), len(problem.levels)))
    serving = np.zeros(load.shape, dtype=bool)
    for row, served in enumerate(plan.assignments):
        persons = problem.need(row)[served.demand] * served.share
        np.add.at(load[:, row], served.site, persons)
        serving[served.site, row] = True
    return load, serving


def _with_reserve(problem: Problem, plan: Plan) -> Floats:
    """(J, L) persons that each site needs room for to serve its guests and keep its reserve."""
    states, needed = problem.states, np.zeros((len(problem.sites.ids), len(problem.levels)))
    if states is None or states.aid is None or not states.aid.reserve:
        return needed
    lives, lies = problem.demand_at(states.aid.tier), problem.sites_at(states.aid.tier)
    for row, served in enumerate(plan.assignments):
        if states.of[row] > 0:
            guests = (lives[served.demand] != lies[served.site]) & (lies[served.site] >= 0)
            persons = problem.need(row)[served.demand] * served.share
            np.add.at(needed[:, row], served.site[guests], persons[guests])
    needed[problem.nobody] = 0.0  # in no jurisdiction
    return needed / max(1 - states.aid.reserve, LEAST_SHARE)


def _levels_of(problem: Problem, service: int) -> Bools:
    """(L,) which levels belong to the service."""
    name = problem.services[service].id
    return np.array([level.service == name for level in problem.levels])


def _guarded(problem: Problem) -> Bools:
    """(L,) levels that someone counts on beyond the persons assigned: backup and referrals."""
    return np.array(
        [
            level.backup is not None or row - 1 in problem.transfers
            for row, level in enumerate(problem.levels)
        ]
    )
