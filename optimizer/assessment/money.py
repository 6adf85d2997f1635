"""MONEY: what a plan takes at each site and of each jurisdiction, recomputed from the facts."""

from __future__ import annotations

import numpy as np

from optimizer.problem import BUILD, Floats, Ints, Problem
from optimizer.solution import Plan
from optimizer.solution.accessibility import sums


def money(problem: Problem, options: Ints) -> Floats:
    """(J,) money that these options (rows) take at each site.

    Their own cost, and the cost of the site once where at least one of them is built.
    """
    table = problem.options
    at_site = sums(table.site[options], table.cost[options], len(problem.sites.ids))
    opened = _opened(problem, options)
    at_site[opened] += problem.sites.cost[opened]
    return at_site


def _opened(problem: Problem, options: Ints) -> Ints:
    """The sites (rows) where at least one of these options (rows) is built."""
    table = problem.options
    return np.unique(table.site[options[table.kind[options] == BUILD]])


def roads_money(problem: Problem, plan: Plan) -> Floats:
    """(C,) money that each jurisdiction pays for the corridors of the plan."""
    return np.asarray(payments(problem, plan).sum(axis=0))


def payments(problem: Problem, plan: Plan) -> Floats:
    """(len(plan.corridors), C) money that each jurisdiction pays for each corridor of the plan."""
    if plan.paid is not None:
        return plan.paid
    if problem.corridors is None:
        return np.zeros((0, len(problem.jurisdictions.ids)))
    built = plan.corridors
    return np.asarray(problem.corridors.cost[built, None] * problem.corridors.shares[built])


def all_money(problem: Problem, plan: Plan) -> float:
    """All money that a plan takes."""
    roads = 0.0 if problem.corridors is None else problem.corridors.cost[plan.corridors].sum()
    return float(money(problem, plan.options).sum() + roads)


def spent(problem: Problem, plan: Plan) -> Floats:
    """(C,) money that a plan takes of each jurisdiction and those below it.

    For sites that lie there, and for what it pays for corridors.
    """
    facts = problem.jurisdictions
    at_site, paid = money(problem, plan.options), roads_money(problem, plan)
    result = np.zeros(len(facts.ids))
    for c, sites in facts.holding(problem.sites.jurisdiction).items():
        result[c] = at_site[sites].sum()
    for c, areas in facts.holding(np.arange(len(facts.ids))).items():
        result[c] += paid[areas].sum()
    return result


def spent_apart(problem: Problem, plan: Plan) -> tuple[Floats, Floats]:
    """(C,) money of `spent` that is paid once, and (C,) that is paid per year.

    Once: what is built, added and closed, opened sites and corridors, before it counts per year.
    """
    (once, running), roads = _apart(problem, plan), roads_money(problem, plan) / _counted(problem)
    total = np.zeros((2, len(problem.jurisdictions.ids)))
    for c, inside in problem.jurisdictions.holding(problem.sites.jurisdiction).items():
        total[:, c] = once[inside].sum(), running[inside].sum()
    for c, inside in problem.jurisdictions.holding(np.arange(total.shape[1])).items():
        total[0, c] += roads[inside].sum()
    return total[0], total[1]


def all_apart(problem: Problem, plan: Plan) -> tuple[float, float]:
    """All money that a plan takes once, and per year."""
    once, running = _apart(problem, plan)
    roads = roads_money(problem, plan).sum() / _counted(problem)
    return float(once.sum() + roads), float(running.sum())


def _apart(problem: Problem, plan: Plan) -> tuple[Floats, Floats]:
    """(J,) money that a plan takes at each site once, and (J,) per year."""
    table, options, sites = problem.options, plan.options, len(problem.sites.ids)
    once = sums(table.site[options], table.once[options], sites)
    opened = _opened(problem, options)
    once[opened] += problem.sites.cost[opened] / _counted(problem)
    return once, sums(table.site[options], table.running[options], sites)


def _counted(problem: Problem) -> float:
    """What 1 that is paid once for a site or a corridor counts."""
    return 1.0 if problem.costs is None else problem.costs.factor
