"""Fractional programming (Dinkelbach, bisection) for ratios: a sequence of models.

With g between `low` and `high`, and the denominator D between its own ends, the product g D lies
below two planes (McCormick 1976). N <= g D relaxed to them is linear, and exact where g has no
room left. So the ends of g are branched on: the lowest bound first, each model split where it
was most wrong, until the best plan known is proven to the gap.

So is the worst of several levels whose terms bend differently (`Aggregation.curved`), be they
ratios or not: on the scale of one level the term g of another is concave in g, and its chord
between the ends of g lies below it.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_array

from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.equity.aggregation import Aggregation
from optimizer.foundation import stopping
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import EXACTLY, TRACE
from optimizer.model.program import Form, Goal, program
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Plan, Progress, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Outcome, Program

NAME = "ratio"

#: Part of the gap that each model may leave open; the rest is for what the planes leave.
GAP_SHARE = 0.25

#: Caps that a first plan is tried under, where a ratio can be infinite.
FIRST_CAPS = (10.0, 1e3, 1e5)

Range = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """Between what the ratio of each level lies."""

    ranges: dict[int, Range]

    def split(self, level: int, at: float) -> tuple[Node, Node]:
        """Below and above."""
        low, high = self.ranges[level]
        return (
            Node(self.ranges | {level: (low, at)}),
            Node(self.ranges | {level: (at, high)}),
        )


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The policy's question with one more column g per level: T is made of those."""

    form: Form
    case: Case
    denominators: dict[int, Range]

    @property
    def how(self) -> Aggregation:
        """How T is made of the levels."""
        return self.case.equity

    def program(self, node: Node) -> Program:
        """The relaxation of a node; the columns of g come last, then that of the worst level."""
        how, (price, weight) = self.how, self.case.prices
        rules = program(self.form, price * self.form.goals["efficiency"])
        n, levels = len(self.form.columns), list(node.ranges)
        size = len(levels) + how.worst
        body, g, upper = [], [], []
        for column, level in enumerate(levels):
            numerator, denominator = self.form.ratios()[level]
            low, high = node.ranges[level]
            least, most = self.denominators[level]
            for end, other in ((high, least), (low, most)):
                plane = numerator + (-end) * denominator
                row = np.zeros(size)
                row[column] = -other
                body.append(plane.coefficients)
                g.append(row)
                upper.append(-other * end - plane.offset)
        if how.worst:
            for column, level in enumerate(levels):
                slope, offset = self._chord(level, node.ranges[level])
                row = np.zeros(size)
                row[column], row[-1] = slope, -1.0
                body.append(np.zeros(n))
                g.append(row)
                upper.append(-offset)
        cost = [0.0] * len(levels) + [weight] if how.worst else weight * how.weights[levels]
        ends = [node.ranges[level] for level in levels]
        scaled = [tuple(self._scaled(level, end) for end in node.ranges[level]) for level in levels]
        lowest = [max(low for low, high in scaled)] if how.worst else []
        highest = [max(high for low, high in scaled)] if how.worst else []
        rows = block_array(
            [[rules.rows, None], [csc_array(np.array(body)), csc_array(np.array(g))]]
        )
        return Program(
            cost=np.concatenate([rules.cost, cost]),
            offset=rules.offset,
            rows=csc_array(rows),
            row_lower=np.concatenate([rules.row_lower, np.full(len(upper), -np.inf)]),
            row_upper=np.concatenate([rules.row_upper, upper]),
            lower=np.concatenate([rules.lower, [low for low, high in ends], lowest]),
            upper=np.concatenate([rules.upper, [high for low, high in ends], highest]),
            integer=np.concatenate([rules.integer, np.zeros(size, dtype=bool)]),
        )

    def _scaled(self, level: int, g: float) -> float:
        """What the term of a level counts as, where the worst of them does."""
        return self.how.on_scale(level, g) if self.how.curved else g

    def _chord(self, level: int, ends: Range) -> tuple[float, float]:
        """Slope and offset of a line at or below `_scaled` between these ends."""
        if not self.how.curved:
            return 1.0, 0.0
        low, high = (self._scaled(level, end) for end in ends)
        slope = (high - low) / (ends[1] - ends[0]) if ends[1] > ends[0] else 0.0
        return slope, low - slope * ends[0]

    def wrong(self, node: Node, x: Floats) -> tuple[int, float]:
        """The level whose term the relaxation thought too low by most, and where to split it."""
        n, levels = len(self.form.columns), list(node.ranges)
        split, excess = {}, {}
        for column, (level, (numerator, denominator)) in enumerate(self.form.ratios().items()):
            thought = true = float(x[n + column])
            above, below = numerator.at(x[:n]), denominator.at(x[:n])
            if above > TRACE:
                true = max(thought, above / below if below > 0 else np.inf)
            counted = x[n + len(levels)] if self.how.curved else thought
            excess[level] = self._scaled(level, true) - counted if true < np.inf else np.inf
            low, high = node.ranges[level]
            room = (high - low) / 8
            split[level] = float(np.clip((thought + true) / 2, low + room, high - room))
        level = max(excess, key=lambda row: excess[row])
        return level, split[level]

    def narrowed(self, node: Node, best: float) -> Node:
        """Without what alone would be worse than the best plan."""
        share = self.case.prices[1]
        ranges = {}
        for level, (low, high) in node.ranges.items():
            most = best / (share if self.how.worst else share * float(self.how.weights[level]))
            if self.how.curved:
                most = (
                    high if most >= self._scaled(level, high) else self.how.off_scale(level, most)
                )
            ranges[level] = (low, min(high, max(low, most)))
        return Node(ranges)


def search(
    compiled_model: CompiledModel,
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Branch on the ratio. The outcome's x is that of the study's own columns."""
    began = time.perf_counter()
    form = compiled_model.capped(case)
    exact = replace(limits, gap=GAP_SHARE * limits.gap)

    def limits_left() -> Limits:
        return exact.after(time.perf_counter() - began)

    denominators = {
        level: _range(form, goal, compiled_model.model.ratios[level][1], limits_left())
        for level, (numerator, goal) in form.ratios().items()
    }
    relaxation = Relaxation(form, case, denominators)
    nodes, best = 0, np.inf
    best_x = None if start is None else compiled_model.start(form.rules, start, limits_left())
    if best_x is not None:
        best = _worth(compiled_model, case, best_x)
    ends = {level: compiled_model.model.ratios[level][0] for level in form.ratios()}
    if best == np.inf and any(high == np.inf for low, high in ends.values()):
        first = _finite(compiled_model, case, limits_left())
        if first.x is None:
            proven = np.inf if first.status is Status.INFEASIBLE else bound
            return replace(first, bound=proven)
        best_x, best = first.x, _worth(compiled_model, case, first.x)
    order, count = [(bound, 0, Node(ends))], itertools.count(1)
    status, interrupted = Status.OPTIMAL, False
    while order and order[0][0] < best - _room(best, limits.gap):
        known, _number, node = heapq.heappop(order)
        node = relaxation.narrowed(node, best)
        outcome = minimise(relaxation.program(node), limits_left(), progress=progress)
        nodes += outcome.nodes + 1
        if outcome.status is Status.INFEASIBLE:
            continue
        unfinished = outcome.status is Status.STOPPED or outcome.x is None or outcome.interrupted
        if unfinished:
            heapq.heappush(order, (max(known, outcome.bound), next(count), node))
        if outcome.x is not None:
            stopping.keep()
            value = _worth(compiled_model, case, outcome.x)
            if value < best:
                best, best_x = value, outcome.x
        if unfinished or outcome.x is None:
            status, interrupted = Status.STOPPED, outcome.interrupted
            break
        for half in node.split(*relaxation.wrong(node, outcome.x)):
            heapq.heappush(order, (max(known, outcome.bound), next(count), half))
    if best_x is None and status is Status.OPTIMAL:
        status = Status.INFEASIBLE
    proven = min([entry[0] for entry in order] + [best])
    return Outcome(
        status,
        None if best_x is None else best_x[: len(form.columns)],
        best,
        proven,
        time.perf_counter() - began,
        nodes,
        interrupted,
    )


def _finite(compiled_model: CompiledModel, case: Case, limits: Limits) -> Outcome:
    """A solution whose ratios are all finite: under the first cap that any solution keeps.

    Raises InputError where there are solutions, but none keeps the largest cap.
    """
    own = np.inf if case.policy.equity_bound is None else case.policy.equity_bound
    for cap in FIRST_CAPS:
        outcome = minimise(
            compiled_model.capped(case.asking(equity_bound=min(cap, own))).rules, limits
        )
        if outcome.status is not Status.INFEASIBLE:
            return outcome
    outcome = minimise(compiled_model.capped(case).rules, limits)
    if outcome.x is None:
        return outcome
    raise InputError(
        [
            Fault(
                "policy",
                _(
                    "some have next to nothing whatever is decided: the ratio is above {most:g}",
                    most=FIRST_CAPS[-1],
                ),
                _("Measure it among larger units, such as groups or cities, or take range"),
                column="equity",
            )
        ]
    )


def _room(best: float, gap: float) -> float:
    """By how much the bound may stay below the best value; there is none without a plan."""
    return max(gap * abs(best), EXACTLY * max(1.0, abs(best))) if best < np.inf else 0.0


def _worth(compiled_model: CompiledModel, case: Case, x: Floats) -> float:
    """The objective of the plan that a solution says."""
    return worth(case, compiled_model.plan(x)).objective


def _range(form: Form, goal: Goal, ends: Range, limits: Limits) -> Range:
    """Between what a goal lies in the linear relaxation of the rules, and in `ends`."""
    if ends[0] == ends[1]:
        return ends
    loose = np.zeros_like(form.rules.integer)
    least = minimise(replace(program(form, goal), integer=loose), limits)
    most = minimise(replace(program(form, -1.0 * goal), integer=loose), limits)
    low = max(ends[0], least.objective) if least.x is not None else ends[0]
    high = min(ends[1], -most.objective) if most.x is not None else ends[1]
    return (low, high) if low <= high else ends
