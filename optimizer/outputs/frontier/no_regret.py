"""What is built whichever plan of the frontier is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.geodata.geography import Instance
from optimizer.outputs.columns import assembled, own
from optimizer.outputs.layers import corridors
from optimizer.problem import BUILD, UPGRADE, Ints
from optimizer.sweep.task import Frontier

FACILITY, CORRIDOR = "facility", "corridor"


def no_regret(instance: Instance, frontiers: Sequence[Frontier]) -> gpd.GeoDataFrame:
    """A point per site and service that can be built or upgraded there, a line per corridor.

    plans: how many of the different non-dominated plans build or upgrade it; share: of them all.
    Empty for corridors that no plan decides on.
    """
    problem, geography = instance.problem, instance.geography
    options = problem.options
    new = np.flatnonzero(np.isin(options.kind, (BUILD, UPGRADE)))
    _, first = np.unique(options.facility[new], return_index=True)
    listed = new[first]
    site = [problem.sites.ids[row] for row in options.site[listed]]
    service = [problem.services[row].id for row in options.service[listed]]
    plans = _plans(frontiers)
    sitings = [siting for siting, _ in plans]
    count = _built(options.facility, sitings, new)[options.facility[listed]]
    area = problem.sites.jurisdiction[options.site[listed]]
    ours = {
        "kind": FACILITY,
        "id": [f"{place}:{what}" for place, what in zip(site, service, strict=True)],
        "site": site,
        "service": service,
        "jurisdiction": [problem.jurisdictions.ids[row] for row in area],
        "plans": pd.array(count, dtype="Int64"),
        "share": count / max(len(plans), 1),
    }
    theirs = geography.sites.loc[site]
    kept = own(theirs, ours, same=("id", "jurisdiction"))
    tables = [assembled(instance, ours, kept, theirs.geometry)]
    if geography.corridors is not None:
        lines = geography.corridors[(corridors(instance)["status"] == "candidate").to_numpy()]
        named: dict[str, Any] = {"kind": CORRIDOR, "id": lines.index.astype(str)}
        if problem.corridors is not None:
            row = {id: a for a, id in enumerate(problem.corridors.ids)}
            roads = [built for _, built in plans]
            on = _built(np.arange(len(row)), roads, np.arange(len(row)))
            count = on[[row[id] for id in named["id"]]]
            named["plans"] = pd.array(count, dtype="Int64")
            named["share"] = count / max(len(plans), 1)
        kept = own(lines, ours, same=("id",))
        tables.append(assembled(instance, named, kept, lines.geometry))
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=geography.demand.crs)


def _plans(frontiers: Sequence[Frontier]) -> list[tuple[Ints, Ints]]:
    """What the non-dominated points build, different ones: rows of options and of corridors."""
    plans = {
        (
            tuple(sorted(point.answer.result.plan.options.tolist())),
            tuple(sorted(point.answer.result.plan.corridors.tolist())),
        )
        for frontier in frontiers
        for point in frontier.points
        if not point.dominated and point.answer.result and point.answer.result.plan
    }
    return [
        (np.array(options, dtype=np.int64), np.array(roads, dtype=np.int64))
        for options, roads in sorted(plans)
    ]


def _built(facility: Ints, plans: Sequence[Ints], new: Ints) -> Ints:
    """(F,) in how many plans each facility is built or upgraded: has one of the `new` options."""
    count = np.zeros(int(facility.max(initial=-1)) + 1, dtype=np.int64)
    for chosen in plans:
        count[np.unique(facility[np.intersect1d(chosen, new)])] += 1
    return count
