"""FACTS: what is true before anybody decides. Ids and numbers only, frozen, valid when made.

No geometry, no CRS, no DataFrame and no file gets here: `optimizer.geodata` reads those and
joins them back to the answer by id. Minutes are minutes, money is in millions of the
instance's currency, land is in hectares, persons are persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: What an option does at a site: leave a standing facility as it is, build a new one, or add a
#: size to a standing one.
KEEP, BUILD, UPGRADE = "keep", "build", "upgrade"

#: The tier of a backup that may stand at any other site, in the same jurisdiction too.
SITE = "site"

#: Minutes by which a standard may be missed: rounding, not travel.
ROUNDING = 1e-6


def _freeze(table: object) -> None:
    """Make the arrays of a frozen dataclass read-only and its mappings immutable."""
    for item in fields(table):  # type: ignore[arg-type]
        value = getattr(table, item.name)
        if isinstance(value, np.ndarray):
            value = value.copy() if value.base is not None else value
            value.setflags(write=False)
            object.__setattr__(table, item.name, value)
        elif isinstance(value, dict):
            object.__setattr__(table, item.name, MappingProxyType(dict(value)))


def _require(holds: object, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _amounts(values: Floats, n: int, what: str) -> None:
    """Require `n` finite, non-negative numbers."""
    _require(values.shape == (n,), f"{what}: expected {n} values, got shape {values.shape}")
    _require(np.isfinite(values).all(), f"{what}: every value must be finite")
    _require((values >= 0).all(), f"{what}: no value may be negative")


def _rows(values: Ints, n: int, top: int, what: str, lowest: int = 0) -> None:
    """Require `n` row numbers in lowest..top-1."""
    _require(values.shape == (n,), f"{what}: expected {n} values, got shape {values.shape}")
    inside = (values >= lowest) & (values < top)
    _require(inside.all(), f"{what}: a row number is outside {lowest}..{top - 1}")


def _unique(ids: tuple[str, ...], what: str) -> None:
    _require(len(set(ids)) == len(ids), f"{what}: ids must be unique")


@dataclass(frozen=True, eq=False)
class Jurisdictions:
    """Nested areas (province > city > county).

    parent: (C,) row of the jurisdiction above, -1 at the top.
    budget: (C,) money of its own, NaN where it has none.
    """

    ids: tuple[str, ...]
    parent: Ints
    tier: tuple[str, ...]
    role: tuple[str, ...]
    budget: Floats

    def __post_init__(self) -> None:
        n = len(self.ids)
        _unique(self.ids, "jurisdictions")
        _rows(self.parent, n, n, "jurisdictions.parent", lowest=-1)
        _require(len(self.tier) == n and len(self.role) == n, "jurisdictions: tier and role per id")
        _require(self.budget.shape == (n,), "jurisdictions.budget: one value per id")
        _require(not (self.budget < 0).any(), "jurisdictions.budget: no value may be negative")
        row = self.parent
        for _ in range(n):
            row = np.where(row >= 0, self.parent[row], -1)
        _require((row < 0).all(), "jurisdictions.parent: the parents form a cycle")
        _freeze(self)

    def at(self, tier: str) -> Ints:
        """(C,) row of the jurisdiction of this tier that each one is, or lies in; -1 if none."""
        is_tier = np.array([t == tier for t in self.tier], dtype=bool)
        found = np.full(len(self.ids), -1, dtype=np.int64)
        row = np.arange(len(self.ids))
        while (row >= 0).any():
            hit = (found < 0) & (row >= 0) & is_tier[row]
            found[hit] = row[hit]
            row = np.where(row >= 0, self.parent[row], -1)
        return found


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand points. persons: (I,); groups: name -> (I,) persons of that group."""

    ids: tuple[str, ...]
    jurisdiction: Ints
    persons: Floats
    groups: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.ids)
        _unique(self.ids, "demand")
        _amounts(self.persons, n, "demand.persons")
        _require(self.persons.sum() > 0, "demand.persons: nobody lives here")
        for name, persons in self.groups.items():
            _amounts(persons, n, f"demand.{name}")
        _freeze(self)


@dataclass(frozen=True, eq=False)
class Sites:
    """Places where services can stand, control lines already obeyed.

    cost: (J,) money to open the site, paid once however many services it hosts.
    land: (J,) hectares for new building (inf: no limit). hosts: (J,) most services it can host.
    """

    ids: tuple[str, ...]
    jurisdiction: Ints
    cost: Floats
    land: Floats
    hosts: Ints

    def __post_init__(self) -> None:
        n = len(self.ids)
        _unique(self.ids, "sites")
        _amounts(self.cost, n, "sites.cost")
        _require(self.land.shape == (n,), "sites.land: one value per id")
        _require((self.land >= 0).all(), "sites.land: no value may be negative")
        _require(self.hosts.shape == (n,), "sites.hosts: one value per id")
        _require((self.hosts >= 0).all(), "sites.hosts: no value may be negative")
        _freeze(self)


@dataclass(frozen=True)
class Backup:
    """A second facility within `minutes` that stands in another jurisdiction of `tier`.

    tier "site": at any other site (Hogan and ReVelle 1986; Gendreau, Laporte and Semet 1997).
    """

    minutes: float
    tier: str = "city"

    def reaches(self, minutes: Floats) -> Bools:
        """Which of these minutes are near enough for a backup."""
        return minutes <= self.minutes + ROUNDING


@dataclass(frozen=True)
class Level:
    """One level of a service; a service without a hierarchy has one, of the same name.

    standard: minutes within which a person counts as covered.
    cutoff: longest admissible minutes; nobody is served from farther away.
    share: share of the persons who need this level (what is referred to it).
    border: tier whose border residents may not cross to be served; None where they may.
    referral: longest minutes from an open facility of this level to one of the next level;
        None where nothing is referred.
    """

    id: str
    service: str
    standard: float
    cutoff: float
    share: float = 1.0
    border: str | None = None
    backup: Backup | None = None
    referral: float | None = None

    def __post_init__(self) -> None:
        _require(self.standard > 0, f"{self.id}: the standard must be above 0 minutes")
        _require(self.cutoff >= self.standard, f"{self.id}: cut-off below the standard")
        _require(0 < self.share <= 1, f"{self.id}: share must be in (0, 1]")

    def covers(self, minutes: Floats) -> Bools:
        """Which of these minutes are within the standard."""
        return minutes <= self.standard + ROUNDING


@dataclass(frozen=True)
class Size:
    """What can be built. capacity: level id -> persons (inf: no limit); absent: not offered."""

    name: str
    cost: float
    upgrade_cost: float
    land: float
    capacity: Mapping[str, float]


@dataclass(frozen=True)
class Service:
    """A service: its levels from the lowest to the highest, and the sizes to choose from."""

    id: str
    levels: tuple[Level, ...]
    sizes: tuple[Size, ...]


@dataclass(frozen=True, eq=False)
class Options:
    """Everything that can stand, a row per (service, site, size): at most one per (service, site).

    size: (K,) row of the service's sizes, -1 for a standing facility that is kept as it is.
    kind: (K,) KEEP, BUILD or UPGRADE.
    capacity: (K, L) persons that it can serve at each level; inf: no limit, 0: not offered.
    required: (K,) one of the options of this (service, site) must be chosen.
    """

    service: Ints
    site: Ints
    size: Ints
    kind: NDArray[np.str_]
    capacity: Floats
    cost: Floats
    land: Floats
    required: Bools

    def __post_init__(self) -> None:
        n = len(self.service)
        _amounts(self.cost, n, "options.cost")
        _amounts(self.land, n, "options.land")
        _require(self.capacity.ndim == 2 and len(self.capacity) == n, "options.capacity: (K, L)")
        _require((self.capacity >= 0).all(), "options.capacity: no value may be negative")
        _freeze(self)

    def __len__(self) -> int:
        return len(self.service)

    @cached_property
    def facility(self) -> Ints:
        """(K,) number of the (service, site) that an option belongs to, 0..F-1."""
        key = self.service * (self.site.max(initial=0) + 1) + self.site
        return np.unique(key, return_inverse=True)[1].reshape(-1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Who could be served where: sorted by origin, then minutes. All arrays (N,).

    needs: row of `Corridors.bundle` that must be built; -1 (and absent): the roads as they are.
    """

    origin: Ints
    site: Ints
    minutes: Floats
    needs: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        n = len(self.origin)
        _require(len(self.site) == n, "pairs: origin and site differ in length")
        _amounts(self.minutes, n, "pairs.minutes")
        if len(self.needs) != n:
            _require(not len(self.needs), "pairs: origin and needs differ in length")
            object.__setattr__(self, "needs", np.full(n, -1))
        order = np.lexsort((self.needs, self.site, self.minutes, self.origin))
        for name in ("origin", "site", "minutes", "needs"):
            object.__setattr__(self, name, getattr(self, name)[order])
        _freeze(self)

    def __len__(self) -> int:
        return len(self.origin)

    def only(self, keep: Bools) -> Pairs:
        """The pairs where `keep` is true."""
        return Pairs(self.origin[keep], self.site[keep], self.minutes[keep], self.needs[keep])

    def __add__(self, other: Pairs) -> Pairs:
        """These and those."""
        names = ("origin", "site", "minutes", "needs")
        return Pairs(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in names))


@dataclass(frozen=True, eq=False)
class Corridors:
    """A roads that can be built, control lines already obeyed, and what they change.

    cost: (A,) money. shares: (A, C) of it that each jurisdiction pays; each row sums to 1.
    link: (A,) corridors with the same number are levels of one link: at most one of them is
    built; absent: each is a link of its own.
    bundle: (B, A) sets of corridors. faster: one entry per level, pairs that are there, or
    faster, when all of the bundle that they need are built.
    """

    ids: tuple[str, ...]
    cost: Floats
    shares: Floats
    bundle: Bools
    faster: tuple[Pairs, ...]
    link: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not len(self.link):
            object.__setattr__(self, "link", np.arange(n))
        _require(self.link.shape == (n,), "corridors.link: one number per id")
        _unique(self.ids, "corridors")
        _amounts(self.cost, n, "corridors.cost")
        _require(self.shares.ndim == 2 and len(self.shares) == n, "corridors.shares: (A, C)")
        _require(np.allclose(self.shares.sum(axis=1), 1), "corridors.shares: rows sum to 1")
        _require(self.bundle.ndim == 2 and self.bundle.shape[1] == n, "corridors.bundle: (B, A)")
        for pairs in self.faster:
            _rows(pairs.needs, len(pairs), len(self.bundle), "corridors.faster: needs")
        _freeze(self)

    def built(self, corridors: Ints) -> Bools:
        """(B + 1,) which bundles stand when these corridors (rows) do; the last: none is needed.

        So that it can be indexed by `Pairs.needs`.
        """
        missing = np.ones(len(self.ids), dtype=bool)
        missing[corridors] = False
        return np.append(~(self.bundle & missing).any(axis=1), True)


@dataclass(frozen=True)
class Aid:
    """Jurisdictions of `tier` help one another where something fails.

    Their borders are open then, and each facility keeps the share `reserve` of its capacity for
    the jurisdiction that it stands in.
    """

    tier: str
    reserve: float = 0.0

    def __post_init__(self) -> None:
        _require(0 <= self.reserve <= 1, "aid.reserve: a share must be in [0, 1]")


@dataclass(frozen=True, eq=False)
class Scenarios:
    """S failures that plans are made for; no two happen at a time.

    probability: (S,), together at most 1: with what is left, nothing fails.
    failed: (S, J) sites whose facilities do not work. trips: of each scenario, by level, the pairs
    on what is left of roads and corridors (those to failed sites may be among them).
    unserved: (L,) minutes that count for whoever is not served in a scenario.
    """

    ids: tuple[str, ...]
    probability: Floats
    failed: Bools
    trips: tuple[tuple[Pairs, ...], ...]
    unserved: Floats
    aid: Aid | None = None

    def __post_init__(self) -> None:
        n = len(self.ids)
        _unique(self.ids, "scenarios")
        _amounts(self.probability, n, "scenarios.probability")
        _require(self.probability.sum() <= 1 + 1e-9, "scenarios.probability: more than 1 in all")
        _require(self.failed.ndim == 2 and len(self.failed) == n, "scenarios.failed: (S, J)")
        _require(len(self.trips) == n, "scenarios.trips: one entry per scenario")
        _freeze(self)


@dataclass(frozen=True, eq=False)
class States:
    """Of an unfolded problem (`optimizer.scenarios`): in which state each level is.

    of: (L,) state, 0 where nothing fails, n where scenario n - 1 happens; base: (L,) row of the
    level that it is in that state; probability: (S + 1,) of each state.
    """

    of: Ints
    base: Ints
    probability: Floats
    aid: Aid | None = None

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, eq=False)
class Problem:
    """All facts of one study.

    pairs: one entry per level, demand point -> site, within cut-off and border, only sites
        with an option that offers the level.
    transfers: level row -> site -> site within that level's referral minutes.
    corridors: those to decide on; None: the roads stay as they are. Backup and referral are
        judged on the roads as they are.
    scenarios: failures that the plan is made for; None: nothing ever fails.
    states: where this is such a problem unfolded.
    """

    jurisdictions: Jurisdictions
    demand: Demand
    sites: Sites
    services: tuple[Service, ...]
    options: Options
    pairs: tuple[Pairs, ...]
    transfers: Mapping[int, Pairs] = field(default_factory=dict)
    corridors: Corridors | None = None
    scenarios: Scenarios | None = None
    states: States | None = None

    def __post_init__(self) -> None:
        c, i, j = len(self.jurisdictions.ids), len(self.demand.ids), len(self.sites.ids)
        _rows(self.demand.jurisdiction, i, c, "demand.jurisdiction")
        _rows(self.sites.jurisdiction, j, c, "sites.jurisdiction")
        k, n_levels = len(self.options), len(self.levels)
        _rows(self.options.service, k, len(self.services), "options.service")
        _rows(self.options.site, k, j, "options.site")
        _require(self.options.capacity.shape == (k, n_levels), "options.capacity: (K, L)")
        _require(len(self.pairs) == n_levels, "pairs: one entry per level")
        for level, pairs in zip(self.levels, self.pairs, strict=True):
            _rows(pairs.origin, len(pairs), i, f"pairs of {level.id}: demand")
            _rows(pairs.site, len(pairs), j, f"pairs of {level.id}: site")
        for level, trips in zip(self.levels, self.trips, strict=True):
            reached = np.zeros(i, dtype=bool)
            reached[trips.origin] = True
            lost = [self.demand.ids[n] for n in np.flatnonzero(~reached)[:5]]
            _require(not lost, f"{level.id}: demand points that reach no site: {', '.join(lost)}")
        _freeze(self)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels of all services, in order: the index set of `pairs` and `capacity`."""
        return tuple(level for service in self.services for level in service.levels)

    @cached_property
    def trips(self) -> tuple[Pairs, ...]:
        """By level: the pairs, and those that corridors make faster."""
        if self.corridors is None:
            return self.pairs
        both = zip(self.pairs, self.corridors.faster, strict=True)
        return tuple(pairs + faster for pairs, faster in both)

    def demand_at(self, tier: str) -> Ints:
        """(I,) row of the jurisdiction of this tier that each demand point lies in, or -1."""
        return self.jurisdictions.at(tier)[self.demand.jurisdiction]

    def shares_at(self, tier: str) -> Floats:
        """(A, C) share of each corridor that jurisdictions of this tier, with all in them, have."""
        shares = np.zeros((0, len(self.jurisdictions.ids)))
        if self.corridors is not None:
            at, shares = self.jurisdictions.at(tier), np.zeros(self.corridors.shares.shape)
            for c in np.flatnonzero(at >= 0).tolist():
                shares[:, at[c]] += self.corridors.shares[:, c]
        return shares

    def apart(self, backup: Backup) -> Ints:
        """(J,) sites with the same number do not back each other up; -1: backs up nobody."""
        if backup.tier == SITE:
            return np.arange(len(self.sites.ids))
        return self.sites_at(backup.tier)

    def sites_at(self, tier: str) -> Ints:
        """(J,) row of the jurisdiction of this tier that each site lies in, or -1."""
        return self.jurisdictions.at(tier)[self.sites.jurisdiction]
