"""Rules that cannot hold whatever is decided, found from the facts alone, before any model.

Each function looks at one rule and yields a sentence for each place where it fails. They are
necessary conditions: silence does not prove that a plan exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optimizer.access import access
from optimizer.assess.equity import measured
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.equity import Class, make
from optimizer.figures import apart, number, share, significant
from optimizer.policy import Bound, Equity, Floor, Policy
from optimizer.problem import SITE, Bools, Floats, Problem
from optimizer.solution import Assignment, Plan

#: Room for rounding, relative.
TOLERANCE = 1e-9


def impossible(case: Case) -> tuple[str, ...]:
    """Sentences, one for each rule that cannot hold; empty if none is found."""
    return tuple(reason for rule in RULES for reason in rule(case))


def capacity(case: Case) -> Iterator[str]:
    """Every facility at its largest must have room for everybody."""
    problem = case.problem
    for row, level in enumerate(problem.levels):
        largest = np.zeros(problem.options.facility.max(initial=-1) + 1)
        np.maximum.at(largest, problem.options.facility, problem.options.capacity[:, row])
        need = float(problem.need(row).sum())
        if largest.sum() < need * (1 - TOLERANCE):
            has, asked = apart(number, 0, largest.sum(), need)
            yield (
                f"{level.id}: all facilities at their largest have room for {has} persons, "
                f"{asked} need it"
            )


def coverage(case: Case) -> Iterator[str]:
    """Floors need enough people with a possible site within the standard."""
    problem = case.problem
    everybody = problem.demand.persons
    for row, level in enumerate(problem.levels):
        floor = case.policy.floors.get(level.id, Floor())
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
        for whose, least, persons in asked:
            yield from _share(
                f"{level.id}: within {level.standard:g} minutes of a possible site live",
                whose,
                persons,
                possible,
                least,
            )


def backup(case: Case) -> Iterator[str]:
    """A backup floor needs enough people near possible sites that back each other up."""
    problem = case.problem
    for row, level in enumerate(problem.levels):
        floor = case.policy.floors.get(level.id, Floor())
        if level.backup is None or floor.backup <= 0:
            continue
        pairs, at = problem.pairs[row], problem.apart(level.backup)
        near = level.backup.reaches(pairs.minutes) & (at[pairs.site] >= 0)
        reached = np.unique(np.stack([pairs.origin[near], at[pairs.site[near]]]), axis=1)[0]
        twice = np.bincount(reached, minlength=len(problem.demand.ids)) >= 2
        possible = twice & (level.covers(nearest_possible(problem, row)))
        where = "two possible sites"
        if level.backup.tier != SITE:
            where = "possible sites in two jurisdictions"
        yield from _share(
            f"{level.id}: near enough to {where} live",
            "of the region",
            problem.demand.persons,
            possible,
            floor.backup,
        )


def money(case: Case) -> Iterator[str]:
    """What must be built where there are budgets must be affordable, at its cheapest."""
    if case.policy.budget is None:
        return
    options, own = case.problem.options, case.budgets
    paid = case.payer[options.site] >= 0
    cheapest = np.full(options.facility.max(initial=-1) + 1, np.inf)
    np.minimum.at(cheapest, options.facility, options.cost)
    required = np.unique(options.facility[options.required & paid])
    cost, total = float(cheapest[required].sum()), float(np.nansum(own))
    if cost > total * (1 + TOLERANCE):
        least, most = apart(number, 1, cost, total)
        yield f"budget: what is required costs at least {least}, all budgets are {most}"


def room(case: Case) -> Iterator[str]:
    """What must stand at a site must fit on its land and among its hosts."""
    options, sites = case.problem.options, case.problem.sites
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
        has, takes = apart(significant, 6, sites.land[j], used[j])
        yield f"land: site {sites.ids[j]} has {has} ha, what must stand there takes {takes}"


def referral(case: Case) -> Iterator[str]:
    """What must stand needs a possible facility of the next level to refer to."""
    problem = case.problem
    options = problem.options
    for row, transfers in problem.transfers.items():
        offered = options.capacity > 0
        above = np.zeros(len(problem.sites.ids), dtype=bool)
        above[options.site[offered[:, row + 1]]] = True
        refers = np.zeros(len(above), dtype=bool)
        refers[transfers.origin[above[transfers.site]]] = True
        # Only a facility all of whose options offer the level refers whatever is decided.
        facilities = options.facility.max(initial=-1) + 1
        sure = np.ones(facilities, dtype=bool)
        sure[options.facility[~(options.required & offered[:, row])]] = False
        for j in np.unique(options.site[sure[options.facility]]):
            if not refers[j]:
                level, following = problem.levels[row], problem.levels[row + 1]
                yield (
                    f"referral: {level.id} at {problem.sites.ids[j]} stands in every plan, and no "
                    f"site within {level.referral:g} minutes can have a {following.id}"
                )


def bounds(case: Case) -> Iterator[str]:
    """A cap cannot be below what everybody at the nearest possible site would give."""
    problem, policy = case.problem, case.policy
    ideal = nearest_plan(problem)
    levels = [access(problem, ideal, row) for row in range(len(problem.levels))]
    for name, equity, cap in _caps(policy):
        value = measured(case, equity, levels, ideal.options).value
        if value > cap * (1 + TOLERANCE):
            is_, _ = apart(significant, 4, value, cap)
            yield (
                f"{name}: {equity.measure} of {equity.of} among {equity.among} is {is_} with "
                f"everybody at the nearest possible site, the bound is {cap:g}"
            )
    efficiency, most = case.efficiency, policy.efficiency_bound
    if most is not None and isinstance(efficiency, OfTrips):
        persons = problem.demand.persons
        least = np.array([efficiency.evaluate(level, persons) for level in levels])
        value = case.over_states(case.level_weights * least)
        if value > most * (1 + TOLERANCE):
            is_, _ = apart(significant, 4, value, most)
            yield (
                f"efficiency_bound: {efficiency.name} is {is_} {efficiency.unit} with everybody "
                f"at the nearest possible site, the bound is {most:g}"
            )


def _caps(policy: Policy) -> Iterator[tuple[str, Equity, float]]:
    """Caps that are nowhere easier to keep than at the nearest: name, equity, number.

    A dispersion may be less where all are farther; places within reach are not travelled to.
    """
    named = {f"bounds.{name}": bound for name, bound in policy.bounds.items()}
    if policy.equity_bound is not None:
        named = {"equity_bound": Bound(policy.equity, policy.equity_bound)} | named
    for name, bound in named.items():
        kind = make(bound.equity.measure, bound.equity.parameters).kind
        if kind is not Class.DISPERSION and bound.equity.of != "catchment":
            yield name, bound.equity, bound.at_most


#: One rule each; the order is the order of the sentences.
RULES: tuple[Callable[[Case], Iterator[str]], ...] = (
    capacity,
    coverage,
    backup,
    money,
    room,
    referral,
    bounds,
)


def nearest_possible(problem: Problem, level: int) -> Floats:
    """(I,) minutes to the nearest site that could offer the level, all corridors built."""
    pairs = problem.trips[level]
    minutes = np.full(len(problem.demand.ids), np.inf)
    np.minimum.at(minutes, pairs.origin, pairs.minutes)
    return minutes


def nearest_plan(problem: Problem) -> Plan:
    """Everybody at the nearest site that could offer the level, whether anything stands there."""
    assignments = []
    for pairs in problem.trips:
        _, first = np.unique(pairs.origin, return_index=True)
        everybody = np.ones(len(first))
        assignments.append(
            Assignment(pairs.origin[first], pairs.site[first], pairs.minutes[first], everybody)
        )
    return Plan(np.zeros(0, dtype=np.int64), tuple(assignments))


def _share(what: str, whose: str, persons: Floats, possible: Bools, least: float) -> Iterator[str]:
    """A sentence if fewer than the least share of these persons are possible."""
    total = float(persons.sum())
    reached = float(persons[possible].sum())
    if total > 0 and reached < least * total * (1 - TOLERANCE):
        told, floor = apart(share, 1, reached / total, least)
        yield f"{what} {told} of the persons {whose}, the floor is {floor}"
