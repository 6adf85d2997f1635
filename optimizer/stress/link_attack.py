"""Interdiction of links: the worst attack by implicit enumeration over link-disjoint paths.

An attack that costs more must hit a link in use, whatever was hit before: M. P. Scaparra and
R. L. Church, A bilevel mixed-integer program for critical infrastructure protection planning,
Computers & Operations Research 35(6), 2008. So a node of the tree is a set of broken links, and
branches on those in use that are left. It is cut off by this: count + 1 ways of a place, no two
with a link in common, are not all broken by `count` hits; with q hits to come nobody pays more than
on the (q+1)st of these ways that is whole; and only who uses a link that is hit pays more at all.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from itertools import count as numbers

import numpy as np

from optimizer.foundation import stopping
from optimizer.foundation.tolerances import LEAST_SHARE
from optimizer.network.links import Ground, Group, Nearest, nearest
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Solved, Status
from optimizer.solver.program import relative_gap
from optimizer.stress.attack import Attack, Cost

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class _Places:
    """P places, a demand point and level with persons each.

    group: (P,) number; at: (P,) row among the group's points; cost of one who pays: (P, r + 1) on
    each of r + 1 ways without a common link, ascending; on: link -> (place, way) that use it.
    """

    group: Ints
    at: Ints
    persons: Floats
    ways: Floats
    on: dict[int, tuple[Ints, Ints]]


@dataclass(frozen=True, eq=False)
class _State:
    """After some links are broken: by group the nearest, by place its cost, and ways hit (P, r+1).

    use: link -> places whose way it is on.
    """

    broken: frozenset[int]
    near: tuple[Nearest, ...]
    cost: Floats
    hit: Bools
    use: dict[int, Ints]

    @property
    def value(self) -> float:
        """The cost of all."""
        return float(self.cost.sum())


class _Search:
    """The facts of one search, and what can be asked of them."""

    def __init__(
        self,
        ground: Ground,
        groups: tuple[Group, ...],
        cutoff: Floats,
        persons: Floats,
        cost: Cost,
        unserved: Floats,
        spared: frozenset[int],
    ) -> None:
        self.ground, self.groups, self.cutoff = ground, groups, cutoff
        self.cost, self.unserved, self.spared = cost, unserved, spared
        places = [
            (number, at, persons[point, group.level])
            for number, group in enumerate(groups)
            for at, point in enumerate(group.points.tolist())
            if persons[point, group.level] > 0
        ]
        self.group = np.array([one[0] for one in places], dtype=np.int64)
        self.at = np.array([one[1] for one in places], dtype=np.int64)
        self.persons = np.array([one[2] for one in places], dtype=float)

    def start(self, count: int) -> tuple[_Places, _State]:
        """The places with their ways, and the state before anything is hit."""
        graph = self.ground.without(NONE)
        by_group = tuple(nearest(self.ground, graph, g, self.cutoff[g.level]) for g in self.groups)
        ways = np.zeros((len(self.group), count + 1))
        used: dict[int, list[tuple[int, int]]] = {}
        for place in range(len(self.group)):
            for way, (paid, links) in enumerate(self._apart(place, by_group, count + 1)):
                ways[place, way] = paid
                for link in links:
                    used.setdefault(link, []).append((place, way))
        on = {link: (np.array(u)[:, 0], np.array(u)[:, 1]) for link, u in used.items()}
        places = _Places(self.group, self.at, self.persons, ways, on)
        hit = np.zeros(ways.shape, dtype=bool)
        return places, _State(NONE, by_group, self._paid(by_group), hit, self._use(by_group, NONE))

    def _apart(
        self, place: int, near: tuple[Nearest, ...], count: int
    ) -> list[tuple[float, list[int]]]:
        """Cost and links of so many ways of a place; links that are spared may be on several."""
        number = self.group[place]
        group, now, gone = self.groups[number], near[number], NONE
        one = Group(group.level, group.points[[self.at[place]]], group.sites)
        at, ways = self.at[place], list[tuple[float, list[int]]]()
        home = self.ground.home[one.points]
        for way in range(count):
            if way:
                graph = self.ground.without(gone)
                now, at = nearest(self.ground, graph, one, self.cutoff[group.level]), 0
            minutes = now.minutes[[at]]
            paid = float(self._per_person(group.level, minutes)[0] * self.persons[place])
            links: list[int] = []
            if np.isfinite(minutes[0]):
                links = self.ground.ways(now.before[None, :], home, gone)[1].tolist()
                links = [link for link in links if link not in self.spared]
            ways.append((paid, links))
            if not links:  # nothing on it can be hit, or there is no way any more
                ways += [(paid, [])] * (count - way - 1)
                break
            gone |= frozenset(links)
        return ways

    def _per_person(self, level: int, minutes: Floats) -> Floats:
        paid = np.full(len(minutes), float(self.unserved[level]))
        served = np.isfinite(minutes)
        costs = np.asarray(self.cost(level, minutes[served]), dtype=float)
        paid[served] = np.minimum(costs, self.unserved[level])
        return paid

    def _paid(self, near: tuple[Nearest, ...]) -> Floats:
        """(P,) cost of all persons of each place."""
        paid = np.zeros(len(self.group))
        for number, group in enumerate(self.groups):
            mine = self.group == number
            each = self._per_person(group.level, near[number].minutes)
            paid[mine] = each[self.at[mine]] * self.persons[mine]
        return paid

    def _use(self, near: tuple[Nearest, ...], broken: frozenset[int]) -> dict[int, Ints]:
        """Link that can be hit -> places whose way it is on."""
        who, link = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for number, group in enumerate(self.groups):
            mine = np.flatnonzero(self.group == number)
            mine = mine[np.isfinite(near[number].minutes[self.at[mine]])]
            if len(mine):
                tree = np.broadcast_to(near[number].before, (len(mine), len(near[number].before)))
                home = self.ground.home[group.points[self.at[mine]]]
                way, links = self.ground.ways(tree, home, broken)
                who.append(mine[way])
                link.append(links)
        place, used = np.concatenate(who), np.concatenate(link)
        order = np.argsort(used, kind="stable")
        unique, first = np.unique(used[order], return_index=True)
        parts = np.split(place[order], first[1:]) if len(unique) else []
        both = zip(unique.tolist(), parts, strict=True)
        return {one: some for one, some in both if one not in self.spared}

    def hit(self, places: _Places, state: _State, link: int) -> _State:
        """The state when one more link, in use, is broken."""
        broken = state.broken | {link}
        graph = self.ground.without(broken)
        slower = set(self.group[state.use[link]].tolist())
        by_group = tuple(
            nearest(self.ground, graph, g, self.cutoff[g.level]) if n in slower else state.near[n]
            for n, g in enumerate(self.groups)
        )
        hit = state.hit.copy()
        if link in places.on:
            hit[places.on[link]] = True
        return _State(broken, by_group, self._paid(by_group), hit, self._use(by_group, broken))

    def most(self, places: _Places, state: _State, hits_left: int) -> Floats:
        """(P,) the most that each place can pay after `hits_left` more hits."""
        whole = np.cumsum(~state.hit, axis=1) == hits_left + 1
        first = whole.argmax(axis=1)
        return np.asarray(np.maximum(state.cost, places.ways[np.arange(len(first)), first]))


def worst_link_attack(
    ground: Ground,
    groups: tuple[Group, ...],
    cutoff: Floats,
    persons: Floats,
    cost: Cost,
    unserved: Floats,
    count: int,
    limits: Limits,
    spared: frozenset[int] = NONE,
) -> Solved[Attack]:
    """The attack on at most `count` links of the ground that costs most.

    groups: who may go to which open sites; cutoff: (L,); spared: links that are not attacked; all
    else as in `worst_attack`. A link that nobody would use is not attacked: fewer may be named.
    """
    if count < 0:
        raise ValueError("count: must be 0 or more")
    began = time.perf_counter()
    search = _Search(ground, groups, cutoff, persons, cost, unserved, spared)
    places, state = search.start(count)
    before, best, order = state.value, state, numbers()
    nodes, status = 0, Status.OPTIMAL
    heap: list[tuple[float, int, _State, int, frozenset[int]]] = []

    def branch(parent: _State, gone: frozenset[int]) -> None:
        """Put the links in use on the heap; each branch leaves those before it alone."""
        hits_left = count - len(parent.broken)
        if not hits_left:
            return
        more = search.most(places, parent, hits_left) - parent.cost
        scores = {
            link: float(more[some].sum()) for link, some in parent.use.items() if link not in gone
        }
        links = sorted(scores, key=lambda link: -scores[link])
        for number, link in enumerate(links):
            top = parent.value + sum(scores[one] for one in links[number : number + hits_left])
            if top <= enough():
                break
            heapq.heappush(heap, (-top, next(order), parent, link, gone | set(links[:number])))

    def enough() -> float:
        """What a branch must promise more than."""
        return best.value + max(limits.gap, LEAST_SHARE) * abs(best.value)

    branch(state, NONE)
    while heap and -heap[0][0] > enough():
        late = limits.seconds is not None and time.perf_counter() - began > limits.seconds
        if late or stopping.asked():
            status = Status.STOPPED
            break
        _, _, parent, link, gone = heapq.heappop(heap)
        child = search.hit(places, parent, link)
        nodes += 1
        if child.value > best.value:
            best = child
        branch(child, gone)
    bound = max(best.value, -heap[0][0]) if status is Status.STOPPED else enough()
    if not limits.gap and status is Status.OPTIMAL:
        bound = best.value
    return Solved(
        status,
        Attack(np.array(sorted(best.broken), dtype=np.int64), before, best.value),
        objective=best.value,
        bound=bound,
        gap=relative_gap(best.value, bound) if best.value else 0.0,
        seconds=time.perf_counter() - began,
        nodes=nodes,
        algorithm="implicit enumeration",
        asked_gap=limits.gap,
        interrupted=stopping.by_user(),
    )
