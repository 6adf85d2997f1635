"""RESIDUAL: what bounds and fixing leave of a median problem, as a mixed-integer program.

Radius form (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010): with the distinct costs
D_1 < .. < D_K of a point and z_k = 1 where no site within D_k is open,

    minimise sum_j f_j y_j + sum_i (D_i1 + sum_k (D_ik+1 - D_ik) z_ik)
    z_ik >= z_ik-1 - sum of y_j over the sites that D_k adds,   z_i0 = 1

Its relaxation is as strong as that of the p-median, only y is integer, and points with the same
sites within a radius share one z (Garcia, Labbe and Marin 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from optimizer.location.near import Near
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver import Program


@dataclass(frozen=True, eq=False)
class Residual:
    """The program, and what its columns are: first a y for each of `sites`, then the z."""

    program: Program
    sites: Ints


def residual(
    near: Near, fixed: Floats, count: int | None, required: Bools, seed: int = 0
) -> Residual:
    """The radius form over these pairs; every point has one, and is served by one of them.

    count: sites that are open at most.
    """
    sites = np.flatnonzero(np.bincount(near.site, minlength=len(fixed)) + required)
    column = np.full(len(fixed), -1)
    column[sites] = np.arange(len(sites))
    site = column[near.site]
    new_level = np.ones(len(near), dtype=bool)
    new_level[1:] = (near.cost[1:] > near.cost[:-1]) | (near.point[1:] != near.point[:-1])
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
    name = random.integers(0, 2**63, size=(len(sites), 2), dtype=np.uint64)
    total = np.cumsum(name[site], axis=0)
    end = np.append(first_pair[1:], len(near)) - 1
    before = np.where(near.first[point] > 0, near.first[point] - 1, 0)
    within = total[end] - np.where((near.first[point] > 0)[:, None], total[before], 0)
    _, first_of, group = np.unique(
        within[:, 0] ^ (within[:, 1] << np.uint64(1)), return_index=True, return_inverse=True
    )
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
    return Residual(
        Program(
            cost=np.concatenate([fixed[sites], weight]),
            offset=constant,
            rows=csc_array((values, (rows, columns)), shape=(size, n + m)),
            row_lower=lower,
            row_upper=upper,
            lower=np.concatenate([required[sites].astype(float), np.zeros(m)]),
            upper=np.concatenate([np.ones(n), np.where(must, 0.0, 1.0)]),
            integer=np.arange(n + m) < n,
        ),
        sites,
    )
