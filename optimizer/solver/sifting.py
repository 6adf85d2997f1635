"""Linear relaxations in rounds: of rows and columns, those that matter.

Rows come in once the solution breaks them (row generation), columns once their reduced cost is
below 0: sifting (Forrest 1989; Bixby, Gregory, Lustig, Marsten and Shanno, "Very large-scale linear
programming", 1992). Of the shares of a region one in five ever comes in, and of the rows that bind
them to what is open one in ten.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from optimizer.foundation.tolerances import LEAST_SAVING
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.certificate import certified
from optimizer.solver.conditioning import Conditioned, conditioned
from optimizer.solver.highs import STATUS, load, run
from optimizer.solver.program import Outcome, Program, with_rows

#: A lazy row that is broken by less than this is left out: it hardly moves the bound, which is
#: proven by the multipliers whatever rows there are.
LEAST_VIOLATION = 1e-4

#: Columns are looked for where a round of rows moved the objective by less than this part of it,
#: and broke no more than this part of the rows: to break none takes many rounds.
SMALL_MOVE, FEW_BROKEN = 2e-4, 0.02

#: How far, relative, the bound may stay below the relaxation, where the gap asked for is 0; or this
#: part of that gap.
SIFTED, PART_OF_GAP = 1e-4, 0.1

#: From a solution (N,) to rows (R, N) that it breaks, and what they are at most (R,).
Broken = Callable[[Floats], tuple[csr_array, Floats]]


@dataclass(frozen=True, eq=False)
class Sifted:
    """The program with the rows that were found, the outcome, and (N,) columns that came in.

    The outcome's bound is what is proven of the whole program, also where it was stopped; x is 0
    where a column never came in.
    """

    program: Program
    outcome: Outcome
    held: Bools


def in_rounds(
    program: Program, broken: Broken, limits: Limits, rounds: int
) -> tuple[Program, Outcome]:
    """The linear relaxation, with rows that its solution breaks, for so many rounds.

    Every solution in integers keeps all of them. Returns the program with those that were found,
    and the outcome of its relaxation.
    """
    found = sifted(program, broken, limits, rounds)
    return found.program, found.outcome


def sifted(
    program: Program,
    broken: Broken,
    limits: Limits,
    rounds: int,
    lazy: Bools | None = None,
    late: Bools | None = None,
) -> Sifted:
    """The linear relaxation, as `in_rounds`, with rows and columns that come in as they matter.

    lazy: (M,) rows, with an upper end only, that come in once they are broken; late: (N,) columns,
    0 or more, that come in once that saves something, and all where there is no solution without.
    """
    part = _Part.of(program, lazy, late, limits)
    began, before, proven = time.perf_counter(), -np.inf, -np.inf
    while True:
        stopped, interrupted = run(part.highs, None)
        status = STATUS.get(part.highs.getModelStatus(), Status.STOPPED)
        seconds = time.perf_counter() - began
        if status is Status.INFEASIBLE and not part.held.all() and not stopped:
            part.add(np.empty(0, dtype=np.int64), np.flatnonzero(~part.held))
            continue
        if status is not Status.OPTIMAL or stopped:
            bound = np.inf if status is Status.INFEASIBLE else proven
            nothing = Outcome(status, None, np.inf, bound, seconds, 0, interrupted)
            return Sifted(part.own, nothing, part.held)
        x, duals = part.solution()
        objective = part.program.objective(x)
        rows = part.broken(x)
        many = len(rows) > FEW_BROKEN * len(part.rows)
        moved = objective - before > SMALL_MOVE * abs(objective)
        before = objective
        if len(rows) and (part.held.all() or many or moved):
            part.add(rows, np.empty(0, dtype=np.int64))
            continue
        columns, duals, bound = part.saving(duals)
        proven = max(proven, bound)
        near = objective - proven <= max(SIFTED, PART_OF_GAP * limits.gap) * abs(objective)
        if len(columns) and not near:
            part.add(rows, columns)
            before = -np.inf
            continue
        if rounds:
            found, upper = broken(x * part.scaled.column)
            if len(upper):
                part.add_found(found, upper)
                rounds, before = rounds - 1, -np.inf
                continue
        return Sifted(part.own, part.outcome(x, duals, seconds, interrupted), part.held)


@dataclass(eq=False)
class _Part:
    """What HiGHS holds of a scaled program: rows and columns of the whole, in HiGHS's order.

    own: the whole in its own units; waiting: (M,) rows, held: (N,) columns.
    """

    own: Program
    scaled: Conditioned
    highs: highspy.Highs
    rows: Ints
    columns: Ints
    waiting: Bools
    held: Bools
    _by_row: csr_array = field(init=False)

    @classmethod
    def of(cls, program: Program, lazy: Bools | None, late: Bools | None, limits: Limits) -> _Part:
        """The part without lazy rows and late columns."""
        scaled = conditioned(program)
        whole = replace(scaled.program, integer=np.zeros_like(program.integer))
        waiting = np.zeros(len(whole.row_upper), dtype=bool) if lazy is None else lazy.copy()
        held = np.ones(len(whole.cost), dtype=bool) if late is None else ~late
        rows, columns = np.flatnonzero(~waiting), np.flatnonzero(held)
        by_row = csr_array(whole.rows)
        part = replace(
            whole,
            cost=whole.cost[columns],
            rows=csc_array(csc_array(by_row[rows])[:, columns]),
            row_lower=whole.row_lower[rows],
            row_upper=whole.row_upper[rows],
            lower=whole.lower[columns],
            upper=whole.upper[columns],
            integer=whole.integer[columns],
        )
        made = cls(program, scaled, load(part, limits, {}), rows, columns, waiting, held)
        made._by_row = by_row
        return made

    @property
    def program(self) -> Program:
        """The whole, scaled."""
        return self.scaled.program

    def solution(self) -> tuple[Floats, Floats]:
        """x (N,) and duals (M,) of the whole, scaled: 0 for what is not held."""
        found = self.highs.getSolution()
        x, duals = np.zeros(len(self.program.cost)), np.zeros(len(self.program.row_upper))
        x[self.columns], duals[self.rows] = found.col_value, found.row_dual
        return x, duals

    def broken(self, x: Floats) -> Ints:
        """Lazy rows that x breaks by more than hardly anything."""
        if not self.waiting.any():
            return np.empty(0, dtype=np.int64)
        over = self._by_row @ x > self.program.row_upper + LEAST_VIOLATION
        return np.flatnonzero(self.waiting & over)

    def saving(self, duals: Floats) -> tuple[Ints, Floats, float]:
        """Late columns that would save something, duals that answer for them, and their bound.

        The multiplier of a lazy row that waits is free: it takes what its column would save.
        """
        program = self.program
        saved = np.maximum(program.rows.T @ duals - program.cost, 0.0)
        late = np.flatnonzero(~self.held & (saved > LEAST_SAVING))
        columns = csc_array(program.rows[:, late])
        of = np.repeat(late, np.diff(columns.indptr))
        free = self.waiting[columns.indices] & (columns.data > 0)
        duals = duals.copy()
        np.minimum.at(duals, columns.indices[free], -saved[of[free]] / columns.data[free])
        return late, duals, certified(program, duals)[0]

    def add(self, rows: Ints, columns: Ints) -> None:
        """Rows and columns of the whole."""
        self.waiting[rows], self.rows = False, np.append(self.rows, rows)
        upper = self.program.row_upper[rows]
        self._add_rows(csr_array(self._by_row[rows]), upper)
        if not len(columns):
            return
        self.held[columns], self.columns = True, np.append(self.columns, columns)
        program = self.program
        more = csc_array(csr_array(csc_array(program.rows[:, columns]))[self.rows])
        self.highs.addCols(
            len(columns),
            program.cost[columns],
            program.lower[columns],
            np.minimum(program.upper[columns], highspy.kHighsInf),
            more.nnz,
            more.indptr[:-1].astype(np.int32),
            more.indices.astype(np.int32),
            more.data,
        )

    def add_found(self, rows: csr_array, upper: Floats) -> None:
        """Rows (R, N) that the program does not have yet, in its own units."""
        more, factor = self.scaled.further(rows)
        self.rows = np.append(self.rows, len(self.own.row_upper) + np.arange(len(upper)))
        self.waiting = np.append(self.waiting, np.zeros(len(upper), dtype=bool))
        self.own = with_rows(self.own, rows, np.full(len(upper), -np.inf), upper)
        self.scaled = Conditioned(self.own, np.append(self.scaled.row, factor), self.scaled.column)
        self._by_row = csr_array(self.program.rows)
        self._add_rows(more, upper * factor)

    def _add_rows(self, rows: csr_array, upper: Floats) -> None:
        """Rows (R, N) of the whole, scaled, to what HiGHS holds."""
        if not len(upper):
            return
        rows = csr_array(csc_array(rows)[:, self.columns])
        lower = np.full(len(upper), -np.inf)
        self.highs.addRows(
            len(upper),
            lower,
            upper,
            rows.nnz,
            rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32),
            rows.data,
        )

    def outcome(self, x: Floats, duals: Floats, seconds: float, interrupted: bool) -> Outcome:
        """The outcome in the program's own units."""
        own = self.own
        x, duals = x * self.scaled.column, duals * self.scaled.row
        objective = own.objective(x)
        bound = objective if self.held.all() else min(objective, certified(own, duals)[0])
        return Outcome(
            Status.OPTIMAL,
            x,
            objective,
            bound,
            seconds,
            0,
            interrupted,
            duals=duals,
            reduced_costs=np.asarray(own.cost - own.rows.T @ duals),
        )
