"""SET COVERING: the cheapest sites that cover all rows (Toregas et al. 1971), exactly.

    minimise sum_j c_j y_j,  sum_j a_kj y_j >= 1 for each row k,  y in {0, 1}

With multipliers u >= 0 on the rows (Lagrangian relaxation),

    L(u) = sum_k u_k + sum_j min(0, r_j),   r_j = c_j - sum_k a_kj u_k

is a lower bound, and L(u) + r_j one on covers with a site j of r_j > 0. u are duals of the linear
relaxation by HiGHS; the bound is computed from them anew. Row weighting local search gives a cover,
so the program has only to prove that none is better. It begins with the rows that the relaxation
covers tightly, since most others do not matter: a cover of some rows costs no more than one of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from optimizer.foundation.tolerances import LEAST_PRICE, ROUNDING
from optimizer.location.base.cutoff import are_whole, margin, rounded_up
from optimizer.location.base.result import Watch, until_interrupted
from optimizer.location.base.solving import minimise
from optimizer.location.covering.row_reductions import distinct_rows, maximal_rows, minimal_rows
from optimizer.location.covering.row_weighting import row_weighting_search
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Status
from optimizer.solver.program import Outcome, Program

#: Steps of local search before the linear relaxation, and after it; and where only a cover of at
#: most `target_count` is wanted: mostly there is none.
FIRST_STEPS, SECOND_STEPS, DECISION_STEPS = 1_000, 20_000, 200

#: A row that the linear relaxation covers less often than this is tight.
TIGHT_COVERAGE = 1.5

#: As many rows or fewer are all in the first program.
SMALL_ROWS = 400


@dataclass(frozen=True, eq=False)
class Cover:
    """The open sites of the best cover; the watch has the bound."""

    site: Ints
    interrupted: bool = False


def reduced(coverage: csr_array, cost: Floats) -> tuple[csr_array, Ints]:
    """The coverage without dominated rows and sites, and (J',) the sites of its columns."""
    # Of sites that cover the same rows the cheapest is first.
    order = np.argsort(cost, kind="stable")
    site = order[distinct_rows(csr_array(coverage.T)[order])[0]]
    coverage = _sorted(coverage[:, site])
    while True:
        shape_before = coverage.shape
        rows = maximal_rows(csr_array(coverage.T), cost[site])
        coverage, site = _sorted(coverage[:, rows]), site[rows]
        coverage = coverage[distinct_rows(coverage)[0]]
        coverage = coverage[minimal_rows(coverage)]
        if coverage.shape == shape_before:
            return coverage, site


def greedy(coverage: csr_array, cost: Floats) -> Ints:
    """Greedy cover: always the site that covers most uncovered rows for its cost (Chvatal 1979)."""
    columns = csr_array(coverage.T)
    uncovered = np.ones(coverage.shape[0])
    sites = []
    while uncovered.any():
        site = int(((columns @ uncovered) / np.maximum(cost, LEAST_PRICE)).argmax())
        sites.append(site)
        uncovered[columns.indices[columns.indptr[site] : columns.indptr[site + 1]]] = 0.0
    return np.array(sites, dtype=np.int64)


def solve_set_cover(
    coverage: csr_array,
    cost: Floats,
    watch: Watch,
    target_count: int | None = None,
    budget: float = np.inf,
) -> Cover:
    """The cheapest cover, proven; each row has a site at least.

    target_count: for whole costs, the decision problem: a cover of at most this cost, or a bound
    above it. budget: seconds for the programs, after which it is left open.
    """
    coverage, site = reduced(coverage, cost)
    solver = _Solver(coverage, cost[site], site, watch, target_count, greedy(coverage, cost[site]))
    interrupted = until_interrupted(lambda: solver.run(budget))
    return Cover(solver.site_of_column[solver.best], interrupted)


@dataclass
class _Solver:
    """One solve. coverage: a, (K, J); cost: (J,); site_of_column: (J,) sites of the whole problem;
    best: columns of the best cover.
    """

    coverage: csr_array
    cost: Floats
    site_of_column: Ints
    watch: Watch
    target_count: int | None
    best: Ints

    def __post_init__(self) -> None:
        self.integral = are_whole(self.cost)
        self._note(0.0)

    @property
    def best_cost(self) -> float:
        """The cost of the best cover."""
        return float(self.cost[self.best].sum())

    @property
    def cutoff(self) -> float:
        """The cost of a better cover at most."""
        if self.target_count is not None:
            return self.target_count
        return self.best_cost - 1 if self.integral else self.best_cost * (1 - ROUNDING)

    @property
    def is_done(self) -> bool:
        """Whether it is proven or decided, or there is no time."""
        if self.watch.proven or self.watch.out_of_time:
            return True
        if self.target_count is None:
            return False
        return self.best_cost <= self.target_count or self.watch.bound > self.target_count

    def run(self, budget: float) -> bool:
        """Solve, until the budget is spent; True: interrupted."""
        self._improve(FIRST_STEPS if self.target_count is None else DECISION_STEPS)
        if self.is_done:
            return False
        rows = np.arange(self.coverage.shape[0])
        linear = minimise(self._program(rows, integer=False), self.watch.remaining)
        if linear.x is None or linear.duals is None:
            return linear.interrupted
        bound, reduced_costs = self._bound(linear.duals)
        self._note(bound)
        if not self.is_done:
            self._improve(SECOND_STEPS if self.target_count is None else DECISION_STEPS)
        if self.is_done:
            return False
        if len(rows) > SMALL_ROWS:
            rows = np.flatnonzero(
                (self.coverage @ linear.x < TIGHT_COVERAGE) | (linear.duals > ROUNDING)
            )
        rounding = margin(self.cutoff) if self.integral else ROUNDING * abs(self.cutoff)
        self._fix_sites(bound + np.maximum(reduced_costs, 0.0) <= self.cutoff + rounding)
        return self._prove(rows, self.watch.seconds + budget)

    def _fix_sites(self, is_usable: Bools) -> None:
        """Fix all other sites at 0; those of the best cover stay."""
        sites = np.union1d(np.flatnonzero(is_usable), self.best)
        self.coverage, self.cost = _sorted(self.coverage[:, sites]), self.cost[sites]
        self.site_of_column = self.site_of_column[sites]
        self.best = np.searchsorted(sites, self.best)

    def _prove(self, rows: Ints, end: float) -> bool:
        """Row generation: programs of more and more rows; True: interrupted."""
        # The bound holds for covers of at most the cutoff: others were fixed out.
        max_bound = self.best_cost if self.target_count is None else self.target_count + 1.0
        while not self.is_done and self.watch.seconds < end:
            limits = self.watch.remaining
            if end < np.inf and not (limits.seconds or np.inf) < end - self.watch.seconds:
                limits = replace(limits, seconds=end - self.watch.seconds)
            outcome = minimise(self._program(rows, integer=True), limits, options=self._options())
            uncovered = self._take(outcome)
            is_optimal = outcome.status is Status.OPTIMAL and not len(uncovered)
            is_exact = is_optimal and self.watch.limits.gap == 0
            bound = outcome.objective if is_exact else outcome.bound
            self._note(min(bound, max_bound), outcome.nodes)
            if outcome.interrupted or not len(uncovered):
                return outcome.interrupted
            rows = np.union1d(rows, uncovered)
        return False

    def _options(self) -> dict[str, bool | float | str] | None:
        return None if self.target_count is None else {"objective_target": self.target_count + 0.5}

    def _take(self, outcome: Outcome) -> Ints:
        """Take the solution if it is a better cover; the rows that it leaves uncovered."""
        if outcome.x is None:
            return np.empty(0, dtype=np.int64)
        site = np.flatnonzero(outcome.x > 0.5)
        uncovered = np.flatnonzero(self.coverage @ outcome.x < 0.5)
        if not len(uncovered) and self.cost[site].sum() < self.best_cost:
            self.best = site
        return uncovered

    def _improve(self, steps: int) -> None:
        wanted = -np.inf if self.target_count is None else self.target_count
        target = max(self.watch.bound, wanted)
        self.best = row_weighting_search(
            self.coverage, self.cost, self.best, steps, target, lambda: self.watch.out_of_time
        )
        self._note()

    def _note(self, bound: float = -np.inf, nodes: int = 0) -> None:
        """Record best cost and bound; a bound of whole costs is rounded up."""
        if self.integral and np.isfinite(bound):
            bound = rounded_up(bound)
        if self.target_count is None and bound > self.cutoff:
            bound = self.best_cost
        self.watch.note(self.best_cost, bound, nodes)

    def _bound(self, duals: Floats) -> tuple[float, Floats]:
        """L(u) and the reduced costs r, (J,)."""
        u = np.maximum(duals, 0.0)
        reduced = self.cost - self.coverage.T @ u
        return float(u.sum() + np.minimum(reduced, 0.0).sum()), reduced

    def _program(self, rows: Ints, integer: bool) -> Program:
        sites = len(self.cost)
        return Program(
            cost=self.cost,
            offset=0.0,
            rows=csc_array(self.coverage[rows]),
            row_lower=np.ones(len(rows)),
            row_upper=np.full(len(rows), np.inf),
            lower=np.zeros(sites),
            upper=np.ones(sites),
            integer=np.full(sites, integer),
        )


def _sorted(coverage: csr_array) -> csr_array:
    coverage = csr_array(coverage)
    coverage.sort_indices()
    return coverage
