"""The only module that knows HiGHS: a program of arrays in, status, solution and bound out.

Written for highspy 1.15.1, which is pinned: 1.14.0 and 1.16.0 have returned false optima, see
`tests/solver/test_highs.py`. The objective of what comes back is recomputed from the arrays, and an
answer that contradicts itself raises.

A start (`setSolution`) is believed to be the best only where that cannot be a mistake: where
presolve leaves an objective that is integral, 1.15.1 rounds the start's objective down as if it
were integral too, and calls the start optimal though better ones are there
(`HighsMipSolverData::computeNewUpperLimit`). Then it is solved again without presolve, and so it
is where HiGHS finds that what presolve made of the program does not hold for the program itself.
`objective_bound` instead is no way out: it is not shifted by what presolve adds to the objective,
and loses optima too.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import metadata

import highspy
import numpy as np

from optimizer.foundation import stopping
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import BETTER, EXACTLY, NO_GAP, SMALLEST_ENTRY, WRONG
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Progress, Status
from optimizer.solver.conditioning import Conditioned, conditioned
from optimizer.solver.program import Outcome, Program, SolverError, relative_gap

#: Releases seen to return a wrong optimum (presolve; a start with presolve on).
FALSE_OPTIMA = ("1.14.0", "1.16.0")

#: Rules of presolve that are switched off, as bits: the aggregator, parallel rows and columns, and
#: sparsify. With them 4 of some 50,000 small programs (drawn as in `tests/random_problems.py`) were
#: called optimal or infeasible falsely, without any start. Agglomerations take as long without.
RULES_OFF = 1 << 12 | 1 << 13 | 1 << 14

#: Seconds between two reports of progress.
PROGRESS_EVERY = 0.5

STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kTimeLimit: Status.STOPPED,
    highspy.HighsModelStatus.kInterrupt: Status.STOPPED,
    highspy.HighsModelStatus.kSolutionLimit: Status.STOPPED,
    highspy.HighsModelStatus.kObjectiveBound: Status.STOPPED,
    highspy.HighsModelStatus.kObjectiveTarget: Status.STOPPED,
}

#: Of a package, its release; cached, since looking it up takes as long as a small run.
version = cache(metadata.version)


def minimise(
    program: Program,
    limits: Limits,
    start: Floats | None = None,
    progress: Callable[[Progress], None] | None = None,
    options: dict[str, bool | float | str] | None = None,
) -> Outcome:
    """Solve a program to the limits' gap.

    start: a solution of the program; what comes back is no worse.

    Ctrl-C stops the run and keeps the best solution, like the time limit; where a stop was asked
    for before, there is no run. Raises SolverError for a release known to be wrong, a failure of
    HiGHS, or an answer that contradicts itself.
    """
    if stopping.asked():
        return _not_begun(program, start)
    release = version("highspy")
    if release in FALSE_OPTIMA:
        raise SolverError(
            _(
                "highspy {release} has returned false optima; install the pinned release (1.15.1)",
                release=release,
            )
        )
    scaled = conditioned(program)
    highs = load(scaled.program, limits, options or {})
    if start is not None:
        begin = start / scaled.column
        highs.setSolution(len(begin), np.arange(len(begin), dtype=np.int32), begin)
    began = time.perf_counter()
    stopped, interrupted = run(highs, progress)
    seconds = time.perf_counter() - began
    status = STATUS.get(highs.getModelStatus())
    info = highs.getInfo()
    again = (options or {}) | {"presolve": "off"}
    if status is None and stopped:  # in presolve HiGHS has no name for it
        status = Status.STOPPED
    if status is None and options != again:
        return minimise(program, limits.after(seconds), start, progress, again)
    if status is None:
        raise SolverError(f"HiGHS ended with {highs.getModelStatus()}")
    if not program.integer.any():
        return _linear(highs, scaled, status, seconds, interrupted)
    x = _solution(highs, scaled)
    bound = info.mip_dual_bound if status is not Status.INFEASIBLE else math.inf
    objective = program.objective(x) if x is not None else math.inf
    nodes = max(0, int(info.mip_node_count))
    outcome = Outcome(status, x, objective, bound, seconds, nodes, interrupted)
    try:
        believe(outcome, program, info.objective_function_value, limits)
    except SolverError:
        if options == again:
            raise
        return minimise(program, limits.after(seconds), start, progress, again)
    if start is None or objective < program.objective(start) - BETTER * max(1.0, abs(objective)):
        return outcome
    if options == again or not _rounds_starts(program, limits):
        return outcome
    if stopped:
        return replace(outcome, status=Status.STOPPED, bound=-math.inf)
    return minimise(program, limits.after(seconds), start, progress, again)


def _rounds_starts(program: Program, limits: Limits) -> bool:
    """Whether presolve leaves an objective that is integral: of integer columns only."""
    highs = load(conditioned(program).program, limits, {})
    highs.presolve()
    presolved = highs.getPresolvedLp()
    kinds = presolved.integrality_ or [highspy.HighsVarType.kContinuous] * presolved.num_col_
    return all(
        kind != highspy.HighsVarType.kContinuous
        for kind, cost in zip(kinds, presolved.col_cost_, strict=True)
        if cost
    )


def load(program: Program, limits: Limits, options: dict[str, bool | float | str]) -> highspy.Highs:
    """A HiGHS object that holds the program and the options."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    settings: dict[str, bool | float | str] = {
        "output_flag": False,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 0.0 if limits.gap else NO_GAP,
        "threads": limits.threads,
        "random_seed": limits.seed,
        "presolve_rule_off": RULES_OFF,
        "mip_feasibility_tolerance": EXACTLY,
        "small_matrix_value": SMALLEST_ENTRY,
    }
    if limits.seconds is not None:
        settings["time_limit"] = limits.seconds
    for name, value in (settings | options).items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS does not take option {name} = {value!r}")
    rows = program.rows
    n_rows, n_columns = rows.shape
    infinity = highspy.kHighsInf
    status = highs.passModel(
        n_columns,
        n_rows,
        rows.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        program.offset,
        program.cost,
        np.clip(program.lower, -infinity, infinity),
        np.clip(program.upper, -infinity, infinity),
        np.clip(program.row_lower, -infinity, infinity),
        np.clip(program.row_upper, -infinity, infinity),
        rows.indptr.astype(np.int32),
        rows.indices.astype(np.int32),
        rows.data.astype(float),
        program.integer.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise SolverError("HiGHS did not take the program")
    return highs


def _not_begun(program: Program, start: Floats | None) -> Outcome:
    """What there is where a stop was asked for before the run."""
    objective = math.inf if start is None else program.objective(start)
    by_user = stopping.by_user()
    return Outcome(Status.STOPPED, start, objective, -math.inf, 0.0, 0, by_user)


def run(highs: highspy.Highs, progress: Callable[[Progress], None] | None) -> tuple[bool, bool]:
    """Run in a thread of its own, so that a stop reaches Python and can ask HiGHS to end.

    Returns whether it was asked to (it may have ended by itself just then), and whether by the
    user.
    """
    stop = threading.Event()
    began = time.perf_counter()
    told = -PROGRESS_EVERY

    def on_check(event: highspy.HighsCallbackEvent) -> None:
        nonlocal told
        if stop.is_set() and event.data_in is not None:
            event.data_in.user_interrupt = True
        elapsed = time.perf_counter() - began
        if progress is not None and elapsed - told >= PROGRESS_EVERY:
            told = elapsed
            out = event.data_out
            objective = out.mip_primal_bound if out.mip_primal_bound < 1e300 else math.inf
            bound = out.mip_dual_bound if out.mip_dual_bound > -1e300 else -math.inf
            gap = relative_gap(objective, bound)
            progress(Progress(elapsed, objective, bound, gap, int(out.mip_node_count)))

    def on_simplex_check(event: highspy.HighsCallbackEvent) -> None:
        if stop.is_set() and event.data_in is not None:
            event.data_in.user_interrupt = True

    # cbMipLogging stays silent without output_flag (1.15.1); the interrupt check has its numbers.
    highs.cbMipInterrupt += on_check
    highs.cbSimplexInterrupt += on_simplex_check
    highs.cbIpmInterrupt += on_simplex_check
    with stopping.deferred() as stopped:
        runner = threading.Thread(target=highs.run, daemon=True)
        runner.start()
        while runner.is_alive():
            runner.join(0.05)
            if stopped():
                stop.set()
        by_user = stopping.by_user() or not stopping.late()
        return stop.is_set(), stop.is_set() and by_user


def _solution(highs: highspy.Highs, scaled: Conditioned) -> Floats | None:
    """The solution, integers rounded, or None."""
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    program = scaled.own
    x = np.array(highs.getSolution().col_value) * scaled.column
    x[program.integer] = np.round(x[program.integer])
    return np.asarray(np.clip(x, program.lower, program.upper))


def _linear(
    highs: highspy.Highs, scaled: Conditioned, status: Status, seconds: float, interrupted: bool
) -> Outcome:
    """The outcome of an LP: the bound is its own optimum."""
    if status is not Status.OPTIMAL:
        bound = math.inf if status is Status.INFEASIBLE else -math.inf
        return Outcome(status, None, math.inf, bound, seconds, 0, interrupted)
    solution = highs.getSolution()
    x = np.array(solution.col_value) * scaled.column
    objective = scaled.own.objective(x)
    return Outcome(
        status,
        x,
        objective,
        objective,
        seconds,
        0,
        interrupted,
        duals=np.array(solution.row_dual) * scaled.row,
        reduced_costs=np.array(solution.col_dual) / scaled.column,
    )


def believe(outcome: Outcome, program: Program, reported: float, limits: Limits) -> None:
    """Compare the recomputed objective with the reported one and the bound; raise on a lie."""
    if outcome.x is None:
        if outcome.status is Status.OPTIMAL:
            raise SolverError("HiGHS says optimal and gives no solution")
        return
    size = max(1.0, abs(outcome.objective))
    if abs(outcome.objective - reported) > WRONG * size:
        raise SolverError(f"HiGHS reports {reported}, its solution costs {outcome.objective}")
    if outcome.bound > outcome.objective + WRONG * size:
        raise SolverError(f"HiGHS bounds by {outcome.bound}, its solution {outcome.objective}")
    scale = max(1.0, float(np.abs(program.rows.data).max(initial=1.0)))
    if program.violation(outcome.x) > WRONG * scale:
        raise SolverError(f"HiGHS breaks a row by {program.violation(outcome.x)}")
    # Not the relative gap: at an objective of 0 it compares rounding with rounding.
    open_by = outcome.objective - outcome.bound
    if outcome.status is Status.OPTIMAL and (
        open_by > limits.gap * abs(outcome.objective) + WRONG * size
    ):
        gap = relative_gap(outcome.objective, outcome.bound)
        raise SolverError(f"HiGHS says optimal at a gap of {gap}")
