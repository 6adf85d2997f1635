"""Pair generation: the full model of a restricted set of pairs, widened where it matters.

Of the pairs of a region one in ten is in any good plan. So where they are too many for one model it
is built of the near ones, and what is left out is one pair elsewhere, as short as the shortest of
those (`model.restriction`). Whoever goes there in the relaxation, or nearly does, keeps all pairs,
until nobody goes there: then the search among those pairs is one among all (column generation with
an artificial column for each row; Desaulniers, Desrosiers and Solomon 2005).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms import full
from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.algorithms.mip.cover_cuts import Relaxed, relaxation
from optimizer.algorithms.mip.objective_cutoff import is_steep
from optimizer.algorithms.mip.rens import first_plan
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.foundation.faults import InputError
from optimizer.model.admissible import useful_pairs
from optimizer.model.restriction import ELSEWHERE, Restriction, first, is_relaxation, wider
from optimizer.model.size import pairs_that_fit
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Plan, Status
from optimizer.solver.program import Outcome, relative_gap

#: Useful pairs of all levels for which the model is built whole, in 2.5 GB: the relaxation is
#: solved with those that matter anyway.
FEW_PAIRS = 600_000

#: Share of its cost within which a pair is nearly used.
NEARLY = 0.1

ModelOf = Callable[[Restriction], CompiledModel]


def serves(case: Case) -> bool:
    """Whether a restricted model is a relaxation of the question's, and saves anything."""
    problem = case.problem
    pairs = sum(len(useful_pairs(problem, level)) for level in range(len(problem.levels)))
    return pairs > most_pairs() and is_relaxation(case)


def most_pairs() -> int:
    """Pairs of which a model is built at first: as many as there is time and memory for."""
    return int(min(FEW_PAIRS, pairs_that_fit()))


def search(
    model_of: ModelOf,
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: full.Tell = None,
) -> tuple[CompiledModel, Outcome]:
    """The model in which nobody goes elsewhere, and the outcome of `full.search` there.

    Or an earlier one: where elsewhere is closed, each has plans of the whole, and the best of them
    is the outcome where that is proven to the gap, or where there is no time for more, nor memory.
    Raises InputError where the first model takes more than there is.
    """
    began, narrow = time.perf_counter(), first(case.problem, most_pairs())
    best: tuple[CompiledModel, Outcome] | None = None

    def stopped(by_user: bool) -> tuple[CompiledModel, Outcome]:
        assert best is not None
        ended = replace(best[1], status=Status.STOPPED, bound=bound, interrupted=by_user)
        return best[0], ended

    while True:
        try:
            with stopping.interruptible():
                model, limits_left = model_of(narrow), limits.after(time.perf_counter() - began)
                program = full.program_of(model, case)
                known = None if is_steep(model.form, program) else relaxation(program, limits_left)
        except (KeyboardInterrupt, InputError) as stop:
            if best is None:
                raise
            in_time = isinstance(stop, KeyboardInterrupt) and not isinstance(
                stop, stopping.OutOfTime
            )
            return stopped(stopping.by_user() or in_time)
        if best is not None and stopping.asked():
            return stopped(stopping.by_user())
        limits_left = limits.after(time.perf_counter() - began)
        if known is None or not _some(model, known.outcome):
            outcome = full.search(model, case, limits_left, start, bound, progress, known)
            if outcome.x is None and outcome.status is Status.STOPPED and best is not None:
                return stopped(outcome.interrupted)
            if outcome.x is None or not _some(model, outcome):
                return model, outcome
            bound, away = max(bound, outcome.bound), model.elsewhere(outcome.x)
        else:
            bound, away = max(bound, known.bound), model.elsewhere(_nearly(known))
            outcome = first_plan(_without_elsewhere(model, known), limits_left, progress)
            if outcome.x is not None and (best is None or outcome.objective < best[1].objective):
                best = model, outcome
                stopping.keep()
            if best is not None and relative_gap(best[1].objective, bound) <= limits.gap:
                return stopped(outcome.interrupted)
        narrow = wider(case.problem, narrow, away)


def _without_elsewhere(model: CompiledModel, known: Relaxed) -> Relaxed:
    """The same, and nobody may go elsewhere: its plans are plans of the whole."""
    upper = known.program.upper.copy()
    for access, columns in zip(model.model.access, model.form.assigned, strict=True):
        upper[columns[access.pairs.site == ELSEWHERE]] = 0.0
    return replace(known, program=replace(known.program, upper=upper))


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
