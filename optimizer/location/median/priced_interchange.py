"""PRICED INTERCHANGE: plans that satisfy side constraints, by vertex substitution with row prices.

The prices begin at the multipliers of the relaxation, rise while a row is violated and fall while
it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimizer.location.base.costs import Costs
from optimizer.location.median.interchange import interchange_of
from optimizer.location.median.lagrangian import Multipliers, Relaxation
from optimizer.problem import Bools, Ints

#: Rounds of local search; factors of the price of a row that is violated, and of one that is not;
#: and the least price of a violated row, in mean multipliers of a point.
MAX_ROUNDS, PRICE_UP, PRICE_DOWN, FIRST_PRICE = 6, 1.3, 0.97, 0.2


def priced_interchange(
    relaxed: Relaxation, dual: Multipliers, is_open: Bools, kept_open: Bools, costs: Costs
) -> Iterator[Ints]:
    """The open sites of each round, feasible or not.

    is_open: (J,) the first ones; kept_open: (J,) those that no swap closes.
    """
    price, first_price = dual.v, FIRST_PRICE * float(np.abs(dual.u).mean())
    for _ in range(MAX_ROUNDS):
        near = replace(relaxed.near, cost=relaxed.pair_cost(price))
        fixed = relaxed.fixed + relaxed.side.site_prices(price)
        search = interchange_of(near, fixed, relaxed.count, kept_open)
        is_open = search.improved(search.evaluated(is_open)).is_open
        sites = np.flatnonzero(is_open)
        served, cost = costs.served(sites)
        if np.isinf(cost).any():
            return
        yield sites
        violated = relaxed.side.violated(is_open, served[:, 0])
        raised = np.maximum(PRICE_UP * price, first_price)
        price = np.where(violated, raised, PRICE_DOWN * price)
