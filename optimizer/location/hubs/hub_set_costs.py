"""SETS: all sets of p hubs, and what each costs where a place may use all of them.

With the hubs given, multiple allocation is a shortest path for each pair. It costs no more than
any other allocation over the same hubs, so a set that costs too much even so is out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import comb

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.problem import Floats, Ints

#: Numbers in one array while the cost of many sets is computed.
PART = 1_000_000


def work(places: int, p: int) -> float:
    """Additions that the cost of all sets takes."""
    return float(comb(places, p)) * places * places * p


def parts(places: int, p: int) -> Iterator[Ints]:
    """All sets (S, p), some at a time."""
    each = combinations(range(places), p)
    size = max(1, PART // (places * places))
    while part := list(islice(each, size)):
        yield np.array(part)


def multiple_costs(traffic: Traffic, sets: Ints) -> Floats:
    """(S,) what multiple allocation over each of these sets (S, p) costs."""
    costs, p = traffic.costs, sets.shape[1]
    first = traffic.collection * costs[:, sets]  # i, set, k
    between = traffic.transfer * costs[sets[:, :, None], sets[:, None, :]]  # set, k, m
    last = traffic.distribution * costs[sets]  # set, m, j
    reached = np.min([first[:, :, k, None] + between[:, k] for k in range(p)], axis=0)  # i, set, m
    units = reached[:, :, 0, None] + last[:, 0]  # i, set, j
    for m in range(1, p):
        np.minimum(units, reached[:, :, m, None] + last[:, m], out=units)
    return np.asarray(np.einsum("ij,isj->s", traffic.flows, units, optimize=True))
