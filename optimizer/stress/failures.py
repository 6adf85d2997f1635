"""Single-failure analysis: what each failure of a plan takes from whom.

A site fails with all services there, or a link breaks: a road, or a corridor that the plan builds.
Whoever's facility stands goes on to it, on the fastest way that is left, or to the nearest open
facility of the level if that is nearer; whoever's facility fell goes to the nearest that stands.
All of it within the level's cut-off and border. Who reaches none is cut off, and counts as being
served by nobody does: as the cut-off, where nothing else is said. Whose need the plan leaves unmet
loses nothing. Capacities are not enforced again: who stands before a full facility is
counted. So minutes lost are

    max(0, minutes to the nearest open facility that is left - minutes in the plan)

since a facility that stands is one of those. A link matters only on the fastest ways that
somebody uses: without any other nobody travels longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.network.links import Ground, Group, groups, nearest, within
from optimizer.problem import Bools, Floats, Ints, Pairs, Problem
from optimizer.solution import Plan
from optimizer.solution.accessibility import sums

SITE, LINK = "site", "link"


@dataclass(frozen=True, eq=False)
class Loss:
    """What a failure takes at one level; persons are those who need the level.

    minutes: (I,) mean minutes that they lose at each demand point. persons: who lose some;
    person_minutes: all that are lost; cut_off: persons who reach nobody any more; beyond: persons
    beyond the capacity of the facilities that people move to.
    """

    minutes: Floats
    persons: float
    person_minutes: float
    cut_off: float
    beyond: float


@dataclass(frozen=True, eq=False)
class Failure:
    """One failure. kind: SITE or LINK; row: of `Problem.sites`, or of the links of the Ground.

    losses: by level; weighed: person-minutes lost, over the levels by their weights.
    """

    kind: str
    row: int
    losses: tuple[Loss, ...]
    weighed: float


@dataclass(frozen=True, eq=False)
class Trips:
    """Who goes where at a level (E entries): persons who need it, and minutes in the plan."""

    point: Ints
    site: Ints
    persons: Floats
    minutes: Floats


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan before anything fails. weights: (L,) of the levels, as the policy weighs them."""

    problem: Problem
    plan: Plan
    ground: Ground
    weights: Floats

    @cached_property
    def capacity(self) -> Floats:
        """(J, L) persons that each site can serve."""
        options = self.problem.options
        room = np.zeros((len(self.problem.sites.ids), len(self.problem.levels)))
        np.add.at(room, options.site[self.plan.options], options.capacity[self.plan.options])
        return room

    @cached_property
    def is_open(self) -> Bools:
        """(J, L) sites with an open facility of the level."""
        return np.asarray(self.capacity > 0)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Who may go where."""
        return groups(self.problem, self.is_open)

    @cached_property
    def persons(self) -> Floats:
        """(I, L) persons who need the level."""
        rows = range(len(self.problem.levels))
        return np.column_stack([self.problem.need(row) for row in rows])

    @cached_property
    def sources(self) -> Ints:
        """(D,) sites with an open facility."""
        return np.flatnonzero(self.is_open.any(axis=1))

    @cached_property
    def trees(self) -> tuple[Floats, Ints]:
        """(D, N + J) minutes from the doors of those sites, and the node before each."""
        away, before = dijkstra(
            self.ground.without(frozenset()),
            indices=self.ground.nodes + self.sources,
            return_predecessors=True,
        )
        return away, before

    @cached_property
    def apart(self) -> tuple[Floats, ...]:
        """By level: (D, I) minutes between sources and demand points; inf: nobody may go there."""
        ground, minutes = self.ground, []
        every = ground.before + self.trees[0][:, ground.home]
        for row, level in enumerate(self.problem.levels):
            may = np.zeros(every.shape, dtype=bool)
            for group in self.groups:
                if group.level == row:
                    may[np.ix_(np.searchsorted(self.sources, group.sites), group.points)] = True
            minutes.append(np.where(may, within(every, level.cutoff), np.inf))
        return tuple(minutes)

    def near(self, row: int) -> Pairs:
        """The pairs of a level with an open facility, on what the plan builds too."""
        tree, point = np.nonzero(np.isfinite(self.apart[row]))
        return Pairs(point, self.sources[tree], self.apart[row][tree, point])

    @cached_property
    def trips(self) -> tuple[Trips, ...]:
        """By level: minutes are those of the fastest ways, on what the plan builds too."""
        by_level = []
        for row, served in enumerate(self.plan.assignments):
            minutes = self.apart[row][np.searchsorted(self.sources, served.site), served.demand]
            persons = self.persons[served.demand, row] * served.share
            by_level.append(Trips(served.demand, served.site, persons, minutes))
        return tuple(by_level)

    def lost(self, row: int, hit: Ints, to: Ints, minutes: Floats) -> Loss:
        """The loss at a level. hit: (H,) entries that cannot go on as before; to, minutes: (H,)
        the site that they go to now (-1: none), and how long (inf).
        """
        level, trips, n = self.problem.levels[row], self.trips[row], len(self.problem.sites.ids)
        gone = ~np.isfinite(minutes)
        after = np.where(gone, level.unserved_minutes, minutes)
        more = np.maximum(after - trips.minutes[hit], 0.0)
        more[more <= NO_MINUTES] = 0.0
        persons, point = trips.persons[hit], trips.point[hit]
        total = sums(point, persons * more, len(self.problem.demand.ids))
        load = sums(trips.site, trips.persons, n) - sums(trips.site[hit], persons, n)
        moved = to[~gone] != trips.site[hit][~gone]
        arrived = sums(to[~gone], persons[~gone], n)
        full = np.unique(to[~gone][moved])
        beyond = np.maximum(load + arrived - self.capacity[:, row], 0.0)[full]
        need = self.persons[:, row]
        return Loss(
            minutes=np.divide(total, need, out=np.zeros(len(need)), where=need > 0),
            persons=float(persons[more > 0].sum()),
            person_minutes=float(total.sum()),
            cut_off=float(persons[gone].sum()),
            beyond=float(beyond.sum()),
        )

    def failure(self, kind: str, row: int, losses: dict[int, Loss]) -> Failure:
        """With nothing lost at the levels that are not there."""
        nothing = Loss(np.zeros(len(self.problem.demand.ids)), 0.0, 0.0, 0.0, 0.0)
        each = tuple(losses.get(level, nothing) for level in range(len(self.weights)))
        weighed = self.weights @ np.array([loss.person_minutes for loss in each])
        return Failure(kind, row, each, float(weighed))


def site_failures(standing: Standing) -> Iterator[Failure]:
    """Each site with an open facility; all facilities there fail together."""
    for number, site in enumerate(standing.sources.tolist()):
        others = np.delete(np.arange(len(standing.sources)), number)
        losses: dict[int, Loss] = {}
        for row, trips in enumerate(standing.trips):
            hit = np.flatnonzero(trips.site == site)
            if len(hit):
                away = standing.apart[row][np.ix_(others, trips.point[hit])]
                losses[row] = standing.lost(row, hit, *_least(away, standing.sources[others]))
        yield standing.failure(SITE, site, losses)


def _least(away: Floats, sites: Ints) -> tuple[Ints, Floats]:
    """Of minutes (D, H) from sites (D,): the nearest site (-1: none) and its minutes (inf)."""
    if not len(sites):
        return np.full(away.shape[1], -1), np.full(away.shape[1], np.inf)
    first = away.argmin(axis=0)
    minutes = away[first, np.arange(away.shape[1])]
    return np.where(np.isfinite(minutes), sites[first], -1), minutes


def used(standing: Standing) -> tuple[Ints, Ints, Ints]:
    """Level, entry and link of everything that somebody's fastest way uses."""
    _, before = standing.trees
    parts = []
    for row, trips in enumerate(standing.trips):
        tree = np.searchsorted(standing.sources, trips.site)
        way, link = standing.ground.ways(
            before[tree], standing.ground.home[trips.point], frozenset()
        )
        parts.append((np.full(len(way), row), way, link))
    level, entry, link = (np.concatenate(part) for part in zip(*parts, strict=True))
    return level, entry, link


def link_failures(
    standing: Standing,
    built: Ints,
    tell: Callable[[int, int], None] = lambda number, of: None,
) -> Iterator[Failure]:
    """Each link that somebody's way uses, and those of `built` (links of the Ground) anyway.

    tell: how many of how many links are done.
    """
    level, entry, link = used(standing)
    links = np.union1d(link, built)
    order = np.argsort(link, kind="stable")
    first = np.searchsorted(link[order], links)
    last = np.searchsorted(link[order], links, side="right")
    for number, one in enumerate(links.tolist()):
        tell(number, len(links))
        mine = order[first[number] : last[number]]
        losses = _without_link(standing, one, level[mine], entry[mine]) if len(mine) else {}
        yield standing.failure(LINK, one, losses)


def _without_link(standing: Standing, link: int, level: Ints, entry: Ints) -> dict[int, Loss]:
    """By level. level, entry: whose ways use the link."""
    ground, problem = standing.ground, standing.problem
    graph = ground.without(frozenset([link]))
    sites = np.unique([standing.trips[a].site[b] for a, b in zip(level, entry, strict=True)])
    away = dijkstra(graph, indices=ground.nodes + sites)
    losses: dict[int, Loss] = {}
    for row in np.unique(level).tolist():
        trips, hit = standing.trips[row], np.unique(entry[level == row])
        point, cutoff = trips.point[hit], problem.levels[row].cutoff
        tree = np.searchsorted(sites, trips.site[hit])
        own = within(ground.before[point] + away[tree, ground.home[point]], cutoff)
        slower = own > trips.minutes[hit] + NO_MINUTES
        hit, point, own = hit[slower], point[slower], own[slower]
        if not len(hit):
            continue
        to, minutes = trips.site[hit].copy(), own.copy()
        for group in standing.groups:
            inside = np.isin(point, group.points)
            if group.level == row and inside.any():
                now = nearest(ground, graph, group, cutoff)
                at = np.searchsorted(group.points, point[inside])
                nearer = ~(own[inside] <= now.minutes[at] + NO_MINUTES)
                nearer |= ~np.isfinite(now.minutes[at])
                to[inside] = np.where(nearer, now.site[at], to[inside])
                minutes[inside] = np.where(nearer, now.minutes[at], own[inside])
        losses[row] = standing.lost(row, hit, to, minutes)
    return losses
