"""Scaling of a program to units in which its numbers are near 1, and back again.

A solver works to absolute tolerances: in a row with a budget of 10^9 they are less than a double
carries, and money decides nothing any more. So rows and continuous columns whose numbers are far
from 1 are multiplied by powers of two (nothing is rounded), found by geometric scaling (Curtis and
Reid 1972; Fourer 1982); integer columns keep their unit. A program whose numbers are near 1 stays
as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array

from optimizer.problem import Bools, Floats

if TYPE_CHECKING:
    from optimizer.solver.program import Program

#: Rows and columns whose largest entry, of integer columns too, is between its inverse and this are
#: near 1.
LARGEST_ENTRY = 2.0**12

#: Rounds of scaling: each halves what is left, in orders of magnitude.
MAX_ROUNDS = 12


@dataclass(frozen=True, eq=False)
class Conditioned:
    """own: a program; row, column: (M,), (N,) powers of two that rows and columns are scaled by.

    Of the scaled program A' = row A column, x' = x / column, duals' = duals / row.
    """

    own: Program
    row: Floats
    column: Floats

    @cached_property
    def program(self) -> Program:
        """The scaled program; the own one where nothing is scaled."""
        own, row, column = self.own, self.row, self.column
        if (row == 1).all() and (column == 1).all():
            return own
        return replace(
            own,
            cost=own.cost * column,
            rows=csc_array(diags_array(row) @ own.rows @ diags_array(column)),
            row_lower=own.row_lower * row,
            row_upper=own.row_upper * row,
            lower=own.lower / column,
            upper=own.upper / column,
        )

    def further(self, rows: csr_array) -> tuple[csr_array, Floats]:
        """More rows (R, N) in the units of the scaled columns, and (R,) what each is scaled by."""
        scaled = csr_array(rows @ diags_array(self.column))
        factor = _power(1 / _largest(scaled))
        near = (factor <= LARGEST_ENTRY) & (factor >= 1 / LARGEST_ENTRY)
        factor = np.where(near, 1.0, factor)
        return csr_array(diags_array(factor) @ scaled), factor


def conditioned(program: Program) -> Conditioned:
    """The program with what its rows and columns are to be scaled by."""
    program = _without_dust(program)
    rows = csr_array(abs(program.rows))
    row, column = np.ones(rows.shape[0]), np.ones(rows.shape[1])
    integers = csr_array(rows[:, np.flatnonzero(program.integer)])
    if _near(_largest(rows)).all() and _near(_largest(integers)).all():
        return Conditioned(program, row, column)
    at = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    entries = np.maximum(rows.data, np.finfo(float).tiny)
    size, whole = np.log2(entries), program.integer
    up, across = np.zeros(len(row)), np.zeros(len(column))
    for _ in range(MAX_ROUNDS):
        up = -_middle(size + across[rows.indices], at, len(row))
        across = np.where(whole, 0.0, -_middle(size + up[at], rows.indices, len(column)))
    column = _power(np.exp2(across))
    # What was only a little off is left: a unit of its own would help nobody.
    column = np.where(_near(column), 1.0, column)
    largest = _largest(csr_array(rows @ diags_array(column)))
    row = np.where(_near(largest), 1.0, _power(1 / largest))
    return Conditioned(program, row, column)


def _without_dust(program: Program) -> Program:
    """The program without entries that a sum of their row in doubles forgets, and without zeros.

    They say nothing, but what is scaled by them has no unit any more: of such a program, with
    minutes of 10^-14, HiGHS 1.15.1 returned a false optimum.
    """
    rows = csr_array(program.rows)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    reach = np.maximum(abs(program.lower), abs(program.upper))[rows.indices]
    most = np.where(rows.data == 0, 0.0, abs(rows.data) * reach)
    largest = np.zeros(rows.shape[0])
    np.maximum.at(largest, row, np.where(np.isfinite(most), most, 0.0))
    dust = most < np.finfo(float).eps * largest[row]
    if not dust.any() and rows.data.all():
        return program
    kept = csr_array((np.where(dust, 0.0, rows.data), rows.indices, rows.indptr), rows.shape)
    kept.eliminate_zeros()
    return replace(program, rows=csc_array(kept))


def _near(sizes: Floats) -> Bools:
    return np.asarray((sizes >= 1 / LARGEST_ENTRY) & (sizes <= LARGEST_ENTRY))


def _largest(rows: csr_array) -> Floats:
    """(M,) the largest entry of each row by size; 1 where there is none."""
    largest = np.zeros(rows.shape[0])
    np.maximum.at(
        largest, np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), abs(rows.data)
    )
    return np.where(largest > 0, largest, 1.0)


def _middle(sizes: Floats, at: np.ndarray, count: int) -> Floats:
    """(count,) the middle between the largest and the smallest of the sizes there; 0: none."""
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, at, sizes)
    np.maximum.at(high, at, sizes)
    there = low <= high
    return (np.where(there, low, 0.0) + np.where(there, high, 0.0)) / 2


def _power(values: Floats) -> Floats:
    """The nearest powers of two."""
    return np.asarray(np.exp2(np.round(np.log2(values))))
