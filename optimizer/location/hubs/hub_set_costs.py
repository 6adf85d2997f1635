"""SETS OF HUBS: all of p hubs, and the cost of each with multiple allocation.

With given hubs, multiple allocation is a shortest path for each pair. It is a lower bound of any
other allocation over the same hubs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import comb

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.problem import Floats, Ints

#: Numbers in the largest array while the costs of many sets are computed: 8 MB.
MAX_COST_ENTRIES = 1_000_000


def enumeration_work(places: int, p: int) -> float:
    """Additions that the costs of all sets take."""
    return float(comb(places, p)) * places * places * p


def hub_set_chunks(places: int, p: int) -> Iterator[Ints]:
    """All sets (S, p) of p places, in chunks."""
    hub_sets = combinations(range(places), p)
    size = max(1, MAX_COST_ENTRIES // (places * places))
    while chunk := list(islice(hub_sets, size)):
        yield np.array(chunk)


def multiple_costs(traffic: Traffic, sets: Ints) -> Floats:
    """(S,) cost of multiple allocation over each of these sets (S, p)."""
    costs, p = traffic.costs, sets.shape[1]
    collection = traffic.collection * costs[:, sets]  # i, set, k
    transfer = traffic.transfer * costs[sets[:, :, None], sets[:, None, :]]  # set, k, m
    distribution = traffic.distribution * costs[sets]  # set, m, j
    to_last_hub = np.min(
        [collection[:, :, k, None] + transfer[:, k] for k in range(p)], axis=0
    )  # i, set, m
    unit_cost = to_last_hub[:, :, 0, None] + distribution[:, 0]  # i, set, j
    for m in range(1, p):
        np.minimum(unit_cost, to_last_hub[:, :, m, None] + distribution[:, m], out=unit_cost)
    return np.asarray(np.einsum("ij,isj->s", traffic.flows, unit_cost, optimize=True))
