"""Dual certificate: what multipliers prove, computed once more without the solver.

For any multipliers l of the rows of a program, with the reduced costs d = c - A' l,

    L(l) = offset + sum_r l_r (lower_r where l_r > 0, else upper_r) + sum_j min(d_j x_j)

over lower_j <= x_j <= upper_j, is below the objective of every solution (weak duality). So what a
solver says of its multipliers need not be believed. What the sums may be off is taken off.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from optimizer.foundation.tolerances import REDUCED_COST
from optimizer.problem import Bools, Floats
from optimizer.solver.program import Program

#: What a floating-point operation is off at most, relative; and how many times what is likely for a
#: sum counts: that it is off by more has a chance below 1e-13 (Higham and Mary 2019).
UNIT, SURELY = 2.0**-53, 8.0


def rounding(terms: int, size: float) -> float:
    """By how much a sum of so many terms, of this size in all, may be off; and each of them."""
    return 2 * SURELY * math.sqrt(terms + 1) * UNIT * size


def certified(program: Program, multipliers: Floats) -> tuple[float, Floats]:
    """L of these multipliers (M,), and d, (N,) the reduced costs; -inf: nothing is proven.

    A multiplier of an end that a row does not have counts as 0.
    """
    side = np.where(multipliers > 0, program.row_lower, program.row_upper)
    used = np.isfinite(side)
    kept = np.where(used, multipliers, 0.0)
    reduced = np.asarray(program.cost - program.rows.T @ kept)
    end = np.where(reduced > 0, program.lower, program.upper)
    endless = ~np.isfinite(end)
    if (np.abs(reduced[endless]) > REDUCED_COST).any():
        return -np.inf, reduced
    rows, columns = kept[used] * side[used], reduced[~endless] * end[~endless]
    size = abs(program.offset) + float(np.abs(rows).sum() + np.abs(columns).sum())
    # A reduced cost is off by what its column's terms are off, each on its own.
    terms = np.abs(program.rows).T @ np.abs(kept) + np.abs(program.cost)
    ends = np.abs(np.stack([program.lower, program.upper]))[:, ~endless]
    far = np.where(np.isfinite(ends), ends, 0.0).max(axis=0, initial=0.0)
    off = float(np.linalg.norm(terms[~endless] * far)) * math.sqrt(len(kept))
    bound = program.offset + float(rows.sum()) + float(columns.sum())
    return bound - rounding(len(kept) + len(columns), size) - rounding(0, off), reduced


def decided(program: Program, multipliers: Floats, cut: float, binary: Bools) -> Program:
    """The program without what costs more than `cut`.

    binary: (N,) columns that are 0 or 1 when it is best. One at the other end than the
    multipliers want it adds its reduced cost to the bound.
    """
    bound, reduced = certified(program, multipliers)
    shut = binary & (program.lower == 0) & (reduced > cut - bound)
    opened = binary & (program.upper == 1) & (-reduced > cut - bound)
    return replace(
        program,
        upper=np.where(shut, 0.0, program.upper),
        lower=np.where(opened, 1.0, program.lower),
    )
