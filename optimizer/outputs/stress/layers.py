"""The layers of a plan under stress. CRS: that of the demand layer, as in a plan.

By level, of a single failure: `persons_` who lose minutes, `lost_` person-minutes that they lose,
`cut_off_` persons who reach nobody any more (they count as `unmet.minutes`, or as travelling the
cut-off), `beyond_` persons beyond the capacity of where people go then, `most_` minutes lost where
it is hardest,
`point_` that demand point, and `area_` the jurisdiction that loses most person-minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.geodata.geography import Instance
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.columns import assembled, of_level, own
from optimizer.problem import Floats, Ints
from optimizer.stress.failures import Failure, Loss
from optimizer.stress.file import Stressed


def layers(stressed: Stressed) -> dict[str, gpd.GeoDataFrame]:
    """Name -> layer, from the lowest to the highest on a map."""
    return {
        "critical_links": critical_links(stressed),
        "losses": losses(stressed),
        "critical_sites": critical_sites(stressed),
    }


def critical_sites(stressed: Stressed) -> gpd.GeoDataFrame:
    """One point per site with an open facility, the most critical first; columns of the site."""
    problem, geography = stressed.instance.problem, stressed.instance.geography
    rows = [failure.row for failure in stressed.sites]
    ids = [problem.sites.ids[row] for row in rows]
    areas = [problem.jurisdictions.ids[problem.sites.jurisdiction[row]] for row in rows]
    ours = {"id": ids, "jurisdiction": areas} | _columns(stressed, stressed.sites)
    theirs = geography.sites.loc[ids]
    return assembled(stressed.instance, ours, own(theirs, ours, tuple(ours)[:2]), theirs.geometry)


def critical_links(stressed: Stressed) -> gpd.GeoDataFrame:
    """One line per road that somebody uses and corridor that is built, the most critical first."""
    geography, links = stressed.instance.geography, stressed.links
    corridors = [stressed.corridor(failure.row) for failure in links]
    lines = _lines(stressed.instance, np.array([failure.row for failure in links], dtype=np.int64))
    parts = []
    for row, corridor in zip(lines.tolist(), corridors, strict=True):
        if corridor is None:
            parts.append(geography.roads.iloc[[row]])
        else:
            assert geography.corridors is not None
            parts.append(geography.corridors.loc[[corridor]].to_crs(geography.roads.crs))
    theirs = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))
    ours: dict[str, Any] = {
        "id": [stressed.name(failure.kind, failure.row) for failure in links],
        "kind": ["road" if one is None else "corridor" for one in corridors],
        "dead_end": stressed.standing.ground.dead_end[[failure.row for failure in links]],
    }
    ours |= _columns(stressed, links)
    return assembled(stressed.instance, ours, own(theirs, ours, ("id",)), theirs.geometry)


def losses(stressed: Stressed) -> gpd.GeoDataFrame:
    """One point per demand point: by level, the most minutes that it loses in any single failure.

    Dead ends do not count: everybody who lives at one would lose all by it. `failure_`: what fails
    then, a site, a corridor, or the two nodes of a road; `kind_`: which.
    """
    problem, geography = stressed.instance.problem, stressed.instance.geography
    failures = (*stressed.sites, *stressed.streets)
    ours: dict[str, Any] = {
        "id": problem.demand.ids,
        "jurisdiction": [problem.jurisdictions.ids[row] for row in problem.demand.jurisdiction],
        "persons": problem.demand.persons,
    }
    for number, level in enumerate(problem.levels):
        most, by = _worst(failures, number, len(problem.demand.ids))
        named = [failures[one] if one >= 0 else None for one in by]
        ours[of_level("most", level)] = most
        ours[of_level("failure", level)] = [
            one and stressed.name(one.kind, one.row) for one in named
        ]
        ours[of_level("kind", level)] = [one and one.kind for one in named]
    kept = own(geography.demand, ours, same=tuple(ours)[:3])
    return assembled(stressed.instance, ours, kept, geography.demand.geometry)


def hardest(stressed: Stressed, level: int, loss: Loss) -> tuple[int, int]:
    """Rows: the demand point that loses most minutes, and the jurisdiction that loses most
    person-minutes, of the tier that maps are about (-1: nobody's). Somebody must lose some.
    """
    area = stressed.instance.problem.demand_at(focus_tier(stressed.instance))
    lost = loss.minutes * stressed.standing.persons[:, level]
    by_area = np.bincount(area + 1, lost)
    return int(loss.minutes.argmax()), int(by_area.argmax()) - 1


def _columns(stressed: Stressed, failures: Sequence[Failure]) -> dict[str, Any]:
    """rank from 1, person-minutes lost over the levels by their weights, and each level."""
    problem = stressed.instance.problem
    points, areas = problem.demand.ids, (*problem.jurisdictions.ids, None)
    ours: dict[str, Any] = {
        "rank": np.arange(1, len(failures) + 1),
        "lost": [failure.weighed for failure in failures],
    }
    for number, level in enumerate(problem.levels):
        losses = [failure.losses[number] for failure in failures]
        some = [
            hardest(stressed, number, loss) if loss.person_minutes > 0 else None for loss in losses
        ]
        ours |= {
            of_level("persons", level): [loss.persons for loss in losses],
            of_level("lost", level): [loss.person_minutes for loss in losses],
            of_level("cut_off", level): [loss.cut_off for loss in losses],
            of_level("beyond", level): [loss.beyond for loss in losses],
            of_level("most", level): [float(loss.minutes.max()) for loss in losses],
            of_level("point", level): [one and points[one[0]] for one in some],
            of_level("area", level): [one and areas[one[1]] for one in some],
        }
    return ours


def _worst(failures: Sequence[Failure], level: int, points: int) -> tuple[Floats, Ints]:
    """(I,) most minutes lost at a level, and the failure (-1: none) that takes them."""
    most, by = np.zeros(points), np.full(points, -1)
    for number, failure in enumerate(failures):
        more = failure.losses[level].minutes
        by[more > most] = number
        most = np.maximum(most, more)
    return most, by


def _lines(instance: Instance, links: Ints) -> Ints:
    """Row of the roads layer of each link that is a road: the fastest between its nodes."""
    link, minutes = instance.parts.hung.sections.link, instance.parts.tables.ways.minutes
    order = np.argsort(-minutes, kind="stable")
    fastest = dict(zip(link[order].tolist(), order.tolist(), strict=True))
    roads = len(instance.parts.hung.sections.links)
    return np.array([fastest[n] if n < roads else -1 for n in links.tolist()])
