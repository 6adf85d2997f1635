"""Pair generation: the full model of a restricted set of pairs, widened where it matters.

Of the pairs of a region one in ten is in any good plan. So the model is built of the near ones, and
what is left out is one pair elsewhere (`model.restriction`). A first relaxation, in which elsewhere
is far, says what it costs to serve each demand point, scarce places counted in; kept are the pairs
that cost less. In the second, elsewhere is near: whoever still goes there keeps all pairs, until
nobody does. Then the search among those pairs is one among all (column generation: Desaulniers,
Desrosiers and Solomon 2005).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from optimizer.algorithms import full
from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.algorithms.mip.cover_cuts import Relaxed, relaxation
from optimizer.algorithms.mip.objective_cutoff import is_steep
from optimizer.case import Case
from optimizer.model.admissible import useful_pairs
from optimizer.model.program import Form
from optimizer.model.restriction import Restriction, first, is_relaxation, wider
from optimizer.problem import Bools, Floats
from optimizer.question import Limits
from optimizer.solution import Plan
from optimizer.solver.program import Outcome, Program

#: Useful pairs of all levels for which the model is built whole: fewer are soon solved.
FEW_PAIRS = 100_000

#: Rows that say what serving somebody costs, or make it dearer where places are scarce.
SCARCITY = ("served", "only_open", "capacity_kept")

#: Share of its cost within which a pair is nearly used.
NEARLY = 0.1

ModelOf = Callable[[Restriction], CompiledModel]


def serves(case: Case) -> bool:
    """Whether a restricted model is a relaxation of the question's, and saves anything."""
    problem = case.problem
    pairs = sum(len(useful_pairs(problem, level)) for level in range(len(problem.levels)))
    return pairs > FEW_PAIRS and is_relaxation(case)


def search(
    model_of: ModelOf,
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: full.Tell = None,
) -> tuple[CompiledModel, Outcome]:
    """The model in which nobody goes elsewhere, and the outcome of `full.search` there."""
    began, narrow = time.perf_counter(), first(case.problem)
    model = model_of(narrow)
    limits_left = limits.after(time.perf_counter() - began)
    relaxed = relaxation(full.program_of(model, case), limits_left, cuts=False)
    if relaxed.outcome.duals is not None:
        form = model.capped(case)
        narrow = _worth_their_cost(model, form, relaxed.program, relaxed.outcome.duals, narrow)
    narrow = Restriction(narrow.kept)
    while True:
        model, limits_left = model_of(narrow), limits.after(time.perf_counter() - began)
        program = full.program_of(model, case)
        known = None if is_steep(model.form, program) else relaxation(program, limits_left)
        if known is not None and _some(model, known.outcome):
            away = model.elsewhere(_nearly(known))
            narrow, bound = wider(case.problem, narrow, away), max(bound, known.bound)
            continue
        limits_left = limits.after(time.perf_counter() - began)
        outcome = full.search(model, case, limits_left, start, bound, progress, known)
        if outcome.x is None or not _some(model, outcome):
            return model, outcome
        away = model.elsewhere(outcome.x)
        narrow, bound = wider(case.problem, narrow, away), max(bound, outcome.bound)


def _some(model: CompiledModel, outcome: Outcome) -> bool:
    """Whether anybody goes elsewhere."""
    return outcome.x is not None and any(one.any() for one in model.elsewhere(outcome.x))


def _nearly(known: Relaxed) -> Floats:
    """(N,) 1 for the columns that the relaxation uses, or would for a tenth less of their cost.

    Who is next to go elsewhere goes there once those who do keep all their pairs.
    """
    duals, x = known.outcome.duals, known.outcome.x
    assert duals is not None and x is not None
    program = known.program
    dear = program.cost - program.rows.T @ duals
    return np.where((x > 0) | (dear < NEARLY * program.cost), 1.0, 0.0)


def _worth_their_cost(
    model: CompiledModel, form: Form, program: Program, duals: Floats, narrow: Restriction
) -> Restriction:
    """With the pairs that cost less than it costs to serve their demand point by others."""
    rows, kept = csr_array(program.rows), list[Bools]()
    served = np.flatnonzero(form.component == "served")
    other = np.isin(form.component, SCARCITY, invert=True)
    own = program.cost - program.rows.T @ np.where(other, duals, 0.0)
    for level, (access, columns) in enumerate(zip(model.model.access, form.assigned, strict=True)):
        entries = rows[served][:, columns].tocoo()
        price = np.full(len(access.persons), np.inf)
        price[access.pairs.origin[entries.col]] = duals[served][entries.row] / entries.data
        persons = access.persons[access.pairs.origin]
        some = np.flatnonzero(persons > 0)
        order = some[np.argsort(access.pairs.minutes[some], kind="stable")]
        each = own[columns][order] / persons[order]
        pairs = useful_pairs(model.problem, level)
        cost = np.interp(pairs.minutes, access.pairs.minutes[order], each)
        cost *= access.persons[pairs.origin]
        kept.append(narrow.kept[level] | (cost < price[pairs.origin]))
    return Restriction(tuple(kept))
