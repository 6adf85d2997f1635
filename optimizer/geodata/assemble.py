"""From arrays with ids to the Problem: rows for ids, options, pairs, transfers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimizer.geodata.classes import classes, classes_of_areas, core_minutes
from optimizer.geodata.hanging import Spots
from optimizer.geodata.supply import Supply
from optimizer.geodata.tables import Areas, Tables, rows
from optimizer.network.graph import Links, Roads
from optimizer.network.minutes import transfer, travel
from optimizer.network.sections import Sections
from optimizer.problem import (
    Bools,
    Corridors,
    Costs,
    Demand,
    Floats,
    Ints,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
)


@dataclass(frozen=True, eq=False)
class Hung:
    """The roads, and where demand points and sites hang on them.

    sections: of all roads, cut where anything hangs; network: the graph of those that are open;
    spots: where `demand` and `sites` meet the roads, and ends (`from`, `to`) of corridors.
    """

    sections: Sections
    network: Roads
    demand: Links
    sites: Links
    spots: Mapping[str, Spots]

    def without(self, closed: Ints) -> Hung:
        """The same where these roads (rows of the layer) are closed."""
        return replace(self, network=self.sections.roads(closed))


@dataclass(frozen=True, eq=False)
class Parts:
    """All that the Problem is made of; rows of sites are those of the sites layer.

    options: at sites that control lines allow. costs: None where all money is paid once.
    """

    services: tuple[Service, ...]
    tables: Tables
    supply: Supply
    options: Options
    hung: Hung
    costs: Costs | None = None

    @property
    def counted(self) -> float:
        """What 1 that is paid once for sites and corridors counts: per year, where money is."""
        return 1.0 if self.costs is None else self.costs.factor

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels of all services, in order."""
        return tuple(level for service in self.services for level in service.levels)

    @cached_property
    def jurisdictions(self) -> Jurisdictions:
        """The areas that everything lies in."""
        return jurisdictions(self.tables.areas)

    @cached_property
    def demand_area(self) -> Ints:
        """(I,) jurisdiction of each demand point."""
        return rows(self.tables.points.jurisdiction, self.tables.areas.ids)

    @cached_property
    def site_area(self) -> Ints:
        """(J,) jurisdiction of each site."""
        return rows(self.tables.places.jurisdiction, self.tables.areas.ids)

    @cached_property
    def offers(self) -> Bools:
        """(J, L) sites with an option that offers the level."""
        offers = np.zeros((len(self.site_area), len(self.levels)), dtype=bool)
        np.logical_or.at(offers, self.options.site, self.options.capacity > 0)
        return offers

    @cached_property
    def everywhere(self) -> Pairs:
        """Within the longest cut-off of all."""
        farthest = max(level.cutoff for level in self.levels)
        return self.travel(np.arange(len(self.demand_area)), farthest)

    @cached_property
    def pairs(self) -> tuple[Pairs, ...]:
        """By level: within the cut-off and the border, to sites that could offer it."""
        near = self.everywhere
        return tuple(
            near.only(self.admissible(row, near) & (near.minutes <= level.cutoff))
            for row, level in enumerate(self.levels)
        )

    @cached_property
    def site(self) -> Ints:
        """(J,) row in the Problem of each site; -1: nothing can stand there."""
        used = np.unique(self.options.site)
        row = np.full(len(self.site_area), -1, dtype=np.int64)
        row[used] = np.arange(len(used))
        return row

    @cached_property
    def transfers(self) -> dict[int, Pairs]:
        """Level row -> sites that could offer it, to sites that could offer the next level."""
        referral = {
            row: level.referral
            for row, level in enumerate(self.levels)
            if level.referral is not None
        }
        if not referral:
            return {}
        every = transfer(self.hung.network, self.hung.sites, max(referral.values()))
        return {
            row: every.only(
                (every.minutes <= minutes)
                & self.offers[every.origin, row]
                & self.offers[every.site, row + 1]
            )
            for row, minutes in referral.items()
        }

    def travel(self, points: Ints, limit: float) -> Pairs:
        """Pairs of these demand points and any site within the limit."""
        pairs = travel(
            self.hung.network,
            self.hung.demand[points],
            self.hung.sites,
            self.tables.points.access[points],
            self.tables.places.egress,
            limit,
        )
        return Pairs(points[pairs.origin], pairs.site, pairs.minutes)

    def admissible(self, level: int, pairs: Pairs) -> Bools:
        """(N,) pairs to a site that could offer the level, on this side of the level's border."""
        fits: Bools = self.offers[pairs.site, level]
        border = self.levels[level].border
        if border is not None:
            at = self.jurisdictions.at(border)
            here, there = at[self.demand_area[pairs.origin]], at[self.site_area[pairs.site]]
            fits = fits & (here == there) & (here >= 0)
        return fits


def jurisdictions(areas: Areas) -> Jurisdictions:
    """Rows for ids; the parents form no cycle."""
    return Jurisdictions(
        tuple(areas.ids),
        rows(areas.parent, areas.ids),
        tuple(areas.tier),
        tuple(areas.role),
        areas.budget,
        areas.land_quota,
        classes_of_areas(areas),
    )


def demand(tables: Tables, core_minutes: Floats | None = None) -> Demand:
    """Rows for ids, and the classes of all demand points."""
    points = tables.points
    return Demand(
        tuple(points.ids),
        rows(points.jurisdiction, tables.areas.ids),
        points.persons,
        dict(points.groups),
        classes(tables),
        core_minutes,
    )


def problem(parts: Parts, corridors: Corridors | None) -> Problem:
    """The Problem, without sites where nothing can stand.

    corridors: those to decide on; None: the roads stay as they are.
    """
    row = parts.site
    away = core_minutes(parts.tables, parts.hung.network, parts.hung.demand)
    return Problem(
        jurisdictions=parts.jurisdictions,
        demand=demand(parts.tables, away),
        sites=_sites(parts, np.flatnonzero(row >= 0)),
        services=parts.services,
        options=replace(parts.options, site=row[parts.options.site]),
        pairs=tuple(Pairs(p.origin, row[p.site], p.minutes) for p in parts.pairs),
        transfers={
            level: Pairs(row[p.origin], row[p.site], p.minutes)
            for level, p in parts.transfers.items()
        },
        corridors=corridors,
        costs=parts.costs,
    )


def _sites(parts: Parts, used: Ints) -> Sites:
    """Sites in use. What stands has paid for its site, and stays however few hosts there may be."""
    places, standing = parts.tables.places, parts.supply.stands[used].sum(axis=1)
    most = np.minimum(places.hosts[used], len(parts.services)).astype(np.int64)
    return Sites(
        tuple(places.ids[used]),
        parts.site_area[used],
        cost=np.where(standing > 0, 0.0, places.cost[used] * parts.counted),
        land=places.land[used],
        hosts=np.maximum(most, standing),
    )
