"""A case as a p-median: one kind of facility that never overflows, so the nearest serves all.

Then a question is a p-median, whatever additive measure of equity is weighed in it: each pair has
one cost. Money, floors and caps are rows beside that, or close pairs; one purse for sites of one
price is the number of sites. Whom nobody serves goes to a site that is open at no cost.
`optimizer.location` proves it at the size of a region's every village; no Pyomo model is built.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimizer.algorithms.honours import missing
from optimizer.algorithms.median.budget_constraints import Offers, counted_money, money, offers
from optimizer.algorithms.median.pair_costs import equity_of, is_sum
from optimizer.algorithms.median.side_constraints import open_pairs, rows, unsuited_caps
from optimizer.algorithms.mip.decode import nearest_open
from optimizer.assessment.unmet import unmet_price
from optimizer.case import Case
from optimizer.efficiency import OfMoney, OfTrips
from optimizer.equity.aggregation import is_dispersion
from optimizer.foundation.language import _
from optimizer.location.base.costs import Table
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import Opened, Tell, Watch
from optimizer.location.median.exact import Median
from optimizer.location.median.side_constraints import side_constraints_of
from optimizer.model.admissible import offers as offering
from optimizer.problem import Floats, Ints, Pairs, Problem
from optimizer.question import Limits
from optimizer.solution import Plan, Solved, Status
from optimizer.solver.program import Outcome

NAME = "median"

#: Where each site has one service: the cheapest option that fits, and everybody at the nearest;
#: money, floors and caps are in `budget_constraints.py` and `side_constraints.py`.
HONOURS = frozenset(
    {
        *("one_option", "required", "land", "hosts", "budget"),
        *("served", "only_open", "trips", "minutes", "unmet"),
        *("jurisdiction_floor", "group_floor", "backup_floor"),
        *("efficiency_bound", "equity_bound", "bounds", "cost_bound", "guard"),
        *("efficiency of trips", "efficiency of money"),
    }
)

#: As many pairs or fewer are proven to the last digit, as that takes no longer.
FEW_PAIRS = 3_000


def unsuited(case: Case) -> str | None:
    """Why a question is no median; None where it is one."""
    return next(_reasons(case), None)


def _reasons(case: Case) -> Iterator[str]:
    policy = case.policy
    if len(case.problem.levels) > 1:
        yield _("there are several levels")
        return
    options = case.problem.options
    if not (offering(options, 0) | options.closed).all():
        yield _("an option offers nothing")
    if policy.weight > 0 and not is_sum(policy.equity):
        yield _("{measure} is no sum over persons", measure=policy.equity.measure)
    if is_dispersion(policy.equity):
        yield _("{measure} is guarded", measure=policy.equity.measure)
    for measure in unsuited_caps(case):
        yield _("{measure} is capped, and no sum over persons", measure=measure)
    for rule in missing(case, HONOURS):
        yield _("it does not know this rule: {rule}", rule=_(rule))


def _minimised(case: Case, pairs: Pairs) -> Floats:
    """(N,) what a demand point at a site adds to the objective."""
    cost, (efficiency_price, equity_price) = np.zeros(len(pairs)), case.prices
    if isinstance(case.efficiency, OfTrips):
        cost += efficiency_price * case.efficiency.of_pairs(case.problem, 0, pairs)
    else:
        cost += efficiency_price * unmet_price(case.problem, 0, pairs)
    if equity_price > 0:
        cost += equity_price * equity_of(case, case.policy.equity, pairs)
    return cost


def _paid(case: Case, offered: Offers) -> Floats:
    """(J,) what opening a site adds to the objective."""
    money = isinstance(case.efficiency, OfMoney)
    return case.prices[0] * offered.price if money else np.zeros(len(offered.price))


def _anyway(case: Case, offered: Offers) -> float:
    """What every plan adds to the objective: the closing of all that may be closed."""
    money = isinstance(case.efficiency, OfMoney)
    return case.prices[0] * float(offered.spent.sum()) if money else 0.0


def search(
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    progress: Tell | None = None,
) -> tuple[Plan | None, Outcome]:
    """The plan and what is proven of it; for a policy that `unsuited` has nothing against.

    start: a plan that obeys the policy's rules.
    """
    problem = case.problem
    began = time.perf_counter()
    offered = offers(case)
    able, must = offered.able, offered.required | offered.free
    pairs, budget = open_pairs(case, able), money(case, offered)
    first = np.searchsorted(pairs.origin, np.arange(len(problem.demand.ids) + 1))
    if (np.diff(first) == 0).any() or (must & ~able).any() or max(must.sum(), 1) > budget.count:
        return None, _nothing(began)
    cost = _minimised(case, pairs)
    # A measure may be below 0, costs may not: shifted, and then proven to the last digit. So is
    # what is small: it takes no longer, and a sweep learns more from it.
    below = min(float(cost.min()), 0.0)
    exact = limits if below == 0 and len(pairs) > FEW_PAIRS else replace(limits, gap=0.0)
    beside, fixed = (
        [*budget.rows, *counted_money(case, offered, pairs), *rows(case, pairs, able)],
        _paid(case, offered),
    )
    any_number = fixed.any() and budget.count == able.sum()
    solved = Median(
        # Pairs are sorted by minutes, so by every cost and by what they add to every row.
        Table(NearPairs(first, pairs.site, cost - below), len(able)),
        np.ones(len(first) - 1),
        fixed,
        None if any_number else budget.count,
        Watch(exact, progress),
        must,
        ~able,
        side_constraints_of(beside, len(able), pairs.origin, pairs.site),
        None if start is None else _opened(problem, start),
    ).solve()
    shift = (len(first) - 1) * below + _anyway(case, offered)
    return _told(problem, offered, solved, shift, began)


def _opened(problem: Problem, plan: Plan) -> Ints:
    """The sites (rows) that are open in a plan."""
    stands = plan.options[~problem.options.closed[plan.options]]
    return np.unique(problem.options.site[stands])


def _told(
    problem: Problem, offered: Offers, solved: Solved[Opened], shift: float, began: float
) -> tuple[Plan | None, Outcome]:
    """The plan in the words of the problem; shift: what all costs are too low by."""
    if solved.plan is None:
        return None, _nothing(began, solved.status)
    closed = offered.closed.copy()
    closed[solved.plan.sites] = -1
    chosen = np.sort(np.append(offered.option[solved.plan.sites], closed[closed >= 0]))
    plan = Plan(chosen, (nearest_open(problem, chosen, 0),))
    seconds = time.perf_counter() - began
    objective, bound = solved.objective + shift, solved.bound + shift
    return plan, Outcome(
        solved.status, None, objective, bound, seconds, solved.nodes, solved.interrupted
    )


def _nothing(began: float, status: Status = Status.INFEASIBLE) -> Outcome:
    bound = np.inf if status is Status.INFEASIBLE else -np.inf
    return Outcome(status, None, np.inf, bound, time.perf_counter() - began, 0)
