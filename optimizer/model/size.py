"""Size of the full model of a question, counted before any of it is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.case import Case
from optimizer.foundation.language import N_, _
from optimizer.foundation.memory import require_room, room
from optimizer.model.admissible import affected, unlimited, useful_pairs
from optimizer.model.restriction import Restriction
from optimizer.problem import Floats, Problem
from optimizer.question import Equity

#: Bytes of a column, a row and an entry: of the Pyomo model, its arrays and the solver's. Measured
#: on models of 10,000 to 2 million pairs.
COLUMN_BYTES, ROW_BYTES, ENTRY_BYTES = 3_000, 700, 400
#: Entries of a pair in rules and goals, other than those that are counted one by one.
PAIR_ENTRIES = 4
#: The part of the memory for pairs: measures, and what a solver makes of a model, take the rest.
PAIRS_SHARE = 0.5


@dataclass(frozen=True)
class Size:
    """Columns, rows and entries of a model, or of a part of it; pairs: who could be served where.

    pairs are columns too.
    """

    pairs: int = 0
    columns: int = 0
    rows: int = 0
    entries: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(
            self.pairs + other.pairs,
            self.columns + other.columns,
            self.rows + other.rows,
            self.entries + other.entries,
        )

    @property
    def bytes(self) -> float:
        """Memory that it takes, to a factor of two."""
        return COLUMN_BYTES * self.columns + ROW_BYTES * self.rows + ENTRY_BYTES * self.entries


def pairs_that_fit() -> float:
    """How many pairs a model may have on this machine, whatever is asked of them."""
    each = COLUMN_BYTES + ROW_BYTES + (PAIR_ENTRIES + 1) * ENTRY_BYTES
    return PAIRS_SHARE * room() / each


def require_model_fits(case: Case, restriction: Restriction | None = None) -> None:
    """Raise InputError where the full model of the policy takes more memory than there is.

    restriction: of the model, where it has not all pairs.
    """
    problem = case.problem
    counts = [_counts(problem, row, restriction) for row in range(len(problem.levels))]
    plain = sum((_of_pairs(problem, row, count) for row, count in enumerate(counts)), Size())
    closest = sum((_of_nearest(counts[row]) for row in np.flatnonzero(case.nearest_levels)), Size())
    fair = sum((_of_equity(case, one, counts) for one in case.policy.equities()), Size())
    whole = plain + closest + fair
    remedies = {
        plain.bytes: N_(
            "Lower the cut-offs, join demand points, or set a border; where one kind of "
            "facility has no capacity, a sum over persons needs no such model"
        ),
        closest.bytes: N_("Lower the cut-offs, or choose a measure that is no dispersion"),
        fair.bytes: N_("Compare fewer: among a tier or groups"),
    }
    what = _(
        "the model of {pairs:,} pairs ({columns:,} columns, {rows:,} rows, {entries:,} entries)",
        pairs=whole.pairs,
        columns=whole.columns,
        rows=whole.rows,
        entries=whole.entries,
    )
    require_room(whole.bytes, "policy", what, _(remedies[max(remedies)]))


def _counts(problem: Problem, row: int, restriction: Restriction | None) -> Floats:
    """(I,) pairs of each demand point at a level, those of a state that are its own."""
    own, pairs = affected(problem, row), useful_pairs(problem, row)
    origin = (pairs if restriction is None else restriction.of(row, pairs)).origin
    return np.bincount(origin[own[origin]], minlength=len(problem.demand.ids)).astype(float)


def _of_pairs(problem: Problem, row: int, counts: Floats) -> Size:
    """Served, only where it is open, within capacities; and what is reported of it."""
    pairs = int(counts.sum())
    limited = 0 if unlimited(problem, row) else pairs
    return Size(pairs, pairs, pairs, PAIR_ENTRIES * pairs + limited)


def _of_nearest(counts: Floats) -> Size:
    """A row for each pair, over all that are as near."""
    pairs = int(counts.sum())
    return Size(rows=pairs, entries=int((counts * (counts + 1) / 2).sum()) + pairs)


def _of_equity(case: Case, equity: Equity, counts: list[Floats]) -> Size:
    """What the measure adds, at each level that counts."""
    how, added = case.aggregation(equity), []
    for row in how.levels:
        among = case.units(equity.among, row)
        in_units = int(counts[row] @ among.share.astype(bool).sum(axis=0))
        added.append(how.measure.size(case.problem.levels[row], len(among.ids), in_units))
    return sum((Size(0, *one) for one in added), Size())
