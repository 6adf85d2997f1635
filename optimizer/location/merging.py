"""MERGING: smaller covering problems with the same answer.

A reach is a sparse matrix of ones, (points, sites): the site covers the point. Its columns in each
row are ascending. What is equal is found by random numbers and then compared, so it is exact.
Rules for rows and columns: Garfinkel and Nemhauser, Integer Programming, 1972, chapter 8.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.costs import Costs
from optimizer.problem import Bools, Floats, Ints

#: Points whose reach is found at a time: bounds the memory.
PART = 50_000

#: Sites that two rows may share, summed over pairs of rows, before looking for supersets.
OVERLAPS = 300_000_000

#: The same, for the rows that are compared at a time.
OVERLAPS_AT_ONCE = 20_000_000


def reach_of(costs: Costs, radius: Floats) -> csr_array:
    """(I, J) ones where a site costs at most the radius, (I,), of the point."""
    near = costs.within(radius)
    return _ones(near.first, near.site, costs.shape)


def merged_reach(costs: Costs, radius: Floats) -> tuple[csr_array, Ints]:
    """The different rows of the reach, (K, J), and the row of each point, (I,)."""
    rows: list[csr_array] = []
    of: list[Ints] = []
    for start in range(0, costs.shape[0], PART):
        part = np.arange(start, min(start + PART, costs.shape[0]))
        reach = reach_of(costs.of(part), radius[part])
        first, row = same_rows(reach)
        of.append(row + sum(one.shape[0] for one in rows))
        rows.append(reach[first])
    reach = stacked(rows)
    first, row = same_rows(reach)
    return reach[first], row[np.concatenate(of)]


def stacked(rows: list[csr_array]) -> csr_array:
    """One below the other."""
    first = np.concatenate([[0], *(np.diff(one.indptr) for one in rows)])
    site = np.concatenate([one.indices for one in rows])
    return _ones(np.cumsum(first), site, (len(first) - 1, rows[0].shape[1]))


def same_rows(reach: csr_array) -> tuple[Ints, Ints]:
    """The first of all rows that are equal, ascending; and for each row its place among them."""
    drawn = np.random.default_rng(0).integers(0, 1 << 64, reach.shape[1], dtype=np.uint64)
    total = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(drawn[reach.indices])])
    count = np.diff(reach.indptr)
    key = total[reach.indptr[1:]] - total[reach.indptr[:-1]]
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    if not _equal(reach, np.arange(len(count)), first[row]):
        # As good as impossible: then by their content.
        whole = [reach.indices[a:b].tobytes() for a, b in pairwise(reach.indptr)]
        _, first, row = np.unique(np.array(whole, dtype=object), True, True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[row]


def minimal_rows(reach: csr_array) -> Ints:
    """Rows that contain no other row, of equal ones the first: the others are covered with them."""
    return np.flatnonzero(~_beaten(reach, None, wider=True))


def maximal_rows(reach: csr_array, price: Floats | None = None) -> Ints:
    """Rows that are contained in no other row that is as cheap, of equal ones the first.

    For sites: a row holds the points of a site. Empty rows are left out.
    """
    return np.flatnonzero(~_beaten(reach, price, wider=False) & (np.diff(reach.indptr) > 0))


def _beaten(reach: csr_array, price: Floats | None, wider: bool) -> Bools:
    """Rows that contain another (wider) or are contained in another one."""
    count = np.diff(reach.indptr)
    beaten = np.zeros(len(count), dtype=bool)
    columns = csr_array(reach.T)
    work = np.cumsum(reach @ np.diff(columns.indptr))
    if len(count) == 0 or work[-1] > OVERLAPS:
        return beaten
    cuts = np.searchsorted(work, np.arange(OVERLAPS_AT_ONCE, work[-1], OVERLAPS_AT_ONCE))
    for part in np.split(np.arange(len(count)), np.unique(cuts)):
        shared = (reach[part] @ columns).tocoo()
        one, other = part[shared.coords[0]], shared.coords[1]
        inside = shared.data == (count[other] if wider else count[one])
        inside &= one != other
        one, other = one[inside], other[inside]
        equal = count[one] == count[other]
        if price is None:
            better = ~equal | (other < one)
        else:
            same = equal & (price[other] == price[one])
            better = (price[other] <= price[one]) & (~same | (other < one))
        beaten[one[better]] = True
    return beaten


def _equal(reach: csr_array, one: Ints, other: Ints) -> bool:
    """Whether each row `one` has the same columns as the row `other`."""
    count = np.diff(reach.indptr)
    if (count[one] != count[other]).any():
        return False
    start = np.repeat(reach.indptr[other] - reach.indptr[one], count[one])
    at = np.arange(len(reach.indices))
    return bool((reach.indices == reach.indices[at + start]).all())


def _ones(first: Ints, site: Ints, shape: tuple[int, int]) -> csr_array:
    reach = csr_array((np.ones(len(site)), site, first), shape=shape)
    reach.sort_indices()
    return reach
