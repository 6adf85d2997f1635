"""ALLOCATING: for many sets of hubs at once, a bound on what allocating r of them costs.

Each place i takes one of the ways a in which r hubs can be had of p, and each pair of places pays

    e_ij(a, b) = w_ij (what a unit costs from i over a and b to j) + w_ji (the way back)

For any prices u, with u_ij(a) what the pair i, j asks for way a of i,

    sum_ij min_ab [e_ij(a, b) + u_ij(a) + u_ji(b)] + sum_i min_a [e_ii(a, a) - sum_j u_ij(a)]

is no more than any allocation costs. Prices go up place by place: what its ways cost all pairs
at least is divided evenly among them (max-sum diffusion; Werner 2007, Globerson, Jaakkola 2007).
With u = 0 the bound is what multiple allocation costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.problem import Bools, Floats, Ints


def ways_of(p: int, r: int) -> Ints:
    """(A, r) all ways to take r of p hubs."""
    return np.array(list(combinations(range(p), r)))


@dataclass(frozen=True, eq=False)
class Allocating:
    """Sets of hubs (S, p) and the ways (A, r) to be joined to them.

    pairs: e, (S, N, N, A, A), 0 within a place. alone: (S, N, A), e_ii, more than `far` where a
    hub would not be joined to itself. prices: u, (S, N, N, A).
    """

    sets: Ints
    ways: Ints
    pairs: Floats
    alone: Floats
    prices: Floats

    @staticmethod
    def of(traffic: Traffic, sets: Ints, ways: Ints, far: float) -> Allocating:
        """All prices 0."""
        n, costs = len(traffic), traffic.costs
        first = traffic.collection * costs.T[sets].swapaxes(1, 2)  # set, i, k
        between = traffic.transfer * costs[sets[:, :, None], sets[:, None, :]]  # set, k, m
        last = traffic.distribution * costs[sets].swapaxes(1, 2)  # set, j, m
        units = (
            first[:, :, None, :, None] + between[:, None, None] + last[:, None, :, None, :]
        )  # set, i, j, k, m
        units = units[:, :, :, ways].min(axis=4)
        units = units[..., ways].min(axis=5)
        pairs = traffic.flows[:, :, None, None] * units
        pairs = pairs + pairs.transpose(0, 2, 1, 4, 3)
        place = np.arange(n)
        alone = np.diagonal(pairs[:, place, place], axis1=2, axis2=3) / 2
        pairs[:, place, place] = 0.0
        own = place[None, :, None, None] == sets[:, None, ways]  # set, i, way, hub
        hub = (place[None, :, None] == sets[:, None, :]).any(axis=2)
        alone = alone + far * (hub[:, :, None] & ~own.any(axis=3))
        return Allocating(sets, ways, pairs, alone, np.zeros(pairs.shape[:4]))

    def only(self, kept: Bools) -> Allocating:
        """Some of the sets."""
        return Allocating(
            self.sets[kept], self.ways, self.pairs[kept], self.alone[kept], self.prices[kept]
        )

    def raise_prices(self) -> None:
        """Once for each place; no bound falls."""
        n = self.pairs.shape[1]
        for i in range(n):
            others = np.arange(n) != i
            least = (self.pairs[:, i] + self.prices[:, :, i, None, :]).min(axis=3)
            least[:, i] = 0.0
            total = self.alone[:, i] + least.sum(axis=1)
            self.prices[:, i, others] = total[:, None] / max(n - 1, 1) - least[:, others]

    def bounds(self) -> Floats:
        """(S,) the bound of each set."""
        asked = self.pairs + self.prices[..., None] + self.prices.swapaxes(1, 2)[..., None, :]
        return np.asarray(
            asked.min(axis=(3, 4)).sum(axis=(1, 2)) / 2 + self._left().min(axis=2).sum(axis=1)
        )

    def taken(self) -> Ints:
        """(S, N) the way of each place that costs least at these prices."""
        least = (self.pairs + self.prices.swapaxes(1, 2)[..., None, :]).min(axis=4)
        return np.asarray((self.alone + least.sum(axis=2)).argmin(axis=2))

    def joined(self, row: int, taken: Ints) -> Bools:
        """(N, N) who is joined to whom, where the places take these ways (N,) of one set."""
        n = len(taken)
        joined = np.zeros((n, n), dtype=bool)
        joined[np.arange(n)[:, None], self.sets[row][self.ways[taken]]] = True
        return joined

    def _left(self) -> Floats:
        """(S, N, A) what a place pays itself."""
        return np.asarray(self.alone - self.prices.sum(axis=2))
