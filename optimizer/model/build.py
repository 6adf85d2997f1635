"""The table of contents of the mathematics: facts and question in, a Pyomo model out."""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.model.constraints.assignment import (
    add_capacity,
    add_only_built,
    add_only_open,
    add_referral,
    add_reserve,
    add_served,
)
from optimizer.model.constraints.budget import add_budget, add_money
from optimizer.model.constraints.corridors import add_one_level, add_paid_for
from optimizer.model.constraints.facilities import (
    add_hosts,
    add_land,
    add_one_option,
    add_site_paid_once,
)
from optimizer.model.constraints.floors import (
    add_backup_floor,
    add_group_floor,
    add_jurisdiction_floor,
)
from optimizer.model.constraints.nearest import add_nearest
from optimizer.model.goals import efficiency, money
from optimizer.model.justice import add_bounds, add_equity
from optimizer.model.variables import (
    add_assignment,
    add_corridors,
    add_opened_sites,
    add_payments,
    add_siting,
)

#: Rule -> what writes its rows.
RULES: dict[str, Callable[[pyo.ConcreteModel, Case], None]] = {
    "one_option": add_one_option,
    "land": add_land,
    "hosts": add_hosts,
    "corridor_levels": add_one_level,
    "payments": add_paid_for,
    "budget": add_budget,
    "bounds": add_bounds,
}

#: Rule -> what writes its rows for one level, on the level's block.
LEVEL_RULES: dict[str, Callable[[pyo.Block, Case, Access], None]] = {
    "served": add_served,
    "only_open": add_only_open,
    "trips": add_only_built,
    "capacity": add_capacity,
    "reserve": add_reserve,
    "referral": add_referral,
    "jurisdiction_floor": add_jurisdiction_floor,
    "group_floor": add_group_floor,
    "backup_floor": add_backup_floor,
    "nearest": add_nearest,
}

#: Rules that need no rows of their own: what is required makes `one_option` an equation, and the
#: minutes of a pair are facts.
IMPLIED = ("required", "minutes")


def build(case: Case, with_equity: bool = True) -> pyo.ConcreteModel:
    """The full model: siting, assignment, rules, and what may be minimised or capped.

    Its goals are the objectives `efficiency`, `equity` (the term T) and `money`, none of which
    knows the policy's weight or its caps on them: `model.program` puts those together, so that
    one model serves a whole sweep. Without equity T and its rows are left out.
    """
    problem = case.problem
    model = pyo.ConcreteModel()

    add_siting(model, problem)
    add_corridors(model, problem)
    add_payments(model, case)
    add_opened_sites(model, problem)
    add_assignment(model, problem)

    add_site_paid_once(model, problem)
    add_money(model, case)
    for add in RULES.values():
        add(model, case)
    for access in model.access:
        for add_to_level in LEVEL_RULES.values():
            add_to_level(model.level[access.row], case, access)

    add_goals(model, case, with_equity)
    return model


def add_goals(model: pyo.ConcreteModel, case: Case, with_equity: bool) -> None:
    """The objectives, each in its own unit; `model.program` decides what is minimised."""
    model.efficiency = pyo.Objective(expr=efficiency(model, case), doc=case.efficiency.name)
    model.money = pyo.Objective(expr=money(model), doc="all money spent")
    if with_equity:
        add_equity(model, case)
