"""Closing, running costs and quotas, drawn into random problems that know none of them.

Each is drawn by itself, or all together. What is drawn before stays as it is: the same seed gives
the same people, sites and roads.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.problem import (
    BUILD,
    CLOSE,
    KEEP,
    UPGRADE,
    Costs,
    Options,
    Problem,
)
from optimizer.problem.costs import recovery
from optimizer.question import LAND, PLACES, Policy, Quota
from tests.enumerating.siting import quota_used, sitings
from tests.enumeration import best_plan
from tests.random_equities import chance

CLOSING, RUNNING, QUOTAS = "closing", "running", "quotas"
ALL = (CLOSING, RUNNING, QUOTAS)


def draw_into(
    problem: Problem, policy: Policy, seed: int, what: tuple[str, ...] = ALL
) -> tuple[Problem, Policy]:
    """The problem and the policy with what is named, by a seed of its own."""
    rng = np.random.default_rng([seed, 14])
    if CLOSING in what:
        problem = closable(rng, problem)
    if RUNNING in what:
        problem, policy = yearly(rng, problem, policy)
    if QUOTAS in what:
        problem, policy = limited(rng, problem, policy)
    return problem, policy


def closable(rng: np.random.Generator, problem: Problem) -> Problem:
    """Some of what stands may be closed, one facility at least where any stands.

    Where too little stands, some of what could be built stands already.
    """
    table = problem.options
    if (table.kind == KEEP).sum() < 2:
        problem = _standing(rng, problem)
        table = problem.options
    kept = np.flatnonzero(table.kind == KEEP)
    may = rng.random(len(kept)) < 0.7
    may[rng.integers(len(kept))] = True
    closed = kept[may]
    none = np.zeros(len(closed))
    money = np.where(rng.random(len(closed)) < 0.3, 0.0, rng.uniform(0, 6, len(closed)))
    return replace(
        problem,
        options=_sorted(
            Options(
                service=np.append(table.service, table.service[closed]),
                site=np.append(table.site, table.site[closed]),
                size=np.append(table.size, np.full(len(closed), -1)),
                kind=np.append(table.kind, np.full(len(closed), CLOSE)),
                capacity=np.vstack([table.capacity, np.zeros((len(closed), len(problem.levels)))]),
                cost=np.append(table.cost, money),
                land=np.append(table.land, none),
                required=np.append(table.required, np.ones(len(closed), dtype=bool)),
            )
        ),
    )


def _standing(rng: np.random.Generator, problem: Problem) -> Problem:
    """Of a facility or two that could be built, one size stands, and no more can be built there."""
    table = problem.options
    possible = np.unique(table.facility[table.kind == BUILD])
    some = rng.permutation(possible)[: int(rng.integers(1, 3))]
    first = np.zeros(len(table), dtype=bool)
    first[[int(np.flatnonzero(table.facility == f)[0]) for f in some]] = True
    inside = first | ~np.isin(table.facility, some)
    kind, cost, land = table.kind.copy(), table.cost.copy(), table.land.copy()
    size, required = table.size.copy(), table.required.copy()
    kind[first], cost[first], land[first] = KEEP, 0.0, 0.0
    size[first], required[first] = -1, True
    stand = np.unique(table.site[first])
    hosts, opening = problem.sites.hosts.copy(), problem.sites.cost.copy()
    standing = np.bincount(table.site[inside & (kind == KEEP)], minlength=len(hosts))
    hosts, opening[stand] = np.maximum(hosts, standing), 0.0
    return replace(
        problem,
        sites=replace(problem.sites, cost=opening, hosts=hosts),
        options=Options(
            service=table.service[inside],
            site=table.site[inside],
            size=size[inside],
            kind=kind[inside],
            capacity=table.capacity[inside],
            cost=cost[inside],
            land=land[inside],
            required=required[inside],
        ),
    )


def _sorted(options: Options) -> Options:
    """By service, site and size, as they are read."""
    order = np.lexsort((options.size, options.site, options.service))
    names = ("service", "site", "size", "kind", "capacity", "cost", "land", "required")
    return Options(**{name: getattr(options, name)[order] for name in names})


def yearly(rng: np.random.Generator, problem: Problem, policy: Policy) -> tuple[Problem, Policy]:
    """All money per year: what is paid once by its capital recovery factor, and what runs."""
    table = problem.options
    rate = float(rng.choice([0.0, 0.03, 0.1]))
    years = rng.integers(5, 40, len(problem.services) + 1).tolist()
    costs = Costs(rate, years[-1], tuple(years[:-1]))
    factor = np.array([recovery(rate, one) for one in years[:-1]])[table.service]
    keeps, grows = table.kind == KEEP, table.kind == UPGRADE
    own = np.where(rng.random(int(table.facility.max()) + 1) < 0.3, 0.0, rng.uniform(0, 0.6))
    sizes = rng.uniform(0, 0.5, (len(problem.services), 3))
    running = np.where(keeps | grows, own[table.facility], 0.0)
    running += np.where(table.kind == BUILD, sizes[table.service, table.size], 0.0)
    running += np.where(grows, sizes[table.service, table.size], 0.0)
    cost = factor * table.cost + running
    every = recovery(rate, years[-1])
    money = problem.jurisdictions.budget * every * float(rng.uniform(0.7, 1.6))
    capped = policy.cost_bound
    bound = None if capped is None else capped * every * float(rng.uniform(0.7, 1.6))
    most = policy.efficiency_bound
    if policy.efficiency == "cost" and most is not None:
        most *= every * float(rng.uniform(0.7, 1.6))
    changed = replace(
        problem,
        jurisdictions=replace(problem.jurisdictions, budget=money),
        sites=replace(problem.sites, cost=problem.sites.cost * every),
        options=replace(table, cost=cost, once=table.cost, running=running),
        costs=costs,
    )
    return changed, replace(policy, cost_bound=bound, efficiency_bound=most)


def limited(rng: np.random.Generator, problem: Problem, policy: Policy) -> tuple[Problem, Policy]:
    """One quota or two, about what the best plan without them comes to, or one at random.

    Often beside nothing else that binds: where much does, quotas forbid all that is left.
    """
    if chance(rng, 0.6):
        policy = replace(policy, floors={}, bounds={}, efficiency_bound=None, equity_bound=None)
    return with_quotas(rng, problem, policy, ("city", "province"))


def with_quotas(
    rng: np.random.Generator, problem: Problem, policy: Policy, divisions: tuple[str, ...]
) -> tuple[Problem, Policy]:
    """One quota or two by these tiers or classes, that the best plan without them comes near."""
    every, best = list(sitings(problem)), best_plan(problem, policy)
    own = rng.uniform(0, 6, len(problem.jurisdictions.ids))
    own[rng.random(len(own)) < 0.2] = np.nan
    problem = replace(problem, jurisdictions=replace(problem.jurisdictions, land_quota=own))
    counted = [
        level.id
        for row, level in enumerate(problem.levels)
        if np.isfinite(problem.options.capacity[:, row]).all()
    ]
    quotas = dict[str, Quota]()
    for name in ("first", "second")[: int(rng.choice([1, 2], p=[0.75, 0.25]))]:
        tier = str(rng.choice(divisions))
        some = every[int(rng.integers(len(every)))]
        if best is not None and chance(rng, 0.8):
            some = best.options
        if counted and chance(rng, 0.6):
            level = str(rng.choice(counted))
            quotas[name] = _near(rng, problem, some, Quota(PLACES, tier, level, at_most=np.inf))
        elif chance(rng, 0.3) and tier in problem.jurisdictions.tier:
            quotas[name] = Quota(LAND, tier, column="land_quota")
        else:
            quotas[name] = _near(rng, problem, some, Quota(LAND, tier, at_most=np.inf))
    return problem, replace(policy, quotas=quotas)


def _near(rng: np.random.Generator, problem: Problem, some: tuple[int, ...], quota: Quota) -> Quota:
    """At most what these options come to in some jurisdiction, at least, or between both."""
    used = [has for has, *_ in quota_used(problem, quota, some)] or [1.0]
    most = max(used) * float(rng.uniform(0.8, 1.05))
    least = min(used) * float(rng.uniform(0.9, 1.3))
    kind = str(rng.choice(["most", "least", "both"], p=[0.6, 0.25, 0.15]))
    if kind == "least":
        return replace(quota, at_most=None, at_least=least)
    return replace(quota, at_most=most, at_least=min(least, most) if kind == "both" else None)
