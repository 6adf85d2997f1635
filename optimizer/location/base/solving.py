"""SOLVING: programs of any unit, brought to one in which the solver's tolerances mean something.

HiGHS holds reduced costs to 1e-7, and plans that are better by less than that for none, whatever
the unit is in which costs are counted: millionths of a minute would all be optimal. So costs are
divided by a unit, mostly a power of two, and what comes back is multiplied by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Progress
from optimizer.solver import highs as solver
from optimizer.solver.program import Outcome, Program

#: The largest cost is 2 to this, or less by a factor below 2; whole numbers up to `KEPT` are kept.
#: Below `EXACT` doubles hold all whole numbers.
LARGEST, KEPT, EXACT = 15, 2.0**24, 2.0**53

#: The option of HiGHS that is a value of the objective.
TARGET = "objective_target"


def unit_of(numbers: Floats) -> float:
    """What numbers are best counted in: 1 where they are whole and not large, or their greatest
    common divisor; else a power of two, which rounds nothing.
    """
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest == 0:
        return 1.0
    if largest < EXACT and (numbers == np.round(numbers)).all():
        if largest <= KEPT:
            return 1.0
        divisor = int(np.gcd.reduce(numbers.astype(np.int64)))
        if largest <= KEPT * divisor:
            return float(divisor)
    return 2.0 ** (math.frexp(largest)[1] - LARGEST)


def minimise(
    program: Program,
    limits: Limits,
    start: Floats | None = None,
    progress: Callable[[Progress], None] | None = None,
    options: dict[str, bool | float | str] | None = None,
) -> Outcome:
    """As `solver.minimise`, whatever the unit of the costs."""
    unit = unit_of(program.cost)

    def told(seen: Progress) -> None:
        assert progress is not None
        progress(replace(seen, objective=seen.objective * unit, bound=seen.bound * unit))

    if options is not None and TARGET in options:
        options = options | {TARGET: float(options[TARGET]) / unit}
    tell = None if progress is None else told
    found = solver.minimise(_divided(program, unit), limits, start, tell, options)
    return _told(found, program, unit)


def in_rounds(
    program: Program,
    broken: Callable[[Floats], tuple[csr_array, Floats]],
    limits: Limits,
    rounds: int,
) -> tuple[Program, Outcome]:
    """As `solver.in_rounds`, whatever the unit of the costs."""
    unit = unit_of(program.cost)
    more, found = solver.in_rounds(_divided(program, unit), broken, limits, rounds)
    whole = replace(more, cost=program.cost, offset=program.offset, integer=program.integer)
    return whole, _told(found, program, unit)


def _divided(program: Program, unit: float) -> Program:
    if unit == 1:
        return program
    return replace(program, cost=program.cost / unit, offset=program.offset / unit)


def _told(found: Outcome, program: Program, unit: float) -> Outcome:
    """The outcome in the unit of the program."""
    if unit == 1:
        return found
    return replace(
        found,
        objective=found.objective if found.x is None else program.objective(found.x),
        bound=found.bound * unit,
        duals=None if found.duals is None else found.duals * unit,
        reduced_costs=None if found.reduced_costs is None else found.reduced_costs * unit,
    )
