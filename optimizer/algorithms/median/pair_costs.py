"""Pair costs: efficiency and equity as one number for each pair of demand point and site.

Where nothing overflows, efficiency and every additive measure are sums of these over the pairs
that serve somebody. Level 0 alone: a question with one level.
"""

from __future__ import annotations

import numpy as np

from optimizer.case import Case
from optimizer.equity import Additive, make
from optimizer.equity.leximin import Leximin
from optimizer.problem import Bools, Floats, Pairs, Problem
from optimizer.question import Equity


def is_sum(equity: Equity) -> bool:
    """Whether the equity is a sum over the pairs that serve somebody."""
    measure = make(equity.measure, equity.parameters)
    return isinstance(measure, Additive) and not isinstance(measure, Leximin)


def beyond(problem: Problem, pairs: Pairs) -> Bools:
    """(N,) pairs beyond the standard."""
    return ~problem.within_standard(0, pairs.site, pairs.minutes)


def equity_of(case: Case, equity: Equity, pairs: Pairs) -> Floats:
    """(N,) what serving at a pair adds to T, the equity as it is minimised."""
    measure = make(equity.measure, equity.parameters)
    assert isinstance(measure, Additive)
    among = case.units(equity.among, 0).point_weight
    uncovered = equity.of == "uncovered"
    value = beyond(case.problem, pairs).astype(float) if uncovered else pairs.minutes
    share = among[pairs.origin] / among.sum()
    return np.asarray(share * measure.phi(value, case.problem.levels[0]))
