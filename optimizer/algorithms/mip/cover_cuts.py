"""Cutting planes: the linear relaxation with minimum-cardinality cover rows that capacities imply.

A capacity sum_i d_i x_i <= sum_k C_k y_k is of use to some points S up to their own load only:

    sum_(i in S) d_i x_i <= sum_k min(C_k, d(S)) y_k        d(S) = sum_(i in S) d_i,  x_i <= 1

for whatever y is, the left side is at most d(S) and at most the sum of the C_k that stand. With S
one point it says that a small facility can serve no more than a part of a large one. The S that
breaks it most is found among the points in the order of their shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.certificate import certified
from optimizer.solver.highs import in_rounds
from optimizer.solver.program import Outcome, Program

#: Rounds of rows: the first finds nearly all of what there is.
MAX_ROUNDS = 4

#: A row broken by less than this share of its load is left out: it hardly moves the bound, and each
#: makes the relaxation slower.
LEAST_VIOLATION = 1e-4


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The program with its hidden rows, and the outcome of its relaxation.

    bound: proven by the multipliers, without the solver.
    """

    program: Program
    outcome: Outcome
    bound: float


@dataclass(frozen=True, eq=False)
class Capacity:
    """sum load x <= sum room y: columns x and their load, columns y and their room."""

    x: Ints
    load: Floats
    y: Ints
    room: Floats


def relaxation(program: Program, limits: Limits, cuts: bool = True) -> Relaxed:
    """The linear relaxation; -inf is its bound where it was stopped, inf where nothing is."""
    capacities, columns = _capacities(program), len(program.cost)

    def broken(x: Floats) -> tuple[csr_array, Floats]:
        rows = [row for one in capacities if (row := most_broken(one, x)) is not None]
        if not rows:
            return csr_array((0, columns)), np.zeros(0)
        first = np.cumsum([0] + [len(column) for column, _ in rows])
        column = np.concatenate([column for column, _ in rows])
        value = np.concatenate([value for _, value in rows])
        return csr_array((value, column, first), shape=(len(rows), columns)), np.zeros(len(rows))

    program, outcome = in_rounds(
        program, broken, limits, MAX_ROUNDS if cuts else 0, forcing(program)
    )
    bound = np.inf if outcome.status is Status.INFEASIBLE else -np.inf
    if outcome.duals is not None:
        bound = min(outcome.bound, certified(program, outcome.duals)[0])
    return Relaxed(program, outcome, bound)


def forcing(program: Program) -> Bools:
    """(M,) variable upper bounds: one share, at most the sum of integers.

    Nine in ten rows of a region, of which one in ten binds.
    """
    rows = csr_array(program.rows)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    share = (rows.data == 1) & ~program.integer[rows.indices]
    other = (rows.data == -1) & program.integer[rows.indices]
    shares = np.bincount(row, share, rows.shape[0])
    every = np.bincount(row, ~(share | other), rows.shape[0]) == 0
    at_most = (program.row_upper == 0) & ~np.isfinite(program.row_lower)
    return np.asarray(at_most & every & (shares == 1))


def _capacities(program: Program) -> list[Capacity]:
    """Rows that hold shares, at most 1, within what integers offer."""
    rows = csr_array(program.rows)
    share = ~program.integer & (program.lower == 0) & (program.upper == 1)
    binary = program.integer & (program.lower >= 0)
    capacities = []
    for row in np.flatnonzero((program.row_upper == 0) & ~np.isfinite(program.row_lower)):
        here = slice(rows.indptr[row], rows.indptr[row + 1])
        column, value = rows.indices[here], rows.data[here]
        x, y = share[column] & (value > 0), binary[column] & (value < 0)
        if x.sum() > 1 and y.any() and (x | y).all():
            capacities.append(Capacity(column[x], value[x], column[y], -value[y]))
    return capacities


def most_broken(capacity: Capacity, x: Floats) -> tuple[Ints, Floats] | None:
    """Columns and entries of the row that x breaks most, for its load; None where it is none."""
    share = x[capacity.x]
    order = np.argsort(-share, kind="stable")
    load = np.cumsum(capacity.load[order])
    room = np.minimum(capacity.room, load[:, None])
    excess = (np.cumsum((capacity.load * share)[order]) - room @ x[capacity.y]) / load
    count = int(excess.argmax())
    if excess[count] < LEAST_VIOLATION:
        return None
    chosen = order[: count + 1]
    column = np.concatenate([capacity.x[chosen], capacity.y])
    value = np.concatenate([capacity.load[chosen], -room[count]]) / load[count]
    return column, value
