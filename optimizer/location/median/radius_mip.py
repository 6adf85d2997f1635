"""RESIDUAL: what bounds and fixing leave of a median problem, as a mixed-integer program.

Radius form (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010): with the distinct costs
D_1 < .. < D_K of a point and z_k = 1 where no site within D_k is open,

    minimise sum_j f_j y_j + sum_i (D_i1 + sum_k (D_ik+1 - D_ik) z_ik)
    z_ik >= z_ik-1 - sum of y_j over the sites that D_k adds,   z_i0 = 1

Its relaxation is as strong as that of the p-median, only y is integer, and points with the same
sites within a radius share one z (Garcia, Labbe and Marin 2011). Rows beside (`side`) see the
same y and z: what a farther pair adds to a row is added where its z is 1. Their excesses are
columns of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack, vstack

from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.location.median.lagrangian import Relaxed
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Outcome, Program


@dataclass(frozen=True, eq=False)
class Residual:
    """The program, and what its columns are: first a y for each of `sites`, then the z, which
    are 0 or 1 in the best plans too (`binary`), then the excesses.
    """

    program: Program
    sites: Ints
    binary: Bools


def residual(relaxed: Relaxed, seed: int = 0) -> Residual:
    """The radius form over the near pairs; every point has one, and is served by one of them."""
    near, fixed, count, required = relaxed.near, relaxed.fixed, relaxed.count, relaxed.required
    helping = relaxed.side.helped & ~relaxed.closed
    sites = np.flatnonzero(np.bincount(near.site, minlength=len(fixed)) + required + helping)
    column = np.full(len(fixed), -1)
    column[sites] = np.arange(len(sites))
    site = column[near.site]
    new_level = np.ones(len(near), dtype=bool)
    new_level[1:] = (near.cost[1:] > near.cost[:-1]) | (near.point[1:] != near.point[:-1])
    new_level[1:] |= _differ(relaxed.added)
    level = np.cumsum(new_level) - 1
    first_pair = np.flatnonzero(new_level)
    point = near.point[first_pair]
    cost = near.cost[first_pair]
    levels = len(first_pair)
    is_first = np.ones(levels, dtype=bool)
    is_first[1:] = point[1:] != point[:-1]
    is_last = np.roll(is_first, -1)

    # A level is the set of the sites within it. Two random numbers for each site, summed up over
    # the set, name it: 128 bits, so two sets do not get the same name by chance.
    random = np.random.default_rng(seed)
    name = random.integers(0, 2**64, size=(len(sites), 2), dtype=np.uint64)
    total = np.cumsum(name[site], axis=0)
    end = np.append(first_pair[1:], len(near)) - 1
    before = np.where(near.first[point] > 0, near.first[point] - 1, 0)
    within = total[end] - np.where((near.first[point] > 0)[:, None], total[before], 0)
    first_of, group = _different(within)
    step = np.zeros(levels)
    step[~is_last] = cost[1:][~is_last[:-1]] - cost[:-1][~is_last[:-1]]
    weight = np.bincount(group, step, minlength=len(first_of))
    # Behind the last level of some point there is nothing: one of its sites is open.
    must = np.zeros(len(first_of), dtype=bool)
    must[group[is_last]] = True
    constant = float(cost[is_first].sum())

    representative = first_of
    previous = np.where(is_first[representative], -1, group[representative - 1])
    n, m = len(sites), len(first_of)
    pair_group = group[level]
    counts = representative[pair_group] == level
    rows = np.concatenate([pair_group[counts], np.arange(m), np.flatnonzero(previous >= 0)])
    columns = np.concatenate([site[counts], n + np.arange(m), n + previous[previous >= 0]])
    values = np.concatenate(
        [np.ones(counts.sum()), np.ones(m), -np.ones(int((previous >= 0).sum()))]
    )
    lower = np.where(previous >= 0, 0.0, 1.0)
    if count is not None:
        rows = np.concatenate([rows, np.full(n, m)])
        columns = np.concatenate([columns, np.arange(n)])
        values = np.concatenate([values, np.ones(n)])
    size = m + (count is not None)
    upper = np.full(size, np.inf)
    if count is not None:
        lower, upper[m] = np.append(lower, -np.inf), count
    program = Program(
        cost=np.concatenate([fixed[sites], weight]),
        offset=constant,
        rows=csc_array((values, (rows, columns)), shape=(size, n + m)),
        row_lower=lower,
        row_upper=upper,
        lower=np.concatenate([required[sites].astype(float), np.zeros(m)]),
        upper=np.concatenate([np.ones(n), np.where(must, 0.0, 1.0)]),
        integer=np.arange(n + m) < n,
    )
    binary = np.ones(n + m, dtype=bool)
    if not len(relaxed.side):
        return Residual(program, sites, binary)
    at_level = csr_array(relaxed.added[first_pair])
    rising = np.flatnonzero(~is_last)
    grouped = csr_array((np.ones(len(rising)), (rising, group[rising])), shape=(levels, m))
    rise = csr_array(at_level[rising + 1] - at_level[rising])
    return _beside(
        Residual(program, sites, binary),
        relaxed,
        csr_array(rise.T @ grouped[rising]),
        np.asarray(at_level[np.flatnonzero(is_first)].sum(axis=0)).reshape(-1),
    )


def solved(
    relaxed: Relaxed, watch: Watch, cut: float, options: dict[str, bool | float | str]
) -> tuple[Outcome, Ints | None]:
    """The radius form of what is left, solved: what is proven, and the sites of its plan, if any.

    First its linear relaxation, whose multipliers decide what ours left open.
    """
    left = residual(relaxed)
    program, bound = left.program, -np.inf
    if np.isfinite(watch.objective):
        loose = np.zeros_like(program.integer)
        linear = minimise(replace(program, integer=loose), watch.left)
        if linear.duals is not None:
            bound = certified(program, linear.duals)[0]
            program = decided(program, linear.duals, cut, left.binary)
    found = minimise(program, watch.left, options=options)
    sites = None if found.x is None else left.sites[found.x[: len(left.sites)] > 0.5]
    return replace(found, bound=max(bound, found.bound)), sites


def _different(names: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """The first of all rows (N, 2) that are equal; and for each row its place among them."""
    order = np.lexsort(names.T)
    new = np.ones(len(names), dtype=bool)
    new[1:] = (names[order[1:]] != names[order[:-1]]).any(axis=1)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return order[new], place


def _differ(added: csr_array) -> Bools:
    """(N - 1,) whether a pair adds something else to a row than the pair before."""
    if not added.nnz:
        return np.zeros(max(added.shape[0] - 1, 0), dtype=bool)
    step = csr_array(added[1:] - added[:-1])
    step.eliminate_zeros()
    return np.asarray(np.diff(step.indptr) > 0)


def _beside(plain: Residual, relaxed: Relaxed, rise: csr_array, least: Floats) -> Residual:
    """With the rows beside. rise: (R, z) what each z adds to a row; least: (R,) what there is."""
    side, program = relaxed.side, plain.program
    more = len(side.most)
    rows = hstack([side.sites[:, plain.sites], rise, side.excess])
    wider = hstack([program.rows, csc_array((program.rows.shape[0], more))])
    return Residual(
        Program(
            cost=np.append(program.cost, np.zeros(more)),
            offset=program.offset,
            rows=csc_array(vstack([wider, rows])),
            row_lower=np.append(program.row_lower, np.full(len(side), -np.inf)),
            row_upper=np.append(program.row_upper, side.limit - least),
            lower=np.append(program.lower, np.zeros(more)),
            upper=np.append(program.upper, side.most),
            integer=np.append(program.integer, np.zeros(more, dtype=bool)),
        ),
        plain.sites,
        np.append(plain.binary, np.zeros(more, dtype=bool)),
    )
