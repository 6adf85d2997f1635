"""Column aggregation: far pairs of a point as one column, priced by multipliers; still a bound.

The columns of one demand point that are far (see `far_columns`) become one column, "elsewhere",
as good as the best of them in every row: the lowest cost, and in each row the entry that helps it
most. A solution of the whole program is one of this one too, at no higher cost: its shares
of far sites add up to the share of elsewhere. So what is proven of this one is proven of the whole,
and where nobody goes elsewhere its best solution is the whole's. A regional program keeps one pair
in five, and is solved many times as fast.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program


@dataclass(frozen=True, eq=False)
class Nearby:
    """The program that is left, with columns `kept` of the whole and one for each group.

    far: columns of the whole that were merged; group: into which, counted from 0.
    """

    program: Program
    kept: Ints
    far: Ints
    group: Ints

    def solution(self, x: Floats) -> Floats:
        """A solution of the whole program as one of this."""
        columns = len(self.program.cost) - len(self.kept)
        return np.concatenate([x[self.kept], np.bincount(self.group, x[self.far], columns)])

    def integers(self, x: Floats, whole: Program) -> Floats:
        """(N,) what a solution of this program says of the whole's integers, 0 elsewhere."""
        values = np.zeros(len(whole.cost))
        values[self.kept] = x[: len(self.kept)]
        return np.where(whole.integer, values, 0.0)


def far_columns(program: Program, multipliers: Floats, x: Floats, least: float) -> Bools:
    """(N,) columns dearer than `least`, and than what x uses of the same equality.

    How dear: what a column would cost with nothing against it but its cost and its equality, that
    is its reduced cost with entries that load a row left out. Integers, columns that may be below
    0, and all that are not in exactly one equality are never far.
    """
    equal = _equalities(program)
    upper, lower = np.isfinite(program.row_upper) & ~equal, np.isfinite(program.row_lower) & ~equal
    entries = program.rows.tocoo()
    value, at = entries.data, entries.row
    helps = np.where(upper[at], np.minimum(value, 0.0), value)
    helps = np.where(lower[at], np.maximum(value, 0.0), helps)
    dear = program.cost - np.bincount(entries.col, helps * multipliers[at], len(x))
    columns, row = shares(program)
    limit = np.full(len(equal), least)
    used = x[columns] > 0
    np.maximum.at(limit, row[used], dear[columns[used]])
    far = np.zeros(len(x), dtype=bool)
    far[columns] = dear[columns] > limit[row]
    return far


def shares(program: Program) -> tuple[Ints, Ints]:
    """Continuous columns from 0 up that are in exactly one equality, and the row of that."""
    entries = program.rows.tocoo()
    own = _equalities(program)[entries.row]
    count = np.bincount(entries.col[own], minlength=len(program.cost))
    columns = np.flatnonzero(~program.integer & (program.lower == 0) & (count == 1))
    row = np.zeros(len(count), dtype=np.int64)
    row[entries.col[own]] = entries.row[own]
    return columns, row[columns]


def nearby(program: Program, far: Bools) -> Nearby:
    """The program with these columns merged, those of the same equality into one.

    far: (N,) as `far_columns` finds them.
    """
    kept, merged = np.flatnonzero(~far), np.flatnonzero(far)
    equal = _equalities(program)
    columns = csc_array(program.rows)[:, merged].tocoo()
    own = equal[columns.row]
    key = np.zeros((len(merged), 2))
    key[columns.col[own]] = np.column_stack([columns.row, columns.data])[own]
    keys, group = np.unique(key, axis=0, return_inverse=True)
    group = group.ravel()
    rows = csr_array(
        hstack([program.rows[:, kept], _best(program, columns, group, len(keys))], format="csr")
    )
    cost = np.full(len(keys), np.inf)
    np.minimum.at(cost, group, program.cost[merged])
    merged_program = replace(
        program,
        cost=np.concatenate([program.cost[kept], cost]),
        lower=np.concatenate([program.lower[kept], np.zeros(len(keys))]),
        upper=np.concatenate(
            [program.upper[kept], np.bincount(group, program.upper[merged], len(keys))]
        ),
        integer=np.concatenate([program.integer[kept], np.zeros(len(keys), dtype=bool)]),
    )
    binding = _can_bind(rows, merged_program)
    return Nearby(
        replace(
            merged_program,
            rows=csc_array(rows[binding]),
            row_lower=program.row_lower[binding],
            row_upper=program.row_upper[binding],
        ),
        kept,
        merged,
        group,
    )


def _equalities(program: Program) -> Bools:
    """(M,) rows with two ends: no entry helps those whatever the others are."""
    return np.isfinite(program.row_lower) & np.isfinite(program.row_upper)


def _best(program: Program, columns: coo_array, group: Ints, groups: int) -> csr_array:
    """(M, G) of each row and group the entry that helps the row most; absent ones are 0."""
    key, place, count = np.unique(
        columns.row.astype(np.int64) * groups + group[columns.col],
        return_inverse=True,
        return_counts=True,
    )
    row, at = key // groups, key % groups
    least, most = np.full(len(key), np.inf), np.full(len(key), -np.inf)
    np.minimum.at(least, place, columns.data)
    np.maximum.at(most, place, columns.data)
    absent = count < np.bincount(group, minlength=groups)[at]
    least = np.where(absent, np.minimum(least, 0.0), least)
    most = np.where(absent, np.maximum(most, 0.0), most)
    best = csr_array(
        (np.where(np.isfinite(program.row_upper[row]), least, most), (row, at)),
        shape=(len(program.row_lower), groups),
    )
    best.eliminate_zeros()
    return best


def _can_bind(rows: csr_array, program: Program) -> Ints:
    """Rows that some values within the columns' bounds would break."""
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    ends = rows.data * np.array([program.lower[rows.indices], program.upper[rows.indices]])
    least = np.bincount(row, ends.min(axis=0), rows.shape[0])
    most = np.bincount(row, ends.max(axis=0), rows.shape[0])
    return np.flatnonzero((most > program.row_upper) | (least < program.row_lower))
