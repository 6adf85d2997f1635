"""Why no plan exists: a smallest set of planning rules that cannot hold together.

HiGHS explains infeasible LPs only (`getIis`, 1.15.1), and planners think in rules, not rows. So
the rules are left out one after the other: whatever is still infeasible without a rule does not
need it. What is left cannot hold together, and leaving out any of it could help (a deletion
filter, Chinneck and Dravnieks 1991, over named families of rows).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.policy import Limits
from optimizer.solution import Status
from optimizer.solver import Program, minimise

#: Component of the model -> the rule as a planner knows it. The others (who is served, only by
#: what is open, one option per facility) are the question itself and always hold.
RULES = {
    "budget": "the budgets of the jurisdictions",
    "pool": "the pooled share of the budgets",
    "land": "the land of the sites",
    "hosts": "how many services a site may host",
    "one_level": "one level of each corridor",
    "capacity_kept": "the capacities of the facilities",
    "referral": "the referral minutes",
    "jurisdiction_floor": "the coverage floor by jurisdiction",
    "group_floor": "the coverage floor by group",
    "backup_floor": "the backup floor",
    "efficiency_bound": "the cap on efficiency",
    "equity_bound": "the cap on equity",
    "at_most_cap": "the further caps on equity",
    "cost_bound": "the cap on money",
}


def conflicting_rules(
    program: Program, component: NDArray[np.str_], limits: Limits
) -> tuple[str, ...]:
    """Rules of which each is needed for the infeasibility, as far as the limits could prove.

    component: (M,) name of the model's component that each row belongs to; limits.seconds is
    the time for each of the trials, at most one per rule.
    """
    feasibility = replace(program, cost=np.zeros_like(program.cost), offset=0.0)
    needed = [rule for rule in RULES if (component == rule).any()]
    for rule in list(needed):
        without = [other for other in needed if other != rule]
        kept = ~np.isin(component, [*set(RULES) - set(without)])
        trial = replace(
            feasibility,
            row_lower=np.where(kept, program.row_lower, -np.inf),
            row_upper=np.where(kept, program.row_upper, np.inf),
        )
        if minimise(trial, limits).status is Status.INFEASIBLE:
            needed = without
    return tuple(RULES[rule] for rule in needed)
