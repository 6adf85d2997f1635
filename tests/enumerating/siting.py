"""Which sets of options may stand: the rules that depend on the siting alone.

Corridors of a problem that is enumerated stand, all of them: others are not in it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import networkx as nx
import numpy as np
from networkx.algorithms.flow import edmonds_karp

from optimizer.problem import BUILD, CLOSE, Corridors, Options, Problem
from optimizer.question import Policy, Quota

#: Rounding: minutes at a standard, money at a budget, persons at a floor.
EPSILON = 1e-7


@dataclass(frozen=True, eq=False)
class Columns:
    """The options as lists: an array gives its numbers slowly, one at a time.

    capacity: level (row) -> of every option.
    """

    site: list[int]
    cost: list[float]
    land: list[float]
    kind: list[str]
    capacity: list[list[float]]


@lru_cache(maxsize=4)
def columns(options: Options) -> Columns:
    """The same for the same options, of which many sets are tried."""
    return Columns(
        options.site.tolist(),
        options.cost.tolist(),
        options.land.tolist(),
        options.kind.tolist(),
        options.capacity.T.tolist(),
    )


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


def standing(problem: Problem, policy: Policy) -> tuple[tuple[int, ...], ...]:
    """The sets of options that may stand; found once for all questions with the same money."""
    same = policy.budget, policy.cost_bound, tuple(policy.quotas.items())
    found = _found(problem)
    if same not in found:
        found[same] = tuple(
            options for options in sitings(problem) if siting_holds(problem, policy, options)
        )
    return found[same]


@lru_cache(maxsize=4)
def _found(problem: Problem) -> dict[object, tuple[tuple[int, ...], ...]]:
    return {}


def siting_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    """Whether hosts, land, quotas, budget, referral and a cap on cost hold."""
    return (
        _hosts_hold(problem, options)
        and _land_holds(problem, options)
        and _quotas_hold(problem, policy, options)
        and _budget_holds(problem, policy, options)
        and _referral_holds(problem, options)
        and _cost_holds(problem, policy, options)
    )


def _hosts_hold(problem: Problem, options: tuple[int, ...]) -> bool:
    table = columns(problem.options)
    hosted = [table.site[k] for k in options if table.kind[k] != CLOSE]
    return all(hosted.count(j) <= problem.sites.hosts[j] for j in set(hosted))


def _land_holds(problem: Problem, options: tuple[int, ...]) -> bool:
    used: dict[int, float] = defaultdict(float)
    table = columns(problem.options)
    for k in options:
        used[table.site[k]] += table.land[k]
    return all(land <= problem.sites.land[j] + EPSILON for j, land in used.items())


def _quotas_hold(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    return all(
        least - EPSILON <= has <= most + EPSILON
        for quota in policy.quotas.values()
        for has, least, most in quota_used(problem, quota, options)
    )


def quota_used(
    problem: Problem, quota: Quota, options: tuple[int, ...]
) -> Iterator[tuple[float, float, float]]:
    """What each jurisdiction of a quota's tier, or class, has, at least and at most may have."""
    areas, table, demand = problem.jurisdictions, columns(problem.options), problem.demand
    ids = [level.id for level in problem.levels]
    classes, name = quota.tier in areas.classes, quota.tier
    lie = [(word if classes else area)(problem, c, name) for c in problem.sites.jurisdiction]
    live = [area(problem, c, name) for c in demand.jurisdiction]
    every: list[object] = [c for c in range(len(areas.ids)) if areas.tier[c] == name]
    if classes:
        live, every = [None] * len(demand.ids), [*areas.classes[name].labels]
        if name in demand.classes:
            theirs = demand.classes[name]
            live = [theirs.labels[n] if n >= 0 else None for n in theirs.of.tolist()]
            every = [*{*every, *theirs.labels}]
    for c in every:
        here = [k for k in options if lie[table.site[k]] == c]
        most = np.inf if quota.at_most is None else quota.at_most
        if quota.column is not None:
            most = float(np.nan_to_num(areas.land_quota[c], nan=np.inf))
        least = -np.inf if quota.at_least is None else quota.at_least
        if quota.of == "land":
            yield sum(table.land[k] for k in here), least, most
            continue
        thousands = sum(
            persons / 1000
            for persons, home in zip(demand.persons.tolist(), live, strict=True)
            if home == c
        )
        if thousands > 0:
            places = table.capacity[ids.index(str(quota.level))]
            yield sum(places[k] for k in here) / thousands, least, most


def money(problem: Problem, options: tuple[int, ...]) -> dict[int, float]:
    """Site -> money: of its options, and once its own if anything is built there."""
    table = columns(problem.options)
    spent: dict[int, float] = defaultdict(float)
    for k in options:
        spent[table.site[k]] += table.cost[k]
    for j in {table.site[k] for k in options if table.kind[k] == BUILD}:
        spent[j] += float(problem.sites.cost[j])
    return spent


def all_money(problem: Problem, options: tuple[int, ...]) -> float:
    """Money of all that stands, roads too."""
    roads = 0.0 if problem.corridors is None else float(problem.corridors.cost.sum())
    return sum(money(problem, options).values()) + roads


def area(problem: Problem, jurisdiction: int, tier: str) -> int | None:
    """The jurisdiction of the tier that this one is or lies in; None where there is none."""
    row = int(jurisdiction)
    while row >= 0:
        if problem.jurisdictions.tier[row] == tier:
            return row
        row = int(problem.jurisdictions.parent[row])
    return None


def word(problem: Problem, jurisdiction: int, name: str) -> str | None:
    """What this jurisdiction, or the first around it that says anything, says of a class."""
    areas, row = problem.jurisdictions, int(jurisdiction)
    while row >= 0:
        if areas.classes[name].of[row] >= 0:
            return areas.classes[name].labels[int(areas.classes[name].of[row])]
        row = int(areas.parent[row])
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
    roads = problem.corridors
    if roads is not None and policy.budget.negotiated:
        return _paid_by_flow(problem, policy, roads, own, spent)
    if roads is not None:
        for a, cost in enumerate(roads.cost.tolist()):
            for c, share in enumerate(roads.shares[a].tolist()):
                payer = area(problem, c, policy.budget.tier)
                if payer in own:
                    spent[payer] += share * cost
    beyond = sum(max(0.0, spent[c] - own[c]) for c in own)
    to_give = sum(min(policy.budget.pooled * own[c], max(0.0, own[c] - spent[c])) for c in own)
    return beyond <= to_give + EPSILON


def _paid_by_flow(
    problem: Problem,
    policy: Policy,
    roads: Corridors,
    own: dict[int, float],
    spent: dict[int, float],
) -> bool:
    """Whether money can flow from the budgets to all that stands.

    From each budget to its own, or up to the pooled part into a pool and from there to anybody;
    from whoever has a share in a road to that road.
    """
    rule = policy.budget
    assert rule is not None
    flow = nx.DiGraph()
    flow.add_nodes_from(["budgets", "built"])
    for c, money_of in own.items():
        flow.add_edge("budgets", ("money", c), capacity=money_of)
        flow.add_edge(("money", c), ("pays", c))
        flow.add_edge(("money", c), "pool", capacity=rule.pooled * money_of)
        flow.add_edge("pool", ("pays", c))
        flow.add_edge(("pays", c), "built", capacity=spent[c])
    for a, cost in enumerate(roads.cost.tolist()):
        flow.add_edge(("road", a), "built", capacity=cost)
        for c in np.flatnonzero(roads.shares[a]).tolist():
            payer = area(problem, c, rule.tier)
            if payer is not None and payer not in own:
                flow.add_edge("budgets", ("road", a))
            elif payer is not None:
                flow.add_edge(("pays", payer), ("road", a))
    needed = sum(spent.values()) + float(roads.cost.sum())
    paid = nx.maximum_flow_value(flow, "budgets", "built", flow_func=edmonds_karp)
    return bool(paid >= needed - EPSILON)


def offering(problem: Problem, options: tuple[int, ...], level: int) -> dict[int, float]:
    """Site -> persons that it can serve at the level."""
    table = columns(problem.options)
    site, capacity = table.site, table.capacity[level]
    return {site[k]: capacity[k] for k in options if capacity[k] > 0}


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
    return all_money(problem, options) <= policy.cost_bound + EPSILON
