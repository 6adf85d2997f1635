"""Everybody is served, wholly."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.rules.rule import LevelRule


class Served(LevelRule):
    """Everybody is served, wholly."""

    id = "served"

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_n x[n] = 1 over the pairs n of each demand point: everybody is served, wholly."""

        @block.Constraint(np.flatnonzero(access.own).tolist(), doc="everybody is served")
        def served(block: pyo.Block, i: int) -> object:
            shares = [access.assigned[n] for n in access.pairs_of(i)]
            return LinearExpression(linear_coefs=[1.0] * len(shares), linear_vars=shares) == 1
