"""Trips are within cut-off and border, over what is built."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.rules.rule import LevelRule


class Trips(LevelRule):
    """Trips are within cut-off and border, over what is built."""

    id = "trips"

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """x[n] <= v[a] for each corridor a that pair n needs."""
        if case.problem.corridors is None:
            return
        built, needs = block.model().built, access.pairs.needs
        faster = np.flatnonzero((needs >= 0) & access.own[access.pairs.origin])
        row, corridor = np.nonzero(case.problem.corridors.bundle[needs[faster]])
        pairs = faster[row]
        needed = list(zip(pairs.tolist(), corridor.tolist(), strict=True))

        @block.Constraint(needed, doc="served only on what is built")
        def only_built(block: pyo.Block, n: int, a: int) -> object:
            both = [access.assigned[n], built[a]]
            return LinearExpression(linear_coefs=[1.0, -1.0], linear_vars=both) <= 0
