"""Warnings about an input that is legal but unusual: sentences, never a reason to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np

from optimizer.equity import Class, make
from optimizer.foundation.figures import many, share
from optimizer.foundation.language import _
from optimizer.geodata.assemble import Parts, demand
from optimizer.geodata.connectivity import called
from optimizer.geodata.control_lines import Control
from optimizer.geodata.cross_checks import compared
from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.layers import stretch
from optimizer.geodata.magnitudes import strange_numbers
from optimizer.geodata.policy_of_file import equities, levels_of
from optimizer.geodata.warnings_of_places import strange_places
from optimizer.geodata.warnings_of_roads import strange_roads
from optimizer.problem import CORE
from optimizer.question import Policy

#: A share by which lengths may be wrong.
MAX_STRETCH = 0.01

#: Measures that grow exponentially with the minutes, and ln of how many times as much as the
#: nearest the farthest may count so that others count too: 10^6.
GROWING, MAX_LOG_UNMET = ("kolm_pollak", "kolm_pollak_gap"), 14.0


def strange(
    file: InstanceFile,
    policy: Policy,
    parts: Parts,
    spared: Control,
    layers: Mapping[str, gpd.GeoDataFrame],
    shapes: Mapping[str, gpd.GeoSeries],
) -> tuple[str, ...]:
    """All warnings.

    spared: control lines at sites where something stands; layers: as they stand; shapes: of each
    layer, in metres.
    """
    return (
        *_crs(file, stretch(shapes["demand"])),
        *_people(parts),
        *_cores(parts),
        *_alone(policy, parts),
        *_levels(file, parts),
        *_unmet(policy, parts),
        *_roads(parts),
        *strange_roads(parts.hung.network, parts.tables.ways, layers["roads"], shapes["roads"]),
        *strange_places(parts, layers, shapes),
        *strange_numbers(file, policy, parts, shapes),
        *_spared(parts, spared),
    )


def _crs(file: InstanceFile, longer: float) -> Iterator[str]:
    if longer > MAX_STRETCH:
        yield _(
            "crs: lengths in {crs} are wrong by up to {share:.0%} here: "
            "choose a zone that fits, such as that of UTM",
            crs=file.crs,
            share=longer,
        )


def _people(parts: Parts) -> Iterator[str]:
    points = parts.tables.points
    empty = int((points.persons == 0).sum())
    if empty:
        yield _("demand: nobody lives at {points}", points=many(empty, "demand point"))
    everybody = points.persons.sum()
    modelled = float(points.persons[points.modelled].sum() / everybody)
    coarse = float(points.persons[points.coarse & ~points.modelled].sum() / everybody)
    if modelled > 0:
        yield _(
            "demand: {share} of the persons are put at places that are modelled, and may live "
            "elsewhere",
            share=share(modelled, 0),
        )
    if coarse > 0:
        yield _(
            "demand: {share} of the persons live where the position is coarse",
            share=share(coarse, 0),
        )
    for group, persons in points.groups.items():
        more = int((persons > points.persons).sum())
        if more:
            yield _(
                "demand: more {group} persons than persons at {points}",
                group=group,
                points=many(more, "demand point"),
            )


def _cores(parts: Parts) -> Iterator[str]:
    """Cores to which no minutes are known, where seats are named at all.

    A core in which another has its seat is as near as that one.
    """
    areas, parent = parts.tables.areas, parts.jurisdictions.parent
    named = areas.seat != ""
    row = np.flatnonzero(named & (areas.role == CORE))
    known = np.zeros(len(areas.ids), dtype=bool)
    while len(row):
        known[row] = True
        row = parent[row][parent[row] >= 0]
    lacking = areas.ids[(areas.role == CORE) & ~known]
    if named.any() and len(lacking):
        yield _(
            "jurisdictions: minutes to the nearest core leave out {cores} without a seat",
            cores=called(many(len(lacking), "core"), lacking),
        )


def _alone(policy: Policy, parts: Parts) -> Iterator[str]:
    for at, equity in equities(policy).items():
        kind = make(equity.measure, equity.parameters).kind
        counted = levels_of(equity, policy.level_weights)
        units = [compared(parts.tables, level) for level in parts.levels if level.id in counted]
        if kind is Class.DISPERSION and any(count[equity.among] == 1 for count in units):
            yield _(
                "{key}: there is one unit among {among}, and none to compare it with",
                key=at,
                among=equity.among,
            )


def _levels(file: InstanceFile, parts: Parts) -> Iterator[str]:
    for level in parts.levels:
        if level.cutoff == level.standard:
            yield _(
                "{level}: the cut-off is the standard, so all who are served are covered",
                level=level.id,
            )
    for name, table in file.services.items():
        for floors in (table.floors, *(level.floors for level in table.levels.values())):
            for floor, least in floors or ():
                if least == 0:
                    yield _(
                        "{service}: the floor {floor} is 0 and asks for nothing",
                        service=name,
                        floor=floor,
                    )


def _unmet(policy: Policy, parts: Parts) -> Iterator[str]:
    """Needs that no plan meets, and minutes of unmet needs beside which no others count."""
    levels = {level.id: row for row, level in enumerate(parts.levels) if level.may_be_unmet}
    for name, row in levels.items():
        lost = demand(parts.tables).entitled(parts.levels[row].entitled) > 0
        lost[parts.pairs[row].origin] = False
        if lost.any() and not policy.corridors:
            yield _(
                "{level}: no site is within reach of {points}, so that their need is unmet in "
                "every plan",
                level=name,
                points=many(int(lost.sum()), "demand point"),
            )
    for equity in policy.equities():
        if equity.measure not in GROWING:
            continue
        aversion = float(make(equity.measure, equity.parameters).__dict__["aversion"])
        for name in levels_of(equity, policy.level_weights):
            if name not in levels or not len(parts.pairs[levels[name]]):
                continue
            level, minutes = parts.levels[levels[name]], parts.pairs[levels[name]].minutes
            times = aversion * (level.unserved_minutes - float(minutes.min())) / level.standard
            if times > MAX_LOG_UNMET:
                yield _(
                    "{level}: whoever is not served counts e^{times:.0f} times as much as the "
                    "nearest in {measure}, so that nothing else counts: lower unmet.minutes or the "
                    "aversion",
                    level=name,
                    times=times,
                    measure=equity.measure,
                )


def _roads(parts: Parts) -> Iterator[str]:
    network = parts.hung.network
    needed = network.piece[np.concatenate([parts.hung.demand.node, parts.hung.sites.node])]
    idle = ~np.isin(network.piece, needed)
    if idle.any():
        yield _(
            "roads: {pieces} of {nodes} in all lead to nobody",
            pieces=many(len(np.unique(network.piece[idle])), "piece"),
            nodes=many(int(idle.sum()), "node"),
        )


def _spared(parts: Parts, spared: Control) -> Iterator[str]:
    for site, reason in zip(parts.tables.places.ids, spared.reason, strict=True):
        if reason:
            yield _(
                "sites: what stands at {site} stays as it is, {reason}",
                site=site,
                reason=_(reason),
            )
