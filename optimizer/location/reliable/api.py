"""RELIABLE: p-median and fixed charge where sites fail, as they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import CostsLike, amounts, costs_of
from optimizer.location.base.given import between
from optimizer.location.base.given import count as count_of
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.reliable.exact import Failing, Reliable, Search
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)


def reliable_p_median(
    costs: CostsLike,
    p: int,
    failure: float,
    penalty: float,
    weights: ArrayLike | None = None,
    levels: int | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Reliable]:
    """Open p sites so that serving is expected to cost least, though each fails with a chance.

        minimise sum_i w_i (sum_r q^r (1 - q) min(c_i(r), penalty) + q^R penalty)

    c_i(r), r = 0 .. R - 1, the costs of the open sites of point i, the cheapest first; failures are
    independent (Snyder and Daskin 2005). costs, weights: as in `p_median`; failure: q, of every
    site; penalty: of one who is not served, because all sites have failed or are dearer; levels: R,
    the most sites that anybody tries: absent all, and with fewer the cost is an upper bound of
    that, which falls as they grow. Raises ValueError for numbers that make no sense.
    """
    sites = costs_of(costs).shape[1]
    p = between(p, sites)
    none = np.zeros(sites)
    return _solved(costs, none, p, failure, penalty, weights, levels, limits, progress)


def reliable_fixed_charge(
    costs: CostsLike,
    fixed: ArrayLike,
    failure: float,
    penalty: float,
    weights: ArrayLike | None = None,
    levels: int | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Reliable]:
    """Open sites, as many as pay, where each fails with a chance: fixed (J,) costs are added to
    what `reliable_p_median` minimises. None may be open: then everybody pays the penalty.
    """
    opening = amounts(fixed, costs_of(costs).shape[1], "fixed")
    return _solved(costs, opening, None, failure, penalty, weights, levels, limits, progress)


def _solved(
    costs: CostsLike,
    fixed: Floats,
    count: int | None,
    failure: float,
    penalty: float,
    weights: ArrayLike | None,
    levels: int | None,
    limits: Limits,
    progress: Tell | None,
) -> Solved[Reliable]:
    """Check what both have in common, and search."""
    table = costs_of(costs)
    points, sites = table.shape
    if not 0 <= failure < 1:
        raise ValueError(f"failure: a chance from 0 to below 1, not {failure}")
    if levels is not None:
        levels = count_of(levels, "levels")
    weight = np.ones(points) if weights is None else amounts(weights, points, "weights")
    (dear,) = amounts([penalty], 1, "penalty")
    most = sites if count is None else count
    tried = most if levels is None else min(levels, most)
    failing = Failing(table, weight, fixed, float(failure), float(dear), tried, count)
    watch = Watch(limits, progress)
    search = Search(failing, watch)
    interrupted = until_interrupted(search.run)
    plan = None
    if search.best is not None:
        plan = Reliable(search.best, failing.expected(search.best)[1])
    return watch.answer(plan, "expected costs", interrupted, search.proven)
