"""What is true of a town, from its layers alone: minutes, whatever is built or broken; failures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimizer.problem import Floats, Problem
from tests.verify.engine.town import Row, Town

Some = frozenset[str]
NONE: Some = frozenset()

#: What a link of no minutes takes, which a sparse matrix would take for none.
NOTHING = 1e-12


@dataclass(frozen=True)
class Failure:
    """Ids of what fails at once; roads as "from:to"."""

    probability: float
    sites: Some = NONE
    roads: Some = NONE
    corridors: Some = NONE


@dataclass(eq=False)
class Truth:
    """town: as it was drawn; problem: as it was read, for the order of ids."""

    town: Town
    problem: Problem

    def __post_init__(self) -> None:
        self._known: dict[tuple[Some, Some], tuple[Floats, Floats]] = {}
        demand = {row["id"]: row for row in self.town.layers["demand"]}
        sites = {row["id"]: row for row in self.town.layers["sites"]}
        self.homes = [demand[id] for id in self.problem.demand.ids]
        self.doors = [sites[id] for id in self.problem.sites.ids]
        nodes = sorted({row[end] for row in self.town.layers["roads"] for end in ("from", "to")})
        self._node = {node: n for n, node in enumerate(nodes)}

    @property
    def failing(self) -> Row | None:
        """The table `policy.failures`."""
        return self.town.file["policy"].get("failures")

    @cached_property
    def corridors(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.town.layers.get("corridors", [])}

    def minutes(self, built: Some, broken: Some = NONE) -> Floats:
        """(I, J) from home to door, with these corridors and without these roads; inf: no way."""
        return self._away(built, broken)[0]

    def between(self) -> Floats:
        """(J, J) from site to site on the roads as they are."""
        return self._away(NONE, NONE)[1]

    def _away(self, built: Some, broken: Some) -> tuple[Floats, Floats]:
        if (built, broken) not in self._known:
            rows = [
                row
                for row in self.town.layers["roads"]
                if f"{row['from']}:{row['to']}" not in broken
            ]
            rows += [self.corridors[id] for id in built]
            n = len(self._node)
            least: dict[tuple[int, int], float] = {}
            for row in rows:
                pair = tuple(sorted((self._node[row["from"]], self._node[row["to"]])))
                least[pair] = min(least.get(pair, np.inf), row["minutes"] or NOTHING)  # type: ignore[index]
            ends = np.array([*least], dtype=int).reshape(-1, 2)
            graph = csr_array((list(least.values()), (ends[:, 0], ends[:, 1])), shape=(n, n))
            door = [self._node[row["at"]] for row in self.doors]
            home = [self._node[row["at"]] for row in self.homes]
            trees = dijkstra(graph, directed=False, indices=door)
            access = np.array([row.get("access_minutes", 0.0) for row in self.homes])
            egress = np.array([row.get("egress_minutes", 0.0) for row in self.doors])
            away = trees[:, home].T + access[:, None] + egress
            self._known[built, broken] = away, trees[:, door]
        return self._known[built, broken]

    @cached_property
    def failures(self) -> list[Failure]:
        """Listed and drawn; without those that change nothing, whatever stands."""
        asked = self.failing
        if asked is None:
            return []
        found = [
            Failure(row.get("probability", np.nan), *map(_ids, map(row.get, _WORDS)))
            for row in self.town.layers.get("scenarios", [])
        ]
        for what in asked.get("draw", []):
            found += [self._alone(what, one) for one in self._drawn(what)]
        bare = sum(np.isnan(one.probability) for one in found)
        shared = asked.get("probability", 0.1) / max(bare, 1)
        found = [
            Failure(shared if np.isnan(p) else p, one.sites, one.roads, one.corridors)
            for one in found
            for p in [one.probability]
        ]
        return [one for one in found if one.sites & set(self.problem.sites.ids) or self._hurts(one)]

    def _drawn(self, what: str) -> list[str]:
        return {
            "sites": list(self.problem.sites.ids),
            "roads": [f"{row['from']}:{row['to']}" for row in self.town.layers["roads"]],
            "corridors": list(self.corridors) if self.problem.corridors is not None else [],
        }[what]

    @staticmethod
    def _alone(what: str, one: str) -> Failure:
        return Failure(np.nan, **{what: frozenset([one])})

    def _hurts(self, failure: Failure) -> bool:
        """Whether it changes the minutes of anybody within the cut-offs, whatever is built."""
        longest = max(level.cutoff for level in self.problem.levels)
        for built in self.every_built:
            now, then = self.minutes(built), self.minutes(built - failure.corridors, failure.roads)
            if (np.abs(np.minimum(now, longest + 1) - np.minimum(then, longest + 1)) > 1e-9).any():
                return True
        return False

    @cached_property
    def every_built(self) -> list[Some]:
        """Every set of corridors, where they are decided; of a link one level at most."""
        if self.problem.corridors is None:
            return [NONE]
        ids = list(self.problem.corridors.ids)
        every = (some for n in range(len(ids) + 1) for some in combinations(ids, n))
        return [frozenset(some) for some in every if self.one_level(some)]

    def one_level(self, built: tuple[str, ...]) -> bool:
        links = [self.corridors[id].get("link") or f"alone {id}" for id in built]
        return len(set(links)) == len(links)

    def attacks(self, built: Some) -> list[Failure]:
        """What an attack can hit: every so many sites, or roads and corridors that are built."""
        asked = self.failing
        if asked is None or "attack" not in asked:
            return []
        count = asked["attack"]
        if asked.get("attack_on", "sites") == "sites":
            ids = self.problem.sites.ids
            hits = combinations(ids, min(count, len(ids)))
            return [Failure(0.0, sites=frozenset(hit)) for hit in hits]
        links: dict[frozenset[str], list[str]] = {}
        for row in self.town.layers["roads"]:
            if row["from"] != row["to"]:
                ends = frozenset((row["from"], row["to"]))
                links.setdefault(ends, []).append(f"{row['from']}:{row['to']}")
        targets = [(frozenset(roads), NONE) for roads in links.values()]
        targets += [(NONE, frozenset([id])) for id in built]
        hits = combinations(targets, min(count, len(targets)))
        return [
            Failure(
                0.0,
                roads=frozenset().union(*(roads for roads, _ in hit)),
                corridors=frozenset().union(*(some for _, some in hit)),
            )
            for hit in hits
        ]


_WORDS = ("sites", "roads", "corridors")


def _ids(text: str | None) -> Some:
    return frozenset(one for one in (text or "").split(";") if one)
