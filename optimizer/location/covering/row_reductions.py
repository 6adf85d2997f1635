"""ROW REDUCTIONS of covering problems: equal and dominated rows and columns, exactly.

A coverage is a sparse matrix a_ij of ones, (points, sites): site j covers point i. The columns of
each row ascend. Equal rows are found by hashes and then compared. Dominance of rows and columns:
Garfinkel and Nemhauser, Integer Programming, 1972, chapter 8.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.base.costs import Costs
from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Floats, Ints

#: Points whose coverage is computed at a time: bounds the memory.
POINTS_PER_QUERY = 50_000

#: Rows of the first block of comparisons; later ones are as large as the rows that are kept.
FIRST_BLOCK = 500


def coverage_of(costs: Costs, radius: Floats) -> csr_array:
    """(I, J) a_ij = 1 where c_ij <= radius_i; radius: (I,)."""
    return coverage_of_pairs(costs.within(radius), costs.shape[1])


def coverage_of_pairs(near: NearPairs, sites: int) -> csr_array:
    """(I, J) a_ij = 1 where there is a pair."""
    return _incidence(near.first, near.site, (near.points, sites))


def distinct_coverage(costs: Costs, radius: Floats) -> tuple[csr_array, Ints]:
    """The distinct rows of the coverage, (K, J), and the row of each point, (I,)."""
    rows: list[csr_array] = []
    row_of_point: list[Ints] = []
    for start in range(0, costs.shape[0], POINTS_PER_QUERY):
        points = np.arange(start, min(start + POINTS_PER_QUERY, costs.shape[0]))
        coverage = coverage_of(costs.of(points), radius[points])
        first, row = distinct_rows(coverage)
        row_of_point.append(row + sum(block.shape[0] for block in rows))
        rows.append(coverage[first])
    coverage = stacked(rows)
    first, row = distinct_rows(coverage)
    return coverage[first], row[np.concatenate(row_of_point)]


def stacked(rows: list[csr_array]) -> csr_array:
    """The matrices one below the other."""
    first = np.concatenate([[0], *(np.diff(block.indptr) for block in rows)])
    site = np.concatenate([block.indices for block in rows])
    return _incidence(np.cumsum(first), site, (len(first) - 1, rows[0].shape[1]))


def distinct_rows(coverage: csr_array) -> tuple[Ints, Ints]:
    """The first row of each set of equal rows, ascending; and the set of each row."""
    site_hash = np.random.default_rng(0).integers(0, 1 << 64, coverage.shape[1], dtype=np.uint64)
    hash_sum = np.concatenate(
        [np.zeros(1, dtype=np.uint64), np.cumsum(site_hash[coverage.indices])]
    )
    count = np.diff(coverage.indptr)
    row_hash = hash_sum[coverage.indptr[1:]] - hash_sum[coverage.indptr[:-1]]
    _, first, row = np.unique(row_hash, return_index=True, return_inverse=True)
    if not _are_equal(coverage, np.arange(len(count)), first[row]):
        # Different rows with one hash, which hardly happens: compare the rows themselves.
        contents = [coverage.indices[a:b].tobytes() for a, b in pairwise(coverage.indptr)]
        _, first, row = np.unique(np.array(contents, dtype=object), True, True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[row]


def minimal_rows(coverage: csr_array) -> Ints:
    """Rows that contain no other row, of equal ones the first: any cover of them covers all."""
    return _undominated(coverage, None, minimal=True)


def maximal_rows(coverage: csr_array, price: Floats | None = None) -> Ints:
    """Rows that are contained in no other row of at most their price, of equal ones the first.

    For sites: a row holds the points of a site. Empty rows are left out.
    """
    rows = _undominated(coverage, price, minimal=False)
    nonempty: Ints = rows[np.diff(coverage.indptr)[rows] > 0]
    return nonempty


def _undominated(coverage: csr_array, price: Floats | None, minimal: bool) -> Ints:
    """Rows that contain no other (minimal), or that are contained in no other; ascending.

    Block by block in the order of their size, each compared with the rows kept of earlier blocks: a
    row that dominates another is kept itself, or dominated by one that is.
    """
    count = np.diff(coverage.indptr)
    price = np.zeros(len(count)) if price is None else price
    order = np.lexsort((price, count if minimal else -count))
    kept = order[:0]
    start = 0
    while start < len(order):
        block = order[start : start + max(FIRST_BLOCK, len(kept))]
        start += len(block)
        candidates = np.concatenate([kept, block])
        shared = (coverage[block] @ csr_array(coverage[candidates].T)).tocoo()
        row, candidate = shared.coords
        contained = shared.data == (count[candidates[candidate]] if minimal else count[block[row]])
        # Within a block the earlier row dominates: it is no smaller, and no dearer if equal.
        contained &= candidate < len(kept) + row
        contained &= price[candidates[candidate]] <= price[block[row]]
        is_dominated = np.zeros(len(block), dtype=bool)
        is_dominated[row[contained]] = True
        kept = np.concatenate([kept, block[~is_dominated]])
    return np.sort(kept)


def _are_equal(coverage: csr_array, rows: Ints, others: Ints) -> bool:
    """Whether each of these rows has the same columns as the one of `others`."""
    count = np.diff(coverage.indptr)
    if (count[rows] != count[others]).any():
        return False
    start = np.repeat(coverage.indptr[others] - coverage.indptr[rows], count[rows])
    entry = np.arange(len(coverage.indices))
    return bool((coverage.indices == coverage.indices[entry + start]).all())


def _incidence(first: Ints, site: Ints, shape: tuple[int, int]) -> csr_array:
    coverage = csr_array((np.ones(len(site)), site, first), shape=shape)
    coverage.sort_indices()
    return coverage
