"""Room for rounding, and the mean over the worst states."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from optimizer.problem import Floats

#: By what share a plan that minimises a dispersion measure may be less efficient than the most
#: efficient one, where the policy does not say.
GUARD = 0.1

AnyFloat = TypeVar("AnyFloat", float, Floats)

#: Money, persons or minutes beyond a limit that are rounding, relative.
ROUNDING = 1e-9


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more


def tail_mean(probability: Floats, tail: float, values: Floats) -> float:
    """Mean of the largest values whose probability is `tail` in all: CVaR (Rockafellar, Uryasev).

    tail = 1: the expected value; tail = 0: the largest value. probability, values: (S,).
    """
    order = np.argsort(-values, kind="stable")
    if tail == 0:
        return float(values[order[0]])
    before = np.cumsum(probability[order]) - probability[order]
    taken = np.clip(tail - before, 0.0, probability[order])
    counts = taken > 0
    return float(taken[counts] @ values[order[counts]] / taken.sum())


def equity_scale(unit: str) -> float:
    """What weighs as much as one minute, in the unit of an equity measure."""
    return 1.0 if unit == "minutes" else 0.01
