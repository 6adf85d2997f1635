"""The table of contents of the mathematics: facts and question in, a Pyomo model out."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.equity_terms import add_equity
from optimizer.model.goals import efficiency, money
from optimizer.model.money import add_money, add_site_paid_once
from optimizer.model.program import Form, with_rows_below
from optimizer.model.restriction import Restriction
from optimizer.model.variables import (
    add_assignment,
    add_corridors,
    add_opened_sites,
    add_payments,
    add_siting,
)
from optimizer.rules import RULES
from optimizer.rules.rule import Cap, LevelRule, SitingRule


def build(
    case: Case, with_equity: bool = True, restriction: Restriction | None = None
) -> pyo.ConcreteModel:
    """The full model: siting, assignment, rules, and what may be minimised or capped.

    Its goals are the objectives `efficiency`, `equity` (the term T) and `money`, none of which
    knows the policy's weight or its caps on them: `with_caps` and `model.program` put those
    together, so that one model serves a whole sweep. Without equity T and its rows are left out.
    """
    problem = case.problem
    model = pyo.ConcreteModel()

    add_siting(model, problem)
    add_corridors(model, problem)
    add_payments(model, case)
    add_opened_sites(model, problem)
    add_assignment(model, problem, restriction)

    add_site_paid_once(model, problem)
    add_money(model, case)
    active = [rule for rule in RULES if rule.active(case)]
    for rule in active:
        if isinstance(rule, SitingRule):
            rule.add_to(model, case)
    for access in model.access:
        for rule in active:
            if isinstance(rule, LevelRule):
                rule.add_to(model.level[access.row], case, access)

    model.efficiency = pyo.Objective(expr=efficiency(model, case), doc=case.efficiency.name)
    model.money = pyo.Objective(expr=money(model), doc="all money spent")
    if with_equity:
        add_equity(model, case)
    return model


def with_caps(form: Form, case: Case) -> Form:
    """The form with the policy's caps on efficiency, equity and money as rows of their own."""
    caps = [
        (rule.id, goal, limit)
        for rule in RULES
        if isinstance(rule, Cap)
        for goal, limit in rule.caps(form, case)
    ]
    return with_rows_below(form, caps) if caps else form
