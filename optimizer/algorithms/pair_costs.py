"""PAIR COSTS: what is minimised or capped, as one number for each pair of demand point and site.

Where nothing overflows, efficiency and every additive measure are sums of these over the pairs
that serve somebody. Level 0 alone: a question with one level.
"""

from __future__ import annotations

import numpy as np

from optimizer.equity import Additive, make
from optimizer.equity.leximin import Leximin
from optimizer.policy import Equity, Policy
from optimizer.problem import Bools, Floats, Pairs, Problem
from optimizer.units import units


def is_sum(equity: Equity) -> bool:
    """Whether the equity is a sum over the pairs that serve somebody."""
    measure = make(equity.measure, equity.parameters)
    additive = isinstance(measure, Additive) and not isinstance(measure, Leximin)
    return additive and equity.of != "catchment"


def beyond(problem: Problem, pairs: Pairs) -> Bools:
    """(N,) pairs beyond the standard."""
    return np.asarray(~problem.levels[0].covers(pairs.minutes))


def efficiency_of(problem: Problem, policy: Policy, pairs: Pairs) -> Floats:
    """(N,) what serving at a pair adds to the efficiency, in its unit; to "cost" nothing."""
    persons = problem.demand.persons
    if policy.efficiency == "cost":
        return np.zeros(len(pairs))
    if policy.efficiency == "uncovered":
        return np.asarray(persons[pairs.origin] * beyond(problem, pairs))
    return np.asarray(persons[pairs.origin] * pairs.minutes / persons.sum())


def equity_of(problem: Problem, equity: Equity, pairs: Pairs) -> Floats:
    """(N,) what serving at a pair adds to T, the equity as it is minimised."""
    measure = make(equity.measure, equity.parameters)
    assert isinstance(measure, Additive)
    among = units(problem, equity.among).point_weight
    uncovered = equity.of == "uncovered"
    value = beyond(problem, pairs).astype(float) if uncovered else pairs.minutes
    share = among[pairs.origin] / among.sum()
    return np.asarray(share * measure.phi(value, problem.levels[0]))
