"""A mixed-integer program as arrays, and what a run of the solver ended with."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.foundation.tolerances import LEAST_OBJECTIVE
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Status


class SolverError(Exception):
    """The solver failed, or contradicted itself."""


@dataclass(frozen=True, eq=False)
class Program:
    """minimise offset + cost x  subject to  row_lower <= A x <= row_upper, lower <= x <= upper.

    rows: A, (M, N) in compressed columns; integer: (N,) which columns are integer.
    """

    cost: Floats
    offset: float
    rows: csc_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools

    def objective(self, x: Floats) -> float:
        """The objective at x."""
        return self.offset + float(self.cost @ x)

    def violation(self, x: Floats) -> float:
        """The largest violation of a row or a column bound at x."""
        activity = self.rows @ x
        return float(
            max(
                np.max(self.row_lower - activity, initial=0.0),
                np.max(activity - self.row_upper, initial=0.0),
                np.max(self.lower - x, initial=0.0),
                np.max(x - self.upper, initial=0.0),
            )
        )


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run ended with.

    x is None without a solution; duals (M,) and reduced_costs (N,) come with an LP only;
    interrupted: the user stopped it.
    """

    status: Status
    x: Floats | None
    objective: float
    bound: float
    seconds: float
    nodes: int
    interrupted: bool = False
    duals: Floats | None = None
    reduced_costs: Floats | None = None


def fixed(program: Program, columns: Bools, values: Floats) -> Program:
    """The program with these columns (N,) at these values (N,)."""
    return replace(
        program,
        lower=np.where(columns, values, program.lower),
        upper=np.where(columns, values, program.upper),
    )


@dataclass(frozen=True, eq=False)
class Subprogram:
    """A program of some columns of a whole, the others being 0; columns: their numbers there."""

    program: Program
    columns: Ints

    def solution(self, whole: Program, x: Floats) -> Floats:
        """A solution of this program as one of the whole."""
        values = np.zeros(len(whole.cost))
        values[self.columns] = x
        return values


def subprogram(program: Program, kept: Bools) -> Subprogram:
    """The program with these columns (N,) only, and the rows that they are in, or that 0 breaks."""
    columns = np.flatnonzero(kept)
    by_row = csr_array(program.rows[:, columns])
    broken = (program.row_lower > 0) | (program.row_upper < 0)
    rows = np.flatnonzero((np.diff(by_row.indptr) > 0) | broken)
    smaller = replace(
        program,
        cost=program.cost[columns],
        rows=csc_array(by_row[rows]),
        row_lower=program.row_lower[rows],
        row_upper=program.row_upper[rows],
        lower=program.lower[columns],
        upper=program.upper[columns],
        integer=program.integer[columns],
    )
    return Subprogram(smaller, columns)


def with_rows(program: Program, rows: csr_array, lower: Floats, upper: Floats) -> Program:
    """The program with these rows (R, N) behind its own."""
    return replace(
        program,
        rows=csc_array(vstack([program.rows, rows])),
        row_lower=np.concatenate([program.row_lower, lower]),
        row_upper=np.concatenate([program.row_upper, upper]),
    )


def relative_gap(objective: float, bound: float) -> float:
    """|objective - bound| / |objective|; inf where either is missing."""
    if not (math.isfinite(objective) and math.isfinite(bound)):
        return math.inf
    return abs(objective - bound) / max(abs(objective), LEAST_OBJECTIVE)
