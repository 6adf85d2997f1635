"""Aggregation error: how far a question of aggregated demand points is from the question of all.

For the p-median |f(X) - f'(X)| <= sum_i w_i d(i, rep(i)), whatever the sites X, and for the center
max_i d(i, rep(i)); where that holds for all X it holds for the optima (Geoffrion 1977; Francis,
Lowe, Rayco and Tansel 2009; Hillsman and Rhoda 1978 call its parts A, B and C errors). Here no
metric is needed: with g(i, j) what a person of i counts who is served at j

    below = sum_i w_i max_j (g(rep(i), j) - g(i, j))    over the fine pairs of i
    above = sum_i w_i max_j (g(i, j) - g(rep(i), j))    over the coarse pairs of rep(i)

and for a monotone measure that is translation covariant and never worse after a transfer (maximum,
CVaR, ordered median) the largest of these instead of the sum. j may be nobody, where needs may be
unmet, also for a pair that is there in one of the two only; else such a pair leaves no bound.

Proof. A fine plan is a coarse one of the same sites, each part served in the mean as its points
are: loads are the same, so is all money, and trip by trip it counts `below` more at most. A coarse
plan is a fine one, each point served as its part is. So every rule must be about sites, money and
loads alone: floors, caps on measures and on unmet needs are about who is near what, and are no
bound's. What is compared must be persons, and no corridor may be decided.

Whatever is asked, the sites of the coarse plan are a fine plan, if the fine question with no other
options has one: an upper bound. And where nothing is better for being farther, nobody is nearer
than the nearest possible site: a lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from optimizer.algorithms import guard
from optimizer.algorithms.session import Session
from optimizer.algorithms.verified import verified
from optimizer.assessment.indicators import worth
from optimizer.assessment.nearest import nearest_plan
from optimizer.assessment.unmet import priced
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.equity import Additive, Class
from optimizer.equity.measure import Property
from optimizer.foundation.language import _
from optimizer.problem import KEEP, Floats, Ints, Options, Problem
from optimizer.question import PLACES, Limits
from optimizer.solution import Plan, Progress, Result
from optimizer.solution.aggregation_bound import AggregationBound
from optimizer.solution.scenario_expansion import unfolded

#: What a monotone measure must promise for the bound of the center.
CENTRED = {Property.MONOTONE, Property.TRANSFER, Property.TRANSLATION_COVARIANT}


def aggregation_bound(
    fine: Case,
    coarse: Case,
    of: Ints,
    result: Result,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
) -> AggregationBound:
    """What the result of the coarse case, which has a plan, says of the fine one.

    of: (I,) row of the coarse demand point that each fine one is part of.
    """
    assert result.plan is not None
    reasons = tuple(dict.fromkeys(_no_error(fine)))
    below, above = (math.inf, math.inf) if reasons else _errors(fine, coarse, of)
    if not reasons and math.isinf(max(below, above)):
        reasons = (_("some trips are within the cut-off in one of the two questions only"),)
    at_sites, infeasible = _at_sites(fine, result.plan, limits, progress)
    return AggregationBound(
        result.objective,
        at_sites,
        below,
        above,
        _ideal(fine),
        result.bound,
        reasons,
        infeasible,
    )


def _no_error(case: Case) -> Iterator[str]:
    """Why the aggregation error of a question has no bound; nothing where it has one."""
    policy, problem = case.policy, case.problem
    floors = policy.floors.values()
    if any(max(floor.jurisdiction, floor.group, floor.backup) > 0 for floor in floors):
        yield _("floors are about who is near")
    capped = policy.efficiency_bound, policy.equity_bound, policy.guard
    if policy.bounds or any(cap is not None for cap in capped):
        yield _("caps on efficiency or equity are about who is near")
    unmet = [level.unmet for level in problem.levels if level.unmet and level.may_be_unmet]
    if any(min(one.most, one.jurisdiction, one.group) < 1 for one in unmet):
        yield _("unmet needs are capped")
    if any(quota.of == PLACES for quota in policy.quotas.values()):
        yield _("places are counted by the persons of each jurisdiction")
    if problem.corridors is not None:
        yield _("corridors are decided")
    if problem.scenarios is not None or problem.adversary is not None:
        yield _("something can fail")
    if not isinstance(case.efficiency, OfTrips) and any(map(priced, problem.levels)):
        yield _("unmet needs have a price")
    if policy.weight > 0:
        yield from _no_error_of_equity(case)


def _no_error_of_equity(case: Case) -> Iterator[str]:
    equity, how = case.policy.equity, case.equity
    measure = how.measure
    if equity.among != "persons":
        yield _("{among} are compared, not persons", among=equity.among)
    additive = isinstance(measure, Additive) and not measure.is_order
    centred = measure.kind is Class.MONOTONE and measure.properties >= CENTRED
    if additive and how.worst:
        yield _("the worst of the levels counts, and it may be another one")
    if equity.of == "catchment" or not (additive or centred):
        yield _("{measure} is no sum over persons, nor as the maximum is", measure=equity.measure)


def _errors(fine: Case, coarse: Case, of: Ints) -> tuple[float, float]:
    """below and above, in the unit of the objective; inf: there is no bound."""
    cases = [replace(one, problem=unfolded(one.problem)) for one in (fine, coarse)]
    how, prices = cases[0].equity, fine.prices
    sums, largest = np.zeros(2), dict[int, Floats]()
    for row in range(len(fine.problem.levels)):
        persons = fine.problem.entitled(row)
        summed, equity = zip(*(_counted(case, row) for case in cases), strict=True)
        error = _largest(cases[0].problem, cases[1].problem, row, of, summed)
        if np.isinf(error).any():
            return math.inf, math.inf
        sums += error @ persons
        if how.measure.kind is Class.MONOTONE and how.weights[row] > 0:
            error = _largest(cases[0].problem, cases[1].problem, row, of, equity)
            largest[row] = error[:, persons > 0].max(axis=1)
    if largest and prices[1] > 0:
        each = np.array([largest[row] for row in largest])
        weights = how.weights[list(largest)]
        sums += prices[1] * (each.max(axis=0) if how.worst else weights @ each)
    return float(sums[0]), float(sums[1])


def _counted(case: Case, row: int) -> tuple[Floats, Floats]:
    """(N,) of the pairs of a level: what one person adds to the sums of the objective, and what
    that person has, as the equity sees it.
    """
    problem, level, pairs = case.problem, case.problem.levels[row], case.problem.trips[row]
    everybody = problem.entitled(row).sum()
    covered = problem.within_standard(row, pairs.site, pairs.minutes)
    cost, (efficiency_price, equity_price) = np.zeros(len(pairs)), case.prices
    if isinstance(case.efficiency, OfTrips):
        each = case.efficiency.value(pairs.minutes, covered, level)
        by_all = case.efficiency.divisor(problem.entitled(row))
        cost += efficiency_price * case.level_weights[row] * each / by_all
    value = (~covered).astype(float) if case.policy.equity.of == "uncovered" else pairs.minutes
    measure, weight = case.equity.measure, case.equity.weights[row]
    if equity_price > 0 and weight > 0 and isinstance(measure, Additive):
        cost += equity_price * weight * measure.phi(value, level) / everybody
    return cost, value


def _largest(
    fine: Problem, coarse: Problem, row: int, of: Ints, counted: tuple[Floats, ...]
) -> Floats:
    """(2, I) by how much each point counts less, and more, at most than the one that it is part of.

    counted: of the fine pairs and of the coarse ones.
    """
    own, parts = _by_site(fine, row, counted[0]), _by_site(coarse, row, counted[1])
    error = np.zeros((2, len(of)))
    for i, k in enumerate(of.tolist()):
        (here, here_or_nobody), (there, there_or_nobody) = own(i), parts(k)
        near, near_there = np.isfinite(here), np.isfinite(there)
        error[0, i] = (there_or_nobody[near] - here[near]).max()
        error[1, i] = (here_or_nobody[near_there] - there[near_there]).max()
    return error


def _by_site(problem: Problem, row: int, values: Floats) -> Callable[[int], tuple[Floats, Floats]]:
    """Of a demand point: (J,) values of its pairs, inf where there is none; and with those of being
    served by nobody there, where that may be.
    """
    pairs, sites = problem.trips[row], len(problem.sites.ids)
    first = np.searchsorted(pairs.origin, np.arange(len(problem.demand.ids) + 1))

    def of_point(i: int) -> tuple[Floats, Floats]:
        here = slice(first[i], first[i + 1])
        value = np.full(sites, np.inf)
        value[pairs.site[here]] = values[here]
        if not problem.has_nobody:
            return value, value
        return value, np.where(np.isfinite(value), value, value[problem.nobody])

    return of_point


def _at_sites(
    fine: Case, plan: Plan, limits: Limits, progress: Callable[[Progress], None] | None
) -> tuple[float, tuple[str, ...]]:
    """The fine objective of the sites of a plan, and why they serve the fine question in no way."""
    problem, policy = fine.problem, fine.policy
    if problem.scenarios is not None or problem.adversary is not None:
        return math.inf, (_("something can fail"),)
    if guard.allowed(policy) is not None:
        return math.inf, (_("the most efficient plan is another where sites are given"),)
    try:
        case = replace(fine, problem=_only(problem, plan.options))
    except ValueError:  # whom no open site reaches, and who may not be left out
        return math.inf, (_("a demand point is out of reach of all of these sites"),)
    found = verified(case, Session(case).solve(policy, limits, progress=progress))
    return found.objective, found.reasons


def _only(problem: Problem, chosen: Ints) -> Problem:
    """The problem where just these options can be chosen, or what they close may stay.

    Raises ValueError where that cannot be.
    """
    given = problem.options
    closed = np.isin(given.facility, given.facility[chosen[given.closed[chosen]]])
    chosen = np.union1d(chosen, np.flatnonzero(closed & (given.kind == KEEP)))
    options = Options(
        service=given.service[chosen],
        site=given.site[chosen],
        size=given.size[chosen],
        kind=given.kind[chosen],
        capacity=given.capacity[chosen],
        cost=given.cost[chosen],
        land=given.land[chosen],
        required=np.ones(len(chosen), dtype=bool),
        once=given.once[chosen],
        running=given.running[chosen],
    )
    offered = np.zeros((len(problem.sites.ids), len(problem.levels)), dtype=bool)
    np.logical_or.at(offered, options.site, options.capacity > 0)
    corridors = problem.corridors
    if corridors is not None:
        faster = tuple(
            pairs.only(offered[pairs.site, row]) for row, pairs in enumerate(corridors.faster)
        )
        corridors = replace(corridors, faster=faster)
    return replace(
        problem,
        options=options,
        pairs=tuple(
            pairs.only(offered[pairs.site, row]) for row, pairs in enumerate(problem.pairs)
        ),
        transfers={
            row: pairs.only(offered[pairs.origin, row] & offered[pairs.site, row + 1])
            for row, pairs in problem.transfers.items()
        },
        corridors=corridors,
    )


def _ideal(case: Case) -> float:
    """The objective with everybody at the nearest possible site; -inf where that is no bound."""
    policy, measure = case.policy, case.equity.measure
    harmless = measure.kind is not Class.DISPERSION and not measure.is_order
    sees = policy.equity.of != "catchment" and harmless
    fails = case.problem.scenarios is not None or case.problem.adversary is not None
    if fails or not isinstance(case.efficiency, OfTrips) or (policy.weight > 0 and not sees):
        return -math.inf
    return worth(case, nearest_plan(case.problem)).objective
