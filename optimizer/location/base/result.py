"""OPENED: the plan of a textbook problem, and how its answer is put together."""

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
    """sites: rows of the open sites, ascending. served: (I,) the site that serves each point,
    -1 where none does. shares: (I, J) where a point may be served by several sites.
    """

    sites: Ints
    served: Ints
    shares: csr_array | None = None


@dataclass
class Watch:
    """Objective and bound over the time of one solve; told to whoever listens, and kept.

    unit: what they are counted in; they are told in ones.
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
    def left(self) -> Limits:
        """What is left of the limits."""
        return self.limits.after(self.seconds)

    @property
    def out_of_time(self) -> bool:
        """Whether the limit is reached, or another stop is asked for."""
        over = self.limits.seconds is not None and self.seconds >= self.limits.seconds
        return over or stopping.asked()

    @property
    def gap(self) -> float:
        """How far apart they are."""
        if self.objective == self.bound:
            return 0.0
        apart = abs(self.objective - self.bound)
        return apart / abs(self.objective) if np.isfinite(apart) and self.objective else np.inf

    @property
    def proven(self) -> bool:
        """Whether the asked gap is proven."""
        return self.gap <= self.limits.gap

    def note(self, objective: float = np.inf, bound: float = -np.inf, nodes: int = 0) -> None:
        """A plan of this objective was found, or this bound was proven.

        Raises ProofError where the plan is better than what was proven before.
        """
        if objective < self.bound - HIGHS_OBJECTIVE * abs(objective):
            raise ProofError(f"a plan is worth {objective}, a bound {self.bound} was proven")
        self.objective = min(self.objective, objective)
        self.bound = min(max(self.bound, bound), self.objective)
        self.nodes += nodes
        objective, bound = self.objective * self.unit, self.bound * self.unit
        seen = Progress(self.seconds, objective, bound, self.gap, self.nodes)
        self.trace.append(seen)
        if self.tell is not None:
            self.tell(seen)

    def answer(
        self, plan: P | None, algorithm: str, interrupted: bool = False, proven: bool = False
    ) -> Solved[P]:
        """What was found; infeasible where the bound says so.

        proven: the solver says so of its last program; bound and gap are told as they are, rounded
        as it rounds. Raises ProofError where it says so of a plan that its bound is far from.
        """
        apart = self.objective - self.bound - self.limits.gap * abs(self.objective)
        if proven and np.isfinite(apart) and apart > HIGHS_OPTIMALITY * abs(self.objective):
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
    """Run until a stop; whether the user asked for it, as the run says or as it reached Python."""
    try:
        with stopping.interruptible():
            return run() or stopping.by_user()
    except stopping.OutOfTime:
        return stopping.by_user()
    except KeyboardInterrupt:
        return True
