"""Closest assignment: nobody is sent past an open facility that has room."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.model.access import Access
from optimizer.model.admissible import offering, rows_by
from optimizer.problem import Ints
from optimizer.rules.rule import LevelRule


class Nearest(LevelRule):
    """Nobody is sent past an open facility that has room, where a dispersion measure counts."""

    id = "nearest"

    def active(self, case: Case) -> bool:
        return bool(case.nearest_levels.any())

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_m x[m] >= sum_k y[k] - full[j] for each pair n to a site j, with options k there:

        over the pairs m of the same demand point that are no longer than n. Without the site's
        capacity it is the closest assignment of Wagner and Falkson 1975, which a dispersion measure
        needs lest it sends people past what is near to make all equally badly off. A full facility
        may be passed: full[j] = 1 only where its load is its capacity. To be served by nobody is
        longer than any pair. Moving people to nearer room keeps every other rule, so this one never
        makes a siting impossible.
        """
        problem = case.problem
        if not case.nearest_levels[access.row]:
            return
        stands, options = block.model().stands, offering(problem, access.row)
        pairs = access.pairs
        load = problem.need(access.row)[pairs.origin]
        pairs_at = rows_by(pairs.site)
        reach = {j: float(load[rows].sum()) for j, rows in pairs_at.items()}
        capacity = problem.options.capacity[:, access.row]
        small = {j: [k for k in options[j] if capacity[k] < reach[j]] for j in pairs_at}
        limited = [j for j in pairs_at if small[j]]
        block.full = pyo.Var(limited, domain=pyo.Binary, doc="facility at site j is full (0 or 1)")

        @block.Constraint(limited, doc="only a facility that could overflow is ever full")
        def full_if_small(block: pyo.Block, j: int) -> object:
            return block.full[j] <= pyo.quicksum(stands[k] for k in small[j])

        @block.Constraint(limited, doc="load of a full facility, persons, is its capacity")
        def full_load(block: pyo.Block, j: int) -> object:
            most = float(capacity[small[j]].max())
            served = LinearExpression(
                linear_coefs=[*load[pairs_at[j]].tolist(), *(-capacity[small[j]]).tolist()],
                linear_vars=[
                    *(access.assigned[n] for n in pairs_at[j]),
                    *(stands[k] for k in small[j]),
                ],
            )
            return served >= -most * (1 - block.full[j])

        until = _until(access, problem.nobody)
        beyond = until < np.repeat(access.first[1:], np.diff(access.first))
        beyond &= pairs.site != problem.nobody
        constrained = [n for n in np.flatnonzero(beyond).tolist() if int(pairs.site[n]) in options]
        first = access.first[pairs.origin].tolist()
        site = pairs.site.tolist()

        @block.Constraint(constrained, doc="nobody is sent past an open facility that has room")
        def nearest(block: pyo.Block, n: int) -> object:
            here = range(first[n], int(until[n]))
            j = site[n]
            columns = [*(access.assigned[m] for m in here), *(stands[k] for k in options[j])]
            coefficients = [1.0] * len(here) + [-1.0] * len(options[j])
            if j in block.full:
                columns.append(block.full[j])
                coefficients.append(1.0)
            return LinearExpression(linear_coefs=coefficients, linear_vars=columns) >= 0


def _until(access: Access, nobody: int) -> Ints:
    """(N,) number of the first pair of the same demand point that is longer than each pair."""
    pairs = access.pairs
    longest = pairs.minutes.max(initial=0.0) + 2 * NO_MINUTES + 1
    minutes = np.where(pairs.site == nobody, longest - 2 * NO_MINUTES, pairs.minutes)
    key = pairs.origin * longest + minutes
    return np.asarray(np.searchsorted(key, key + NO_MINUTES, side="right"))
