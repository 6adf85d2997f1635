"""NEAR: for each point the sites that may serve it, the cheapest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs in compressed rows. first: (I + 1,); site, cost: (N,), by cost within each row."""

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
        at = (self.cost, self.site, self.first)
        return csr_array(csr_array(at, shape=(self.points, sites)).T.tocsr())

    def around(self, site: int) -> tuple[Ints, Floats]:
        """The points that a site is near to, and what it costs to serve them there."""
        if site >= self._by_site.shape[0]:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        at = slice(*self._by_site.indptr[site : site + 2])
        return self._by_site.indices[at], self._by_site.data[at]

    def best(self, is_open: Bools, k: int) -> tuple[Ints, Floats]:
        """(I, k) the cheapest open sites of each point, and costs; -1 and inf: none is near."""
        at = np.flatnonzero(is_open[self.site])
        start = np.searchsorted(at, self.first)
        site = np.full((self.points, k), -1)
        cost = np.full((self.points, k), np.inf)
        for rank in range(k):
            there = np.flatnonzero(start[:-1] + rank < start[1:])
            pair = at[start[there] + rank]
            site[there, rank], cost[there, rank] = self.site[pair], self.cost[pair]
        return site, cost

    def only(self, keep: Bools) -> Near:
        """The pairs where `keep`, (N,), is true."""
        counts = np.bincount(self.point[keep], minlength=self.points)
        return Near(np.concatenate([[0], np.cumsum(counts)]), self.site[keep], self.cost[keep])


def near_of(points: int, point: Ints, site: Ints, cost: Floats) -> Near:
    """The same pairs in compressed rows."""
    order = np.lexsort((site, cost, point))
    counts = np.bincount(point, minlength=points)
    return Near(np.concatenate([[0], np.cumsum(counts)]), site[order], cost[order])
