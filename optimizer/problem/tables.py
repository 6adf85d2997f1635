"""TABLES: jurisdictions, demand, sites, what can stand there, and who could be served where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.foundation.tolerances import ROUNDING
from optimizer.problem.valid import Bools, Floats, Ints, amounts, freeze, require, rows, unique

#: What an option does at a site: leave a standing facility as it is, build a new one, add a size
#: to a standing one, or close it.
KEEP, BUILD, UPGRADE, CLOSE = "keep", "build", "upgrade", "close"
#: Roles of jurisdictions, and the class of the demand points in them.
ROLES = CORE, MEMBER = ("core", "member")
ROLE = "role"


@dataclass(frozen=True, eq=False)
class Classes:
    """Classification of demand points, or of jurisdictions.

    of: (I,) or (C,) row of the label of each, -1 where it has none.
    """

    labels: tuple[str, ...]
    of: Ints

    def __post_init__(self) -> None:
        unique(self.labels, "classes")
        rows(self.of, len(self.of), len(self.labels), "classes.of", lowest=-1)
        freeze(self)


@dataclass(frozen=True, eq=False)
class Jurisdictions:
    """Nested areas (province > city > county).

    parent: (C,) row of the jurisdiction above, -1 at the top.
    budget: (C,) money of its own, NaN where it has none.
    land_quota: (C,) hectares that may be built on, NaN (and absent): not said.
    classes: name -> what each says of itself, such as its stage; what says nothing is of the class
    of the next above it that does.
    """

    ids: tuple[str, ...]
    parent: Ints
    tier: tuple[str, ...]
    role: tuple[str, ...]
    budget: Floats
    land_quota: Floats = field(default_factory=lambda: np.empty(0))
    classes: Mapping[str, Classes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not len(self.land_quota):
            object.__setattr__(self, "land_quota", np.full(n, np.nan))
        require(self.land_quota.shape == (n,), "jurisdictions.land_quota: one value per id")
        require(not (self.land_quota < 0).any(), "jurisdictions.land_quota: none may be negative")
        unique(self.ids, "jurisdictions")
        rows(self.parent, n, n, "jurisdictions.parent", lowest=-1)
        require(len(self.tier) == n and len(self.role) == n, "jurisdictions: tier and role per id")
        require(self.budget.shape == (n,), "jurisdictions.budget: one value per id")
        require(not (self.budget < 0).any(), "jurisdictions.budget: no value may be negative")
        row = self.parent
        for _ in range(n):
            row = np.where(row >= 0, self.parent[row], -1)
        require((row < 0).all(), "jurisdictions.parent: the parents form a cycle")
        for name, classes in self.classes.items():
            require(len(classes.of) == n, f"jurisdictions.{name}: one class per id")
        freeze(self)

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

    def of_class(self, name: str) -> Ints:
        """(C,) row of the label of this class that each one has, or lies in; -1 if none."""
        own = self.classes[name].of
        found, row = own.copy(), self.parent
        while (lacking := (found < 0) & (row >= 0)).any():
            found[lacking] = own[row[lacking]]
            row = np.where(row >= 0, self.parent[row], -1)
        return found

    def holding(self, rows: Ints) -> dict[int, Ints]:
        """Jurisdiction -> which of these places, each in the jurisdiction `rows`, lie in it."""
        places, areas = [np.arange(len(rows))], [rows]
        while (areas[-1] >= 0).any():
            up = areas[-1] >= 0
            places.append(places[-1][up])
            areas.append(self.parent[areas[-1][up]])
        place, area = np.concatenate(places), np.concatenate(areas)
        place, area = place[area >= 0], area[area >= 0]
        order = np.lexsort((place, area))
        inhabited, first = np.unique(area[order], return_index=True)
        return dict(zip(inhabited.tolist(), np.split(place[order], first[1:]), strict=True))


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand points. persons: (I,); groups: name -> (I,) persons of that group.

    classes: name -> class of each point, such as its ring. core_minutes: (I,) road minutes to the
    seat of the nearest core, inf where no road leads to one; None where no core has a seat.
    """

    ids: tuple[str, ...]
    jurisdiction: Ints
    persons: Floats
    groups: Mapping[str, Floats] = field(default_factory=dict)
    classes: Mapping[str, Classes] = field(default_factory=dict)
    core_minutes: Floats | None = None

    def __post_init__(self) -> None:
        n = len(self.ids)
        unique(self.ids, "demand")
        amounts(self.persons, n, "demand.persons")
        require(self.persons.sum() > 0, "demand.persons: nobody lives here")
        for name, persons in self.groups.items():
            amounts(persons, n, f"demand.{name}")
        for name, classes in self.classes.items():
            require(len(classes.of) == n, f"demand.{name}: one class per id")
        if self.core_minutes is not None:
            away = self.core_minutes
            require(
                away.shape == (n,) and (away >= 0).all(), "demand.core_minutes: (I,), 0 or more"
            )
        freeze(self)

    def entitled(self, groups: tuple[str, ...]) -> Floats:
        """(I,) persons of these groups, which are entitled to something; of none: all persons."""
        return np.sum([self.groups[name] for name in groups], axis=0) if groups else self.persons

    def entitled_of(self, groups: tuple[str, ...], group: str) -> Floats:
        """(I,) persons of one population group who are entitled to what these groups are.

        A group that is named is entitled wholly, and one that holds whoever is left nowhere; of
        any other as large a share as of all persons of the demand point.
        """
        members, persons, entitled = self.groups[group], self.persons, self.entitled(groups)
        if not groups or group in groups:
            return members
        if np.allclose(members + entitled, persons, rtol=ROUNDING, atol=0):
            return np.zeros(len(persons))
        share = np.divide(entitled, persons, out=np.zeros(len(persons)), where=persons > 0)
        return members * np.minimum(share, 1.0)


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
        unique(self.ids, "sites")
        amounts(self.cost, n, "sites.cost")
        require(self.land.shape == (n,), "sites.land: one value per id")
        require((self.land >= 0).all(), "sites.land: no value may be negative")
        require(self.hosts.shape == (n,), "sites.hosts: one value per id")
        require((self.hosts >= 0).all(), "sites.hosts: no value may be negative")
        freeze(self)


@dataclass(frozen=True, eq=False)
class Options:
    """Everything that can stand, a row per (service, site, size): at most one per (service, site).

    size: (K,) row of the service's sizes, -1 for a standing facility that is kept as it is, or
        closed.
    kind: (K,) KEEP, BUILD, UPGRADE or CLOSE: what is closed offers nothing and takes no land.
    capacity: (K, L) persons that it can serve at each level; inf: no limit, 0: not offered.
    cost: (K,) money; per year where the Problem has `costs`, else what is paid once.
    required: (K,) one of the options of this (service, site) must be chosen: what the planner
        requires, and what stands, for that stays unless it is closed.
    once, running: (K,) money of which the cost is made: paid once (absent: all), and per year.
    """

    service: Ints
    site: Ints
    size: Ints
    kind: NDArray[np.str_]
    capacity: Floats
    cost: Floats
    land: Floats
    required: Bools
    once: Floats = field(default_factory=lambda: np.empty(0))
    running: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        n = len(self.service)
        amounts(self.cost, n, "options.cost")
        if not len(self.once):
            object.__setattr__(self, "once", self.cost)
        if not len(self.running):
            object.__setattr__(self, "running", np.zeros(n))
        amounts(self.once, n, "options.once")
        amounts(self.running, n, "options.running")
        amounts(self.land, n, "options.land")
        require(self.capacity.ndim == 2 and len(self.capacity) == n, "options.capacity: (K, L)")
        require((self.capacity >= 0).all(), "options.capacity: no value may be negative")
        stands = (self.kind == KEEP) | (self.kind == UPGRADE) | self.closed
        require(self.required[stands].all(), "options.required: what stands stays, so it is")
        nothing = ~self.capacity[self.closed].any() and not self.land[self.closed].any()
        require(nothing, "options.capacity, land: what is closed offers nothing")
        freeze(self)

    def __len__(self) -> int:
        return len(self.service)

    @property
    def closed(self) -> Bools:
        """(K,) options that close a facility."""
        return np.asarray(self.kind == CLOSE)

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
        require(len(self.site) == n, "pairs: origin and site differ in length")
        amounts(self.minutes, n, "pairs.minutes")
        if len(self.needs) != n:
            require(not len(self.needs), "pairs: origin and needs differ in length")
            object.__setattr__(self, "needs", np.full(n, -1))
        order = np.lexsort((self.needs, self.site, self.minutes, self.origin))
        for name in ("origin", "site", "minutes", "needs"):
            object.__setattr__(self, name, getattr(self, name)[order])
        freeze(self)

    def __len__(self) -> int:
        return len(self.origin)

    def only(self, keep: Bools) -> Pairs:
        """The pairs where `keep` is true."""
        return Pairs(self.origin[keep], self.site[keep], self.minutes[keep], self.needs[keep])

    def __add__(self, other: Pairs) -> Pairs:
        """These and those."""
        names = ("origin", "site", "minutes", "needs")
        return Pairs(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in names))
