"""What is minimised over the states: nothing fails, or one of the scenarios happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.problem import Floats, Problem

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def weighted(
    model: pyo.ConcreteModel,
    case: Case,
    of: Callable[[Access], NumericExpression],
) -> NumericExpression:
    """sum_l weight[l] x what the level has, in each state, over the worst of the states."""
    problem = case.problem
    weights = case.level_weights.tolist()
    states = [0] * len(weights) if problem.states is None else problem.states.of.tolist()
    parts: dict[int, list[NumericExpression]] = {state: [] for state in sorted(set(states))}
    for state, weight, access in zip(states, weights, model.access, strict=True):
        if weight > 0:
            parts[state].append(weight * of(access))
    model.efficient = pyo.Block()
    totals = {state: pyo.quicksum(terms) for state, terms in parts.items()}
    return over_states(model.efficient, problem, case.policy.tail, totals)


def over_states(
    block: pyo.Block, problem: Problem, tail: float, terms: Mapping[int, NumericExpression]
) -> NumericExpression:
    """The mean over the worst `tail` of the states (Rockafellar and Uryasev 2000), minimised:

        v + 1/tail sum_s p[s] b[s],   b[s] >= term[s] - v,   b[s] >= 0

    terms: state -> what it has. tail = 0: v >= term[s] alone, the worst state; 1: the expected
    value, which needs no variables.
    """
    if problem.states is None:
        return terms[0]
    probability: Floats = problem.states.probability
    if tail == 1:
        return pyo.quicksum(float(probability[state]) * term for state, term in terms.items())
    block.at_risk = pyo.Var(doc="what the worst states are beyond")
    block.beyond = pyo.Var(
        list(terms), bounds=(0, None if tail > 0 else 0), doc="by how much a state is beyond it"
    )

    @block.Constraint(list(terms), doc="a state is beyond what is at risk by no more than this")
    def in_state(block: pyo.Block, state: int) -> object:
        return block.at_risk + block.beyond[state] >= terms[state]

    if tail == 0:
        return block.at_risk
    return block.at_risk + pyo.quicksum(
        float(probability[state] / tail) * block.beyond[state] for state in terms
    )
