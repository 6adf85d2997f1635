"""Only what is open serves."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.model.admissible import always_open, offering, rows_by, works
from optimizer.rules.rule import LevelRule


class OnlyOpen(LevelRule):
    """Only what is open serves."""

    id = "only_open"

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_n x[n] <= w[j] sum_k y[k] over the ways n of a demand point to site j.

        k: the options there that offer the level; w: part of the state in which the site works,
        mostly 1. There are several ways where corridors make one faster. One row per demand point,
        never their sum (the strong form); none where the site is always open and always works.
        """
        problem = case.problem
        stands, options = block.model().stands, offering(problem, access.row)
        pairs, part = access.pairs, works(problem, access.row)
        sure = (always_open(problem, access.row) & (part == 1))[pairs.site]
        unsure = np.flatnonzero(~sure & (pairs.site >= 0) & access.own[pairs.origin])
        trip = pairs.origin[unsure] * len(problem.sites.ids) + pairs.site[unsure]
        _, first, of = np.unique(trip, return_index=True, return_inverse=True)
        ways = rows_by(of.reshape(-1))

        @block.Constraint(unsure[np.sort(first)].tolist(), doc="served only by what is open")
        def only_open(block: pyo.Block, n: int) -> object:
            here = [stands[k] for k in options[int(pairs.site[n])]]
            same = unsure[ways[int(of[np.searchsorted(unsure, n)])]].tolist()
            share = LinearExpression(
                linear_coefs=[1.0] * len(same) + [-float(part[pairs.site[n]])] * len(here),
                linear_vars=[*(access.assigned[m] for m in same), *here],
            )
            return share <= 0
