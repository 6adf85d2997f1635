"""NEAR: for each point the sites that may serve it, the cheapest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

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

    def only(self, keep: Bools) -> Near:
        """The pairs where `keep`, (N,), is true."""
        counts = np.bincount(self.point[keep], minlength=self.points)
        return Near(np.concatenate([[0], np.cumsum(counts)]), self.site[keep], self.cost[keep])


def near_of(points: int, point: Ints, site: Ints, cost: Floats) -> Near:
    """The same pairs in compressed rows."""
    order = np.lexsort((site, cost, point))
    counts = np.bincount(point, minlength=points)
    return Near(np.concatenate([[0], np.cumsum(counts)]), site[order], cost[order])
