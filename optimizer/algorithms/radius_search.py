"""Radius search for the maximum: the shortest radius within which everybody can be served.

A search over the distinct minutes of the pairs (p-center after Minieka 1970). Under each radius
the longer pairs are closed, and what is left is a covering problem, tight where the row
"maximum >= minutes" is weak. Where the question is a median but for the maximum (`median/`), that
road decides each radius, else the model does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.algorithms.median import adaptor
from optimizer.assessment.indicators import worth
from optimizer.assessment.nearest import nearest_possible
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.model.radius_fixing import thresholds
from optimizer.problem import Floats
from optimizer.question import Bound, Limits
from optimizer.solution import Plan, Progress, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Outcome, relative_gap

NAME = "radius"

#: Any plan within the radius will do.
ANY_GAP = 0.99

Tell = Callable[[Progress], None]
X = TypeVar("X")


def serves(case: Case) -> bool:
    """Whether the policy asks for nothing but the shortest radius."""
    radius = thresholds(case, Bound(case.policy.equity, np.inf))
    return case.policy.weight == 1 and bool(radius) and radius == case.equity.levels


def is_center(case: Case) -> bool:
    """Whether each radius of such a policy asks for a median."""
    return adaptor.unsuited(_within(case, np.inf)) is None


def search(
    compiled_model: CompiledModel,
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: Tell | None = None,
) -> Outcome:
    """The shortest radius by the model."""
    began = time.perf_counter()
    x = (
        None
        if start is None
        else compiled_model.start(compiled_model.capped(case).rules, start, limits)
    )
    limits = limits.after(time.perf_counter() - began)

    def within(radius: float, limits_left: Limits) -> tuple[Floats | None, Outcome]:
        rules = compiled_model.capped(case.asking(equity_bound=radius)).rules
        outcome = minimise(rules, limits_left)
        return outcome.x, outcome

    radii = _Radii[Floats](case, limits, compiled_model.plan, progress)
    x, outcome = radii.halved(within, x)
    return replace(outcome, x=x)


def center(
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    progress: Tell | None = None,
) -> tuple[Plan | None, Outcome]:
    """The shortest radius by medians, for a policy that `is_center`."""

    def within(radius: float, limits_left: Limits) -> tuple[Plan | None, Outcome]:
        return adaptor.search(_within(case, radius), replace(limits_left, gap=ANY_GAP))

    return _Radii[Plan](case, limits, lambda plan: plan, progress).halved(within, start)


def _within(case: Case, radius: float) -> Case:
    return case.asking(weight=0.0, equity_bound=radius)


@dataclass
class _Radii(Generic[X]):
    """The radii that are searched; plan: of an answer within one."""

    case: Case
    limits: Limits
    plan: Callable[[X], Plan]
    tell: Tell | None

    def halved(
        self, within: Callable[[float, Limits], tuple[X | None, Outcome]], start: X | None
    ) -> tuple[X | None, Outcome]:
        """Halve the radii between the shortest thinkable and the best found.

        within: an answer that keeps a radius, and how the search for it ended.
        """
        began = time.perf_counter()
        radii, cap = self._all(), self.case.policy.equity_bound
        best, low, high, nodes = start, 0, len(radii), 0
        status, interrupted = Status.OPTIMAL, False
        if start is not None:
            high = self._reached(radii, start)
        while low < high and not interrupted:
            middle = (low + high) // 2 if high < len(radii) or low else len(radii) - 1
            radius = float(radii[middle] if cap is None else min(radii[middle], cap))
            answer, outcome = within(radius, self.limits.after(time.perf_counter() - began))
            nodes += outcome.nodes
            if outcome.interrupted:
                status, interrupted = Status.STOPPED, True
            if outcome.status is Status.INFEASIBLE:
                low = middle + 1
            elif answer is None:
                status, interrupted = Status.STOPPED, outcome.interrupted
                break
            else:
                stopping.keep()
                best, high = answer, self._reached(radii, answer)
            if self.tell is not None and best is not None:
                value, proven = self._proven(radii, best, low, high)
                seconds, gap = time.perf_counter() - began, relative_gap(value, proven)
                self.tell(Progress(seconds, value, proven, gap, nodes))
        seconds = time.perf_counter() - began
        if best is None:
            status = Status.INFEASIBLE if status is Status.OPTIMAL else status
            return None, Outcome(status, None, np.inf, np.inf, seconds, nodes, interrupted)
        value, proven = self._proven(radii, best, low, high)
        return best, Outcome(status, None, value, proven, seconds, nodes, interrupted)

    def _proven(self, radii: Floats, best: X, low: int, high: int) -> tuple[float, float]:
        """What the best is worth, and what nothing can be below."""
        value = worth(self.case, self.plan(best)).objective
        scale = self.case.equity.scale
        return value, value if low >= high else float(radii[low] / scale)

    def _all(self) -> Floats:
        """Distinct minutes of the pairs, from what the worst-off have at the very least."""
        problem, rows = self.case.problem, self.case.equity.levels
        least = max(
            float(nearest_possible(problem, row)[problem.entitled(row) > 0].max()) for row in rows
        )
        minutes = np.unique(np.concatenate([problem.trips[row].minutes for row in rows]))
        return np.asarray(minutes[minutes >= least - NO_MINUTES])

    def _reached(self, radii: Floats, answer: X) -> int:
        """Number of the radius that an answer's plan keeps."""
        value = worth(self.case, self.plan(answer)).equity
        return int(np.searchsorted(radii, value - NO_MINUTES))
