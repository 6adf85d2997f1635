"""The PROBLEM: all tables together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.problem.changes import Corridors, Scenarios, States
from optimizer.problem.costs import Costs
from optimizer.problem.services import SITE, Backup, Level, Service
from optimizer.problem.tables import Classes, Demand, Jurisdictions, Options, Pairs, Sites
from optimizer.problem.valid import Bools, Floats, Ints, freeze, require, rows

if TYPE_CHECKING:
    from optimizer.problem.adversary import Adversary


@dataclass(frozen=True, eq=False)
class Problem:
    """All facts of one study.

    pairs: one entry per level, demand point -> site, within cut-off and border, only sites
        with an option that offers the level.
    transfers: level row -> site -> site within that level's referral minutes; those of the next
        level, of the same service, receive.
    corridors: those to decide on; None: the roads stay as they are. Backup and referral are
        judged on the roads as they are.
    scenarios: failures that the plan is made for; None: nothing ever fails.
    states: where this is such a problem unfolded.
    has_nobody: whether the last site is that of those whom nobody serves, in an unfolded problem.
    adversary: who attacks the plan once it is made; None: nobody.
    costs: how money that is paid once counts per year, as it does in all tables then; None: all
        money is paid once.
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
    adversary: Adversary | None = None
    has_nobody: bool = False
    costs: Costs | None = None

    def __post_init__(self) -> None:
        c, i, j = len(self.jurisdictions.ids), len(self.demand.ids), len(self.sites.ids)
        rows(self.demand.jurisdiction, i, c, "demand.jurisdiction")
        rows(self.sites.jurisdiction, j, c, "sites.jurisdiction")
        k, n_levels = len(self.options), len(self.levels)
        rows(self.options.service, k, len(self.services), "options.service")
        rows(self.options.site, k, j, "options.site")
        require(self.options.capacity.shape == (k, n_levels), "options.capacity: (K, L)")
        if self.costs is not None:
            each = len(self.costs.services) == len(self.services)
            require(each, "costs.services: one number per service")
        require(len(self.pairs) == n_levels, "pairs: one entry per level")
        for level, pairs in zip(self.levels, self.pairs, strict=True):
            rows(pairs.origin, len(pairs), i, f"pairs of {level.id}: demand")
            rows(pairs.site, len(pairs), j, f"pairs of {level.id}: site")
        for level, trips in zip(self.levels, self.trips, strict=True):
            reached = np.full(i, level.may_be_unmet)
            reached[trips.origin] = True
            lost = [self.demand.ids[n] for n in np.flatnonzero(~reached)[:5]]
            require(not lost, f"{level.id}: demand points that reach no site: {', '.join(lost)}")
        for row in self.transfers:
            above = self.levels[row + 1 : row + 2]
            following = bool(above) and above[0].service == self.levels[row].service
            require(following, f"transfers: {self.levels[row].id} has no next level to refer to")
        classes = {*self.demand.classes, *self.jurisdictions.classes}
        both = sorted(classes & set(self.jurisdictions.tier))
        require(not both, f"classes: tiers of the same name: {', '.join(both)}")
        for row, level in enumerate(self.levels):
            unknown = [name for name in level.entitled if name not in self.demand.groups]
            require(not unknown, f"{level.id}: entitled groups that are none: {unknown}")
            entitled, persons = self.entitled(row), self.demand.persons
            require((entitled <= persons * (1 + ROUNDING)).all(), f"{level.id}: too many entitled")
            require(entitled.any(), f"{level.id}: nobody is entitled")
        freeze(self)

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

    def entitled(self, level: int) -> Floats:
        """(I,) persons who may use the level of this row."""
        return self.demand.entitled(self.levels[level].entitled)

    def entitled_of(self, level: int, group: str) -> Floats:
        """(I,) persons of a population group who may use the level of this row."""
        return self.demand.entitled_of(self.levels[level].entitled, group)

    @property
    def nobody(self) -> int:
        """Row of the site of those whom nobody serves: the last, or that behind all sites."""
        return len(self.sites.ids) - self.has_nobody

    def within_standard(self, level: int, site: Ints, minutes: Floats) -> Bools:
        """Which trips to these sites (rows) cover those who make them; nobody covers nobody."""
        return np.asarray(self.levels[level].covers(minutes) & (site != self.nobody))

    def need(self, level: int) -> Floats:
        """(I,) entitled[i, l] x share[l]: who needs the level of this row."""
        return self.entitled(level) * self.levels[level].share

    def division(self, name: str) -> Classes:
        """The demand points by class of this name, or by jurisdiction of this tier."""
        if name in self.demand.classes:
            return self.demand.classes[name]
        return Classes(self.jurisdictions.ids, self.demand_at(name))

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
