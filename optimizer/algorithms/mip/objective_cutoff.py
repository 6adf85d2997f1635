"""Objective cutoff for steep measures, whose far trips hide the near ones from a solver.

An exponential of minutes spans ten orders of magnitude and more, a solver works to seven. But a
plan that is worth no more than z uses no pair that adds more than z to the objective. So pairs are
closed by a cutoff z, which is raised until it is above the best plan that is left:

    x[n] <= (z - least of all others) / c[n]     in the objective and each row that bounds a term

What is closed then is in no plan that is better (bound tightening by activities, Savelsbergh 1994).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array, vstack

from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.assessment.indicators import worth
from optimizer.assessment.nearest import nearest_plan
from optimizer.case import Case
from optimizer.foundation.tolerances import EXACTLY
from optimizer.model.admissible import unlimited, works
from optimizer.model.program import Form
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Plan, Status
from optimizer.solver.program import Outcome, Program, SolverError

#: Numbers of one row that are this many times as large as others are too far apart: a solver
#: works to seven digits.
MAX_SPREAD = 1e6

#: What the first cutoff is, in what the plan is worth that has everybody at the nearest site; and
#: by how much it grows where no plan is left.
FIRST_CUTOFF, CUTOFF_GROWTH = 10.0, 1e3

#: How often bounds are passed on from row to row: objective, tail, state, level, pair.
MAX_ROUNDS = 5

#: A program, limits, what is proven already, and what the best of the program may prove at most.
Solve = Callable[[Program, Limits, float, float], Outcome]


def is_steep(form: Form, program: Program) -> bool:
    """Whether pairs that one row adds up count for too different numbers."""
    rows, paired = _at_most(program, math.inf)[0], _pairs(form)
    kept = paired[rows.indices] & (rows.data != 0)
    sizes, row = np.abs(rows.data[kept]), _row_of(rows)[kept]
    most, least = np.zeros(rows.shape[0]), np.full(rows.shape[0], np.inf)
    np.maximum.at(most, row, sizes)
    np.minimum.at(least, row, sizes)
    return bool((most > MAX_SPREAD * least).any())


def by_cutoffs(
    compiled_model: CompiledModel,
    case: Case,
    program: Program,
    limits: Limits,
    start: Plan | None,
    bound: float,
    solve: Solve,
) -> Outcome:
    """The best solution of the program, from programs without the pairs that are too dear.

    solve: the best of a program. What it proves holds for solutions that are worth the cutoff or
    less, so nothing above the cutoff is proven by it. Raises SolverError where a solution is lost.
    """
    began = time.perf_counter()
    program = _without_dear(compiled_model, program, math.inf)  # what caps close
    cutoff, nodes = _first_cutoff(case, start), 0
    best: Outcome | None = None
    while True:
        part = _without_dear(compiled_model, program, cutoff)
        most = math.inf if (part.upper == program.upper).all() else cutoff
        outcome = solve(part, limits.after(time.perf_counter() - began), bound, most)
        nodes, bound = nodes + outcome.nodes, max(bound, min(outcome.bound, most))
        if outcome.status is Status.INFEASIBLE and best is not None:
            raise SolverError("no solution obeys the rows, but one was found before")
        ended = replace(outcome, bound=bound, nodes=nodes)
        if best is not None and best.objective <= outcome.objective:
            ended = replace(ended, x=best.x, objective=best.objective)
        stopped = outcome.interrupted or outcome.status is Status.STOPPED
        # The best of a program that knows the cost of a solution is the best of all.
        if most == math.inf or stopped or best is not None or outcome.objective <= cutoff:
            return ended
        if outcome.x is None:
            cutoff *= CUTOFF_GROWTH
        else:
            best, cutoff = outcome, _above(outcome.objective)


def _first_cutoff(case: Case, start: Plan | None) -> float:
    if start is not None:
        return _above(worth(case, start).objective)
    least = worth(case, nearest_plan(case.problem)).objective
    return FIRST_CUTOFF * max(least, 1.0) if math.isfinite(least) else math.inf


def _above(objective: float) -> float:
    return objective + EXACTLY * max(1.0, abs(objective))


def _without_dear(compiled_model: CompiledModel, program: Program, cutoff: float) -> Program:
    """The program without pairs that no solution worth the cutoff uses."""
    form, upper = compiled_model.form, program.upper.copy()
    most = _most(compiled_model, program, cutoff)
    for row, columns in enumerate(form.assigned):
        works_in_part = np.isin(works(compiled_model.problem, row), (0.0, 1.0), invert=True).any()
        whole = unlimited(compiled_model.problem, row) and not works_in_part
        # Where nothing overflows, everybody goes to one site: not in part.
        upper[columns[most[columns] < (1 - EXACTLY if whole else EXACTLY)]] = 0.0
    kept = (upper == program.upper).astype(float)
    # Without their numbers: a row is scaled by its largest.
    rows = csc_array(program.rows @ diags_array(kept))
    rows.eliminate_zeros()
    return replace(program, upper=upper, cost=program.cost * kept, rows=rows)


def _most(compiled_model: CompiledModel, program: Program, cutoff: float) -> Floats:
    """(N,) what each column is at most in a solution that is worth the cutoff."""
    rows, limit, row = _at_most(program, cutoff)
    bounds = _Bounds(rows, limit, program.lower.copy(), program.upper.copy())
    states = np.flatnonzero(
        np.isin(row, np.flatnonzero(compiled_model.form.component == "in_state"))
    )
    for _ in range(MAX_ROUNDS):
        bounds.raise_risk(states)
        bounds.pass_on()
    return bounds.upper


@dataclass(eq=False)
class _Bounds:
    """rows x <= limit, lower <= x <= upper."""

    rows: csr_array
    limit: Floats
    lower: Floats
    upper: Floats

    def pass_on(self) -> None:
        """What each column is at most, and at least, when all others of a row are at their best."""
        rows, column, row = self.rows, self.rows.indices, _row_of(self.rows)
        least = _least(rows.data, self.lower[column], self.upper[column])
        finite = np.isfinite(least)
        size = rows.shape[0]
        total = np.bincount(row, np.where(finite, least, 0.0), size)
        open_ends = np.bincount(row, ~finite, size)
        others = total[row] - np.where(finite, least, 0.0)
        known = (open_ends[row] == ~finite) & np.isfinite(self.limit[row]) & (rows.data != 0)
        room = EXACTLY * np.maximum(1.0, np.maximum(abs(self.limit[row]), abs(total[row])))
        with np.errstate(over="ignore"):  # no bound is one
            value = np.divide(
                self.limit[row] - others + room, rows.data, out=np.zeros(len(row)), where=known
            )
        up, down = known & (rows.data > 0), known & (rows.data < 0)
        np.minimum.at(self.upper, column[up], value[up])
        np.maximum.at(self.lower, column[down], value[down])

    def raise_risk(self, states: Ints) -> None:
        """What is at risk is no less than the least that any state may have.

        states: the rows term[state] - at_risk - beyond[state] <= limit. A lower value at risk makes
        no solution better: all states would be beyond it.
        """
        rows = csr_array(self.rows[states])
        shared = np.diff(rows.tocsc().indptr) > 1
        for column in np.flatnonzero(np.isneginf(self.lower) & shared).tolist():
            row = _row_of(rows)
            here = np.unique(row[rows.indices == column])
            term = (rows.data > 0) & np.isin(row, here)
            at = rows.indices[term]
            value = _least(rows.data[term], self.lower[at], self.upper[at])
            by_state = np.bincount(row[term], value, len(states))[here] - self.limit[states][here]
            if np.isfinite(by_state.min()):
                self.lower[column] = by_state.min()


def _least(factor: Floats, lower: Floats, upper: Floats) -> Floats:
    """The least of factor x between the bounds; of a factor 0 it is 0."""
    at = np.where(factor > 0, lower, upper)
    return np.where(factor == 0, 0.0, factor * np.where(factor == 0, 0.0, at))


def _at_most(program: Program, cutoff: float) -> tuple[csr_array, Floats, Ints]:
    """All rows, and the objective within the cutoff: rows x <= limit, what row each is, or -1."""
    rows = csr_array(program.rows)
    above = np.flatnonzero(np.isfinite(program.row_upper))
    below = np.flatnonzero(np.isfinite(program.row_lower))
    parts = csr_array(vstack([rows[above], -rows[below], csr_array(program.cost[None])]))
    limits = (
        program.row_upper[above],
        -program.row_lower[below],
        np.array([cutoff - program.offset]),
    )
    return parts, np.concatenate(limits), np.concatenate([above, below, [-1]])


def _pairs(form: Form) -> Bools:
    """(N,) columns of pairs."""
    paired = np.zeros(len(form.columns), dtype=bool)
    for columns in form.assigned:
        paired[columns] = True
    return paired


def _row_of(rows: csr_array) -> Ints:
    return np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
