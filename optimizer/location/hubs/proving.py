"""PROVING: the best plan, what is proven of it, and a flow form solved to the end.

The relaxation gives multipliers, which bound all plans (`certificate`) and say which columns cost
too much beside the best plan that is known; integers are asked for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.certificate import certified, decided
from optimizer.location.hubs.form import Form
from optimizer.location.hubs.traffic import Hubs, Traffic
from optimizer.location.opened import Watch
from optimizer.location.solving import minimise
from optimizer.problem import Floats
from optimizer.solution import Progress, Status

#: Rounding of sums of costs, relative.
ROUNDING = 1e-9


@dataclass
class Best:
    """The best plan so far, and the watch that is told. fixed: (N,) what a hub costs."""

    traffic: Traffic
    fixed: Floats
    watch: Watch
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
        """Keep the plan if it is better."""
        cost = self.traffic.cost(plan.joined) + float(self.fixed[plan.sites].sum())
        if cost < self.cost:
            self.plan, self.cost = plan, cost
            self.watch.note(cost)

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
    relaxed = minimise(replace(program, integer=np.zeros_like(program.integer)), watch.left)
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

    found = minimise(program, watch.left, progress=seen)
    if found.x is not None:
        best.take(form.plan(found.x))
    # Nothing that was left out is better than the best.
    bound = max(bound, min(found.bound * unit, best.cost))
    told(bound, found.nodes)
    return bound, found.interrupted
