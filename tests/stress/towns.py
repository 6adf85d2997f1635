"""Random towns with roads, built corridors, several levels, borders and capacities: and a plan."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from optimizer.network.links import Ground
from optimizer.problem import (
    BUILD,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.solution import Assignment, Plan
from optimizer.stress.failures import Standing


@dataclass(frozen=True)
class Town:
    """links: start, end, minutes of each section, and of: its link; homes and doors: node, minutes.

    All as plain lists.
    """

    standing: Standing
    links: list[tuple[int, int, float]]
    of: list[int]
    homes: list[tuple[int, float]]
    doors: list[tuple[int, float]]

    def graph(self, broken: tuple[int, ...] = ()) -> nx.MultiGraph:
        """The links that are not broken."""
        graph = nx.MultiGraph()
        graph.add_nodes_from(range(self.standing.ground.nodes))
        for (a, b, minutes), link in zip(self.links, self.of, strict=True):
            if link not in broken:
                graph.add_edge(a, b, minutes=minutes)
        return graph

    def apart(self, broken: tuple[int, ...] = ()) -> list[dict[tuple[int, int], float]]:
        """By level: (demand point, open site) -> minutes, within cut-off and border."""
        problem, graph = self.standing.problem, self.graph(broken)
        trees = [
            nx.single_source_dijkstra_path_length(graph, node, weight="minutes")
            for node, _ in self.doors
        ]
        found = []
        for row, level in enumerate(problem.levels):
            here: dict[tuple[int, int], float] = {}
            for i, (home, before) in enumerate(self.homes):
                for j, (_, after) in enumerate(self.doors):
                    same = problem.demand.jurisdiction[i] == problem.sites.jurisdiction[j]
                    if not self.standing.is_open[j, row] or (level.border and not same):
                        continue
                    minutes = before + trees[j].get(home, np.inf) + after
                    if minutes <= level.cutoff:
                        here[i, j] = minutes
            found.append(here)
        return found


def draw(seed: int) -> Town:
    """The town of this seed: minutes are whole numbers, so that ways tie; everybody is served."""
    rng = np.random.default_rng(seed)
    while True:
        town = _any(rng)
        if town is not None:
            return town


def _any(rng: np.random.Generator) -> Town | None:
    n, points, places = int(rng.integers(5, 9)), int(rng.integers(3, 6)), int(rng.integers(2, 5))
    links = [(int(rng.integers(0, b)), b, float(rng.integers(1, 15))) for b in range(1, n)]
    for _ in range(int(rng.integers(2, 6))):
        a, b = rng.choice(n, 2, replace=bool(rng.random() < 0.1))
        links.append((int(a), int(b), float(rng.integers(1, 15))))
    of = list(range(len(links)))
    for number in of[: len(links)]:
        if rng.random() < 0.3:  # points may hang between the ends of this one
            a, b, minutes = links[number]
            links[number] = (a, n, minutes)
            links.append((n, b, float(rng.integers(1, 15))))
            of.append(number)
            n += 1
    homes = [(int(rng.integers(n)), float(rng.integers(3))) for _ in range(points)]
    doors = [(int(rng.integers(n)), float(rng.integers(3))) for _ in range(places)]
    levels = [
        Level(
            name,
            name,
            5.0,
            float(rng.integers(20, 60)),
            share=float(rng.choice([1.0, 0.25])),
            border="city" if rng.random() < 0.3 else None,
        )
        for name in "abc"[: int(rng.integers(1, 4))]
    ]
    persons = rng.integers(0, 30, points).astype(float) + np.eye(1, points)[0]
    opens = rng.random((places, len(levels))) < 0.7
    if not opens.all(axis=1).any():
        opens[0] = True
    site, service = np.nonzero(opens)
    capacity = np.zeros((len(site), len(levels)))
    room = np.where(rng.random(len(site)) < 0.3, np.inf, rng.integers(5, 60, len(site)))
    capacity[np.arange(len(site)), service] = room
    options = Options(
        service=service.astype(np.int64),
        site=site.astype(np.int64),
        size=np.zeros(len(site), dtype=np.int64),
        kind=np.full(len(site), BUILD),
        capacity=capacity,
        cost=np.zeros(len(site)),
        land=np.zeros(len(site)),
        required=np.zeros(len(site), dtype=bool),
    )
    every = np.arange(points)
    stub = tuple(Pairs(every, np.zeros(points, np.int64), np.zeros(points)) for _ in levels)
    problem = Problem(
        Jurisdictions(("A", "B"), np.full(2, -1), ("city",) * 2, ("core",) * 2, np.full(2, np.nan)),
        Demand(tuple(map(str, range(points))), rng.integers(0, 2, points), persons),
        Sites(
            tuple(map(str, range(places))),
            rng.integers(0, 2, places),
            np.zeros(places),
            np.full(places, np.inf),
            np.full(places, 9),
        ),
        tuple(Service(level.id, (level,), (Size("one", 0, 0, 0, {}),)) for level in levels),
        options,
        stub,
    )
    start, end, minutes = (np.array(side) for side in zip(*links, strict=True))
    ground = Ground(
        n,
        start,
        end,
        minutes,
        np.array(of),
        np.array([node for node, _ in homes]),
        np.array([more for _, more in homes]),
        np.array([node for node, _ in doors]),
        np.array([more for _, more in doors]),
    )
    weights = rng.random(len(levels))
    nobody = Assignment(every, every, np.zeros(points), np.zeros(points))
    empty = Plan(np.arange(len(site)), tuple(nobody for _ in levels))
    town = Town(Standing(problem, empty, ground, weights / weights.sum()), links, of, homes, doors)
    assignments = []
    for near in town.apart():
        rows: list[tuple[int, int, float]] = []
        for i in range(points):
            there = sorted(j for point, j in near if point == i)
            if not there:
                return None
            if len(there) > 1 and rng.random() < 0.4:  # not always to the nearest, and in parts
                a, b = rng.choice(there, 2, replace=False).tolist()
                rows += [(i, a, 0.25), (i, b, 0.75)]
            else:
                rows.append((i, int(rng.choice(there)), 1.0))
        who, where, share = (np.array(part) for part in zip(*rows, strict=True))
        assignments.append(Assignment(who, where, np.zeros(len(who)), share))
    plan = Plan(np.arange(len(site)), tuple(assignments))
    return Town(Standing(problem, plan, ground, town.standing.weights), links, of, homes, doors)
