"""Why no plan exists: a smallest set of planning rules that cannot hold together.

HiGHS explains infeasible LPs only (`getIis`, 1.15.1), and planners think in rules, not rows. So
the rules are left out one after the other: whatever is still infeasible without a rule does not
need it. What is left cannot hold together, and leaving out any of it could help (a deletion
filter, Chinneck and Dravnieks 1991, over named families of rows).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer import stopping
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


#: Seconds for each trial, of which there is one for each rule.
TRIAL_SECONDS = 10.0


def conflicting_rules(
    program: Program,
    component: NDArray[np.str_],
    limits: Limits,
    words: Mapping[str, str] = RULES,
) -> tuple[tuple[str, ...], bool]:
    """Rules that cannot hold together, and whether each of them is proven to be needed for that.

    component: (M,) name of the model's component that each row belongs to; limits.seconds: for all
    trials together; words: what each rule is called.
    """
    began, minimal = time.perf_counter(), True
    feasibility = replace(program, cost=np.zeros_like(program.cost), offset=0.0)
    needed = [rule for rule in RULES if (component == rule).any()]
    for rule in list(needed):
        left = limits.after(time.perf_counter() - began)
        out_of_time = limits.seconds is not None and time.perf_counter() - began > limits.seconds
        if out_of_time or stopping.asked():
            return tuple(words[rule] for rule in needed), False
        without = [other for other in needed if other != rule]
        kept = ~np.isin(component, [*set(RULES) - set(without)])
        trial = replace(
            feasibility,
            row_lower=np.where(kept, program.row_lower, -np.inf),
            row_upper=np.where(kept, program.row_upper, np.inf),
        )
        seconds = min(TRIAL_SECONDS, left.seconds or TRIAL_SECONDS)
        found = minimise(trial, replace(left, seconds=seconds))
        if found.status is Status.INFEASIBLE:
            needed = without
        elif found.x is None:  # without this rule there may be a plan or not
            minimal = False
    return tuple(words[rule] for rule in needed), minimal
