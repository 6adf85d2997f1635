"""What is legal but strange: sentences for the user to look at, never a reason to stop."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.equity import Class, make
from optimizer.figures import many, share
from optimizer.geodata.asked_policy import equities
from optimizer.geodata.assemble import Parts
from optimizer.geodata.control_lines import Control
from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.meaning import compared
from optimizer.policy import Policy
from optimizer.problem import Floats

#: A share by which lengths may be wrong.
STRETCH = 0.01
#: Metres by which roads may miss the node where they meet, and minutes of a link that are few.
GAP, FAR = 1000.0, 30.0


def strange(
    file: InstanceFile,
    policy: Policy,
    parts: Parts,
    spared: Control,
    road_ends: Floats,
    stretch: float,
) -> tuple[str, ...]:
    """All warnings.

    spared: control lines at sites where something stands; road_ends: (E, 2, 2) metres, where
    each road starts and ends; stretch: by how much the CRS changes lengths.
    """
    return (
        *_crs(file, stretch),
        *_people(parts),
        *_alone(policy, parts),
        *_levels(file, parts),
        *_roads(parts, road_ends),
        *_spared(parts, spared),
    )


def _crs(file: InstanceFile, stretch: float) -> Iterator[str]:
    if stretch > STRETCH:
        yield (
            f"crs: lengths in {file.crs} are wrong by up to {stretch:.0%} here: "
            "choose a zone that fits, such as that of UTM"
        )


def _people(parts: Parts) -> Iterator[str]:
    points = parts.tables.points
    empty = int((points.persons == 0).sum())
    if empty:
        yield f"demand: nobody lives at {many(empty, 'demand point')}"
    coarse = float(points.persons[points.coarse].sum() / points.persons.sum())
    if coarse > 0:
        yield f"demand: {share(coarse, 0)} of the persons live where the position is coarse"
    for group, persons in points.groups.items():
        more = int((persons > points.persons).sum())
        if more:
            yield f"demand: more {group} persons than persons at {many(more, 'demand point')}"


def _alone(policy: Policy, parts: Parts) -> Iterator[str]:
    count = compared(parts.tables)
    for at, equity in equities(policy).items():
        kind = make(equity.measure, equity.parameters).kind
        if kind is Class.DISPERSION and count[equity.among] == 1:
            yield f"{at}: there is one unit among {equity.among}, and none to compare it with"


def _levels(file: InstanceFile, parts: Parts) -> Iterator[str]:
    for level in parts.levels:
        if level.cutoff == level.standard:
            yield f"{level.id}: the cut-off is the standard, so all who are served are covered"
    for name, table in file.services.items():
        for floors in (table.floors, *(level.floors for level in table.levels.values())):
            for floor, least in floors or ():
                if least == 0:
                    yield f"{name}: the floor {floor} is 0 and asks for nothing"


def _roads(parts: Parts, ends: Floats) -> Iterator[str]:
    network, ways = parts.hung.network, parts.tables.ways
    needed = network.piece[np.concatenate([parts.hung.demand.node, parts.hung.sites.node])]
    idle = ~np.isin(network.piece, needed)
    if idle.any():
        pieces = many(len(np.unique(network.piece[idle])), "piece")
        yield f"roads: {pieces} of {many(int(idle.sum()), 'node')} in all lead to nobody"
    nodes = np.array([network.row[name] for name in (*ways.start, *ways.end)])
    miss = np.linalg.norm(np.concatenate([ends[:, 0], ends[:, 1]]) - network.place[nodes], axis=1)
    if (miss > GAP).any():
        worst = int(miss.argmax())
        yield (
            f"roads: {many(len(np.unique(nodes[miss > GAP])), 'node')} where roads meet without "
            f"touching, node {network.nodes[nodes[worst]]} by {miss[worst] / 1000:.1f} km"
        )
    for what, ids, links in (
        ("demand", parts.tables.points.ids, parts.hung.demand),
        ("sites", parts.tables.places.ids, parts.hung.sites),
    ):
        far = links.minutes > FAR
        if far.any():
            worst = int(links.minutes.argmax())
            yield (
                f"{what}: {many(int(far.sum()), 'point')} far from any road, "
                f"{ids[worst]} by {links.minutes[worst]:.0f} minutes"
            )


def _spared(parts: Parts, spared: Control) -> Iterator[str]:
    for site, reason in zip(parts.tables.places.ids, spared.reason, strict=True):
        if reason:
            yield f"sites: what stands at {site} stays as it is, {reason}"
