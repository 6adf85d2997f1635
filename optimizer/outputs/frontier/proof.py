"""Where it is proven that no plan lies: what the bounds of a sweep say together."""

from __future__ import annotations

import math

import numpy as np

from optimizer.geodata.geography import Instance
from optimizer.justice import whole
from optimizer.problem import Floats
from optimizer.scaling import efficiency_scale
from optimizer.sweep.task import Answer, Frontier


def least_efficiency(instance: Instance, frontier: Frontier, equity: Floats) -> Floats:
    """(N,) no plan with this equity (N,) has an efficiency below; -inf where nothing is proven.

    Each answer says of the plans within its caps that (1 - weight) x efficiency + weight x T is
    at least its bound; an infeasible one that there are none.
    """
    how = whole(instance.problem, instance.policy, instance.policy.equity)
    terms = np.array([how.term(value) for value in equity.tolist()]) / how.scale
    scale = efficiency_scale(instance.problem, instance.policy)
    answers = (*(point.answer for point in frontier.points), *frontier.probes)
    proven = [_least(answer, equity, terms, scale) for answer in answers]
    return np.asarray(np.max([np.full(len(equity), -math.inf), *proven], axis=0))


def _least(answer: Answer, equity: Floats, terms: Floats, scale: float) -> Floats:
    """What one answer says. terms: (N,) what these equities add to the objective."""
    task, result = answer.task, answer.result
    if result is None:
        return np.full(len(equity), -math.inf)
    weight = task.policy.weight
    left = result.bound - weight * terms
    none = np.where(left > 0, math.inf, -math.inf)
    least = left / (1 - weight) * scale if weight < 1 else none
    within = (task.policy.efficiency_bound, result.efficiency_guard)
    least = np.minimum(least, min((cap for cap in within if cap is not None), default=math.inf))
    cap = task.policy.equity_bound
    return np.where(cap is None or equity <= cap, least, -math.inf)
