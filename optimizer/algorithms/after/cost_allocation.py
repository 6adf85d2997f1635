"""Cost allocation: who pays what for the corridors of a plan, where that is negotiated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array

from optimizer.assessment.money import money
from optimizer.case import Case
from optimizer.foundation.tolerances import LEAST_DIVISOR
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Plan
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program


def allocated(case: Case, plan: Plan) -> Plan:
    """The plan with payments q (len(plan.corridors), C) as near to fixed shares as budgets allow.

    minimise sum max(0, q[a, c] - fair[a, c]) over the jurisdictions c that may pay for a, where
        sum_c q[a, c] = cost[a],  sites[c] + sum_a q[a, c] <= B[c] + r[c],
        r[c] >= -pooled B[c],  sum_c r[c] <= 0
    fair[a, c]: what c would pay if the shares of the facts were those of c and the others who may
    pay. The plan obeys the budgets already, so there is such a q; what rounding lacks is allowed,
    and dearer than any way around it. Unchanged where nothing is negotiated, or nothing built.
    """
    problem = case.problem
    corridors, budget = problem.corridors, case.policy.budget
    if corridors is None or budget is None or not (budget.negotiated and len(plan.corridors)):
        return plan
    built, areas = plan.corridors, len(problem.jurisdictions.ids)
    road, payer = np.nonzero(case.may_pay[built])
    cost, shares = corridors.cost[built], problem.shares_at(budget.tier)[built]
    fair = (cost / np.maximum(shares.sum(axis=1), LEAST_DIVISOR))[road] * shares[road, payer]
    own = case.budgets
    limited = np.flatnonzero(~np.isnan(own))
    at_site, at = money(problem, plan.options), case.payer
    sites = np.bincount(at[at >= 0], weights=at_site[at >= 0], minlength=areas)
    n, m = len(road), len(limited)
    # Columns: q, what each is beyond fair, r, what rounding lacks.
    each, one, none = np.eye(n), np.eye(m), np.zeros
    of_road = (road == np.arange(len(built))[:, None]).astype(float)
    of_payer = (payer == limited[:, None]).astype(float)
    rows = [
        np.hstack([of_road, none((len(built), n + 2 * m))]),
        np.hstack([each, -each, none((n, 2 * m))]),
        np.hstack([of_payer, none((m, n)), -one, -one]),
        np.hstack([none((1, 2 * n)), np.ones((1, m)), none((1, m))]),
    ]
    program = Program(
        cost=np.concatenate([none(n), np.ones(n), none(m), np.full(m, 2.0 * (len(built) + 1))]),
        offset=0.0,
        rows=csc_array(np.vstack(rows)),
        row_lower=np.concatenate([cost, np.full(n + m + 1, -np.inf)]),
        row_upper=np.concatenate([cost, fair, own[limited] - sites[limited], [0.0]]),
        lower=np.concatenate([none(2 * n), -budget.pooled * own[limited], none(m)]),
        upper=np.full(2 * n + 2 * m, np.inf),
        integer=np.zeros(2 * n + 2 * m, dtype=bool),
    )
    payments = minimise(program, Limits(gap=0)).x
    assert payments is not None  # whoever builds a corridor may pay for it
    paid = np.zeros((len(built), areas))
    paid[road, payer] = np.maximum(payments[:n], 0.0)
    return replace(plan, paid=_wholly(paid, cost))


def _wholly(paid: Floats, cost: Floats) -> Floats:
    """The payments, so that each corridor is paid without a rest."""
    total = paid.sum(axis=1)
    return paid * np.where(total > 0, cost / np.maximum(total, LEAST_DIVISOR), 1.0)[:, None]
