"""Cost: the money that the plan takes."""

from __future__ import annotations

import numpy as np

from optimizer.efficiency.efficiency import OfMoney, Question, register
from optimizer.foundation.language import N_


@register
class Cost(OfMoney):
    """F = sum_k cost[k] y[k] + sum_j cost[j] o[j] + sum_a cost[a] v[a] + sum_l q[l] U[l], in money.

    Over chosen options k, sites j that are opened and corridors a that are built; U[l]: persons
    whose need of level l is unmet where nothing fails, q[l]: what each counts as (`Unmet.price`).
    The weights of the levels play no part. Per year where there are `costs`: what is paid once,
    times its capital recovery factor, and what runs; q is per year then. A hundredth of all budgets
    weighs as much as one minute; where there is no budget, of the cost of all options and sites.
    """

    name = "cost"
    title = N_("cost")
    unit = "money"
    reference = "M. L. Balinski, Management Science 12 (1965) 253-313"

    def scale(self, case: Question) -> float:
        options, sites = case.problem.options, case.problem.sites
        money = float(options.cost.sum() + sites.cost.sum())
        if case.policy.budget is not None:
            money = float(np.nansum(case.budgets))
        return money / 100 or 1.0
