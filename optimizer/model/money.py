"""Money: what is spent by whom, on options, sites and corridors."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.admissible import rows_by
from optimizer.problem import BUILD, Problem


def add_site_paid_once(model: pyo.ConcreteModel, problem: Problem) -> None:
    """o[j] >= sum_k y[k] over the BUILD options k of each service at site j (co-location)."""
    table = problem.options
    built = (table.kind == BUILD) & (problem.sites.cost[table.site] > 0)
    options = rows_by(np.where(built, table.facility, -1))

    @model.Constraint(list(options), doc="who builds at a site opens it")
    def site_paid_once(model: pyo.ConcreteModel, f: int) -> object:
        site = int(table.site[options[f][0]])
        return model.opened[site] >= pyo.quicksum(model.stands[k] for k in options[f])


def add_money(model: pyo.ConcreteModel, case: Case) -> None:
    """spent[c] = sum_k cost[k] y[k] + sum_j cost[j] o[j] + sum_a share[a, c] cost[a] v[a].

    The last is sum_a q[a, c] where shares are negotiated.
    Over the options and sites that c pays, and all corridors; c: jurisdictions with a budget; -1
    holds the sites that none of them pays, and what others than those pay for corridors.
    """
    problem = case.problem
    options = rows_by(case.payer[problem.options.site] + 1)
    sites = rows_by(case.payer + 1)
    roads = dict[int, list[object]]()
    for c, paid in corridor_costs(case).items():
        roads[c] = [money * model.built[a] for a, money in paid.items()]
    for a, c in model.paid:
        roads.setdefault(c + 1, []).append(model.paid[a, c])
    payers = sorted(set(sites) | {c + 1 for c in payers_of(case)} | set(roads))

    @model.Expression([c - 1 for c in payers], doc="money spent in jurisdiction c")
    def spent(model: pyo.ConcreteModel, c: int) -> object:
        cost, fixed = problem.options.cost, problem.sites.cost
        return (
            pyo.quicksum(float(cost[k]) * model.stands[k] for k in options[c + 1] if cost[k] > 0)
            + pyo.quicksum(
                float(fixed[j]) * model.opened[j] for j in sites[c + 1] if j in model.opened
            )
            + pyo.quicksum(roads.get(c + 1, []))
        )


def corridor_costs(case: Case) -> dict[int, dict[int, float]]:
    """Row of the jurisdiction of the tier that pays, plus 1 -> corridor -> money.

    None where shares are negotiated.
    """
    problem = case.problem
    budget = case.policy.budget
    if problem.corridors is None or (budget is not None and budget.negotiated):
        return {}
    areas = len(problem.jurisdictions.ids)
    at = problem.jurisdictions.at(budget.tier) if budget else np.full(areas, -1)
    found: dict[int, dict[int, float]] = {}
    for a, c in zip(*np.nonzero(problem.corridors.shares), strict=True):
        paid = found.setdefault(int(at[c]) + 1, {})
        share = problem.corridors.shares[a, c] * problem.corridors.cost[a]
        paid[int(a)] = paid.get(int(a), 0.0) + float(share)
    return found


def payers_of(case: Case) -> list[int]:
    """Rows of the jurisdictions that have a budget."""
    return [int(c) for c in np.flatnonzero(~np.isnan(case.budgets))]
