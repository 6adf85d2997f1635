"""MOST COVERED: p sites that cover the most weight, of a reach whose equal rows are merged.

    max w z   z_k <= sum of y_j over the sites that reach k,  sum y <= p,  z <= 1, y binary

With multipliers 0 <= u_k <= w_k on the rows the best y are the p sites of the largest sums:

    L(u) = sum_k (w_k - u_k) + the p largest of d_j = sum of u_k over what j reaches

is no less than any plan's weight, whatever u (Galvao and ReVelle 1996): it is proven by computing
it. Sites whose change of sides would bring L(u) under the best plan are decided; with fewer sites
more rows are equal. A site that stays in doubt is tried open and closed, depth first, each time
with the multipliers of before; what has become small is a program. HiGHS alone does not even solve
the relaxation of 28,000 rows and 500 sites in 100 s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array, eye_array

from optimizer.foundation.tolerances import ROUNDING, ZERO_SUBGRADIENT
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.location.base.worth import are_whole, margin, rounded_up
from optimizer.location.covering.row_reductions import maximal_rows, same_rows
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Status
from optimizer.solver.program import Program

#: Steps of the multipliers at first and after each branching.
STEPS, MORE_STEPS = 1_500, 80

#: Weight of the newest subgradient in their mean; steps without gain before the step is shorter,
#: and how much.
NEWEST, PATIENCE, SHORTER = 0.03, 20, 0.66

#: As many rows or fewer are left to a program.
FEW_ROWS = 400


@dataclass(frozen=True, eq=False)
class Covering:
    """What is still open: reach (K, J), weight (K,) above 0, site (J,) in the whole problem.

    p: sites that may still be opened; opened: sites that are, and covered: by them.
    u: (K,) multipliers; bound: what no plan of it exceeds.
    """

    reach: csr_array
    weight: Floats
    site: Ints
    p: int
    opened: Ints
    covered: float
    u: Floats
    bound: float = np.inf

    def reduced(self) -> Covering:
        """With equal rows merged, and without rows and sites that can add nothing."""
        kept = np.flatnonzero((np.diff(self.reach.indptr) > 0) & (self.weight > 0))
        reach, weight, u = self.reach[kept], self.weight[kept], self.u[kept]
        site = maximal_rows(csr_array(reach.T))
        reach = csr_array(reach[:, site])
        reach.sort_indices()
        first, row = same_rows(reach)
        return replace(
            self,
            reach=reach[first],
            weight=np.bincount(row, weight, minlength=len(first)).astype(float),
            u=np.bincount(row, u, minlength=len(first)).astype(float),
            site=self.site[site],
        )

    def without(self, opened: Bools, closed: Bools) -> Covering:
        """These sites decided."""
        rows = self.reach @ opened.astype(float) == 0
        left = ~opened & ~closed
        return Covering(
            csr_array(self.reach[np.flatnonzero(rows)][:, np.flatnonzero(left)]),
            self.weight[rows],
            self.site[left],
            self.p - int(opened.sum()),
            np.concatenate([self.opened, self.site[opened]]),
            self.covered + float(self.weight[~rows].sum()),
            self.u[rows],
            self.bound,
        ).reduced()


def covering_of(reach: csr_array, weight: Floats, p: int) -> Covering:
    """The whole problem."""
    nobody: Ints = np.empty(0, dtype=np.int64)
    return Covering(reach, weight, np.arange(reach.shape[1]), p, nobody, 0.0, weight)


@dataclass
class Best:
    """The best plan so far: sites of the whole problem, and what they cover."""

    site: Ints
    weight: float = -np.inf

    def take(self, covering: Covering, y: Bools, watch: Watch) -> None:
        """Keep this plan if it is better."""
        weight = covering.covered + float(covering.weight[covering.reach @ y > 0].sum())
        if weight > self.weight:
            self.site = np.concatenate([covering.opened, covering.site[y]])
            self.weight = weight
            watch.note(-weight)


@dataclass
class _Search:
    """The best plan, the watch, and by how much a plan must be better to be of interest."""

    best: Best
    watch: Watch
    integral: bool

    @property
    def least(self) -> float:
        """A plan that covers less is of no interest."""
        best = self.best.weight
        return best + (1 - margin(best) if self.integral else best * ROUNDING)


def most_covered(covering: Covering, watch: Watch, best: Best) -> bool:
    """Find and prove the best plan, told to the watch as costs below 0; True: interrupted.

    What the watch knows is proven; `best` is kept up to date.
    """
    integral = are_whole(covering.weight)
    search = _Search(best, watch, integral)
    covering = covering.reduced()
    y = swapped(covering, greedy(covering))
    best.take(covering, y, watch)
    start = covering.weight / np.maximum(covering.reach @ y.astype(float), 1.0)
    if not len(covering.site):
        watch.note(bound=-covering.covered)
        return False
    left = [replace(covering, u=start, bound=_bound(covering, start)[0])]
    watch.note(bound=-_floor(left[0].bound, integral))
    steps = STEPS
    while left and not watch.proven and not watch.out_of_time:
        node = left.pop()
        if node.bound >= search.least:
            inside, interrupted = _explored(node, search, steps)
            if interrupted:
                return True
            left += inside
        steps = MORE_STEPS
        above = max((one.bound for one in left), default=-np.inf)
        bound = -_floor(max(above, best.weight), integral)
        if bound > watch.bound:
            watch.note(bound=bound)
    return False


def _explored(node: Covering, search: _Search, steps: int) -> tuple[list[Covering], bool]:
    """The parts of this problem that may have a better plan, the last one first to be looked at."""
    best, watch = search.best, search.watch
    watch.nodes += 1
    while True:
        if node.p == 0 or not len(node.site):
            best.take(node, np.zeros(len(node.site), dtype=bool), watch)
            return [], False
        if len(node.weight) <= FEW_ROWS:
            return _program(node, search)
        before = len(node.site)
        node, share = _multipliers(node, search, steps)
        if watch.out_of_time:
            return [node], False
        if node.bound < search.least:
            return [], False
        opened, closed = _decided(node, search.least)
        if len(node.site) - opened.sum() - closed.sum() > 0.9 * before:
            break
        node = node.without(opened, closed)
    doubt = np.zeros(before, dtype=bool)
    # Half open, and much covered by it: both answers lower the bound.
    worth = np.minimum(share, 1 - share) * (node.reach.T @ node.u)
    doubt[np.argmax(np.where(opened | closed, -1.0, worth))] = True
    return [
        node.without(opened, closed | doubt),
        node.without(opened | doubt, closed),
    ], False


def greedy(covering: Covering) -> Bools:
    """(J,) always the site that covers the most of what is not covered."""
    y = np.zeros(len(covering.site), dtype=bool)
    left = covering.weight.copy()
    columns = csr_array(covering.reach.T)
    for _ in range(min(covering.p, len(y))):
        gain = columns @ left
        gain[y] = -1.0
        y[best := int(gain.argmax())] = True
        left[columns.indices[columns.indptr[best] : columns.indptr[best + 1]]] = 0.0
    return y


def swapped(covering: Covering, y: Bools) -> Bools:
    """(J,) the best that swaps of one open site lead to."""
    reach, weight = covering.reach, covering.weight
    while y.any() and not y.all():
        count = reach @ y.astype(float)
        columns = csr_array(reach.T)
        once = np.where(count == 1, weight, 0.0)
        here, there = np.flatnonzero(y), np.flatnonzero(~y)
        gain = columns[there] @ np.where(count == 0, weight, 0.0)
        alone = columns[here] * once[None, :]
        change = gain - alone.sum(axis=1)[:, None] + (alone @ reach[:, there]).toarray()
        out, new = np.unravel_index(int(change.argmax()), change.shape)
        if change[out, new] <= ROUNDING * weight.sum():
            break
        y = y.copy()
        y[here[out]], y[there[new]] = False, True
    return y


def _bound(covering: Covering, u: Floats) -> tuple[float, Floats, Bools]:
    """L(u), d and the best y."""
    d = covering.reach.T @ u
    y = np.zeros(len(d), dtype=bool)
    p = min(covering.p, len(d))
    y[np.argpartition(-d, p - 1)[:p]] = True
    total = covering.covered + float((covering.weight - u).sum()) + float(d[y].sum())
    return total, d, y


def _multipliers(covering: Covering, search: _Search, steps: int) -> tuple[Covering, Floats]:
    """With multipliers of a smaller L(u), by the volume algorithm (Barahona and Anbil 2000).

    And (J,) the share of a site that is open: nearly a solution of the linear relaxation.
    """
    weight, reach, best = covering.weight, covering.reach, search.best
    u = np.minimum(covering.u, weight)
    bound, _, y = _bound(covering, u)
    mean, share = 1.0 - reach @ y.astype(float), y.astype(float)
    length, stale = 1.0, 0
    for step in range(steps):
        if length < 1e-3 or bound < search.least or search.watch.out_of_time:
            break
        norm = float((weight * mean**2)[(u < weight) | (mean < 0)].sum())
        if norm < ZERO_SUBGRADIENT:
            break
        aim = 1.0005 * bound - best.weight
        trial = np.clip(u + length * aim / norm * weight * mean, 0.0, weight)
        value, _, y = _bound(covering, trial)
        if value < bound:
            u, bound, stale = trial, value, 0
        else:
            stale += 1
            if stale == PATIENCE:
                length, stale = length * SHORTER, 0
        mean = NEWEST * (1.0 - reach @ y.astype(float)) + (1 - NEWEST) * mean
        share = NEWEST * y + (1 - NEWEST) * share
        if step % 20 == 0:
            best.take(covering, y, search.watch)
    if steps == STEPS:
        best.take(covering, swapped(covering, y), search.watch)
    return replace(covering, u=u, bound=min(bound, covering.bound)), share


def _decided(covering: Covering, least: float) -> tuple[Bools, Bools]:
    """Sites that are open, and that are closed, in each plan that covers `least` or more."""
    bound, d, y = _bound(covering, covering.u)
    if y.all():
        return y, ~y
    last, next_one = d[y].min(), d[~y].max()
    return y & (bound - d + next_one < least), ~y & (bound - last + d < least)


def _program(covering: Covering, search: _Search) -> tuple[list[Covering], bool]:
    """Solved as a program; what is left of it at a limit, and whether it was interrupted."""
    rows, sites = covering.reach.shape
    program = Program(
        cost=np.concatenate([np.zeros(sites), -covering.weight]),
        offset=-covering.covered,
        rows=csc_array(
            block_array(
                [[-covering.reach, eye_array(rows)], [np.ones((1, sites)), None]], format="csc"
            )
        ),
        row_lower=np.full(rows + 1, -np.inf),
        row_upper=np.concatenate([np.zeros(rows), [float(covering.p)]]),
        lower=np.zeros(sites + rows),
        upper=np.ones(sites + rows),
        integer=np.arange(sites + rows) < sites,
    )
    found = minimise(program, replace(search.watch.left, gap=0))
    search.watch.nodes += found.nodes
    if found.x is not None:
        search.best.take(covering, found.x[:sites] > 0.5, search.watch)
    if found.status is Status.OPTIMAL:
        return [], False
    return [replace(covering, bound=min(-found.bound, covering.bound))], found.interrupted


def _floor(bound: float, integral: bool) -> float:
    return -rounded_up(-bound) if integral else bound
