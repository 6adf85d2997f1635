"""Minimal corridor sets: which corridors together make which trip faster, and how fast.

A trip with corridors is a walk: to a corridor, along it, to the next one by the roads, along that.
A walk is of no use where another, on some of the same corridors or on none, is as fast. What is
left is exact: with any set of corridors built, the fastest trip is the fastest of those whose
corridors are all built (path columns, Magnanti and Wong 1984).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.language import _
from optimizer.foundation.tolerances import SUMMED_MINUTES
from optimizer.network.graph import Links, Roads
from optimizer.problem import Bools, Floats, Ints, Pairs

#: Numbers held at once, 160 MB of them, for the trips of so many origins at a time.
HELD_NUMBERS = 20_000_000

#: Sets of corridors. Networks of candidates with hardly a road have paths without number: 30 links
#: between 20 nodes make 28,000 sets. Each is compared with all others: 10,000 of them take seconds,
#: ten times as many a hundred times as long.
MAX_SETS = 10_000


class TooManySetsError(ValueError):
    """More sets of corridors than can be looked at: so many were found, of so many corridors."""

    def __init__(self, sets: int, corridors: int) -> None:
        super().__init__(
            _(
                "{corridors} corridors make trips faster in more than {sets} different sets",
                corridors=corridors,
                sets=sets - 1,
            )
        )


@dataclass(frozen=True, eq=False)
class Ways:
    """Corridors between nodes of the roads. start, end: (A,) nodes; minutes: (A,) either way.

    cost: (A,); money: no set of corridors that costs more can be built; link: (A,) of those with
    the same number at most one can be.
    """

    start: Ints
    end: Ints
    minutes: Floats
    cost: Floats
    money: float
    link: Ints


@dataclass(frozen=True)
class _Walk:
    """From one corridor end to another along some corridors, in this order."""

    entry: int
    exit: int
    minutes: float
    along: frozenset[int]


def shortcuts(
    network: Roads,
    origins: Links,
    sites: Links,
    access: Floats,
    egress: Floats,
    ways: Ways,
    pairs: Pairs,
    limit: float,
) -> tuple[Bools, Pairs]:
    """(B, A) sets of corridors, and faster pairs that each needs one of them.

    pairs: without any corridor, all within the limit; access, egress: as `travel` has them.
    Raises TooManySetsError where there are more sets than a model could hold.
    """
    ends = np.unique(np.concatenate([ways.start, ways.end]))
    trees = dijkstra(network.matrix, indices=ends, limit=limit)
    to = trees[:, origins.node] + access + origins.minutes
    entries = np.flatnonzero((to <= limit + SUMMED_MINUTES).any(axis=1))
    walks = _walks(trees[:, ends], ends, ways, limit, entries)
    bundles = sorted(walks, key=lambda along: (len(along), sorted(along)))
    on = trees[:, sites.node] + egress + sites.minutes
    inside = [[n for n, less in enumerate(bundles) if less < along] for along in bundles]
    nothing = np.zeros(0, dtype=np.int64)
    faster = [(nothing, nothing, np.zeros(0), nothing)]
    step = max(1, HELD_NUMBERS // (max(len(bundles), 1) * len(sites.node)))
    for first in range(0, len(origins.node), step):
        here = slice(first, first + step)
        least = np.full((to[:, here].shape[1], len(sites.node)), np.inf)
        now = (pairs.origin >= first) & (pairs.origin < first + step)
        least[pairs.origin[now] - first, pairs.site[now]] = pairs.minutes[now]
        fastest = np.empty((len(bundles), *least.shape))
        for n, along in enumerate(bundles):
            own = np.full(least.shape, np.inf)
            for walk in walks[along]:
                trip = to[walk.entry, here, None] + (walk.minutes + on[walk.exit])
                own = np.minimum(own, trip)
            before = least
            for less in inside[n]:
                before = np.minimum(before, fastest[less])
            fastest[n] = np.minimum(own, before)
            origin, site = np.nonzero(
                (own < before - SUMMED_MINUTES) & (own <= limit + SUMMED_MINUTES)
            )
            minutes = np.minimum(own[origin, site], limit)
            faster.append((origin + first, site, minutes, np.full(len(origin), n)))
    origin, site, minutes, needs = (np.concatenate(part) for part in zip(*faster, strict=True))
    table = np.zeros((len(bundles), len(ways.start)), dtype=bool)
    for n, along in enumerate(bundles):
        table[n, list(along)] = True
    return table, Pairs(origin, site, minutes, needs)


def _walks(
    apart: Floats, ends: Ints, ways: Ways, limit: float, entries: Ints
) -> dict[frozenset[int], list[_Walk]]:
    """Walks that no other on fewer corridors is as fast as, by their sets of corridors.

    apart: (K, K) minutes between corridor ends on the roads; entries: the ends where a trip can
    begin.
    """
    start, end = np.searchsorted(ends, ways.start), np.searchsorted(ends, ways.end)
    legs = [(a, int(start[a]), int(end[a])) for a in range(len(start))]
    legs += [(a, b, c) for a, c, b in legs]
    known: dict[tuple[int, int], list[_Walk]] = defaultdict(list)
    walks: dict[frozenset[int], list[_Walk]] = defaultdict(list)
    grown = [_Walk(n, n, 0.0, frozenset()) for n in entries.tolist()]
    while grown:
        longer = []
        for walk in grown:
            for a, p, q in legs:
                along = walk.along | {a}
                minutes = walk.minutes + float(apart[walk.exit, p]) + float(ways.minutes[a])
                if (
                    (ways.link[list(walk.along)] == ways.link[a]).any()
                    or (not walk.along and p != walk.exit)
                    or minutes > limit
                    or minutes >= apart[walk.entry, q] - SUMMED_MINUTES
                    or ways.cost[list(along)].sum() > ways.money
                    or any(
                        other.along <= along and other.minutes <= minutes + SUMMED_MINUTES
                        for other in known[walk.entry, q]
                    )
                ):
                    continue
                one = _Walk(walk.entry, q, minutes, along)
                known[walk.entry, q].append(one)
                walks[along].append(one)
                if len(walks) > MAX_SETS:
                    raise TooManySetsError(len(walks), len(ways.start))
                longer.append(one)
        grown = longer
    return walks
