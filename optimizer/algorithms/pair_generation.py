"""Pair generation: the full model of a restricted set of pairs, widened where it matters.

Of the pairs of a region one in ten is in any good plan. So the model is built of the near ones, and
what is left out is one pair elsewhere, as short as the shortest of those (`model.restriction`).
Whoever the relaxation sends elsewhere gets more pairs, until nobody goes there; then the search
among those pairs is one among all (column generation with an artificial column for each row;
Desaulniers, Desrosiers and Solomon 2005).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms import full
from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.algorithms.mip.cover_cuts import relaxation
from optimizer.algorithms.mip.objective_cutoff import is_steep
from optimizer.case import Case
from optimizer.model.admissible import useful_pairs
from optimizer.model.restriction import Kept, first_kept, is_relaxation, wider
from optimizer.question import Limits
from optimizer.solution import Plan
from optimizer.solver.program import Outcome

#: Useful pairs of all levels for which the model is built whole: fewer are soon solved.
FEW_PAIRS = 100_000

ModelOf = Callable[[Kept], CompiledModel]


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
    began, kept = time.perf_counter(), first_kept(case.problem)
    while True:
        model, limits_left = model_of(kept), limits.after(time.perf_counter() - began)
        program = full.program_of(model, case)
        relaxed = None if is_steep(model.form, program) else relaxation(program, limits_left)
        if relaxed is not None and relaxed.outcome.x is not None:
            away = model.elsewhere(relaxed.outcome.x)
            if any(points.any() for points in away):
                kept, bound = wider(case.problem, kept, away), max(bound, relaxed.bound)
                continue
        limits_left = limits.after(time.perf_counter() - began)
        outcome = full.search(model, case, limits_left, start, bound, progress, relaxed)
        if outcome.x is None:
            return model, outcome
        away = model.elsewhere(outcome.x)
        if not any(points.any() for points in away):
            return model, outcome
        kept, bound = wider(case.problem, kept, away), max(bound, outcome.bound)
