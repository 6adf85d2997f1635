"""SCALING: programs in a unit of cost that fits the absolute tolerances of the solver.

HiGHS takes reduced costs below 1e-7 for 0 in any unit: with costs in millionths of a minute every
plan would be optimal. So costs are divided by a unit, mostly a power of two, and objective, bound
and duals are multiplied by it.
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
from optimizer.solver import sifting
from optimizer.solver.program import Outcome, Program

#: The largest cost is scaled to 2 to this, or less by a factor below 2; whole numbers up to
#: `MAX_UNSCALED` stay as they are. Below `MAX_EXACT` doubles hold all whole numbers.
MAX_EXPONENT, MAX_UNSCALED, MAX_EXACT = 15, 2.0**24, 2.0**53

#: The option of HiGHS that is a value of the objective, and so has its unit.
OBJECTIVE_TARGET = "objective_target"


def unit_of(numbers: Floats) -> float:
    """The unit for these costs: 1 where they are whole and not large, or their greatest common
    divisor; else a power of two, which rounds nothing.
    """
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest == 0:
        return 1.0
    if largest < MAX_EXACT and (numbers == np.round(numbers)).all():
        if largest <= MAX_UNSCALED:
            return 1.0
        divisor = int(np.gcd.reduce(numbers.astype(np.int64)))
        if largest <= MAX_UNSCALED * divisor:
            return float(divisor)
    return 2.0 ** (math.frexp(largest)[1] - MAX_EXPONENT)


def minimise(
    program: Program,
    limits: Limits,
    start: Floats | None = None,
    progress: Callable[[Progress], None] | None = None,
    options: dict[str, bool | float | str] | None = None,
) -> Outcome:
    """As `solver.minimise`, whatever the unit of the costs."""
    unit = unit_of(program.cost)

    def report(now: Progress) -> None:
        assert progress is not None
        progress(replace(now, objective=now.objective * unit, bound=now.bound * unit))

    if options is not None and OBJECTIVE_TARGET in options:
        options = options | {OBJECTIVE_TARGET: float(options[OBJECTIVE_TARGET]) / unit}
    callback = None if progress is None else report
    outcome = solver.minimise(_scaled(program, unit), limits, start, callback, options)
    return _unscaled(outcome, program, unit)


def in_rounds(
    program: Program,
    broken: Callable[[Floats], tuple[csr_array, Floats]],
    limits: Limits,
    rounds: int,
) -> tuple[Program, Outcome]:
    """As `sifting.in_rounds`, whatever the unit of the costs."""
    unit = unit_of(program.cost)
    extended, outcome = sifting.in_rounds(_scaled(program, unit), broken, limits, rounds)
    unscaled = replace(extended, cost=program.cost, offset=program.offset, integer=program.integer)
    return unscaled, _unscaled(outcome, program, unit)


def _scaled(program: Program, unit: float) -> Program:
    if unit == 1:
        return program
    return replace(program, cost=program.cost / unit, offset=program.offset / unit)


def _unscaled(outcome: Outcome, program: Program, unit: float) -> Outcome:
    """The outcome in the unit of the program."""
    if unit == 1:
        return outcome
    return replace(
        outcome,
        objective=outcome.objective if outcome.x is None else program.objective(outcome.x),
        bound=outcome.bound * unit,
        duals=None if outcome.duals is None else outcome.duals * unit,
        reduced_costs=None if outcome.reduced_costs is None else outcome.reduced_costs * unit,
    )
