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

from optimizer.algorithms.mip.column_aggregation import shares
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solver.certificate import certified
from optimizer.solver.program import Outcome, Program
from optimizer.solver.sifting import sifted

#: Rounds of rows: the first finds nearly all of what there is.
MAX_ROUNDS = 4

#: A row broken by less than this share of its load is left out: it hardly moves the bound, and each
#: makes the relaxation slower.
LEAST_VIOLATION = 1e-4

#: Of each demand point so many of the cheapest shares are in the relaxation from the first; where
#: there are fewer shares in all than so many, all are.
FIRST_SHARES, MANY_SHARES = 8, 20_000


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The program with its hidden rows, and the outcome of its relaxation.

    bound: proven by the multipliers, without the solver. held: (N,) the columns that matter.
    """

    program: Program
    outcome: Outcome
    bound: float
    held: Bools


@dataclass(frozen=True, eq=False)
class Capacity:
    """sum load x <= sum room y: columns x and their load, columns y and their room."""

    x: Ints
    load: Floats
    y: Ints
    room: Floats


def relaxation(program: Program, limits: Limits, cuts: bool = True) -> Relaxed:
    """The linear relaxation; its bound is inf where there is no solution.

    Where it was stopped, the bound is what was proven until then.
    """
    capacities, columns = _capacities(program), len(program.cost)

    def broken(x: Floats) -> tuple[csr_array, Floats]:
        rows = [row for one in capacities if (row := most_broken(one, x)) is not None]
        if not rows:
            return csr_array((0, columns)), np.zeros(0)
        first = np.cumsum([0] + [len(column) for column, _ in rows])
        column = np.concatenate([column for column, _ in rows])
        value = np.concatenate([value for _, value in rows])
        return csr_array((value, column, first), shape=(len(rows), columns)), np.zeros(len(rows))

    rounds = MAX_ROUNDS if cuts else 0
    found = sifted(program, broken, limits, rounds, forcing(program), late_shares(program))
    program, outcome = found.program, found.outcome
    bound = outcome.bound
    if outcome.duals is not None:
        bound = min(outcome.bound, certified(program, outcome.duals)[0])
    return Relaxed(program, outcome, bound, found.held)


def forcing(program: Program) -> Bools:
    """(M,) variable upper bounds: one share, at most the sum of integers.

    Nine in ten rows of a region, of which one in ten binds.
    """
    rows = csr_array(program.rows)
    share = (rows.data == 1) & ~program.integer[rows.indices]
    other = (rows.data == -1) & program.integer[rows.indices]
    every = _per_row(rows, ~(share | other)) == 0
    at_most = (program.row_upper == 0) & ~np.isfinite(program.row_lower)
    return np.asarray(at_most & every & (_per_row(rows, share) == 1))


def late_shares(program: Program) -> Bools:
    """(N,) shares of a demand point (columns of one equality) that are hardly worth their cost.

    All but the cheapest few of each, the one that the fewest rows hold back (nobody serves), and
    those that a floor counts: so the relaxation mostly has a solution without the late ones.
    """
    none = np.zeros(len(program.cost), dtype=bool)
    columns, equality = shares(program)
    if len(columns) < MANY_SHARES:
        return none
    entries = np.diff(program.rows.indptr)[columns]
    at_least = np.isfinite(program.row_lower) & ~np.isfinite(program.row_upper)
    counted = (program.rows.T @ at_least.astype(float))[columns] > 0
    cheap = _rank(equality, program.cost[columns]) < FIRST_SHARES
    free = _rank(equality, entries) < 1
    none[columns[~(cheap | free | counted)]] = True
    return none


def _rank(group: Ints, value: Floats) -> Ints:
    """(N,) how many of its group are before it in the order of the values."""
    order = np.lexsort((value, group))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order])
    return rank


def _capacities(program: Program) -> list[Capacity]:
    """Rows that hold shares, at most 1, within what integers offer."""
    rows = csr_array(program.rows)
    share = ~program.integer & (program.lower == 0) & (program.upper == 1)
    binary = program.integer & (program.lower >= 0)
    x = share[rows.indices] & (rows.data > 0)
    y = binary[rows.indices] & (rows.data < 0)
    loads, rooms, other = (_per_row(rows, entries) for entries in (x, y, ~(x | y)))
    hold = (program.row_upper == 0) & ~np.isfinite(program.row_lower)
    capacities = []
    for row in np.flatnonzero(hold & (loads > 1) & (rooms > 0) & (other == 0)):
        here = slice(rows.indptr[row], rows.indptr[row + 1])
        column, value, load = rows.indices[here], rows.data[here], x[here]
        capacities.append(Capacity(column[load], value[load], column[~load], -value[~load]))
    return capacities


def _per_row(rows: csr_array, entries: Bools) -> Ints:
    """(M,) how many of these entries (those of the rows, in their order) each row has."""
    return np.asarray(np.diff(np.append(0, np.cumsum(entries))[rows.indptr]))


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
