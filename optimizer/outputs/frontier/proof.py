"""Where it is proven that no plan lies: what the answers of a sweep say together."""

from __future__ import annotations

import math

import numpy as np

from optimizer.geodata.geography import Instance
from optimizer.problem import Floats
from optimizer.sweep.excluded_boxes import Proof, proofs
from optimizer.sweep.task import Frontier


def least_efficiency(instance: Instance, frontier: Frontier, equity: Floats) -> Floats:
    """(N,) no plan with this equity (N,) has an efficiency below; -inf where nothing is proven."""
    how = instance.case.equity
    terms = np.array([how.term(value) for value in equity.tolist()]) / how.scale
    scale = instance.case.efficiency_scale
    answers = [*(point.answer for point in frontier.points), *frontier.probes]
    least = [_least(proof, equity, terms, scale) for proof in proofs(answers)]
    return np.asarray(np.max([np.full(len(equity), -math.inf), *least], axis=0))


def _least(proof: Proof, equity: Floats, terms: Floats, scale: float) -> Floats:
    """What one proof says. terms: (N,) what these equities add to the objective."""
    rest = proof.bound - proof.weight * terms
    none = np.where(rest > 0, math.inf, -math.inf)
    least = rest / (1 - proof.weight) * scale if proof.weight < 1 else none
    efficiency_cap, equity_cap = proof.caps
    return np.where(equity <= equity_cap, np.minimum(least, efficiency_cap), -math.inf)
