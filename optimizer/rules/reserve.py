"""Who helps keeps a reserve for its own."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.model.admissible import offering, rows_by
from optimizer.rules.rule import LevelRule


class Reserve(LevelRule):
    """Where something fails a facility keeps a share of its capacity for its own jurisdiction."""

    id = "reserve"

    def active(self, case: Case) -> bool:
        return _aid(case) > 0

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_n persons x need x x[n] <= (1 - reserve) sum_k capacity[k] y[k] at each site j.

        Over the pairs n of demand points in other jurisdictions of the tier of the aid, where
        something fails: who helps keeps a reserve for its own.
        """
        problem = case.problem
        states = problem.states
        if states is None or states.aid is None or states.of[access.row] == 0:
            return
        lives, lies = problem.demand_at(states.aid.tier), problem.sites_at(states.aid.tier)
        pairs, stands, options = access.pairs, block.model().stands, offering(problem, access.row)
        lies[problem.nobody] = -1  # in no jurisdiction
        foreign = (lives[pairs.origin] != lies[pairs.site]) & (lies[pairs.site] >= 0)
        guests = rows_by(np.where(foreign, pairs.site, -1))
        load = problem.need(access.row)[pairs.origin]
        capacity = problem.options.capacity[:, access.row].copy()
        capacity[np.isfinite(capacity)] *= 1 - states.aid.reserve
        # Any option that is too small for all guests needs the row, be others large enough.
        limited = {j: float(capacity[options[j]].min()) for j in guests}

        @block.Constraint(
            [j for j in guests if limited[j] < load[guests[j]].sum()],
            doc="guests of a site, persons, within what it does not reserve",
        )
        def reserve_kept(block: pyo.Block, j: int) -> object:
            here, everybody = options[j], float(load[guests[j]].sum())
            room = np.minimum(capacity[here], everybody)
            unit = float(room[room > 0].min(initial=everybody))
            over = LinearExpression(
                linear_coefs=[*(load[guests[j]] / unit).tolist(), *(-room / unit).tolist()],
                linear_vars=[*(access.assigned[n] for n in guests[j]), *(stands[k] for k in here)],
            )
            return over <= 0


def _aid(case: Case) -> float:
    """The share that is reserved where something fails."""
    facts = case.problem.states or case.problem.scenarios
    return 0.0 if facts is None or facts.aid is None else facts.aid.reserve
