"""Reopening: what a plan closes for nothing is kept.

A solve that is not about money closes facilities that nobody needs as soon as others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.algorithms.honours import missing
from optimizer.algorithms.mip.decode import nearest_open
from optimizer.case import Case
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.admissible import offers, unlimited, works
from optimizer.problem import KEEP, Ints, Problem
from optimizer.solution import Plan

#: Rules that still hold where one facility more is open, with room for it and somebody to refer to.
HONOURS = frozenset(
    {
        *("one_option", "required", "land", "hosts", "quotas", "budget", "cost_bound"),
        *("corridor_levels", "payments", "referral"),
        *("served", "only_open", "trips", "minutes", "capacity", "reserve", "unmet"),
        *("jurisdiction_floor", "group_floor", "backup_floor"),
        *("efficiency_bound", "equity_bound", "bounds", "guard"),
        *("efficiency of trips", "efficiency of money"),
    }
)


def can_reopen(case: Case) -> bool:
    """Whether one facility more breaks no rule: not where places themselves are justice."""
    places = any(equity.of == "catchment" for equity in case.policy.equities())
    return not places and not missing(case, HONOURS)


def reopened(case: Case, plan: Plan) -> Plan:
    """The plan with each facility kept that costs no more so than closed, where rules allow it.

    Where nothing overflows everybody goes to the nearest that is open then.
    """
    problem, options = case.problem, case.problem.options
    chosen = plan.options.copy()
    for n in np.flatnonzero(options.closed[chosen]).tolist():
        same = options.facility == options.facility[chosen[n]]
        kept = int(np.flatnonzero(same & (options.kind == KEEP))[0])
        others = np.delete(chosen, n)
        cheap = options.cost[kept] <= options.cost[chosen[n]]
        if cheap and _fits(case, others, kept) and _refers(problem, others, kept):
            chosen[n] = kept
    if np.array_equal(chosen, plan.options):
        return plan
    chosen = np.sort(chosen)
    return replace(
        plan,
        options=chosen,
        assignments=tuple(
            nearest_open(problem, chosen, row, plan.corridors) if _roomy(problem, row) else served
            for row, served in enumerate(plan.assignments)
        ),
    )


def _roomy(problem: Problem, row: int) -> bool:
    """Whether everybody can go to the nearest: nothing overflows, or works in part only."""
    part = works(problem, row)
    return unlimited(problem, row) and not ((part > 0) & (part < 1)).any()


def _fits(case: Case, others: Ints, kept: int) -> bool:
    """Whether the site hosts one service more, and no quota is exceeded."""
    options, sites = case.problem.options, case.problem.sites
    site, stand = options.site[kept], others[~options.closed[others]]
    if (options.site[stand] == site).sum() >= sites.hosts[site]:
        return False
    both = np.append(others, kept)
    return not any(
        (quota.used(both) > quota.at_most * (1 + ROUNDING)).any() for quota in case.quotas.values()
    )


def _refers(problem: Problem, others: Ints, kept: int) -> bool:
    """Whether each of its levels that refers has an open facility of the next to refer to."""
    options = problem.options
    for row, transfers in problem.transfers.items():
        if offers(options, row)[kept]:
            above = np.append(others, kept)
            receive = options.site[above[offers(options, row + 1)[above]]]
            near = transfers.site[transfers.origin == options.site[kept]]
            if not np.isin(near, receive).any():
                return False
    return True
