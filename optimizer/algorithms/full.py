"""The full model: all services at once, built in Pyomo, solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.algorithms.compiled_model import CompiledModel
from optimizer.algorithms.honours import EFFICIENCY_KINDS
from optimizer.algorithms.mip.column_aggregation import far_columns, nearby
from optimizer.algorithms.mip.cover_cuts import Relaxed, relaxation
from optimizer.algorithms.mip.objective_cutoff import by_cutoffs, is_steep
from optimizer.algorithms.mip.rens import MAX_NODES, first_plan
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.model.program import objective, program
from optimizer.problem import Bools
from optimizer.question import Limits
from optimizer.rules import RULES
from optimizer.solution import Plan, Progress, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Outcome, Program, fixed, relative_gap, subprogram

NAME = "full"

#: What the model has, and the guard, which the session makes a cap.
HONOURS = frozenset((*(rule.id for rule in RULES), *EFFICIENCY_KINDS))

#: Pairs are far where they are dearer than this part of what the first plan leaves open: a better
#: plan has none that is dearer than all of it, and hardly one of these.
FAR_SHARE = 0.5

#: Programs with fewer columns to merge are solved whole: merging saves less than it takes.
FEW_COLUMNS = 2_000

Tell = Callable[[Progress], None] | None


def search(
    compiled_model: CompiledModel,
    case: Case,
    limits: Limits,
    start: Plan | None = None,
    bound: float = -np.inf,
    progress: Tell = None,
    relaxed: Relaxed | None = None,
) -> Outcome:
    """A first plan, then the tree from there: among near pairs first, then among all.

    It ends early at a plan that the bound, known before, proves to the gap. relaxed: of the
    model's program, where it is known already.
    """
    whole = program_of(compiled_model, case)

    def solve(part: Program, limits_left: Limits, known: float, most: float = np.inf) -> Outcome:
        tell = progress if most == np.inf else _at_most(progress, most)
        return _solved(compiled_model, part, limits_left, start, known, tell, relaxed)

    if is_steep(compiled_model.form, whole):
        return by_cutoffs(compiled_model, case, whole, limits, start, bound, solve)
    return solve(whole, limits, bound)


def program_of(compiled_model: CompiledModel, case: Case) -> Program:
    """The model's program under the policy of the case."""
    form = compiled_model.capped(case)
    return program(form, objective(form, case))


def _at_most(progress: Tell, most: float) -> Tell:
    """Tells bounds up to this one: what is beyond is proven of a part only."""
    if progress is None:
        return None
    tell = progress

    def capped(seen: Progress) -> None:
        bound = min(seen.bound, most)
        tell(replace(seen, bound=bound, gap=relative_gap(seen.objective, bound)))

    return capped


def _solved(
    compiled_model: CompiledModel,
    program: Program,
    limits: Limits,
    start: Plan | None,
    bound: float,
    progress: Tell,
    relaxed: Relaxed | None,
) -> Outcome:
    """The best solution of the study's program, perhaps without some of its pairs."""
    began = time.perf_counter()
    x = None if start is None else compiled_model.start(program, start, limits)
    enough: dict[str, bool | float | str] = {}
    if np.isfinite(bound):
        enough["objective_target"] = bound + limits.gap * abs(bound)
    relaxed = relaxed or relaxation(program, limits)
    program = relaxed.program
    best = first_plan(relaxed, limits.after(time.perf_counter() - began), progress, x)
    best = replace(best, bound=max(bound, best.bound))
    if best.x is not None:
        stopping.keep()
    if best.x is not None and best.duals is not None and not best.interrupted:
        far = far_columns(program, best.duals, best.x, FAR_SHARE * (best.objective - best.bound))
        if far.sum() >= FEW_COLUMNS and not _proven(best, limits):
            limits_left = limits.after(time.perf_counter() - began)
            best = _among_near(program, far, best, limits_left, progress, enough)
    if best.x is not None and not (relaxed.held.all() or best.interrupted or _proven(best, limits)):
        limits_left = limits.after(time.perf_counter() - began)
        best = _among_held(program, relaxed.held, best, limits_left, progress, enough)
    if best.status is Status.INFEASIBLE or best.interrupted:
        return best
    if _proven(best, limits):
        return replace(best, status=Status.OPTIMAL)
    limits_left = limits.after(time.perf_counter() - began)
    outcome = minimise(program, limits_left, best.x, progress, enough)
    return replace(outcome, bound=max(outcome.bound, best.bound), nodes=best.nodes + outcome.nodes)


def _proven(best: Outcome, limits: Limits) -> bool:
    return best.x is not None and relative_gap(best.objective, best.bound) <= limits.gap


def _among_near(
    program: Program,
    far: Bools,
    best: Outcome,
    limits: Limits,
    progress: Tell,
    enough: dict[str, bool | float | str],
) -> Outcome:
    """The better of the best and what is found where far pairs are elsewhere; so is the bound."""

    def tell(seen: Progress) -> None:
        """What is found there is no solution of the whole, its bound is one."""
        if progress is not None:
            bound = max(best.bound, seen.bound)
            gap = relative_gap(best.objective, bound)
            progress(replace(seen, objective=best.objective, bound=bound, gap=gap))

    part = nearby(program, far)
    assert best.x is not None
    outcome = minimise(part.program, limits, part.solution(best.x), tell, enough)
    best = replace(
        best,
        bound=max(best.bound, outcome.bound),
        nodes=best.nodes + outcome.nodes,
        interrupted=outcome.interrupted,
    )
    if outcome.x is None:
        return best
    whole = minimise(fixed(program, program.integer, part.integers(outcome.x, program)), Limits())
    if whole.x is None or not whole.objective < best.objective:
        return best
    return replace(best, x=whole.x, objective=whole.objective)


def _among_held(
    program: Program,
    held: Bools,
    best: Outcome,
    limits: Limits,
    progress: Tell,
    enough: dict[str, bool | float | str],
) -> Outcome:
    """The better of the best and what is found among the columns that the relaxation held.

    What is found there is a solution of the whole, its bound is none.
    """
    assert best.x is not None

    def tell(seen: Progress) -> None:
        if progress is not None:
            objective = min(best.objective, seen.objective)
            gap = relative_gap(objective, best.bound)
            progress(replace(seen, objective=objective, bound=best.bound, gap=gap))

    among = subprogram(program, held | (best.x != 0))
    target = {"objective_target": best.bound + limits.gap * abs(best.bound)}
    options = enough | target | {"mip_max_nodes": MAX_NODES}
    outcome = minimise(among.program, limits, best.x[among.columns], tell, options)
    found = replace(best, nodes=best.nodes + outcome.nodes, interrupted=outcome.interrupted)
    if outcome.x is None or not outcome.objective < best.objective:
        return found
    return replace(found, x=among.solution(program, outcome.x), objective=outcome.objective)
