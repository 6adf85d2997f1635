"""Rules that cannot hold whatever is decided, found from the facts alone, before any model.

Each function looks at one rule and yields a sentence for each place where it fails. They are
necessary conditions: silence does not prove that a plan exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optimizer.equity import make
from optimizer.policy import Floor, Policy
from optimizer.problem import Bools, Floats, Problem
from optimizer.scaling import budgets, level_weights

#: Room for rounding, relative.
TOLERANCE = 1e-9


def impossible(problem: Problem, policy: Policy) -> tuple[str, ...]:
    """Sentences, one for each rule that cannot hold; empty if none is found."""
    return tuple(reason for rule in RULES for reason in rule(problem, policy))


def capacity(problem: Problem, policy: Policy) -> Iterator[str]:
    """Every facility at its largest must have room for everybody."""
    for row, level in enumerate(problem.levels):
        largest = np.zeros(problem.options.facility.max(initial=-1) + 1)
        np.maximum.at(largest, problem.options.facility, problem.options.capacity[:, row])
        need = float(problem.demand.persons.sum()) * level.share
        if largest.sum() < need * (1 - TOLERANCE):
            yield (
                f"{level.id}: all facilities at their largest have room for "
                f"{largest.sum():,.0f} persons, {need:,.0f} need it"
            )


def coverage(problem: Problem, policy: Policy) -> Iterator[str]:
    """Floors need enough people with a possible site within the standard."""
    everybody = problem.demand.persons
    for row, level in enumerate(problem.levels):
        floor = policy.floors.get(level.id, Floor())
        possible = level.covers(nearest_possible(problem, row))
        at = problem.demand_at(floor.tier)
        asked = [
            (
                f"of {problem.jurisdictions.ids[c]}",
                floor.jurisdiction,
                np.where(at == c, everybody, 0),
            )
            for c in np.unique(at[at >= 0])
        ] + [
            (f"of the group {group}", floor.group, persons)
            for group, persons in problem.demand.groups.items()
        ]
        for whose, share, persons in asked:
            yield from _share(
                f"{level.id}: within {level.standard:g} minutes of a possible site live",
                whose,
                persons,
                possible,
                share,
            )


def backup(problem: Problem, policy: Policy) -> Iterator[str]:
    """A backup floor needs enough people near possible sites in two jurisdictions."""
    for row, level in enumerate(problem.levels):
        floor = policy.floors.get(level.id, Floor())
        if level.backup is None or floor.backup <= 0:
            continue
        pairs, at = problem.pairs[row], problem.sites_at(level.backup.tier)
        near = level.backup.reaches(pairs.minutes) & (at[pairs.site] >= 0)
        reached = np.unique(np.stack([pairs.origin[near], at[pairs.site[near]]]), axis=1)[0]
        twice = np.bincount(reached, minlength=len(problem.demand.ids)) >= 2
        possible = twice & (level.covers(nearest_possible(problem, row)))
        yield from _share(
            f"{level.id}: near enough to possible sites in two jurisdictions live",
            "of the region",
            problem.demand.persons,
            possible,
            floor.backup,
        )


def money(problem: Problem, policy: Policy) -> Iterator[str]:
    """What must be built where there are budgets must be affordable, at its cheapest."""
    if policy.budget is None:
        return
    options, own = problem.options, budgets(problem, policy)
    payer = problem.sites_at(policy.budget.tier)[options.site]
    paid = (payer >= 0) & ~np.isnan(own[payer])
    cheapest = np.full(options.facility.max(initial=-1) + 1, np.inf)
    np.minimum.at(cheapest, options.facility, options.cost)
    required = np.unique(options.facility[options.required & paid])
    cost, total = float(cheapest[required].sum()), float(np.nansum(own))
    if cost > total * (1 + TOLERANCE):
        yield f"budget: what is required costs at least {cost:,.1f}, all budgets are {total:,.1f}"


def room(problem: Problem, policy: Policy) -> Iterator[str]:
    """What must stand at a site must fit on its land and among its hosts."""
    options, sites = problem.options, problem.sites
    least = np.full(options.facility.max(initial=-1) + 1, np.inf)
    np.minimum.at(least, options.facility, options.land)
    facilities, first = np.unique(options.facility, return_index=True)
    must = options.required[first]
    at = options.site[first][must]
    hosted = np.bincount(at, minlength=len(sites.ids))
    used = np.bincount(at, weights=least[facilities[must]], minlength=len(sites.ids))
    for j in np.flatnonzero(hosted > sites.hosts):
        yield (
            f"hosts: site {sites.ids[j]} may host {sites.hosts[j]}, {hosted[j]} services must stand"
        )
    for j in np.flatnonzero(used > sites.land * (1 + TOLERANCE)):
        yield (
            f"land: site {sites.ids[j]} has {sites.land[j]:g} ha, "
            f"what must stand there takes {used[j]:g}"
        )


def bounds(problem: Problem, policy: Policy) -> Iterator[str]:
    """A cap cannot be below what everybody at the nearest possible site would give."""
    weights = level_weights(problem, policy)
    persons = problem.demand.persons
    best = [nearest_possible(problem, row) for row in range(len(problem.levels))]
    if policy.equity_bound is not None:
        measure = make(policy.equity, policy.parameters)
        for level, weight, minutes in zip(problem.levels, weights, best, strict=True):
            value = measure.evaluate(minutes, persons, level)
            if weight > 0 and value > policy.equity_bound * (1 + TOLERANCE):
                yield (
                    f"equity_bound: {policy.equity} of {level.id} is {value:.2f} with everybody "
                    f"at the nearest possible site, the bound is {policy.equity_bound:g}"
                )
    if policy.efficiency_bound is not None and policy.efficiency == "mean_minutes":
        value = float(
            sum(w * np.average(t, weights=persons) for w, t in zip(weights, best, strict=True))
        )
        if value > policy.efficiency_bound * (1 + TOLERANCE):
            yield (
                f"efficiency_bound: the mean is {value:.2f} minutes with everybody at the nearest "
                f"possible site, the bound is {policy.efficiency_bound:g}"
            )


#: One rule each; the order is the order of the sentences.
RULES: tuple[Callable[[Problem, Policy], Iterator[str]], ...] = (
    capacity,
    coverage,
    backup,
    money,
    room,
    bounds,
)


def nearest_possible(problem: Problem, level: int) -> Floats:
    """(I,) minutes to the nearest site that could offer the level."""
    pairs = problem.pairs[level]
    minutes = np.full(len(problem.demand.ids), np.inf)
    np.minimum.at(minutes, pairs.origin, pairs.minutes)
    return minutes


def _share(what: str, whose: str, persons: Floats, possible: Bools, least: float) -> Iterator[str]:
    """A sentence if fewer than the least share of these persons are possible."""
    total = float(persons.sum())
    reached = float(persons[possible].sum())
    if total > 0 and reached < least * total * (1 - TOLERANCE):
        yield f"{what} {reached / total:.1%} of the persons {whose}, the floor is {least:.1%}"
