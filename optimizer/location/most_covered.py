"""MOST COVERED: p sites that cover the most weight, of a reach whose equal rows are merged.

    max w z   z_k <= sum of y_j over the sites that reach k,  sum y <= p,  z <= 1, y binary

With multipliers 0 <= u_k <= w_k on the rows the best y are the p sites of the largest sums:

    L(u) = sum_k (w_k - u_k) + the p largest of d_j = sum of u_k over what j reaches

is no less than any plan's weight, whatever u (Galvao and ReVelle 1996): it is proven by computing
it. Sites whose change of sides would bring L(u) under the best plan are decided; with fewer
sites more rows are equal; what is left is a small program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array, eye_array

from optimizer.location.merging import maximal_rows, same_rows
from optimizer.location.opened import Watch
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Status
from optimizer.solver import Program, minimise

#: Steps of the multipliers in one round, and steps without gain before the step is halved.
STEPS, PATIENCE = 400, 12

#: Rounding of sums, relative.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Covering:
    """What is still open: reach (K, J), weight (K,) above 0, site (J,) in the whole problem.

    p: sites that may still be opened; opened: sites that are, and covered: by them.
    """

    reach: csr_array
    weight: Floats
    site: Ints
    p: int
    opened: Ints
    covered: float

    def reduced(self) -> Covering:
        """With equal rows merged, and without rows and sites that can add nothing."""
        kept = np.flatnonzero(np.diff(self.reach.indptr) > 0)
        reach, weight = self.reach[kept], self.weight[kept]
        site = maximal_rows(csr_array(reach.T))
        reach = csr_array(reach[:, site])
        reach.sort_indices()
        first, row = same_rows(reach)
        weight = np.bincount(row, weight, minlength=len(first)).astype(float)
        return replace(self, reach=reach[first], weight=weight, site=self.site[site])

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
        ).reduced()


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


def most_covered(covering: Covering, watch: Watch, best: Best) -> bool:
    """Find and prove the best plan, told to the watch as costs below 0; True: interrupted.

    What the watch knows is proven; `best` is kept up to date.
    """
    integral = bool((covering.weight == np.round(covering.weight)).all())
    covering = covering.reduced()
    best.take(covering, swapped(covering, greedy(covering)), watch)
    u = None
    while covering.p > 0 and len(covering.site) and not watch.proven and not watch.out_of_time:
        before = len(covering.site)
        u, bound = _multipliers(covering, watch, best, integral)
        watch.note(bound=-bound)
        if watch.proven:
            return False
        covering = _decided(covering, u, best.weight, integral)
        if len(covering.site) > 0.8 * before:
            break
    if covering.p == 0 or not len(covering.site):
        best.take(covering, np.zeros(len(covering.site), dtype=bool), watch)
        watch.note(bound=-best.weight)
    if watch.proven or watch.out_of_time:
        return False
    return _program(covering, watch, best, integral)


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


def _multipliers(
    covering: Covering, watch: Watch, best: Best, integral: bool
) -> tuple[Floats, float]:
    """Multipliers of a small L(u), by the volume algorithm (Barahona and Anbil 2000), and L(u)."""
    weight, reach = covering.weight, covering.reach
    count = reach @ greedy(covering).astype(float)
    u = weight / np.maximum(count, 1.0)
    bound, _, y = _bound(covering, u)
    mean = 1.0 - reach @ y.astype(float)
    length, stale = 1.0, 0
    for step in range(STEPS):
        if length < 1e-3 or watch.out_of_time or bound < best.weight + integral - 1e-6:
            break
        norm = float((mean[(u < weight) | (mean < 0)] ** 2).sum())
        if norm < 1e-12:
            break
        trial = np.clip(u + length * (bound - best.weight) / norm * mean, 0.0, weight)
        value, _, y = _bound(covering, trial)
        if value < bound:
            u, bound, stale = trial, value, 0
        else:
            stale += 1
            if stale == PATIENCE:
                length, stale = length / 2, 0
        mean = 0.1 * (1.0 - reach @ y.astype(float)) + 0.9 * mean
        if step % 20 == 0:
            best.take(covering, y, watch)
    best.take(covering, swapped(covering, y), watch)
    return u, _floor(bound, integral)


def _decided(covering: Covering, u: Floats, best: float, integral: bool) -> Covering:
    """Without the sites that are the same in each plan better than the best one."""
    bound, d, y = _bound(covering, u)
    least = best + 1 - 1e-6 if integral else best * (1 - ROUNDING)
    if y.all():
        return covering
    last, next_one = d[y].min(), d[~y].max()
    closed = ~y & (bound - last + d < least)
    opened = y & (bound - d + next_one < least)
    return covering.without(opened, closed)


def _program(covering: Covering, watch: Watch, best: Best, integral: bool) -> bool:
    """The rest as a program; True: interrupted."""
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
    found = minimise(program, watch.left)
    if found.x is not None:
        best.take(covering, found.x[:sites] > 0.5, watch)
    bound = found.bound if found.status is not Status.INFEASIBLE else np.inf
    watch.note(bound=-_floor(-bound, integral), nodes=found.nodes)
    return found.interrupted


def _floor(bound: float, integral: bool) -> float:
    return float(np.floor(bound + 1e-6)) if integral and np.isfinite(bound) else bound
