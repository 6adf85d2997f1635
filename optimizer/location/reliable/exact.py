"""RELIABLE FACILITY LOCATION (Snyder and Daskin 2005) by cuts on the expected cost of each point.

Each site fails independently with probability q. A point is served by its nearest open site that
works, and pays a penalty after R failed ones. With y_j = 1 for an open site, d_i1 <= d_i2 <= ...
the costs of point i in ascending order, the penalty the last of them, and N_im the number of open
sites among its m nearest, its expected cost is

    t_i = d_i1 + sum_m (d_i,m+1 - d_im) q ^ min(N_im, R)

since i pays more than d_im just if all of those fail. As q ^ N is convex, for all integers n_m

    t_i >= d_i1 + sum_m (d_i,m+1 - d_im) q ^ n_m (1 - (1 - q) (N_im - n_m)),  slope 0 for n_m >= R

with equality where N_im is n_m or n_m + 1. These rows are linear in y, and are separated in rounds:
no variable for the level of a pair, and a relaxation as strong as that of the model with levels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array

from optimizer.foundation.tolerances import (
    COUNT_INTEGRALITY,
    NEGLIGIBLE_PROBABILITY,
    RELIABLE_VIOLATION,
    RELIABLE_VIOLATION_INTEGER,
    ROUNDING,
)
from optimizer.location.base.costs import Costs
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import in_rounds, minimise
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Progress, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Program, with_rows

#: Rounds of rows for the linear relaxation.
MAX_CUT_ROUNDS = 200

#: Feasibility tolerances of HiGHS at integer sites: those to which rows are separated there.
SOLVER_TOLERANCES: dict[str, bool | float | str] = {
    "primal_feasibility_tolerance": RELIABLE_VIOLATION_INTEGER,
    "mip_feasibility_tolerance": RELIABLE_VIOLATION_INTEGER,
}


@dataclass(frozen=True, eq=False)
class Reliable:
    """sites: rows of the open sites, ascending. served: (I, R) the sites of each point in the order
    in which it tries them; -1: the penalty is paid.
    """

    sites: Ints
    served: Ints


@dataclass(frozen=True, eq=False)
class ReliableProblem:
    """Instance. costs: (I, J); weights: (I,) w_i; fixed: (J,) f_j; failure: q; penalty: of a unit
    of weight not served; levels: R, sites tried at most; count: p, None: as many as pay.
    """

    costs: Costs
    weights: Floats
    fixed: Floats
    failure: float
    penalty: float
    levels: int
    count: int | None

    def expected(self, sites: Ints) -> tuple[float, Ints]:
        """Expected cost of open sites, and served (I, R); from costs and probabilities alone."""
        levels = min(self.levels, len(sites))
        served, cost = self.costs.served(sites, levels) if levels else self._unserved
        probability = self.failure ** np.arange(levels + 1)
        cheaper_than_penalty = cost < self.penalty
        expected_cost = np.where(cheaper_than_penalty, cost, self.penalty) @ (
            probability[:-1] * (1 - self.failure)
        )
        expected_cost = expected_cost + self.penalty * probability[-1]
        return float(self.fixed[sites].sum() + self.weights @ expected_cost), np.where(
            cheaper_than_penalty, served, -1
        )

    @property
    def modelled_levels(self) -> int:
        """Levels that the rows know; the probability of the others is neglected."""
        if self.failure == 0:
            return min(self.levels, 1)
        return min(
            self.levels, math.ceil(math.log(NEGLIGIBLE_PROBABILITY) / math.log(self.failure))
        )

    @property
    def _unserved(self) -> tuple[Ints, Floats]:
        points = self.costs.shape[0]
        return np.empty((points, 0), dtype=np.int64), np.empty((points, 0))

    @cached_property
    def ranked_sites(self) -> tuple[Ints, Floats, Floats]:
        """(I, M) sites in ascending order of cost, J: none below the penalty; d_i1 (I,); and the
        increments d_i,m+1 - d_im (I, M).
        """
        points, sites = self.costs.shape
        pairs = self.costs.within(np.full(points, self.penalty))
        longest = int(np.diff(pairs.first).max(initial=0))
        rank = np.arange(len(pairs)) - pairs.first[pairs.point]
        site = np.full((points, longest), sites)
        cost = np.full((points, longest + 1), self.penalty)
        site[pairs.point, rank], cost[pairs.point, rank] = pairs.site, pairs.cost
        return site, cost[:, 0], np.diff(cost, axis=1)

    @property
    def unit(self) -> float:
        """Unit of the columns t: the mean of the second cheapest costs."""
        _, cheapest, increments = self.ranked_sites
        return float((cheapest + increments[:, :1].sum(axis=1)).mean()) or 1.0


@dataclass
class BranchAndCut:
    """best: open sites of the incumbent; proven: the solver solved its last program to the end."""

    problem: ReliableProblem
    watch: Watch
    best: Ints | None = None
    proven: bool = False
    evaluated: dict[bytes, float] = field(default_factory=dict)

    def run(self) -> bool:
        """Relaxation, rounding, and integer programs in rounds; True: interrupted."""
        program, relaxed = in_rounds(
            self._program(), self._separate, self.watch.remaining, MAX_CUT_ROUNDS
        )
        if relaxed.x is None or relaxed.duals is None:
            return relaxed.interrupted
        self.watch.note(bound=certified(program, relaxed.duals)[0])
        self._round(relaxed.x[: len(self.problem.fixed)])
        cutoff = self.watch.objective * (1.0 + ROUNDING) + ROUNDING
        program = decided(program, relaxed.duals, cutoff, program.integer)
        separated: set[bytes] = set()
        while not (self.watch.proven or self.watch.out_of_time):
            solved = minimise(
                program, self.watch.remaining, progress=self._on_progress, options=SOLVER_TOLERANCES
            )
            self.watch.note(bound=solved.bound, nodes=solved.nodes)
            if solved.x is None:
                return solved.interrupted
            sites = len(self.problem.fixed)
            is_open = solved.x[:sites] > 0.5
            self._evaluate(is_open)
            # Sites that are whole only within tolerances would hide violated rows.
            rounded = np.concatenate([is_open.astype(float), solved.x[sites:]])
            rows, upper = self._separate(rounded, RELIABLE_VIOLATION_INTEGER)
            if solved.interrupted:
                return True
            # The same sites again: their cost is that of the rows, up to rounding.
            if not len(upper) or is_open.tobytes() in separated:
                self.proven = solved.status is Status.OPTIMAL
                return False
            separated.add(is_open.tobytes())
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    def _program(self) -> Program:
        """Columns y_j, and t_i in units."""
        problem = self.problem
        points, sites = problem.costs.shape
        count = 0 if problem.count is None else 1
        rows = csc_array(np.arange(sites + points)[None] < sites, dtype=float)[:count]
        p = np.full(count, float(problem.count or 0))
        return Program(
            cost=np.concatenate([problem.fixed, problem.weights * problem.unit]),
            offset=0.0,
            rows=csc_array(rows),
            row_lower=p,
            row_upper=p,
            lower=np.concatenate([np.zeros(sites), problem.ranked_sites[1] / problem.unit]),
            upper=np.concatenate([np.ones(sites), np.full(points, problem.penalty / problem.unit)]),
            integer=np.arange(sites + points) < sites,
        )

    def _separate(
        self, x: Floats, min_violation: float = RELIABLE_VIOLATION
    ) -> tuple[csr_array, Floats]:
        """The most violated row of each point: rows (R, J + I) and upper sides (R,).

        n_m = floor(N_im) gives it.
        """
        problem, sites = self.problem, len(self.problem.fixed)
        ranked, cheapest, increments = problem.ranked_sites
        cheapest, increments = cheapest / problem.unit, increments / problem.unit
        y = np.append(x[:sites], 0.0)[ranked]
        open_count = np.cumsum(y, axis=1)
        n = np.floor(open_count + COUNT_INTEGRALITY)
        probability = np.where(n < problem.modelled_levels, problem.failure**n, 0.0)
        last_probability = (
            problem.failure**problem.modelled_levels
            if problem.modelled_levels == problem.levels
            else 0.0
        )
        constant = np.where(n < problem.modelled_levels, 0.0, last_probability)
        slope = increments * probability * (1.0 - problem.failure)
        at_zero = cheapest + (increments * (probability + constant) + slope * n).sum(axis=1)
        coefficients = np.cumsum(slope[:, ::-1], axis=1)[:, ::-1]
        violation = at_zero - (coefficients * y).sum(axis=1) - x[sites:]
        violated = np.flatnonzero(
            (violation > min_violation * (1.0 + x[sites:])) & (problem.weights > 0)
        )
        row, rank = np.nonzero((coefficients[violated] > 0) & (ranked[violated] < sites))
        new_rows = np.arange(len(violated))
        entries = np.concatenate([-coefficients[violated[row], rank], -np.ones(len(violated))])
        columns = np.concatenate([ranked[violated[row], rank], sites + violated])
        position = np.concatenate([row, new_rows]), columns
        return csr_array((entries, position), shape=(len(violated), len(x))), -at_zero[violated]

    def _round(self, y: Floats) -> None:
        """Evaluate the p sites of largest y; without p, as many as their sum."""
        count = self.problem.count or max(1, round(float(y.sum())))
        is_open = np.zeros(len(y), dtype=bool)
        is_open[np.argsort(-y, kind="stable")[:count]] = True
        self._evaluate(is_open)

    def _evaluate(self, is_open: Bools) -> float:
        """Expected cost of open sites, cached; updates the incumbent."""
        key = np.packbits(is_open).tobytes()
        if key not in self.evaluated:
            sites = np.flatnonzero(is_open)
            self.evaluated[key] = self.problem.expected(sites)[0]
            if self.evaluated[key] < self.watch.objective:
                self.best = sites
                self.watch.note(self.evaluated[key])
        return self.evaluated[key]

    def _on_progress(self, progress: Progress) -> None:
        self.watch.note(bound=progress.bound)
