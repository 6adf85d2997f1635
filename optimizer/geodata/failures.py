"""FAILURES: what can fail at once, listed or drawn, and the trips that remain.

A site fails with all that stands there, a road and a corridor are closed. Nothing is drawn that
changes nothing: a road that no trip needs is no scenario.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import ROUNDING, SUMMED_MINUTES
from optimizer.geodata import candidate_corridors
from optimizer.geodata.assemble import Parts
from optimizer.geodata.instance_file import FailuresTable
from optimizer.geodata.load import FILE
from optimizer.geodata.tables import FLOOD
from optimizer.problem import Aid, Bools, Floats, Ints, Pairs, Problem, Scenarios
from optimizer.problem.adversary import Adversary, Left, Streets
from optimizer.question import Policy

#: What can be drawn: each of these fails by itself.
DRAWS = SITES, ROADS, CORRIDORS, FLOODS = ("sites", "roads", "corridors", "floods")

#: Different pairs of all scenarios together: so many take 1 GB.
MAX_PAIRS = 30_000_000


@dataclass(frozen=True, eq=False)
class Broken:
    """What fails at once: rows of the layers `sites`, `roads` and `corridors`.

    probability: NaN where none is written.
    """

    id: str
    probability: float
    sites: Ints
    roads: Ints
    corridors: Ints


@dataclass(frozen=True, eq=False)
class Hazards:
    """Where everything is, in one CRS in metres. shapes: layer -> shapes of its rows."""

    shapes: Mapping[str, gpd.GeoSeries]

    def within(self, layer: str, area: shapely.Geometry) -> Ints:
        """Rows of a layer that the area touches."""
        if area is None or not len(self.shapes[layer]):
            return np.empty(0, dtype=np.int64)
        touched = shapely.intersects(self.shapes[layer].to_numpy(), area)
        return np.flatnonzero(touched).astype(np.int64)

    def hit(self, id: str, probability: float, area: shapely.Geometry) -> Broken:
        """All that lies in an area fails."""
        where = (self.within(layer, area) for layer in (SITES, ROADS, CORRIDORS))
        return Broken(id, probability, *where)


def listed(parts: Parts, hazards: Hazards) -> Iterator[Broken]:
    """The rows of the layer `scenarios`."""
    tables, areas = parts.tables, hazards.shapes["scenarios"]
    named = {SITES: _by_name(tables.places.ids), CORRIDORS: _by_name(tables.corridors.ids)}
    joins = list(zip(tables.ways.start, tables.ways.end, strict=True))
    named[ROADS] = _by_name([f"{a}:{b}" for a, b in joins], [f"{b}:{a}" for a, b in joins])
    for n, (name, probability) in enumerate(
        zip(tables.events.ids, tables.events.probability.tolist(), strict=True)
    ):
        inside = hazards.hit(name, probability, areas.iloc[n])

        def failing(layer: str, touched: Ints, n: int = n) -> Ints:
            words = getattr(tables.events, layer)[n]
            rows = [row for word in words for row in named[layer][word]]
            return np.union1d(touched, rows).astype(np.int64)

        yield replace(
            inside,
            sites=failing(SITES, inside.sites),
            roads=failing(ROADS, inside.roads),
            corridors=failing(CORRIDORS, inside.corridors),
        )


def drawn(
    draw: Iterable[str], parts: Parts, ends: candidate_corridors.Ends, hazards: Hazards
) -> Iterator[Broken]:
    """Each site that can stand, road, corridor that can be built or flood zone, by itself."""
    none, tables = np.empty(0, dtype=np.int64), parts.tables
    for what in dict.fromkeys(draw):
        if what == SITES:
            for row in np.flatnonzero(parts.site >= 0).tolist():
                yield Broken(f"site {tables.places.ids[row]}", np.nan, np.array([row]), none, none)
        elif what == ROADS:
            for row, (a, b) in enumerate(zip(tables.ways.start, tables.ways.end, strict=True)):
                yield Broken(f"road {a}:{b}", np.nan, none, np.array([row]), none)
        elif what == CORRIDORS:
            for row in ends.row.tolist():
                name = f"corridor {tables.corridors.ids[row]}"
                yield Broken(name, np.nan, none, none, np.array([row]))
        elif what == FLOODS:
            kind, called = tables.zones
            for row in np.flatnonzero(kind == FLOOD).tolist():
                area = hazards.shapes["zones"].iloc[row]
                yield hazards.hit(f"flood {called[row]}", np.nan, area)


def with_scenarios(
    facts: Problem,
    parts: Parts,
    ends: candidate_corridors.Ends,
    policy: Policy,
    table: FailuresTable,
    failures: Sequence[Broken],
) -> tuple[Problem, tuple[Broken, ...]]:
    """The facts with the failures that change anything and who attacks, and those failures.

    Failures without a probability of their own share `table.probability`, each as likely as the
    others, those that change nothing too. Raises InputError where the probabilities are more than
    1 in all, or the pairs more than can be held.
    """
    failures = _numbered(failures)
    likely = _probability(failures, table.probability)
    remaining = _Remaining(facts, parts, ends, policy, table.aid is not None)
    row_of = {row: n for n, row in enumerate(ends.row.tolist())}
    kept, trips, held = list[int](), list[tuple[Pairs, ...]](), 0
    for n, one in enumerate(failures):
        built = [row_of[row] for row in one.corridors.tolist() if row in row_of]
        now = remaining.trips(one.roads, built if facts.corridors is not None else [])
        if not (parts.site[one.sites] >= 0).any() and remaining.unchanged(now):
            continue
        kept.append(n)
        trips.append(now)
        held += 0 if now is remaining.whole else sum(map(len, now))
        if held > MAX_PAIRS:
            what = _(
                "{failures:,} failures leave more than {pairs:,} pairs to hold",
                failures=len(failures),
                pairs=MAX_PAIRS,
            )
            remedy = _("Draw or list fewer, or lower the cut-offs")
            raise InputError([Fault(f"{FILE}, policy.failures", what, remedy)])
    failed = np.zeros((len(kept), len(facts.sites.ids)), dtype=bool)
    for row, n in enumerate(kept):
        site = parts.site[failures[n].sites]
        failed[row, site[site >= 0]] = True
    scenarios = Scenarios(
        tuple(failures[n].id for n in kept),
        likely[kept],
        failed,
        tuple(trips),
        None if table.aid is None else Aid(table.aid, table.reserve),
    )
    corridors = facts.corridors
    if corridors is not None:
        corridors = replace(corridors, bundle=remaining.bundles)
    problem = replace(
        facts, corridors=corridors, scenarios=scenarios, adversary=_adversary(remaining, table)
    )
    return problem, tuple(failures[n] for n in kept)


def _adversary(remaining: _Remaining, table: FailuresTable) -> Adversary | None:
    if table.attack is None:
        return None
    if table.attack_on == SITES:
        return Adversary(table.attack, remaining.whole)
    roads, corridors = remaining.parts.hung.sections.names, remaining.parts.tables.corridors.ids
    names = (*(f"{a}:{b}" for a, b in roads), *corridors[remaining.ends.row])
    ground = candidate_corridors.ground(remaining.parts, remaining.ends)
    streets = Streets(ground, len(roads), names, remaining.without)
    return Adversary(table.attack, remaining.whole, streets)


class _Remaining:
    """The trips that remain; each set of closed roads is looked at once."""

    def __init__(
        self,
        facts: Problem,
        parts: Parts,
        ends: candidate_corridors.Ends,
        policy: Policy,
        aid: bool,
    ) -> None:
        self.facts, self.parts, self.ends, self.policy = facts, parts, ends, policy
        self.open = _without_borders(parts) if aid else parts
        self.rows = {} if facts.corridors is None else _row_of(facts.corridors.bundle)
        self.known: dict[tuple[int, ...], tuple[Pairs, ...]] = {}
        self.whole = self.trips(np.empty(0, dtype=np.int64), [])

    def trips(self, roads: Ints, corridors: Sequence[int]) -> tuple[Pairs, ...]:
        """By level, what is left without these roads and corridors (rows of the Problem)."""
        key = tuple(roads.tolist())
        if key not in self.known:
            self.known[key] = self._on(roads)
        if not len(corridors):
            return self.known[key]
        broken = np.append(self.bundles[:, list(corridors)].any(axis=1), False)
        return tuple(pairs.only(~broken[pairs.needs]) for pairs in self.known[key])

    def without(self, links: Ints) -> Left:
        """What is left when these links fail (rows of `candidate_corridors.ground`)."""
        roads = len(self.parts.hung.sections.links)
        built = links[links >= roads] - roads
        trips = self.trips(self.parts.hung.sections.of_links(links[links < roads]), built.tolist())
        return trips, self.bundles

    def unchanged(self, trips: tuple[Pairs, ...]) -> bool:
        """Whether these are all the trips there are where nothing fails."""
        return trips is self.whole or all(map(_same, trips, self.whole))

    @property
    def bundles(self) -> Bools:
        """(B, A) every set of corridors that a trip needs in any scenario."""
        width = 0 if self.facts.corridors is None else len(self.facts.corridors.ids)
        table = np.zeros((len(self.rows), width), dtype=bool)
        for along, row in self.rows.items():
            table[row, list(along)] = True
        return table

    def _on(self, closed: Ints) -> tuple[Pairs, ...]:
        parts, site = self.open, self.parts.site
        if len(closed):
            parts = replace(parts, hung=parts.hung.without(closed))
        by_road = [Pairs(p.origin, site[p.site], p.minutes) for p in parts.pairs]
        if self.facts.corridors is None:
            return tuple(by_road)
        ways = candidate_corridors.corridors(parts, self.ends, self.policy, site)
        sets = _sets(ways.bundle)
        at = np.array([self.rows.setdefault(along, len(self.rows)) for along in sets], dtype=int)
        return tuple(
            pairs + Pairs(p.origin, p.site, p.minutes, at[p.needs])
            for pairs, p in zip(by_road, ways.faster, strict=True)
        )


def _same(one: Pairs, other: Pairs) -> bool:
    """Whether they are the same pairs, and as fast."""
    return (
        len(one) == len(other)
        and all(
            np.array_equal(getattr(one, name), getattr(other, name))
            for name in ("origin", "site", "needs")
        )
        and np.allclose(one.minutes, other.minutes, rtol=0, atol=SUMMED_MINUTES)
    )


def _without_borders(parts: Parts) -> Parts:
    services = tuple(
        replace(service, levels=tuple(replace(level, border=None) for level in service.levels))
        for service in parts.services
    )
    return replace(parts, services=services)


def _sets(bundle: Bools) -> list[frozenset[int]]:
    return [frozenset(np.flatnonzero(row).tolist()) for row in bundle]


def _row_of(bundle: Bools) -> dict[frozenset[int], int]:
    return {along: row for row, along in enumerate(_sets(bundle))}


def _by_name(*names: Iterable[str]) -> dict[str, list[int]]:
    """Name -> the rows that have it, in any of these lists."""
    rows_of = defaultdict[str, list[int]](list)
    for every in names:
        for row, name in enumerate(every):
            rows_of[name].append(row)
    return rows_of


def _probability(failures: Sequence[Broken], shared: float) -> Floats:
    """(S,) of each failure."""
    likely = np.array([one.probability for one in failures], dtype=float)
    bare = np.isnan(likely)
    likely[bare] = shared / max(bare.sum(), 1)
    if likely.sum() > 1 + ROUNDING:
        problem = _(
            "the failures have a probability of {probability:.4g} in all", probability=likely.sum()
        )
        remedy = _("No two happen at a time: lower them until they sum to 1 or less")
        raise InputError([Fault(f"{FILE}, policy.failures.probability", problem, remedy)])
    return likely


def _numbered(failures: Iterable[Broken]) -> list[Broken]:
    """The failures, none with the id of another: the second is (2)."""
    count, named = Counter[str](), list[Broken]()
    for one in failures:
        count[one.id] += 1
        named.append(one if count[one.id] == 1 else replace(one, id=f"{one.id} ({count[one.id]})"))
    return named


def attacked(
    parts: Parts, ends: candidate_corridors.Ends, id: str, hit: Ints, on_links: bool
) -> Broken:
    """An attack on sites (rows of the Problem), or on links (of `candidate_corridors.ground`)."""
    none, sections = np.empty(0, dtype=np.int64), parts.hung.sections
    if not on_links:
        return Broken(id, 0.0, np.flatnonzero(np.isin(parts.site, hit)), none, none)
    roads = len(sections.links)
    built = ends.row[hit[hit >= roads] - roads]
    return Broken(id, 0.0, none, sections.of_links(hit[hit < roads]), built)
