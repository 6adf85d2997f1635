"""Which sets of options may stand: the rules that depend on the siting alone."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from optimizer.policy import Policy
from optimizer.problem import BUILD, Problem

#: Rounding: minutes at a standard, money at a budget, persons at a floor.
EPSILON = 1e-7


def sitings(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every set of options: at most one per service and site, one where required."""
    table = problem.options
    facilities = defaultdict(list)
    for k in range(len(table)):
        facilities[int(table.service[k]), int(table.site[k])].append(k)
    choices = [
        rows if any(table.required[k] for k in rows) else [*rows, None]
        for rows in facilities.values()
    ]
    for chosen in itertools.product(*choices):
        yield tuple(k for k in chosen if k is not None)


def siting_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    """Whether hosts, land, budget, referral and a cap on cost hold."""
    return (
        _hosts_hold(problem, options)
        and _land_holds(problem, options)
        and _budget_holds(problem, policy, options)
        and _referral_holds(problem, options)
        and _cost_holds(problem, policy, options)
    )


def _hosts_hold(problem: Problem, options: tuple[int, ...]) -> bool:
    hosted = [int(problem.options.site[k]) for k in options]
    return all(hosted.count(j) <= problem.sites.hosts[j] for j in hosted)


def _land_holds(problem: Problem, options: tuple[int, ...]) -> bool:
    used: dict[int, float] = defaultdict(float)
    for k in options:
        used[int(problem.options.site[k])] += float(problem.options.land[k])
    return all(land <= problem.sites.land[j] + EPSILON for j, land in used.items())


def money(problem: Problem, options: tuple[int, ...]) -> dict[int, float]:
    """Site -> money: of its options, and once its own if anything is built there."""
    table = problem.options
    spent: dict[int, float] = defaultdict(float)
    for k in options:
        spent[int(table.site[k])] += float(table.cost[k])
    for j in {int(table.site[k]) for k in options if table.kind[k] == BUILD}:
        spent[j] += float(problem.sites.cost[j])
    return spent


def area(problem: Problem, jurisdiction: int, tier: str) -> int | None:
    """The jurisdiction of the tier that this one is or lies in; None where there is none."""
    row = int(jurisdiction)
    while row >= 0:
        if problem.jurisdictions.tier[row] == tier:
            return row
        row = int(problem.jurisdictions.parent[row])
    return None


def own_money(problem: Problem, policy: Policy) -> dict[int, float]:
    """Jurisdiction -> its budget, for those that have one at the budget's tier."""
    areas, rule = problem.jurisdictions, policy.budget
    if rule is None:
        return {}
    return {
        c: rule.scale * float(areas.budget[c])
        for c in range(len(areas.ids))
        if areas.tier[c] == rule.tier and not np.isnan(areas.budget[c])
    }


def _budget_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    if policy.budget is None:
        return True
    own = own_money(problem, policy)
    spent = dict.fromkeys(own, 0.0)
    for j, amount in money(problem, options).items():
        payer = area(problem, problem.sites.jurisdiction[j], policy.budget.tier)
        if payer in own:
            spent[payer] += amount
    beyond = sum(max(0.0, spent[c] - own[c]) for c in own)
    to_give = sum(min(policy.budget.pooled * own[c], max(0.0, own[c] - spent[c])) for c in own)
    return beyond <= to_give + EPSILON


def offering(problem: Problem, options: tuple[int, ...], level: int) -> dict[int, float]:
    """Site -> persons that it can serve at the level."""
    table = problem.options
    return {
        int(table.site[k]): float(table.capacity[k, level])
        for k in options
        if table.capacity[k, level] > 0
    }


def _referral_holds(problem: Problem, options: tuple[int, ...]) -> bool:
    for level, transfers in problem.transfers.items():
        above = offering(problem, options, level + 1)
        for j in offering(problem, options, level):
            near = transfers.site[transfers.origin == j].tolist()
            if not any(k in above for k in near):
                return False
    return True


def _cost_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    if policy.cost_bound is None:
        return True
    return sum(money(problem, options).values()) <= policy.cost_bound + EPSILON
