"""MAXIMAL COVERING: p sites that cover the most weight (Church and ReVelle 1974), exactly.

    maximise sum_k w_k z_k,  z_k <= sum_j a_kj y_j,  sum_j y_j <= p,  z <= 1,  y in {0, 1}

With multipliers 0 <= u_k <= w_k on the rows (Lagrangian relaxation; Galvao and ReVelle 1996),

    L(u) = sum_k (w_k - u_k) + the p largest of d_j = sum_k a_kj u_k

is an upper bound for every u, and its answer y the p sites of the largest d. Branch and bound,
depth first: sites whose other value would bring L(u) below the cutoff are fixed, then dominated
sites and equal rows are merged again; each node continues from the multipliers of its parent, and a
node of few rows is a MIP. HiGHS alone does not solve the linear relaxation of 28,000 rows and 500
sites in 100 s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array, eye_array

from optimizer.foundation.tolerances import ROUNDING, ZERO_SUBGRADIENT
from optimizer.location.base.cutoff import are_whole, margin, rounded_up
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.location.covering.row_reductions import distinct_rows, maximal_rows
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Status
from optimizer.solver.program import Program

#: Steps of the volume algorithm at the root, and at every other node.
FIRST_STEPS, NODE_STEPS = 1_500, 80

#: Weight of the newest subgradient in the mean; steps without a better bound before the factor of
#: Polyak's step falls, by how much, and below what the bound has converged.
WEIGHT, PATIENCE, STEP_DOWN, MIN_STEP = 0.03, 20, 0.66, 1e-3

#: Polyak's step goes to the best plan from this many times the bound, so that it never vanishes.
TARGET_OVERSHOOT = 1.0005

#: Steps between two plans of the answers of the relaxation.
PLAN_EVERY = 20

#: A round of fixing that leaves more than this share of the sites is the last before branching.
STALL_RATIO = 0.9

#: A node of so many rows or fewer is solved as a MIP.
SMALL_ROWS = 400


@dataclass(frozen=True, eq=False)
class Subproblem:
    """A node: rows that are uncovered, and sites that are not fixed.

    coverage: a, (K, J); weight: w, (K,), above 0; site: (J,) sites of the whole problem; p: sites
    that may still be opened; opened: sites with y_j = 1, and covered: the weight that they cover;
    u: (K,) multipliers; bound: an upper bound on all its plans.
    """

    coverage: csr_array
    weight: Floats
    site: Ints
    p: int
    opened: Ints
    covered: float
    u: Floats
    bound: float = np.inf

    def reduced(self) -> Subproblem:
        """The node with equal rows merged, without uncoverable rows and dominated sites."""
        rows = np.flatnonzero((np.diff(self.coverage.indptr) > 0) & (self.weight > 0))
        coverage, weight, u = self.coverage[rows], self.weight[rows], self.u[rows]
        site = maximal_rows(csr_array(coverage.T))
        coverage = csr_array(coverage[:, site])
        coverage.sort_indices()
        representative, group = distinct_rows(coverage)
        return replace(
            self,
            coverage=coverage[representative],
            weight=np.bincount(group, weight, minlength=len(representative)).astype(float),
            u=np.bincount(group, u, minlength=len(representative)).astype(float),
            site=self.site[site],
        )

    def without(self, opened: Bools, closed: Bools) -> Subproblem:
        """The node with these sites fixed at 1 and 0."""
        is_uncovered = self.coverage @ opened.astype(float) == 0
        is_free = ~opened & ~closed
        return Subproblem(
            csr_array(self.coverage[np.flatnonzero(is_uncovered)][:, np.flatnonzero(is_free)]),
            self.weight[is_uncovered],
            self.site[is_free],
            self.p - int(opened.sum()),
            np.concatenate([self.opened, self.site[opened]]),
            self.covered + float(self.weight[~is_uncovered].sum()),
            self.u[is_uncovered],
            self.bound,
        ).reduced()


def subproblem_of(coverage: csr_array, weight: Floats, p: int) -> Subproblem:
    """The root node."""
    no_sites: Ints = np.empty(0, dtype=np.int64)
    return Subproblem(coverage, weight, np.arange(coverage.shape[1]), p, no_sites, 0.0, weight)


@dataclass
class Incumbent:
    """The best plan: sites of the whole problem, and the weight that they cover."""

    site: Ints
    weight: float = -np.inf

    def take(self, problem: Subproblem, y: Bools, watch: Watch) -> None:
        """Take this plan of a node, y: (J,), if it is better."""
        weight = problem.covered + float(problem.weight[problem.coverage @ y > 0].sum())
        if weight > self.weight:
            self.site = np.concatenate([problem.opened, problem.site[y]])
            self.weight = weight
            watch.note(-weight)


@dataclass
class _Search:
    """Incumbent, watch, and whether all weights are whole numbers."""

    best: Incumbent
    watch: Watch
    integral: bool

    @property
    def cutoff(self) -> float:
        """The weight of a better plan at least."""
        best = self.best.weight
        return best + (1 - margin(best) if self.integral else best * ROUNDING)


def solve_max_cover(problem: Subproblem, watch: Watch, best: Incumbent) -> bool:
    """Branch and bound; the watch has negative weights, as costs; True: interrupted.

    best: the incumbent, kept up to date.
    """
    integral = are_whole(problem.weight)
    search = _Search(best, watch, integral)
    problem = problem.reduced()
    y = interchanged(problem, greedy(problem))
    best.take(problem, y, watch)
    start = problem.weight / np.maximum(problem.coverage @ y.astype(float), 1.0)
    if not len(problem.site):
        watch.note(bound=-problem.covered)
        return False
    queue = [replace(problem, u=start, bound=_bound(problem, start)[0])]
    watch.note(bound=-_rounded_down(queue[0].bound, integral))
    steps = FIRST_STEPS
    while queue and not watch.proven and not watch.out_of_time:
        node = queue.pop()
        if node.bound >= search.cutoff:
            children, interrupted = _process_node(node, search, steps)
            if interrupted:
                return True
            queue += children
        steps = NODE_STEPS
        max_open_bound = max((open_node.bound for open_node in queue), default=-np.inf)
        bound = -_rounded_down(max(max_open_bound, best.weight), integral)
        if bound > watch.bound:
            watch.note(bound=bound)
    return False


def _process_node(node: Subproblem, search: _Search, steps: int) -> tuple[list[Subproblem], bool]:
    """The children that may have a better plan, the most promising last; whether interrupted."""
    best, watch = search.best, search.watch
    watch.nodes += 1
    while True:
        if node.p == 0 or not len(node.site):
            best.take(node, np.zeros(len(node.site), dtype=bool), watch)
            return [], False
        if len(node.weight) <= SMALL_ROWS:
            return _solve_program(node, search)
        sites_before = len(node.site)
        node, share = _improved_multipliers(node, search, steps)
        if watch.out_of_time:
            return [node], False
        if node.bound < search.cutoff:
            return [], False
        opened, closed = _fixed_sites(node, search.cutoff)
        if len(node.site) - opened.sum() - closed.sum() > STALL_RATIO * sites_before:
            break
        node = node.without(opened, closed)
    branch_site = np.zeros(sites_before, dtype=bool)
    # A share near one half and a large d: both children have lower bounds.
    score = np.minimum(share, 1 - share) * (node.coverage.T @ node.u)
    branch_site[np.argmax(np.where(opened | closed, -1.0, score))] = True
    return [
        node.without(opened, closed | branch_site),
        node.without(opened | branch_site, closed),
    ], False


def greedy(problem: Subproblem) -> Bools:
    """(J,) greedy plan: always the site that covers the most uncovered weight."""
    y = np.zeros(len(problem.site), dtype=bool)
    uncovered = problem.weight.copy()
    columns = csr_array(problem.coverage.T)
    for _ in range(min(problem.p, len(y))):
        gain = columns @ uncovered
        gain[y] = -1.0
        y[site := int(gain.argmax())] = True
        uncovered[columns.indices[columns.indptr[site] : columns.indptr[site + 1]]] = 0.0
    return y


def interchanged(problem: Subproblem, y: Bools) -> Bools:
    """(J,) best-improvement vertex substitution from the plan y, (J,)."""
    coverage, weight = problem.coverage, problem.weight
    while y.any() and not y.all():
        coverage_count = coverage @ y.astype(float)
        columns = csr_array(coverage.T)
        single_weight = np.where(coverage_count == 1, weight, 0.0)
        open_sites, closed_sites = np.flatnonzero(y), np.flatnonzero(~y)
        gain = columns[closed_sites] @ np.where(coverage_count == 0, weight, 0.0)
        single_coverage = columns[open_sites] * single_weight[None, :]
        loss = single_coverage.sum(axis=1)[:, None]
        change = gain - loss + (single_coverage @ coverage[:, closed_sites]).toarray()
        leaving, entering = np.unravel_index(int(change.argmax()), change.shape)
        if change[leaving, entering] <= ROUNDING * weight.sum():
            break
        y = y.copy()
        y[open_sites[leaving]], y[closed_sites[entering]] = False, True
    return y


def _bound(problem: Subproblem, u: Floats) -> tuple[float, Floats, Bools]:
    """L(u), d, (J,), and the best y, (J,)."""
    d = problem.coverage.T @ u
    y = np.zeros(len(d), dtype=bool)
    p = min(problem.p, len(d))
    y[np.argpartition(-d, p - 1)[:p]] = True
    total = problem.covered + float((problem.weight - u).sum()) + float(d[y].sum())
    return total, d, y


def _improved_multipliers(
    problem: Subproblem, search: _Search, steps: int
) -> tuple[Subproblem, Floats]:
    """The node with better multipliers, by the volume algorithm (Barahona and Anbil 2000).

    And (J,) the mean of the answers y, which approximates the linear relaxation.
    """
    weight, coverage, best = problem.weight, problem.coverage, search.best
    u = np.minimum(problem.u, weight)
    bound, _, y = _bound(problem, u)
    mean, share = 1.0 - coverage @ y.astype(float), y.astype(float)
    scale, failures = 1.0, 0
    for step in range(steps):
        if scale < MIN_STEP or bound < search.cutoff or search.watch.out_of_time:
            break
        norm = float((weight * mean**2)[(u < weight) | (mean < 0)].sum())
        if norm < ZERO_SUBGRADIENT:
            break
        gap = TARGET_OVERSHOOT * bound - best.weight
        trial = np.clip(u + scale * gap / norm * weight * mean, 0.0, weight)
        value, _, y = _bound(problem, trial)
        if value < bound:
            u, bound, failures = trial, value, 0
        else:
            failures += 1
            if failures == PATIENCE:
                scale, failures = scale * STEP_DOWN, 0
        mean = WEIGHT * (1.0 - coverage @ y.astype(float)) + (1 - WEIGHT) * mean
        share = WEIGHT * y + (1 - WEIGHT) * share
        if step % PLAN_EVERY == 0:
            best.take(problem, y, search.watch)
    if steps == FIRST_STEPS:
        best.take(problem, interchanged(problem, y), search.watch)
    return replace(problem, u=u, bound=min(bound, problem.bound)), share


def _fixed_sites(problem: Subproblem, cutoff: float) -> tuple[Bools, Bools]:
    """(J,) sites with y_j = 1, and with y_j = 0, in every plan that covers `cutoff` or more."""
    bound, d, y = _bound(problem, problem.u)
    if y.all():
        return y, ~y
    worst_open, best_closed = d[y].min(), d[~y].max()
    return y & (bound - d + best_closed < cutoff), ~y & (bound - worst_open + d < cutoff)


def _solve_program(problem: Subproblem, search: _Search) -> tuple[list[Subproblem], bool]:
    """The node as a MIP: what is unsolved at a limit, and whether it was interrupted."""
    rows, sites = problem.coverage.shape
    program = Program(
        cost=np.concatenate([np.zeros(sites), -problem.weight]),
        offset=-problem.covered,
        rows=csc_array(
            block_array(
                [[-problem.coverage, eye_array(rows)], [np.ones((1, sites)), None]], format="csc"
            )
        ),
        row_lower=np.full(rows + 1, -np.inf),
        row_upper=np.concatenate([np.zeros(rows), [float(problem.p)]]),
        lower=np.zeros(sites + rows),
        upper=np.ones(sites + rows),
        integer=np.arange(sites + rows) < sites,
    )
    outcome = minimise(program, replace(search.watch.remaining, gap=0))
    search.watch.nodes += outcome.nodes
    if outcome.x is not None:
        search.best.take(problem, outcome.x[:sites] > 0.5, search.watch)
    if outcome.status is Status.OPTIMAL:
        return [], False
    return [replace(problem, bound=min(-outcome.bound, problem.bound))], outcome.interrupted


def _rounded_down(bound: float, integral: bool) -> float:
    return -rounded_up(-bound) if integral else bound
