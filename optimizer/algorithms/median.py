"""The median: one kind of facility that never overflows, so everybody goes to the nearest.

Then a question without further rules is a p-median, whatever additive measure of equity is weighed
in it: each pair has one cost, and the money is enough for so many sites. `optimizer.location`
proves it at the size of a region's every village; no Pyomo model is built.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimizer.algorithms.plan import nearest_open
from optimizer.equity import Additive, make
from optimizer.equity.leximin import Leximin
from optimizer.justice import is_dispersion, whole
from optimizer.location.costs import Table
from optimizer.location.median import Median
from optimizer.location.near import near_of
from optimizer.location.opened import Tell, Watch
from optimizer.model.admissible import unlimited
from optimizer.policy import Floor, Limits, Policy
from optimizer.problem import BUILD, Bools, Floats, Problem
from optimizer.scaling import budgets, efficiency_scale
from optimizer.solution import Plan, Status
from optimizer.solver import Outcome
from optimizer.units import units

NAME = "median"

#: Money beyond a whole number of sites that is rounding.
ROUNDING = 1e-9


def unsuited(problem: Problem, policy: Policy) -> str | None:
    """Why a question is no p-median; None where it is one."""
    return next(_reasons(problem, policy), None)


def _reasons(problem: Problem, policy: Policy) -> Iterator[str]:
    if len(problem.levels) > 1:
        yield "there are several levels"
        return
    options, sites = problem.options, problem.sites
    if not unlimited(problem, 0):
        yield "capacities are limited"
    if policy.efficiency == "cost" or policy.cost_bound is not None:
        yield "the cost is minimised or capped"
    if policy.efficiency_bound is not None or policy.equity_bound is not None or policy.bounds:
        yield "efficiency or equity is capped"
    if policy.guard is not None or is_dispersion(policy.equity):
        yield "the efficiency is guarded"
    measure = make(policy.equity.measure, policy.equity.parameters)
    additive = isinstance(measure, Additive) and not isinstance(measure, Leximin)
    if policy.weight > 0 and (not additive or policy.equity.of == "catchment"):
        yield f"{policy.equity.measure} is no sum over persons"
    if any(floor != Floor(tier=floor.tier) for floor in policy.floors.values()):
        yield "there are floors"
    if len(np.unique(options.site)) < len(options):
        yield "a site has several sizes to choose from"
    if (options.land > sites.land[options.site]).any() or (sites.hosts[options.site] < 1).any():
        yield "the land or the hosts of a site do not suffice"
    if _count(problem, policy) is None:
        yield "money is no number of sites: costs differ, or several budgets are not pooled"


def _price(problem: Problem) -> Floats:
    """(K,) what each option costs, its site included."""
    options = problem.options
    opened = (options.kind == BUILD) * problem.sites.cost[options.site]
    return np.asarray(options.cost + opened)


def _count(problem: Problem, policy: Policy) -> int | None:
    """How many sites the money is enough for, those that cost nothing included; None: no number."""
    options, price = problem.options, _price(problem)
    free = price == 0
    paid = np.unique(price[~free])
    if policy.budget is None or not len(paid):
        return len(options)
    own = budgets(problem, policy)
    payers = np.flatnonzero(~np.isnan(own))
    payer = problem.sites_at(policy.budget.tier)[options.site[~free]]
    one_purse = len(payers) == 1 or policy.budget.pooled == 1
    if len(paid) > 1 or not one_purse or not np.isin(payer, payers).all():
        return None
    return int(free.sum() + np.floor(np.nansum(own) / paid[0] * (1 + ROUNDING)))


def _pair_costs(problem: Problem, policy: Policy) -> Floats:
    """(N,) what a demand point at a site adds to the objective."""
    pairs, level, persons = problem.pairs[0], problem.levels[0], problem.demand.persons
    beyond = (~level.covers(pairs.minutes)).astype(float)
    cost = np.zeros(len(pairs))
    if policy.weight < 1:
        uncovered = policy.efficiency == "uncovered"
        each = beyond if uncovered else pairs.minutes / persons.sum()
        scale = (1 - policy.weight) / efficiency_scale(problem, policy)
        cost += scale * persons[pairs.origin] * each
    if policy.weight > 0:
        measure = make(policy.equity.measure, policy.equity.parameters)
        assert isinstance(measure, Additive)
        among = units(problem, policy.equity.among).point_weight
        value = beyond if policy.equity.of == "uncovered" else pairs.minutes
        scale = policy.weight / whole(problem, policy, policy.equity).scale
        share = among[pairs.origin] / among.sum()
        cost += scale * share * measure.phi(value, level)
    return cost


def search(
    problem: Problem, policy: Policy, limits: Limits, progress: Tell | None = None
) -> tuple[Plan | None, Outcome]:
    """The plan and what is proven of it; for a policy that `unsuited` has nothing against."""
    began = time.perf_counter()
    pairs, options = problem.pairs[0], problem.options
    cost = _pair_costs(problem, policy)
    # A measure may be below 0, costs may not: shifted, and then proven to the last digit.
    below = min(float(cost.min(initial=0.0)), 0.0)
    n, sites = len(problem.demand.ids), len(problem.sites.ids)
    near = near_of(n, pairs.origin, pairs.site, cost - below)
    required, able = _sites(problem)
    count = min(_count(problem, policy) or 0, int(able.sum()))
    if required.sum() > count:
        return None, _nothing(began)
    asked = limits if below == 0 else replace(limits, gap=0.0)
    watch = Watch(asked, progress)
    median = Median(Table(near, sites), np.ones(n), np.zeros(sites), count, watch, required, ~able)
    solved = median.solve()
    if solved.plan is None:
        return None, _nothing(began, solved.status)
    option = np.full(sites, -1)
    option[options.site] = np.arange(len(options))
    chosen = np.sort(option[solved.plan.sites])
    plan = Plan(chosen, (nearest_open(problem, pairs, chosen, 0),))
    return plan, Outcome(
        solved.status,
        None,
        solved.objective + n * below,
        solved.bound + n * below,
        time.perf_counter() - began,
        solved.nodes,
        solved.interrupted,
    )


def _sites(problem: Problem) -> tuple[Bools, Bools]:
    """(J,) sites that are open whatever is decided, as they cost nothing; and all that can be."""
    options = problem.options
    able = np.zeros(len(problem.sites.ids), dtype=bool)
    able[options.site] = True
    required = np.zeros(len(problem.sites.ids), dtype=bool)
    required[options.site[options.required | (_price(problem) == 0)]] = True
    return required, able


def _nothing(began: float, status: Status = Status.INFEASIBLE) -> Outcome:
    bound = np.inf if status is Status.INFEASIBLE else -np.inf
    return Outcome(status, None, np.inf, bound, time.perf_counter() - began, 0)
