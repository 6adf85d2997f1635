"""DUAL BOUND of r-allocation by max-sum diffusion, for many sets of hubs at once.

Each place i chooses a way a, a subset of r of the p hubs; each pair of places costs

    e_ij(a, b) = w_ij (unit cost from i over a and b to j) + w_ji (unit cost back)

as in a weighted constraint problem. For any multipliers u, u_ij(a) of pair i, j and way a of i,

    sum_ij min_ab [e_ij(a, b) + u_ij(a) + u_ji(b)] + sum_i min_a [e_ii(a, a) - sum_j u_ij(a)]

is a lower bound. Diffusion goes place by place, and divides the least costs of its ways evenly
among its pairs, which never lowers the bound (Werner 2007; Globerson and Jaakkola 2007). With u = 0
the bound is the cost of multiple allocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.problem import Bools, Floats, Ints


def ways_of(p: int, r: int) -> Ints:
    """(A, r) all subsets of r of p hubs."""
    return np.array(list(combinations(range(p), r)))


@dataclass(frozen=True, eq=False)
class AllocationDual:
    """Multipliers of the sets of hubs (S, p) with ways (A, r).

    pair_costs: e, (S, N, N, A, A), 0 within a place. place_costs: e_ii, (S, N, A), with a penalty
    where a hub is not joined to itself. multipliers: u, (S, N, N, A).
    """

    sets: Ints
    ways: Ints
    pair_costs: Floats
    place_costs: Floats
    multipliers: Floats

    @staticmethod
    def of(traffic: Traffic, sets: Ints, ways: Ints, penalty: float) -> AllocationDual:
        """All multipliers 0."""
        n, costs = len(traffic), traffic.costs
        collection = traffic.collection * costs.T[sets].swapaxes(1, 2)  # set, i, k
        transfer = traffic.transfer * costs[sets[:, :, None], sets[:, None, :]]  # set, k, m
        distribution = traffic.distribution * costs[sets].swapaxes(1, 2)  # set, j, m
        unit_costs = (
            collection[:, :, None, :, None]
            + transfer[:, None, None]
            + distribution[:, None, :, None, :]
        )  # set, i, j, k, m
        unit_costs = unit_costs[:, :, :, ways].min(axis=4)
        unit_costs = unit_costs[..., ways].min(axis=5)
        pair_costs = traffic.flows[:, :, None, None] * unit_costs
        pair_costs = pair_costs + pair_costs.transpose(0, 2, 1, 4, 3)
        place = np.arange(n)
        place_costs = np.diagonal(pair_costs[:, place, place], axis1=2, axis2=3) / 2
        pair_costs[:, place, place] = 0.0
        uses_itself = place[None, :, None, None] == sets[:, None, ways]  # set, i, way, hub
        is_hub = (place[None, :, None] == sets[:, None, :]).any(axis=2)
        place_costs = place_costs + penalty * (is_hub[:, :, None] & ~uses_itself.any(axis=3))
        return AllocationDual(sets, ways, pair_costs, place_costs, np.zeros(pair_costs.shape[:4]))

    def subset(self, chosen: Bools) -> AllocationDual:
        """Some of the sets."""
        return AllocationDual(
            self.sets[chosen],
            self.ways,
            self.pair_costs[chosen],
            self.place_costs[chosen],
            self.multipliers[chosen],
        )

    def diffuse(self) -> None:
        """One sweep of max-sum diffusion over the places; no bound falls."""
        n = self.pair_costs.shape[1]
        for i in range(n):
            others = np.arange(n) != i
            min_costs = (self.pair_costs[:, i] + self.multipliers[:, :, i, None, :]).min(axis=3)
            min_costs[:, i] = 0.0
            total = self.place_costs[:, i] + min_costs.sum(axis=1)
            self.multipliers[:, i, others] = total[:, None] / max(n - 1, 1) - min_costs[:, others]

    def bounds(self) -> Floats:
        """(S,) lower bound of each set."""
        reduced_pair_costs = (
            self.pair_costs
            + self.multipliers[..., None]
            + self.multipliers.swapaxes(1, 2)[..., None, :]
        )
        return np.asarray(
            reduced_pair_costs.min(axis=(3, 4)).sum(axis=(1, 2)) / 2
            + self._reduced_place_costs().min(axis=2).sum(axis=1)
        )

    def best_ways(self) -> Ints:
        """(S, N) the way of each place of least cost with these multipliers."""
        min_costs = (self.pair_costs + self.multipliers.swapaxes(1, 2)[..., None, :]).min(axis=4)
        return np.asarray((self.place_costs + min_costs.sum(axis=2)).argmin(axis=2))

    def joined(self, row: int, way: Ints) -> Bools:
        """(N, N) the allocation of one set, with these ways (N,) of the places."""
        n = len(way)
        joined = np.zeros((n, n), dtype=bool)
        joined[np.arange(n)[:, None], self.sets[row][self.ways[way]]] = True
        return joined

    def _reduced_place_costs(self) -> Floats:
        """(S, N, A) cost of each way less its multipliers."""
        return np.asarray(self.place_costs - self.multipliers.sum(axis=2))
