"""EXACT SOLUTION of a hub formulation: relaxation, reduced-cost fixing, branch and bound.

The multipliers of the linear relaxation bound all plans (`certificate`) and exclude columns whose
reduced cost exceeds the gap to the incumbent; HiGHS branches on the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import HIGHS_OBJECTIVE, ROUNDING
from optimizer.location.base.given import inclusive
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.location.hubs.flows import Hubs, Traffic
from optimizer.location.hubs.program import HubProgram
from optimizer.problem import Bools, Floats
from optimizer.solution import Progress, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import with_rows


@dataclass
class Incumbent:
    """The best plan so far. fixed: (N,) f_k; capacity: (N,) of collection, None: unlimited;
    solver_finished: HiGHS solved its last program to the end.
    """

    traffic: Traffic
    fixed: Floats
    watch: Watch
    capacity: Floats | None = None
    solver_finished: bool = False
    plan: Hubs | None = None
    cost: float = np.inf

    @property
    def finished(self) -> bool:
        """Whether the incumbent is proven, or time is over."""
        return self.watch.proven or self.watch.out_of_time

    @property
    def target(self) -> float:
        """A better plan costs less than this."""
        return self.cost * (1.0 - ROUNDING)

    def update(self, plan: Hubs) -> None:
        """Keep the plan if it is better and within capacities."""
        if self.overloaded(plan).any():
            return
        cost = self.traffic.cost(plan.joined) + float(self.fixed[plan.sites].sum())
        if cost < self.cost:
            self.plan, self.cost = plan, cost
            self.watch.note(cost)

    def overloaded(self, plan: Hubs) -> Bools:
        """(N,) hubs that collect more than their capacity."""
        if self.capacity is None:
            return np.zeros(len(self.fixed), dtype=bool)
        return np.asarray(self.traffic.outflow @ plan.joined > inclusive(self.capacity))

    @property
    def proven_by_solver(self) -> bool:
        """Whether the solver proved it, up to its own tolerances."""
        return self.solver_finished and self.watch.gap <= HIGHS_OBJECTIVE

    def note(self, bound: float, nodes: int = 0) -> None:
        """Tell the watch a lower bound."""
        if bound >= self.target:
            bound = self.cost
        self.watch.note(self.cost, bound, nodes)


def solve_program(
    model: HubProgram, unit: float, incumbent: Incumbent, on_bound: Callable[[float, int], None]
) -> tuple[float, bool]:
    """Lower bound of the plans of this model, at most the incumbent; and whether interrupted.

    unit: of the model's objective; on_bound: called with each bound and the nodes.
    """
    watch, program = incumbent.watch, model.program
    relaxed = minimise(replace(program, integer=np.zeros_like(program.integer)), watch.remaining)
    if relaxed.status is Status.INFEASIBLE:
        on_bound(np.inf, 0)
        return np.inf, False
    if relaxed.duals is None:
        return -np.inf, relaxed.interrupted
    bound = certified(program, relaxed.duals)[0] * unit
    on_bound(bound, 0)
    if incumbent.finished or bound >= incumbent.target:
        return bound, False
    cutoff = incumbent.cost / unit * (1.0 + ROUNDING) + ROUNDING
    program = decided(program, relaxed.duals, cutoff, program.integer)

    def on_progress(progress: Progress) -> None:
        on_bound(min(progress.bound * unit, incumbent.cost), 0)

    while True:
        solved = minimise(program, watch.remaining, progress=on_progress)
        if solved.x is None:
            break
        plan = model.plan(solved.x)
        incumbent.update(plan)
        overloaded = np.flatnonzero(incumbent.overloaded(plan)[model.sites])
        if not len(overloaded) or solved.status is not Status.OPTIMAL:
            break
        # The solver violates capacities by its tolerance: cover inequalities exclude these places.
        rows = np.zeros((len(overloaded), len(program.cost)))
        for row, hub in enumerate(overloaded):
            rows[row, model.joined[plan.joined[:, model.sites[hub]], hub]] = 1.0
        cover_limit = rows.sum(axis=1) - 1
        lower = np.full(len(cover_limit), -np.inf)
        program = with_rows(program, csr_array(rows), lower, cover_limit)
    incumbent.solver_finished = solved.status in (Status.OPTIMAL, Status.INFEASIBLE)
    # Columns that were fixed at 0 have no plan better than the incumbent.
    bound = max(bound, min(solved.bound * unit, incumbent.cost))
    on_bound(bound, solved.nodes)
    return bound, solved.interrupted
