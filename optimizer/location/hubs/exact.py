"""PROVING: the best plan, what is proven of it, and a flow form solved to the end.

The relaxation gives multipliers, which bound all plans (`certificate`) and say which columns cost
too much beside the best plan that is known; integers are asked for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import HIGHS_OBJECTIVE
from optimizer.location.base.given import inclusive
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.location.hubs.flows import Hubs, Traffic
from optimizer.location.hubs.program import Form
from optimizer.problem import Bools, Floats
from optimizer.solution import Progress, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import with_rows

#: Rounding of sums of costs, relative.
ROUNDING = 1e-9


@dataclass
class Best:
    """The best plan so far, and the watch that is told. fixed: (N,) what a hub costs; capacity:
    (N,) what it can gather, None: all. ended: the solver has solved its last program.
    """

    traffic: Traffic
    fixed: Floats
    watch: Watch
    capacity: Floats | None = None
    ended: bool = False
    plan: Hubs | None = None
    cost: float = np.inf

    @property
    def done(self) -> bool:
        """Whether it is proven, or there is no time."""
        return self.watch.proven or self.watch.out_of_time

    @property
    def target(self) -> float:
        """What a plan must cost less than to be better."""
        return self.cost * (1.0 - ROUNDING)

    def take(self, plan: Hubs) -> None:
        """Keep the plan if it is better, and no hub takes more than it has room for."""
        if self.full(plan).any():
            return
        cost = self.traffic.cost(plan.joined) + float(self.fixed[plan.sites].sum())
        if cost < self.cost:
            self.plan, self.cost = plan, cost
            self.watch.note(cost)

    def full(self, plan: Hubs) -> Bools:
        """(N,) hubs that take more than they have room for."""
        if self.capacity is None:
            return np.zeros(len(self.fixed), dtype=bool)
        return np.asarray(self.traffic.sent @ plan.joined > inclusive(self.capacity))

    @property
    def rounded(self) -> bool:
        """Whether it is proven but for what the solver rounds."""
        return self.ended and self.watch.gap <= HIGHS_OBJECTIVE

    def note(self, bound: float, nodes: int = 0) -> None:
        """No plan costs less than this."""
        if bound >= self.target:
            bound = self.cost
        self.watch.note(self.cost, bound, nodes)


def proven(
    form: Form, unit: float, best: Best, told: Callable[[float, int], None]
) -> tuple[float, bool]:
    """What no plan of this form costs less than, or than the best; and whether it was interrupted.

    unit: what the form counts 1 of; told: of each bound, and nodes.
    """
    watch, program = best.watch, form.program
    relaxed = minimise(replace(program, integer=np.zeros_like(program.integer)), watch.remaining)
    if relaxed.status is Status.INFEASIBLE:
        told(np.inf, 0)
        return np.inf, False
    if relaxed.duals is None:
        return -np.inf, relaxed.interrupted
    bound = certified(program, relaxed.duals)[0] * unit
    told(bound, 0)
    if best.done or bound >= best.target:
        return bound, False
    cut = best.cost / unit * (1.0 + ROUNDING) + ROUNDING
    program = decided(program, relaxed.duals, cut, program.integer)

    def seen(progress: Progress) -> None:
        told(min(progress.bound * unit, best.cost), 0)

    while True:
        found = minimise(program, watch.remaining, progress=seen)
        if found.x is None:
            break
        plan = form.plan(found.x)
        best.take(plan)
        full = np.flatnonzero(best.full(plan)[form.sites])
        if not len(full) or found.status is not Status.OPTIMAL:
            break
        # The solver breaks rows of room by a little: one of these places has to go elsewhere.
        rows = np.zeros((len(full), len(program.cost)))
        for row, hub in enumerate(full):
            rows[row, form.joined[plan.joined[:, form.sites[hub]], hub]] = 1.0
        most = rows.sum(axis=1) - 1
        program = with_rows(program, csr_array(rows), np.full(len(most), -np.inf), most)
    best.ended = found.status in (Status.OPTIMAL, Status.INFEASIBLE)
    # Nothing that was left out is better than the best.
    bound = max(bound, min(found.bound * unit, best.cost))
    told(bound, found.nodes)
    return bound, found.interrupted
