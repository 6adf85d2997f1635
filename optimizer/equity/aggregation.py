"""AGGREGATION: what people can have, and how the values of levels and states become one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.equity import OF_VALUES, Class, Measure, make
from optimizer.problem import Floats, Level, Problem
from optimizer.question import Equity

#: What people can have, and its unit.
OF = {"minutes": "minutes", "uncovered": "share", "catchment": "places per person"}

#: All levels by their weights, or the level where it is worst.
WEIGHTED, WORST = "weighted", "worst"

#: Halvings that leave nothing of an interval but rounding.
HALVINGS = 100


def unit_of(equity: Equity) -> str:
    """The unit of the measure, of what people have."""
    unit = make(equity.measure, equity.parameters).unit
    return OF[equity.of] if unit == OF_VALUES else unit


@dataclass(frozen=True, eq=False)
class Aggregation:
    """How the levels become one: T = sum_l weight[l] term_l(V[l]), or term(max_l V[l]).

    V[l]: the measure's value at level l, term_l its transform there. The worst level is that of the
    largest value, whatever the terms are; it counts on the scale of `reference`.

    Where something can fail, that is so in each state, and T is the mean over the worst `tail` of
    them.

    The value of the whole is the b for which b at all levels gives the same T: the largest of the
    levels' values, or, for a measure in its own unit, their weighted mean. T rises with it, so a
    cap on the value is a cap on T, exactly.
    """

    problem: Problem
    equity: Equity
    weights: Floats
    tail: float

    @property
    def measure(self) -> Measure:
        """The measure itself."""
        return make(self.equity.measure, self.equity.parameters)

    @property
    def levels(self) -> list[int]:
        """The levels that count."""
        return [int(row) for row in np.flatnonzero(self.weights)]

    @property
    def worst(self) -> bool:
        """Whether the worst level alone counts."""
        return self.equity.services == WORST or self.measure.is_order

    @property
    def scale(self) -> float:
        """What weighs as much as one minute."""
        return equity_scale(unit_of(self.equity))

    @cached_property
    def reference(self) -> Level:
        """Of the levels that count, the one whose term bends least."""
        return max((self.problem.levels[row] for row in self.levels), key=self._depends_on)

    @property
    def curved(self) -> bool:
        """Whether the worst of levels counts whose terms are different functions of the value.

        Then T is no piecewise linear convex function of their terms.
        """
        return (
            self.worst and len({self._depends_on(self.problem.levels[r]) for r in self.levels}) > 1
        )

    def _depends_on(self, level: Level) -> tuple[float, ...]:
        return self.measure.term_depends_on(level)

    def combine(self, values: dict[int, float]) -> float:
        """T from the value of each level that counts."""
        states, by_state = self.problem.states, self.in_states(values)
        if states is None:
            return float(by_state[0])
        return tail_mean(states.probability, self.tail, by_state)

    def in_states(self, values: dict[int, float]) -> Floats:
        """(S + 1,) T in each state alone, from the value of each level that counts."""
        states = self.by_state(list(values)).values()
        return np.array([self._in_state(values, rows) for rows in states])

    def by_state(self, rows: list[int]) -> dict[int, list[int]]:
        """State -> these levels of it, in the order of the states."""
        states = self.problem.states
        if states is None:
            return {0: rows}
        count = range(len(states.probability))
        return {state: [row for row in rows if states.of[row] == state] for state in count}

    def _in_state(self, values: dict[int, float], rows: list[int]) -> float:
        if self.worst:
            worst = float(np.max([values[row] for row in rows]))  # NaN if one is NaN
            return self.measure.term(worst, self.reference)
        return float(sum(self.weights[row] * self.term_at(row, values[row]) for row in rows))

    def term_at(self, row: int, value: float) -> float:
        """The term of a level with this value."""
        return self.measure.term(value, self.problem.levels[row])

    def on_scale(self, row: int, term: float) -> float:
        """What the term of a level counts as on the scale of the reference: concave, rising."""
        value = self.measure.value_of(term, self.problem.levels[row])
        return self.measure.term(value, self.reference)

    def off_scale(self, row: int, term: float) -> float:
        """The term of a level that counts as this on the scale of the reference."""
        return self.term_at(row, self.measure.value_of(term, self.reference))

    def term(self, value: float) -> float:
        """T where every level has this value."""
        return self.combine(dict.fromkeys(self.levels, value))

    def value(self, values: dict[int, float]) -> float:
        """The value of the whole from the value of each level that counts; NaN if one is NaN."""
        total, every = self.combine(values), list(values.values())
        low, high = float(np.min(every)), float(np.max(every))
        if low == high or (self.worst and self.problem.states is None):
            return high
        if not np.isfinite(total):
            return total
        if self.worst:
            return self.measure.value_of(total, self.reference)
        if all(self.term_at(row, value) == value for row, value in values.items()):
            return total
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.term(middle) < total else (low, middle)
        return high


def is_dispersion(equity: Equity) -> bool:
    """Whether it could gain by sending people past what is near and has room."""
    kind = make(equity.measure, equity.parameters).kind
    return kind is Class.DISPERSION and equity.of != "catchment"


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
