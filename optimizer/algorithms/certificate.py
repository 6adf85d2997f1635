"""CERTIFICATE: the bound that multipliers prove, computed once more without the solver.

For any multipliers l of the rows of a program, with d = c - A' l,

    L(l) = offset + sum_r l_r (lower_r where l_r > 0, else upper_r) + sum_j min(d_j x_j)

over lower_j <= x_j <= upper_j, is below the objective of every solution (weak duality). So what a
solver says of its multipliers need not be believed.
"""

from __future__ import annotations

import numpy as np

from optimizer.problem import Floats
from optimizer.solver import Program

#: A reduced cost this small, of a column without an end, is rounding.
ROUNDING = 1e-9


def certified(program: Program, multipliers: Floats) -> float:
    """L of these multipliers (M,); one of a row that has no such end counts as 0."""
    side = np.where(multipliers > 0, program.row_lower, program.row_upper)
    used = np.isfinite(side)
    kept = np.where(used, multipliers, 0.0)
    reduced = program.cost - program.rows.T @ kept
    end = np.where(reduced > 0, program.lower, program.upper)
    endless = ~np.isfinite(end)
    if (np.abs(reduced[endless]) > ROUNDING).any():
        return -np.inf
    rows = float(kept[used] @ side[used])
    return program.offset + rows + float(reduced[~endless] @ end[~endless])
