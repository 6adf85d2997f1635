"""Minutes after attacks on links: one shortest-path tree each, in networkx, slow and plain."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np

from optimizer.problem import Floats
from optimizer.problem.adversary import Adversary, Streets
from optimizer.verification.people import may_use
from optimizer.verification.tolerances import NO_MINUTES
from optimizer.verification.verdict import PlainPlan

#: Shortest-path trees that are grown; of more attacks those on what carries most come first.
MAX_TREES = 5_000

#: The node that all doors of a group are reached from.
DOORS = -1

Links = frozenset[int]


@dataclass(frozen=True)
class _Group:
    """Demand points of a level, and the open sites that no border parts them from."""

    level: int
    points: tuple[int, ...]
    sites: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _After:
    """After these links are broken: by level (I,) minutes, and who (persons) uses each link.

    use: by group.
    """

    broken: Links
    minutes: list[Floats]
    use: tuple[dict[int, float], ...]


def attacks_on_links(
    case: PlainPlan, adversary: Adversary
) -> Iterator[tuple[list[str], list[Floats]]]:
    """What is hit, and by level (I,) the minutes to the nearest then; NaN: there is none.

    All attacks that can cost anybody anything, unless they are too many: each hits a link that is
    in use after what was hit before.
    """
    search = _Search(case, adversary)
    start = search.whole()
    waiting, seen = deque([start]), {start.broken}
    while waiting and search.trees < MAX_TREES:
        now = waiting.popleft()
        if now.broken:
            yield search.names(now.broken), now.minutes
        if len(now.broken) == adversary.count:
            continue
        carried = defaultdict[int, float](float)
        for use in now.use:
            for link, persons in use.items():
                carried[link] += persons
        for link in sorted(carried, key=lambda link: -carried[link]):
            if (broken := now.broken | {link}) not in seen and search.trees < MAX_TREES:
                seen.add(broken)
                waiting.append(search.after(now, link))


class _Search:
    def __init__(self, case: PlainPlan, adversary: Adversary) -> None:
        facts = case.problem.scenarios
        assert adversary.streets is not None and facts is not None
        self.case, self.streets = case, adversary.streets
        self.roads = _roads(adversary.streets, case.plan.corridors.tolist())
        self.ends = defaultdict[int, list[tuple[int, int, int]]](list)
        for a, b, section in self.roads.edges(keys=True):
            self.ends[int(self.streets.ground.link[section])].append((a, b, section))
        self.groups = tuple(_groups(case, borders=facts.aid is None))
        self.trees = 0

    def whole(self) -> _After:
        """Nothing is broken."""
        minutes = [np.full(len(self.case.problem.demand.ids), np.nan) for _ in self.case.open]
        empty = _After(frozenset(), minutes, ({},) * len(self.groups))
        return self._grown(empty, range(len(self.groups)))

    def after(self, before: _After, link: int) -> _After:
        """One more link is broken; who did not use it is not concerned."""
        state = replace(before, broken=before.broken | {link})
        return self._grown(state, [n for n, use in enumerate(before.use) if link in use])

    def names(self, broken: Links) -> list[str]:
        """The links in words."""
        return [self.streets.names[link] for link in sorted(broken)]

    def _grown(self, state: _After, concerned: range | list[int]) -> _After:
        minutes, use = [one.copy() for one in state.minutes], list(state.use)
        for number in concerned:
            group = self.groups[number]
            use[number] = self._tree(group, state.broken, minutes[group.level])
        return replace(state, minutes=minutes, use=tuple(use))

    def _tree(self, group: _Group, broken: Links, minutes: Floats) -> dict[int, float]:
        """Write the minutes of the group; link -> persons who use it."""
        self.trees += 1
        graph, ground, level = self.roads, self.streets.ground, group.level
        gone = [one for link in broken for one in self.ends[link]]
        graph.remove_edges_from(gone)
        graph.add_edges_from(
            (DOORS, int(ground.door[site]), (site,), {"minutes": float(ground.after[site])})
            for site in group.sites
        )
        cutoff, use = self.case.problem.levels[level].cutoff, defaultdict[int, float](float)
        people = may_use(self.case.problem, level)
        away, ways = nx.single_source_dijkstra(graph, DOORS, cutoff=cutoff, weight="minutes")
        for point in group.points:
            home = int(ground.home[point])
            whole = float(ground.before[point]) + away.get(home, np.inf)
            if whole > cutoff + NO_MINUTES:
                minutes[point] = np.nan
                continue
            minutes[point] = whole
            used = set()
            for a, b in zip(ways[home][1:], ways[home][2:], strict=False):
                here = graph.get_edge_data(a, b)
                used.add(int(ground.link[min(here, key=lambda key: here[key]["minutes"])]))
            for link in used:
                use[link] += people[point]
        graph.remove_node(DOORS)  # the graph is as it was for the next tree
        graph.add_edges_from(
            (a, b, section, {"minutes": float(ground.minutes[section])}) for a, b, section in gone
        )
        return use


def _roads(streets: Streets, built: list[int]) -> nx.MultiGraph:
    """Sections of all links that are there, by their rows."""
    links = {*range(streets.roads), *(streets.roads + a for a in built)}
    graph, ground = nx.MultiGraph(), streets.ground
    graph.add_nodes_from(range(ground.nodes))
    for section, link in enumerate(ground.link.tolist()):
        if link in links:
            ends = int(ground.start[section]), int(ground.end[section])
            graph.add_edge(*ends, key=section, minutes=float(ground.minutes[section]))
    return graph


def _groups(case: PlainPlan, borders: bool) -> Iterator[_Group]:
    problem = case.problem
    for row, level in enumerate(problem.levels):
        border = level.border if borders else None
        lives, lies = [0] * len(problem.demand.ids), [0] * len(problem.sites.ids)
        if border is not None:
            lives, lies = problem.demand_at(border).tolist(), problem.sites_at(border).tolist()
        for area in sorted(set(lives)):
            points = tuple(i for i, one in enumerate(lives) if one == area)
            sites = tuple(j for j in sorted(case.open[row]) if lies[j] == area and area != -1)
            yield _Group(row, points, sites)
