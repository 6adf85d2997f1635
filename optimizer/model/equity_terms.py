"""The equity terms of the model: what is minimised, and the caps that stand beside it."""

from __future__ import annotations

from collections import defaultdict

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import NumericExpression

from optimizer.case import Case
from optimizer.equity import Linear, Ratio
from optimizer.equity.aggregation import Aggregation
from optimizer.equity.leximin import Leximin
from optimizer.model.states import over_states
from optimizer.model.unit_values import UnitValues, unit_values
from optimizer.question import Bound


def add_equity(model: pyo.ConcreteModel, case: Case) -> None:
    """The equity that is minimised, on a block per level: the objective `equity`, the term T.

    For a ratio the objectives `numerator` and `denominator` of each level instead, and in
    `model.ratios` the ranges of its term and its denominator, for `algorithms.ratio`. So it is
    where the worst level counts and their terms bend differently: the denominator is 1 then, and
    no objective.
    """
    how = case.equity
    measure = how.measure
    model.measure = pyo.Block(range(len(case.problem.levels)))
    seen = {
        row: unit_values(model, case, case.policy.equity, model.access[row], row)
        for row in how.levels
    }
    if isinstance(measure, Ratio):
        parts = {row: measure.add_parts(model.measure[row], seen[row]) for row in how.levels}
        model.numerator = pyo.Objective(how.levels, rule=lambda _, row: parts[row][0])
        model.denominator = pyo.Objective(how.levels, rule=lambda _, row: parts[row][1])
        model.ratios = {
            row: ((0.0, measure.largest(seen[row])), measure.denominators(seen[row]))
            for row in how.levels
        }
    elif isinstance(measure, Linear) and how.curved:
        terms = {row: measure.add_to(model.measure[row], seen[row]) for row in how.levels}
        model.numerator = pyo.Objective(how.levels, rule=lambda _, row: terms[row])
        model.ratios = {
            row: (
                (how.term_at(row, one.values.min()), how.term_at(row, one.values.max())),
                (1.0, 1.0),
            )
            for row, one in seen.items()
        }
    elif isinstance(measure, Linear):
        terms = {row: measure.add_to(model.measure[row], seen[row]) for row in how.levels}
        model.equity = pyo.Objective(expr=_combined(model, how, terms), doc="T, as minimised")
    if isinstance(measure, Leximin):
        _add_stages(model, how, measure, seen)


def _add_stages(
    model: pyo.ConcreteModel, how: Aggregation, measure: Leximin, seen: dict[int, UnitValues]
) -> None:
    """The objectives `stage`, the farthest limit first: the share of the persons beyond it."""
    beyond: dict[float, list[NumericExpression]] = defaultdict(list)
    for row, people_here in seen.items():
        for limit, share in measure.stages(people_here):
            beyond[limit].append(float(how.weights[row]) * share)
    limits = sorted(beyond, reverse=True)
    model.stage = pyo.Objective(
        range(len(limits)), rule=lambda _, n: pyo.quicksum(beyond[limits[n]])
    )


def _combined(
    block: pyo.Block, how: Aggregation, terms: dict[int, NumericExpression]
) -> NumericExpression:
    """The levels' terms made one; the largest of them is a variable above each, in each state."""
    by_state = how.by_state(list(terms))
    block.states = pyo.Block()
    if not how.worst:
        totals = {
            state: pyo.quicksum(float(how.weights[row]) * terms[row] for row in rows)
            for state, rows in by_state.items()
        }
        return over_states(block.states, how.problem, how.tail, totals)
    block.worst_level = pyo.Var(list(by_state), doc="the largest term of a level in the state")
    both = [(state, row) for state, rows in by_state.items() for row in rows]

    @block.Constraint(both, doc="worst_level >= the term of each level")
    def at_least_each(block: pyo.Block, state: int, row: int) -> object:
        return block.worst_level[state] >= terms[row]

    return over_states(block.states, how.problem, how.tail, dict(block.worst_level))


def add_bound(block: pyo.Block, model: pyo.ConcreteModel, case: Case, bound: Bound) -> None:
    """The value of the whole within its cap: T within T(cap), exactly.

    Where the worst level counts and nothing can fail, each level's term within its own T(cap).
    """
    equity, at_most = bound.equity, bound.at_most
    how = case.aggregation(equity)
    block.measure = pyo.Block(how.levels)
    each = (how.worst and case.problem.states is None) or isinstance(how.measure, Ratio)
    caps, terms = [how.term(at_most)], {}
    if each:
        caps = [how.term_at(row, at_most) for row in how.levels]
    for n, row in enumerate(how.levels):
        seen = unit_values(model, case, equity, model.access[row], row)
        if isinstance(how.measure, Ratio):
            numerator, denominator = how.measure.add_parts(block.measure[row], seen)
            terms[row], caps[n] = numerator - caps[n] * denominator, 0.0
        elif isinstance(how.measure, Linear):
            terms[row] = how.measure.add_to(block.measure[row], seen)
    rows = list(terms.values()) if each else [_combined(block, how, terms)]

    # A row needs a variable, also where nothing that is decided can change it.
    block.nothing = pyo.Var(bounds=(0, 0), doc="0")

    @block.Constraint(range(len(rows)), doc="equity within its cap")
    def at_most_cap(block: pyo.Block, n: int) -> object:
        return rows[n] + block.nothing <= caps[n]
