"""RESULT: the plan of a location problem, and the record of a solve: incumbent, bound, trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation import stopping
from optimizer.foundation.tolerances import HIGHS_OBJECTIVE, HIGHS_OPTIMALITY
from optimizer.problem import Ints
from optimizer.question import Limits
from optimizer.solution import P, Progress, Solved, Status

Tell = Callable[[Progress], None]


class ProofError(Exception):
    """A plan is better than what was proven of all plans: an internal error, never an answer."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A plan. sites: the open sites, ascending; served: (I,) the site that serves each point, -1:
    none; shares: (I, J) x_ij, where a point may be served by several sites.
    """

    sites: Ints
    served: Ints
    shares: csr_array | None = None


@dataclass
class Watch:
    """Incumbent objective and proven bound over the time of one solve: a monotone record.

    Every change is appended to `trace` and passed to `tell`. unit: the unit of objective and bound
    here; the trace has them in ones.
    """

    limits: Limits
    tell: Tell | None = None
    unit: float = 1.0
    began: float = field(default_factory=time.perf_counter)
    objective: float = np.inf
    bound: float = -np.inf
    nodes: int = 0
    trace: list[Progress] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Since the solve began."""
        return time.perf_counter() - self.began

    @property
    def remaining(self) -> Limits:
        """The limits with the remaining time."""
        return self.limits.after(self.seconds)

    @property
    def out_of_time(self) -> bool:
        """Whether the limit is reached, or another stop is asked for."""
        is_over = self.limits.seconds is not None and self.seconds >= self.limits.seconds
        return is_over or stopping.asked()

    @property
    def gap(self) -> float:
        """The relative gap between objective and bound."""
        if self.objective == self.bound:
            return 0.0
        difference = abs(self.objective - self.bound)
        if not np.isfinite(difference) or not self.objective:
            return np.inf
        return difference / abs(self.objective)

    @property
    def proven(self) -> bool:
        """Whether the gap of the limits is reached."""
        return self.gap <= self.limits.gap

    def note(self, objective: float = np.inf, bound: float = -np.inf, nodes: int = 0) -> None:
        """Record a plan of this objective, or a proven bound.

        Raises ProofError where the plan is better than what was proven before.
        """
        if objective < self.bound - HIGHS_OBJECTIVE * abs(objective):
            raise ProofError(f"a plan is worth {objective}, a bound {self.bound} was proven")
        self.objective = min(self.objective, objective)
        self.bound = min(max(self.bound, bound), self.objective)
        self.nodes += nodes
        objective, bound = self.objective * self.unit, self.bound * self.unit
        progress = Progress(self.seconds, objective, bound, self.gap, self.nodes)
        self.trace.append(progress)
        if self.tell is not None:
            self.tell(progress)

    def answer(
        self, plan: P | None, algorithm: str, interrupted: bool = False, proven: bool = False
    ) -> Solved[P]:
        """The result; infeasible where the bound is inf.

        proven: the solver called its last program optimal; bound and gap are reported as they are,
        within its tolerance. Raises ProofError where its bound is far from the plan.
        """
        excess = self.objective - self.bound - self.limits.gap * abs(self.objective)
        if proven and np.isfinite(excess) and excess > HIGHS_OPTIMALITY * abs(self.objective):
            raise ProofError(f"a plan worth {self.objective} is called the best at {self.bound}")
        status = Status.OPTIMAL if self.proven or proven else Status.STOPPED
        if self.bound == np.inf:
            status, plan = Status.INFEASIBLE, None
        return Solved(
            status=status,
            plan=plan,
            objective=self.objective * self.unit,
            bound=self.bound * self.unit,
            gap=self.gap,
            seconds=self.seconds,
            nodes=self.nodes,
            algorithm=algorithm,
            asked_gap=self.limits.gap,
            interrupted=interrupted,
            trace=tuple(self.trace),
        )


def until_interrupted(run: Callable[[], bool]) -> bool:
    """Run to the end or to a stop; whether the user asked for the stop."""
    try:
        with stopping.interruptible():
            return run() or stopping.by_user()
    except stopping.OutOfTime:
        return stopping.by_user()
    except KeyboardInterrupt:
        return True
