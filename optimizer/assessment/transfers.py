"""TRANSFERS: what each jurisdiction gives to the common money, and what it gets out of it."""

from __future__ import annotations

import numpy as np

from optimizer.case import Case
from optimizer.problem import Floats


def from_pool(case: Case, spent: Floats) -> Floats:
    """(C,) money that each jurisdiction of the budget's tier gets from the pool; negative: gives.

    spent: (C,) money spent in each jurisdiction. What is spent in c beyond its own budget B_c
    comes from the pool. The others fill the pool in proportion to what each can still give,
    min(pooled x B_c, B_c - spent_c): the budget rule says how much they give together, the
    proportion is a convention. Zero for all others, and where there is no budget.
    """
    if case.policy.budget is None:
        return np.zeros(len(spent))
    own = np.nan_to_num(case.budgets)
    paying = np.isfinite(case.budgets)
    got = np.where(paying, np.maximum(spent - own, 0), 0)
    can_give = np.where(paying, np.clip(own - spent, 0, case.policy.budget.pooled * own), 0)
    return np.asarray(got - can_give * got.sum() / max(can_give.sum(), 1e-300))
