"""Sections: roads cut where points hang on them; a road stays one link, however often it is cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.network.graph import Roads
from optimizer.problem import Floats, Ints

NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Sections:
    """R roads in S sections between N nodes: junctions first, then where points hang between them.

    nodes: what they are called; place: (N, 2) metres. ends: (R, 2) junctions that each road joins.
    road: (S,) of which each is a part; start, end: (S,) nodes; minutes: (S,) either way.
    """

    nodes: tuple[str, ...]
    place: Floats
    ends: Ints
    road: Ints
    start: Ints
    end: Ints
    minutes: Floats

    @cached_property
    def links(self) -> Ints:
        """(L, 2) junctions, the lower row first, that some road joins: all such roads are a link.

        A road from a junction to itself is one where somebody hangs on it.
        """
        used = np.zeros(len(self.ends), dtype=bool)
        used[self.road] = True
        return np.unique(np.sort(self.ends[used], axis=1), axis=0)

    @cached_property
    def link(self) -> Ints:
        """(R,) the link that each road belongs to; -1: a loop that leads nowhere."""
        row = {pair: n for n, pair in enumerate(map(tuple, self.links.tolist()))}
        pairs = map(tuple, np.sort(self.ends, axis=1).tolist())
        return np.array([row.get(pair, -1) for pair in pairs], dtype=np.int64)

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        """(L,) what the two junctions of each link are called."""
        return tuple((self.nodes[a], self.nodes[b]) for a, b in self.links.tolist())

    def of_links(self, links: Ints) -> Ints:
        """Roads (rows) of these links."""
        return np.flatnonzero(np.isin(self.link, links)).astype(np.int64)

    def roads(self, closed: Ints = NONE) -> Roads:
        """The graph of all roads but those that are closed (rows): of parallel ones the fastest."""
        kept = np.flatnonzero(~np.isin(self.road, closed))
        low = np.minimum(self.start[kept], self.end[kept])
        high = np.maximum(self.start[kept], self.end[kept])
        order = np.lexsort((self.minutes[kept], high, low))
        order = order[low[order] < high[order]]
        low, high, kept = low[order], high[order], kept[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        low, high, kept = low[first], high[first], kept[first]
        link = self.link[self.road[kept]]
        return Roads(self.nodes, self.place, low, high, self.minutes[kept], link)


@dataclass(frozen=True, eq=False)
class Cuts:
    """Where points hang on roads between their ends.

    road: (C,) rows; share: (C,) of the road from its start, above 0 and below 1; place: (C, 2).
    """

    road: Ints
    share: Floats
    place: Floats


UNCUT = Cuts(NONE, np.empty(0), np.empty((0, 2)))


def sections(
    start: Iterable[str], end: Iterable[str], minutes: Floats, ends: Floats, cuts: Cuts = UNCUT
) -> tuple[Sections, Ints]:
    """Roads between node ids, cut; and the node (C,) of each cut.

    minutes: (R,) of whole roads, in proportion to length on each section; ends: (R, 2, 2) metres,
    where each road starts and ends. A node stands where the first road that names it has it.
    """
    r = len(minutes)
    names, first, row = np.unique(
        np.array([*start, *end], dtype=str), return_index=True, return_inverse=True
    )
    place = np.concatenate([ends[:, 0], ends[:, 1]])[first]
    joins = row.reshape(2, r).T.astype(np.int64)
    pairs = np.stack([cuts.road, cuts.share], axis=1) if len(cuts.road) else np.empty((0, 2))
    own, where, number = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    node = len(names) + number.reshape(-1).astype(np.int64)
    called = [
        f"{names[a]}:{names[b]} {share:.9g}"
        for (a, b), share in zip(joins[cuts.road[where]], own[:, 1].tolist(), strict=True)
    ]
    every = np.arange(r)
    road = np.concatenate([every, own[:, 0].astype(np.int64), every])
    share = np.concatenate([np.zeros(r), own[:, 1], np.ones(r)])
    at = np.concatenate([joins[:, 0], len(names) + np.arange(len(own)), joins[:, 1]])
    order = np.lexsort((share, road))
    road, share, at = road[order], share[order], at[order]
    goes_on = road[:-1] == road[1:]
    part = minutes[road[:-1]] * np.diff(share)
    cut = Sections(
        (*names.tolist(), *called),
        np.concatenate([place, cuts.place[where]]),
        joins,
        road[:-1][goes_on],
        at[:-1][goes_on],
        at[1:][goes_on],
        part[goes_on],
    )
    return _without_idle_loops(cut), node


def _without_idle_loops(sections: Sections) -> Sections:
    """Without roads from a node to itself on which nobody hangs."""
    keep = sections.start != sections.end
    ways = sections.road[keep], sections.start[keep], sections.end[keep], sections.minutes[keep]
    return Sections(sections.nodes, sections.place, sections.ends, *ways)


def roads(start: Iterable[str], end: Iterable[str], minutes: Floats, ends: Floats) -> Roads:
    """The graph of whole roads, between junctions alone; all as `sections` has it."""
    return sections(start, end, minutes, ends)[0].roads()
