"""RADIUS FORM of a median, as a mixed-integer program for what bounds and fixing leave.

With the distinct costs D_i1 < .. < D_iK of point i and z_ik = 1 where no site within D_ik is open
(Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010),

    minimise sum_j f_j y_j + sum_i (D_i1 + sum_k (D_ik+1 - D_ik) z_ik)
    z_ik >= z_ik-1 - sum of y_j over the sites at cost D_ik,   z_i0 = 1

Its linear relaxation is as strong as that of the p-median with x_ij <= y_j, only y is integer, and
points with the same sites within a radius share one z (Garcia, Labbe and Marin 2011). Side
constraints are rows in the same y and z: a pair adds its step of the coefficients where its z is 1.
Their excesses are columns of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack, vstack

from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.location.median.lagrangian import Relaxation
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Outcome, Program


@dataclass(frozen=True, eq=False)
class RadiusForm:
    """The program and its columns: a y for each of `sites`, then the z, then the excesses.

    binary: (columns,) y and z, which are 0 or 1 in an optimal solution, whether integer or not.
    """

    program: Program
    sites: Ints
    binary: Bools


def radius_form(relaxed: Relaxation, seed: int = 0) -> RadiusForm:
    """The radius form over the near pairs: each point has one at least, and is served by one."""
    near, fixed, count, required = relaxed.near, relaxed.fixed, relaxed.count, relaxed.required
    helps = relaxed.side.opening_helps & ~relaxed.closed
    sites = np.flatnonzero(np.bincount(near.site, minlength=len(fixed)) + required + helps)
    column = np.full(len(fixed), -1)
    column[sites] = np.arange(len(sites))
    site = column[near.site]
    is_level = np.ones(len(near), dtype=bool)
    is_level[1:] = (near.cost[1:] > near.cost[:-1]) | (near.point[1:] != near.point[:-1])
    is_level[1:] |= _changes(relaxed.coefficients)
    level = np.cumsum(is_level) - 1
    first_pair = np.flatnonzero(is_level)
    point = near.point[first_pair]
    cost = near.cost[first_pair]
    levels = len(first_pair)
    is_first = np.ones(levels, dtype=bool)
    is_first[1:] = point[1:] != point[:-1]
    is_last = np.roll(is_first, -1)

    # A level stands for the set of sites within its cost. Sets are compared by a hash: the sum of
    # two random numbers of each site, 128 bits, so that different sets have different hashes.
    random = np.random.default_rng(seed)
    site_hash = random.integers(0, 2**64, size=(len(sites), 2), dtype=np.uint64)
    hash_sum = np.cumsum(site_hash[site], axis=0)
    last_pair = np.append(first_pair[1:], len(near)) - 1
    pair_before = np.where(near.first[point] > 0, near.first[point] - 1, 0)
    level_hash = hash_sum[last_pair] - np.where(
        (near.first[point] > 0)[:, None], hash_sum[pair_before], 0
    )
    first_of, group = _distinct_rows(level_hash)
    step = np.zeros(levels)
    step[~is_last] = cost[1:][~is_last[:-1]] - cost[:-1][~is_last[:-1]]
    weight = np.bincount(group, step, minlength=len(first_of))
    # A point is served by one of its pairs: z is 0 at its last level.
    ends_a_point = np.zeros(len(first_of), dtype=bool)
    ends_a_point[group[is_last]] = True
    constant = float(cost[is_first].sum())

    representative = first_of
    previous = np.where(is_first[representative], -1, group[representative - 1])
    n, m = len(sites), len(first_of)
    pair_group = group[level]
    is_entry = representative[pair_group] == level
    rows = np.concatenate([pair_group[is_entry], np.arange(m), np.flatnonzero(previous >= 0)])
    columns = np.concatenate([site[is_entry], n + np.arange(m), n + previous[previous >= 0]])
    values = np.concatenate(
        [np.ones(is_entry.sum()), np.ones(m), -np.ones(int((previous >= 0).sum()))]
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
        upper=np.concatenate([np.ones(n), np.where(ends_a_point, 0.0, 1.0)]),
        integer=np.arange(n + m) < n,
    )
    binary = np.ones(n + m, dtype=bool)
    if not len(relaxed.side):
        return RadiusForm(program, sites, binary)
    level_coefficients = csr_array(relaxed.coefficients[first_pair])
    has_next = np.flatnonzero(~is_last)
    grouped = csr_array((np.ones(len(has_next)), (has_next, group[has_next])), shape=(levels, m))
    row_step = csr_array(level_coefficients[has_next + 1] - level_coefficients[has_next])
    return _with_side_constraints(
        RadiusForm(program, sites, binary),
        relaxed,
        csr_array(row_step.T @ grouped[has_next]),
        np.asarray(level_coefficients[np.flatnonzero(is_first)].sum(axis=0)).reshape(-1),
    )


def solve_radius_form(
    relaxed: Relaxation, watch: Watch, cutoff: float, options: dict[str, bool | float | str]
) -> tuple[Outcome, Ints | None]:
    """Solve the radius form: the outcome, and the sites of its plan, if any.

    Its linear relaxation comes first: columns are fixed by the reduced costs of its duals.
    """
    form = radius_form(relaxed)
    program, bound = form.program, -np.inf
    if np.isfinite(watch.objective):
        continuous = np.zeros_like(program.integer)
        linear = minimise(replace(program, integer=continuous), watch.remaining)
        if linear.duals is not None:
            bound = certified(program, linear.duals)[0]
            program = decided(program, linear.duals, cutoff, form.binary)
    outcome = minimise(program, watch.remaining, options=options)
    sites = None if outcome.x is None else form.sites[outcome.x[: len(form.sites)] > 0.5]
    return replace(outcome, bound=max(bound, outcome.bound)), sites


def _distinct_rows(hashes: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """The first row of each set of equal rows of (N, 2); and (N,) the set of each row."""
    order = np.lexsort(hashes.T)
    is_new = np.ones(len(hashes), dtype=bool)
    is_new[1:] = (hashes[order[1:]] != hashes[order[:-1]]).any(axis=1)
    group = np.empty(len(hashes), dtype=np.int64)
    group[order] = np.cumsum(is_new) - 1
    return order[is_new], group


def _changes(coefficients: csr_array) -> Bools:
    """(N - 1,) whether the coefficients of a pair differ from those of the pair before."""
    if not coefficients.nnz:
        return np.zeros(max(coefficients.shape[0] - 1, 0), dtype=bool)
    step = csr_array(coefficients[1:] - coefficients[:-1])
    step.eliminate_zeros()
    return np.asarray(np.diff(step.indptr) > 0)


def _with_side_constraints(
    form: RadiusForm, relaxed: Relaxation, row_step: csr_array, constant: Floats
) -> RadiusForm:
    """The form with side constraints.

    row_step: (R, z) what each z adds to a row; constant: (R,) the first levels of all points.
    """
    side, program = relaxed.side, form.program
    excesses = len(side.excess_bound)
    rows = hstack([side.sites[:, form.sites], row_step, side.excess])
    padded = hstack([program.rows, csc_array((program.rows.shape[0], excesses))])
    return RadiusForm(
        Program(
            cost=np.append(program.cost, np.zeros(excesses)),
            offset=program.offset,
            rows=csc_array(vstack([padded, rows])),
            row_lower=np.append(program.row_lower, np.full(len(side), -np.inf)),
            row_upper=np.append(program.row_upper, side.limit - constant),
            lower=np.append(program.lower, np.zeros(excesses)),
            upper=np.append(program.upper, side.excess_bound),
            integer=np.append(program.integer, np.zeros(excesses, dtype=bool)),
        ),
        form.sites,
        np.append(form.binary, np.zeros(excesses, dtype=bool)),
    )
