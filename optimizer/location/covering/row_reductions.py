"""MERGING: smaller covering problems with the same answer.

A reach is a sparse matrix of ones, (points, sites): the site covers the point. Its columns in each
row are ascending. What is equal is found by random numbers and then compared, so it is exact.
Rules for rows and columns: Garfinkel and Nemhauser, Integer Programming, 1972, chapter 8.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.costs import Costs
from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Floats, Ints

#: Points whose reach is found at a time: bounds the memory.
PART = 50_000

#: Rows that are compared with each other at first.
FIRST_PART = 500


def reach_of(costs: Costs, radius: Floats) -> csr_array:
    """(I, J) ones where a site costs at most the radius, (I,), of the point."""
    return ones(costs.within(radius), costs.shape[1])


def ones(near: NearPairs, sites: int) -> csr_array:
    """(I, J) ones where there is a pair."""
    return _ones(near.first, near.site, (near.points, sites))


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
    return _kept(reach, None, wider=True)


def maximal_rows(reach: csr_array, price: Floats | None = None) -> Ints:
    """Rows that are contained in no other row that is as cheap, of equal ones the first.

    For sites: a row holds the points of a site. Empty rows are left out.
    """
    kept = _kept(reach, price, wider=False)
    held: Ints = kept[np.diff(reach.indptr)[kept] > 0]
    return held


def _kept(reach: csr_array, price: Floats | None, wider: bool) -> Ints:
    """Rows that contain no other (wider), or that are contained in no other one; ascending.

    By size, part by part, each compared with those kept of the parts before: what beats a row is
    itself kept, or beaten by one that is.
    """
    count = np.diff(reach.indptr)
    price = np.zeros(len(count)) if price is None else price
    order = np.lexsort((price, count if wider else -count))
    kept = order[:0]
    start = 0
    while start < len(order):
        part = order[start : start + max(FIRST_PART, len(kept))]
        start += len(part)
        rivals = np.concatenate([kept, part])
        shared = (reach[part] @ csr_array(reach[rivals].T)).tocoo()
        one, other = shared.coords
        inside = shared.data == (count[rivals[other]] if wider else count[part[one]])
        # Of a part those that stand behind: smaller ones, or equal ones that are no cheaper.
        inside &= (other < len(kept) + one) & (price[rivals[other]] <= price[part[one]])
        beaten = np.zeros(len(part), dtype=bool)
        beaten[one[inside]] = True
        kept = np.concatenate([kept, part[~beaten]])
    return np.sort(kept)


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
