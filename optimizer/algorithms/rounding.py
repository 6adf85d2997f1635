"""A good first plan: open only what the linear relaxation opens, and decide on that.

Relaxation enforced neighbourhood search (Berthold 2014) before the solver's own tree: what the
relaxation leaves closed stays closed, so the program that remains is small. HiGHS 1.15.1 finds
such plans from inside too, but several times later on an agglomeration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.policy import Limits
from optimizer.solution import Progress, Status
from optimizer.solver import Outcome, Program, minimise, relative_gap

#: A value of the relaxation this near to 0 or 1 is there.
NEAR = 1e-6

#: Gap at which the first plan is good enough: the tree does the rest.
GAP = 0.005

#: Time for the small program, in times that of the relaxation, and a second.
PATIENCE = 3


def first_plan(
    program: Program, limits: Limits, progress: Callable[[Progress], None] | None
) -> Outcome:
    """A first solution, where one is found this way, with the relaxation's bound."""
    relaxed = minimise(replace(program, integer=np.zeros_like(program.integer)), limits)
    if relaxed.x is None:
        return relaxed
    closed = program.integer & (relaxed.x < NEAR)
    opened = program.integer & (relaxed.x > 1 - NEAR)
    small = replace(
        program,
        lower=np.where(opened, 1.0, program.lower),
        upper=np.where(closed, 0.0, program.upper),
    )

    def tell(seen: Progress) -> None:
        if progress is not None:
            gap = relative_gap(seen.objective, relaxed.bound)
            progress(replace(seen, bound=relaxed.bound, gap=gap))

    left = limits.after(relaxed.seconds).seconds or math.inf
    seconds = min(left, 1 + PATIENCE * relaxed.seconds)
    found = minimise(
        small, replace(limits, seconds=seconds, gap=max(GAP, limits.gap)), progress=tell
    )
    return replace(
        found, status=Status.STOPPED, bound=relaxed.bound, seconds=relaxed.seconds + found.seconds
    )
