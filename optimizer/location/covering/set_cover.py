"""FEWEST: the cheapest sites that reach all points, of a reach whose equal rows are merged.

    min c y   sum of y_j over the sites that reach k >= 1,  y binary

With multipliers u >= 0 on the rows,

    L(u) = sum_k u_k + sum_j min(0, r_j)   r_j = c_j - sum of u_k over what j reaches

is no more than the cost of any cover, and than that of any with site j by r_j more, if r_j > 0.
The u are duals that HiGHS gives, the bound is computed from them anew. A good cover is there by
then, so the program has only to prove that none is better. Most rows do not matter for that: it is
asked about the tight ones first. A cover of some rows costs no more than one of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from optimizer.foundation.tolerances import LEAST_PRICE, ROUNDING
from optimizer.location.base.result import Watch, until_interrupted
from optimizer.location.base.solving import minimise
from optimizer.location.base.worth import are_whole, margin, rounded_up
from optimizer.location.covering.row_reductions import maximal_rows, minimal_rows, same_rows
from optimizer.location.covering.row_weighting import improved
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Status
from optimizer.solver.program import Outcome, Program

#: Steps of local search before the bound of the relaxation, and after it; and where a number of
#: sites is asked for: mostly it is too small.
FIRST_STEPS, MORE_STEPS, ENOUGH_STEPS = 1_000, 20_000, 200

#: A row that the relaxation covers less often than this is tight.
TIGHT = 1.5

#: As many rows or fewer are all asked about at once.
FEW_ROWS = 400


@dataclass(frozen=True, eq=False)
class Fewest:
    """The best sites that were found; the watch knows what is proven."""

    site: Ints
    interrupted: bool = False


def small(reach: csr_array, cost: Floats) -> tuple[csr_array, Ints]:
    """Rows and sites that decide: the reach, and the rows of its sites in the whole."""
    # Of sites that reach the same the cheapest stands first.
    order = np.argsort(cost, kind="stable")
    site = order[same_rows(csr_array(reach.T)[order])[0]]
    reach = _sorted(reach[:, site])
    while True:
        before = reach.shape
        kept = maximal_rows(csr_array(reach.T), cost[site])
        reach, site = _sorted(reach[:, kept]), site[kept]
        reach = reach[same_rows(reach)[0]]
        reach = reach[minimal_rows(reach)]
        if reach.shape == before:
            return reach, site


def greedy(reach: csr_array, cost: Floats) -> Ints:
    """Always the site that reaches most of what is not reached, for what it costs."""
    columns = csr_array(reach.T)
    left = np.ones(reach.shape[0])
    chosen = []
    while left.any():
        best = int(((columns @ left) / np.maximum(cost, LEAST_PRICE)).argmax())
        chosen.append(best)
        left[columns.indices[columns.indptr[best] : columns.indptr[best + 1]]] = 0.0
    return np.array(chosen, dtype=np.int64)


def fewest(
    reach: csr_array,
    cost: Floats,
    watch: Watch,
    enough: int | None = None,
    budget: float = np.inf,
) -> Fewest:
    """Find and prove the cheapest cover; each row must have a site.

    enough: of whole costs; any cover of this cost will do, or the bound is proven to be above it.
    budget: seconds for the programs; when they are spent it stays open.
    """
    reach, site = small(reach, cost)
    search = _Search(reach, cost[site], site, watch, enough, greedy(reach, cost[site]))
    interrupted = until_interrupted(lambda: search.run(budget))
    return Fewest(search.where[search.best], interrupted)


@dataclass
class _Search:
    """A covering problem, its best cover, and the watch that is told.

    where: rows of the sites in the problem as given; best: rows of `where`.
    """

    reach: csr_array
    cost: Floats
    where: Ints
    watch: Watch
    enough: int | None
    best: Ints

    def __post_init__(self) -> None:
        self.whole = are_whole(self.cost)
        self._note(0.0)

    @property
    def best_cost(self) -> float:
        """What the best cover costs."""
        return float(self.cost[self.best].sum())

    @property
    def target(self) -> float:
        """What a cover may cost at most to be of interest."""
        if self.enough is not None:
            return self.enough
        return self.best_cost - 1 if self.whole else self.best_cost * (1 - ROUNDING)

    @property
    def done(self) -> bool:
        """Whether nothing more is asked, or there is no time."""
        if self.watch.proven or self.watch.out_of_time:
            return True
        if self.enough is None:
            return False
        return self.best_cost <= self.enough or self.watch.bound > self.enough

    def run(self, budget: float) -> bool:
        """Until it is done, or the budget is spent; True: interrupted."""
        self._improve(FIRST_STEPS if self.enough is None else ENOUGH_STEPS)
        if self.done:
            return False
        rows = np.arange(self.reach.shape[0])
        found = minimise(self._program(rows, integer=False), self.watch.left)
        if found.x is None or found.duals is None:
            return found.interrupted
        bound, reduced = self._bound(found.duals)
        self._note(bound)
        if not self.done:
            self._improve(MORE_STEPS if self.enough is None else ENOUGH_STEPS)
        if self.done:
            return False
        if len(rows) > FEW_ROWS:
            rows = np.flatnonzero((self.reach @ found.x < TIGHT) | (found.duals > ROUNDING))
        rounding = margin(self.target) if self.whole else ROUNDING * abs(self.target)
        self._keep(bound + np.maximum(reduced, 0.0) <= self.target + rounding)
        return self._prove(rows, self.watch.seconds + budget)

    def _keep(self, site: Bools) -> None:
        """Leave out sites that are in no cover of interest; those of the best cover stay."""
        kept = np.union1d(np.flatnonzero(site), self.best)
        self.reach, self.cost = _sorted(self.reach[:, kept]), self.cost[kept]
        self.where, self.best = self.where[kept], np.searchsorted(kept, self.best)

    def _prove(self, rows: Ints, end: float) -> bool:
        """Programs of more and more rows, until one proves or solves it; True: interrupted."""
        # A cover with sites that were left out costs more than the target.
        above = self.best_cost if self.enough is None else self.enough + 1.0
        while not self.done and self.watch.seconds < end:
            limits = self.watch.left
            if end < np.inf and not (limits.seconds or np.inf) < end - self.watch.seconds:
                limits = replace(limits, seconds=end - self.watch.seconds)
            found = minimise(self._program(rows, integer=True), limits, options=self._options())
            missed = self._take(found)
            ended = found.status is Status.OPTIMAL and not len(missed)
            exact = ended and self.watch.limits.gap == 0
            self._note(min(found.objective if exact else found.bound, above), found.nodes)
            if found.interrupted or not len(missed):
                return found.interrupted
            rows = np.union1d(rows, missed)
        return False

    def _options(self) -> dict[str, bool | float | str] | None:
        return None if self.enough is None else {"objective_target": self.enough + 0.5}

    def _take(self, found: Outcome) -> Ints:
        """Take the cover if it is one and better; the rows that it misses."""
        if found.x is None:
            return np.empty(0, dtype=np.int64)
        site = np.flatnonzero(found.x > 0.5)
        missed = np.flatnonzero(self.reach @ found.x < 0.5)
        if not len(missed) and self.cost[site].sum() < self.best_cost:
            self.best = site
        return missed

    def _improve(self, steps: int) -> None:
        stop = max(self.watch.bound, -np.inf if self.enough is None else self.enough)
        self.best = improved(
            self.reach, self.cost, self.best, steps, stop, lambda: self.watch.out_of_time
        )
        self._note()

    def _note(self, bound: float = -np.inf, nodes: int = 0) -> None:
        """Tell the watch; a whole cost is bounded by a whole number."""
        if self.whole and np.isfinite(bound):
            bound = rounded_up(bound)
        if self.enough is None and bound > self.target:
            bound = self.best_cost
        self.watch.note(self.best_cost, bound, nodes)

    def _bound(self, duals: Floats) -> tuple[float, Floats]:
        """L(u) and the reduced costs r."""
        u = np.maximum(duals, 0.0)
        reduced = self.cost - self.reach.T @ u
        return float(u.sum() + np.minimum(reduced, 0.0).sum()), reduced

    def _program(self, rows: Ints, integer: bool) -> Program:
        sites = len(self.cost)
        return Program(
            cost=self.cost,
            offset=0.0,
            rows=csc_array(self.reach[rows]),
            row_lower=np.ones(len(rows)),
            row_upper=np.full(len(rows), np.inf),
            lower=np.zeros(sites),
            upper=np.ones(sites),
            integer=np.full(sites, integer),
        )


def _sorted(reach: csr_array) -> csr_array:
    reach = csr_array(reach)
    reach.sort_indices()
    return reach
