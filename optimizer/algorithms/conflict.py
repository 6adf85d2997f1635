"""Irreducible infeasible set of planning rules: why no plan exists.

HiGHS explains infeasible LPs only (`getIis`, 1.15.1), and planners think in rules, not rows. So
the rules are left out one after the other: whatever is still infeasible without a rule does not
need it. What is left cannot hold together, and leaving out any of it could help (a deletion
filter, Chinneck and Dravnieks 1991, over named families of rows).
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.foundation import stopping
from optimizer.question import Limits
from optimizer.rules import RULES
from optimizer.solution import Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program

#: Component of the model -> the rule as a planner knows it. The others (who is served, only by
#: what is open, one option per facility) are the question itself and always hold.
WORDS = {component: words for rule in RULES for component, words in rule.words.items()}

#: What follows from a rule is there while the rule is, and left out with it: it is left out always.
CONSEQUENCES = tuple(one for rule in RULES for one in rule.consequences)

#: Seconds for each trial, of which there is one for each rule.
TRIAL_SECONDS = 10.0


def conflicting_rules(
    program: Program,
    component: NDArray[np.str_],
    limits: Limits,
) -> tuple[tuple[str, ...], bool]:
    """Rules that cannot hold together, and whether each of them is proven to be needed for that.

    component: (M,) name of the model's component that each row belongs to; limits.seconds: for all
    trials together. A rule is the name of its component; `WORDS` has what it is called.
    """
    began, minimal = time.perf_counter(), True
    feasibility = replace(program, cost=np.zeros_like(program.cost), offset=0.0)
    needed = [rule for rule in WORDS if (component == rule).any()]
    for rule in list(needed):
        limits_left = limits.after(time.perf_counter() - began)
        out_of_time = limits.seconds is not None and time.perf_counter() - began > limits.seconds
        if out_of_time or stopping.asked():
            return tuple(needed), False
        without = [other for other in needed if other != rule]
        kept = ~np.isin(component, [*set(WORDS) - set(without), *CONSEQUENCES])
        trial = replace(
            feasibility,
            row_lower=np.where(kept, program.row_lower, -np.inf),
            row_upper=np.where(kept, program.row_upper, np.inf),
        )
        seconds = min(TRIAL_SECONDS, limits_left.seconds or TRIAL_SECONDS)
        outcome = minimise(trial, replace(limits_left, seconds=seconds))
        if outcome.status is Status.INFEASIBLE:
            needed = without
        elif outcome.x is None:  # without this rule there may be a plan or not
            minimal = False
    return tuple(needed), minimal
