"""NEAR PAIRS: a sparse cost matrix, of each point its nearest sites by ascending cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class NearPairs:
    """N pairs in compressed rows: first: (I + 1,); site, cost: (N,), by cost within each row."""

    first: Ints
    site: Ints
    cost: Floats

    def __len__(self) -> int:
        return len(self.site)

    @property
    def points(self) -> int:
        """Number of points, I."""
        return len(self.first) - 1

    @cached_property
    def point(self) -> Ints:
        """(N,) the point of each pair."""
        return np.repeat(np.arange(self.points), np.diff(self.first))

    @cached_property
    def _by_site(self) -> csr_array:
        sites = int(self.site.max(initial=-1)) + 1
        rows = (self.cost, self.site, self.first)
        return csr_array(csr_array(rows, shape=(self.points, sites)).T.tocsr())

    def points_near(self, site: int) -> tuple[Ints, Floats]:
        """The column of a site: the points that it is near to, and their costs."""
        if site >= self._by_site.shape[0]:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        column = slice(*self._by_site.indptr[site : site + 2])
        return self._by_site.indices[column], self._by_site.data[column]

    def nearest_open(self, is_open: Bools, k: int) -> tuple[Ints, Floats]:
        """(I, k) the k nearest open sites of each point, and costs; -1 and inf: none is near."""
        pairs = np.flatnonzero(is_open[self.site])
        start = np.searchsorted(pairs, self.first)
        site = np.full((self.points, k), -1)
        cost = np.full((self.points, k), np.inf)
        for rank in range(k):
            has_rank = np.flatnonzero(start[:-1] + rank < start[1:])
            pair = pairs[start[has_rank] + rank]
            site[has_rank, rank], cost[has_rank, rank] = self.site[pair], self.cost[pair]
        return site, cost

    def only(self, keep: Bools) -> NearPairs:
        """The pairs where `keep`, (N,), is true."""
        counts = np.bincount(self.point[keep], minlength=self.points)
        return NearPairs(np.concatenate([[0], np.cumsum(counts)]), self.site[keep], self.cost[keep])


def near_pairs_of(points: int, point: Ints, site: Ints, cost: Floats) -> NearPairs:
    """Pairs in any order, in compressed rows."""
    order = np.lexsort((site, cost, point))
    counts = np.bincount(point, minlength=points)
    return NearPairs(np.concatenate([[0], np.cumsum(counts)]), site[order], cost[order])
